"""Measured in an interpreter of its own, that sees the unpacked zip and what Lambda's runtime provides, nothing else.

Arguments: how (`floor`, `powertools` or `function`), the folder of the zip, the folder of the runtime, and as JSON the
module, the clients and the event. Prints one JSON line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


class Context:
    """What the Lambda service tells of an invocation."""

    function_name = "probe"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:probe"
    aws_request_id = "request-1"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """A minute."""
        return 60_000


def main(how: str, code: str, runtime: str, what: dict[str, Any]) -> None:
    """Start, invoke once, tell."""
    sys.path[:] = [code, *sys.path, runtime]
    sys.dont_write_bytecode = True  # /var/task cannot be written to
    out, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115, PTH123 - for as long as the process lives
    begun = time.process_time()
    made: list[str] = []
    answer: Any = None
    if how == "function":
        made, answer = _function(what)
    else:
        _floor(what["clients"], powertools=how == "powertools")
    spent = time.process_time() - begun
    memory = _peak()
    print(
        json.dumps(
            {"seconds": spent, "megabytes": memory, "clients": made, "answer": answer, "modules": len(sys.modules)}
        ),
        file=out,
    )


def _peak() -> float:
    """Most memory that this program has held, in MB; `ru_maxrss` also counts what started it."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - pathlib would be a part of the figure
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def _function(what: dict[str, Any]) -> tuple[list[str], Any]:
    """Import the entry point and invoke it; returns the services whose clients it made, and its answer."""
    import boto3  # noqa: PLC0415 - a part of the start

    module_of_clients: Any = boto3
    made: list[str] = []
    client = module_of_clients.client

    def noted(service: str, *rest: Any, **named: Any) -> Any:
        made.append(service)
        return client(service, *rest, **named)

    module_of_clients.client = noted
    module = __import__(what["module"], fromlist=["handler"])
    return made, module.handler(what["event"], Context())


def _floor(clients: list[str], *, powertools: bool) -> None:
    import boto3  # noqa: PLC0415

    client: Any = boto3.client
    if powertools:
        from aws_lambda_powertools.logging import Logger  # noqa: PLC0415
        from aws_lambda_powertools.metrics import MetricUnit, single_metric  # noqa: PLC0415

        logger = Logger()
        with single_metric(name="Decisions", unit=MetricUnit.Count, value=1, namespace="probe"):
            logger.info("decision")
    for service in clients:
        client(service)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4]))
