"""Lambda function: the sweep. Its schedule orders one for each account and Region, its queue brings the orders."""

from spot_failover.handlers.sweep_function import sweep_handler

handler = sweep_handler()
