"""Carries decisions out, in an order that survives a crash between any two calls."""
