"""Lambda function: the restore tick, on a schedule."""

from spot_failover.handlers.restore_function import restore_handler

handler = restore_handler()
