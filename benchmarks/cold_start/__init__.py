"""What a function's start costs beside a function that only makes the same clients."""
