"""Lambda function: moves the traffic of a controlled scale-down. The only one that changes listeners and tags."""

from spot_failover.flow.scaledown_traffic import swap, swap_back
from spot_failover.handlers.scaledown_function import scaledown_handler

handler = scaledown_handler({"swap": swap, "swap_back": swap_back})
