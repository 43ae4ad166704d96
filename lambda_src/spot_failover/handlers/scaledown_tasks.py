"""Lambda function: looks after the task sets of a controlled scale-down, and scales, promotes and deletes them."""

from spot_failover.flow.scaledown_back import remove_new, scale_up
from spot_failover.flow.scaledown_forward import clean_up, loop_till_running, scale_down, wait_for_service
from spot_failover.handlers.scaledown_function import scaledown_handler

handler = scaledown_handler(
    {
        "wait_for_service": wait_for_service,
        "scale_down": scale_down,
        "loop_till_running": loop_till_running,
        "clean_up": clean_up,
        "scale_up": scale_up,
        "remove_new": remove_new,
    }
)
