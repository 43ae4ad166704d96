"""Lambda function: makes the new task set of a controlled scale-down. The only one that passes roles to tasks."""

from spot_failover.flow.scaledown_create import check_and_create
from spot_failover.handlers.scaledown_function import scaledown_handler

handler = scaledown_handler({"check_and_create": check_and_create})
