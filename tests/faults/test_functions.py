"""The functions in this process get their messages as Terraform's defaults let them have them."""

from __future__ import annotations

import re

from benchmarks.storm.deployment import reading
from tests.faults.functions import DEPLOYED
from tools import paths


def test_every_queue_of_the_product_has_its_reader() -> None:
    names = (paths.ROOT / "modules" / "central" / "variables.tf").read_text()
    queues = set(re.findall(r'_queue\s*= optional\(string, "([\w-]+)"\)', names))

    assert len(queues) >= 4
    assert {function.queue for function in DEPLOYED if function.queue} == queues


def test_batches_windows_and_visibility_are_those_of_terraform() -> None:
    by_queue = {function.queue: function for function in DEPLOYED}
    terraform = reading("task_state")

    task_state = by_queue["fargate-spot-task-state-queue"]
    assert task_state.batch == terraform.batch_size > 10
    assert task_state.window_seconds == terraform.batching_window_seconds > 0
    assert by_queue["fargate-spot-sweep-queue"].visibility_seconds == reading("sweep").visibility_timeout_seconds
    assert by_queue["fargate-spot-interruption-queue"].delay_seconds == reading("spot_interruption").delay_seconds > 0
    assert all(function.batch <= 10 or function.window_seconds > 0 for function in DEPLOYED)
