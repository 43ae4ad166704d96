"""The function behind the restore schedule."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from spot_failover.core.errors import AccessDeniedError
from spot_failover.core.record import Phase
from spot_failover.flow.restore_flow import RestoreFlow
from spot_failover.flow.tick import Tick
from spot_failover.flow.worker import CALL_TIME, Worker
from spot_failover.handlers.restore_function import RestoreTickError, restore_handler
from tests.doubles.builders import OTHER, SPOT, WEB, service
from tests.handlers.functions import Account, Context
from tests.unit.policy_text import policy_object
from tests.unit.records import ours, record

CONTEXT: Any = Context()


def failed_over(account: Account) -> None:
    """Two services of two accounts whose restores are due."""
    for key in (WEB, OTHER):
        account.services.add(service(ours(), key=key))
        account.table.put(replace(record(Phase.FAILED_OVER), key=key, version=0))


def test_due_services_are_restored_and_told(account: Account) -> None:
    failed_over(account)
    assert restore_handler()({}, CONTEXT) == {"handled": 2, "left": 0}
    assert account.services.live[WEB].strategy == account.services.live[OTHER].strategy == SPOT
    first, second = account.lines()
    assert {first["service"], second["service"]} == {"web"}
    assert {first["account"], second["account"]} == {"111111111111", "222222222222"}
    assert (first["action"], first["reason"], first["request_id"]) == ("restore", "RESTORE_STARTED", "request-1")
    assert "event_id" not in first


def test_it_goes_on_after_an_error_and_raises_at_the_end(account: Account) -> None:
    failed_over(account)
    account.services.faults.before("switch", AccessDeniedError("ecs:UpdateService: denied"))
    with pytest.raises(RestoreTickError, match=r"1 due records .* service web of cluster"):
        restore_handler()({}, CONTEXT)
    assert len(account.services.updates) == 1
    assert {line["action"] for line in account.lines()} == {"retry", "restore"}


@pytest.mark.parametrize(("twins", "seconds"), [(True, 45), (False, 60)])
def test_restores_leave_a_quarter_of_the_time_to_twins(account: Account, *, twins: bool, seconds: int) -> None:
    """However many are due: the last that begins, begins before that."""
    account.environment({}, failover_service=policy_object()["failover_service"] | {"enabled": twins})
    begun: list[Worker] = []

    def run(flow: RestoreFlow) -> Tick:
        begun.append(flow._worker)
        return Tick()

    account.monkeypatch.setattr(RestoreFlow, "run", run)
    restore_handler()({}, CONTEXT)
    [worker] = begun
    account.clock.advance(seconds=seconds - CALL_TIME.total_seconds())
    assert not worker.out_of_time()
    account.clock.advance(seconds=1)
    assert worker.out_of_time()


def test_nothing_due_is_nothing_to_do(account: Account) -> None:
    assert restore_handler()({}, CONTEXT) == {"handled": 0, "left": 0}
    assert account.lines() == []


def test_counts_are_written_as_metrics(account: Account) -> None:
    failed_over(account)
    restore_handler()({}, CONTEXT)
    written = [json.loads(line) for line in account.capsys.readouterr().out.splitlines()]
    metrics = [line for line in written if "_aws" in line]
    [stuck] = [metric for metric in metrics if "StuckRecords" in metric]
    assert stuck["StuckRecords"] == [0.0]
    [metric] = [metric for metric in metrics if "Decisions" in metric]
    assert (metric["action"], metric["reason"], metric["Decisions"]) == ("restore", "RESTORE_STARTED", [2.0])
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "EcsSpotFailover"


def test_the_restore_function_needs_no_dead_letter_queue(account: Account) -> None:
    account.environment({"DEAD_LETTER_QUEUE_URL": None})
    assert restore_handler()({}, CONTEXT)["handled"] == 0
