"""Lambda function: starts and stops of tasks from the queue, which on-demand twins follow."""

from spot_failover.core.event_parser import parse_task_state
from spot_failover.flow.task_state_flow import TaskStateFlow
from spot_failover.handlers.queue_function import queue_handler

handler = queue_handler(parse_task_state, TaskStateFlow)
