"""The comparison of policies on our own Spot histories, and the page made from it."""
