"""Every example as a user runs it: checked, applied to a local AWS, planned again, destroyed without leftovers."""
