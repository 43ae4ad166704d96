"""Lambda function: Spot interruptions from the queue, which delivers them some time after the notice."""

from spot_failover.core.event_parser import parse_interruption
from spot_failover.handlers.queue_function import queue_handler

handler = queue_handler(parse_interruption)
