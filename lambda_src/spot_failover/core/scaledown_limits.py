"""The longest waits that a controlled scale-down takes, for whoever checks its input or the policy."""

MAX_WAIT_FOR_SERVICE = 3600
"""Seconds. A new task set that is not whole after an hour will not become so."""
MAX_SCALEDOWN_WAIT = 86400
"""Seconds."""
