"""AWS on a laptop: one process that answers AWS's APIs and behaves like AWS where this product depends on it."""
