"""Adapters: one file per AWS service, and nothing in them that decides."""
