"""First program of a sandbox: starts AWS's own runtime client on virtual time.

Runs alone, by path, in an interpreter that sees neither this repository nor its environment (``python -I -S``):
imports nothing of local_aws. The deployed code notices nothing of it but the time it is given.

Arguments: the folder that holds what Lambda's runtime provides, the sandbox's path on the Runtime API, the function's
timeout in seconds, the virtual time at start in epoch seconds.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import time_machine

# Follows everything that an invocation has written, so that the reader knows when it has it all.
END_MARK = "\x1eend {request_id}\x1e\n"


def main(runtime_folder: str, prefix: str, timeout: float, now: float) -> None:
    """Run the handler of ``_HANDLER`` until the Runtime API goes away."""
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    # The deployed package first, as in Lambda; then the standard library; last what the runtime provides.
    sys.path[:] = [task_root, *sys.path, runtime_folder]
    threading.Thread(target=_end_with_parent, daemon=True).start()

    import time_machine  # noqa: PLC0415  (can only be imported now)

    traveller = time_machine.travel(now, tick=True).start()
    from awslambdaric import bootstrap  # noqa: PLC0415

    bootstrap.run(os.environ["_HANDLER"], _client(traveller, prefix, timeout))


def _client(traveller: time_machine.Traveller, prefix: str, timeout: float) -> Any:
    from awslambdaric.lambda_config import LambdaConfigProvider  # noqa: PLC0415
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient  # noqa: PLC0415

    class VirtualTimeClient(LambdaRuntimeClient):  # type: ignore[misc]  # awslambdaric has no annotations
        """Sets the clock at each invocation and marks the end of its output."""

        def call_rapid(self, http_method: str, endpoint: str, *arguments: Any, **named: Any) -> None:
            super().call_rapid(http_method, prefix + endpoint, *arguments, **named)

        def wait_next_invocation(self) -> Any:
            request = super().wait_next_invocation()
            traveller.move_to(int(request.deadline_time_in_ms) / 1000 - timeout, tick=True)
            return request

        def post_invocation_result(self, invoke_id: str, *arguments: Any, **named: Any) -> None:
            _mark_end(invoke_id)
            super().post_invocation_result(invoke_id, *arguments, **named)

        def post_invocation_error(self, invoke_id: str, *arguments: Any, **named: Any) -> None:
            _mark_end(invoke_id)
            super().post_invocation_error(invoke_id, *arguments, **named)

    config = LambdaConfigProvider([__file__, os.environ["_HANDLER"]])
    # The C part takes the address with the path from the environment, the Python part wants host and port.
    return VirtualTimeClient(config.api_address.removesuffix(prefix), config.use_thread_polling)


def _mark_end(request_id: str) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(1, END_MARK.format(request_id=request_id).encode())


def _end_with_parent() -> None:
    """End this process when its parent has: nobody will fetch the result. Standard input is a pipe that it holds."""
    while os.read(0, 1):
        continue
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
