"""One program per claim; each writes raw figures, a plot and a sentence that says what they mean."""
