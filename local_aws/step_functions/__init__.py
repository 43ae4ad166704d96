"""Step Functions: deployed definitions run on moto's interpreter of the Amazon States Language, in virtual time.

Tasks are Lambda functions (``arn:aws:states:::lambda:invoke``), invoked in the name of the state machine's role. Other
tasks, Parallel and Map states and express machines are refused when a machine is made.
"""

from __future__ import annotations

from local_aws.step_functions import api, engine
from local_aws.step_functions.executions import Executions
from local_aws.world import World


def install(world: World) -> None:
    """Let state machines of this world run; the last world installed in a process has them all."""
    executions = Executions(world)
    engine.install(executions)
    api.install(world, executions)
    world.at_stop.insert(0, executions.stop_all)
