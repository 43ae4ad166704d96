"""Lambda function: SERVICE_TASK_PLACEMENT_FAILURE events from the queue."""

from spot_failover.core.event_parser import parse_placement_failure
from spot_failover.handlers.queue_function import queue_handler

handler = queue_handler(parse_placement_failure)
