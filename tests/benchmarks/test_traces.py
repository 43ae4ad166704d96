"""Histories of Spot pools, ours and a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.policy.__main__ import OWN
from spotctl.simulation.traces import TUNED_ON, Step, Trace, TraceError, judging, read, read_all, tuning


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_our_own_histories_are_split_once_and_for_all() -> None:
    own = read_all(OWN)
    assert {trace.name for trace in tuning(own)} == TUNED_ON
    assert [trace.name for trace in judging(own)] == [
        "1node_2022-10-26_us-west-2a_large",
        "1node_2023-02-15_us-east-1a",
        "1node_2023-04-19_us-east-1b_cpu",
        "4node_2023-08-03_us-east-1f",
    ]
    assert [round(trace.days) for trace in own] == [11, 27, 45, 45, 45, 6, 13]


def test_a_user_s_history_without_nodes_in_its_name_never_asked_for_more_than_it_got(tmp_path: Path) -> None:
    trace = read(written(tmp_path, "mine.csv", "capacity,seconds\n2,60\n5,30.5\n"))
    assert trace == Trace("mine", 5, (Step(2, 60), Step(5, 30.5)))
    assert judging([trace]) == [trace]


def test_a_pool_is_scaled_to_its_services_and_a_full_one_has_no_limit() -> None:
    trace = Trace("4node_x", 4, ())
    assert [trace.limit(capacity, 16) for capacity in range(5)] == [0, 4, 8, 12, None]
    assert trace.limit(1, 3) == 0


def test_a_history_cut_short_ends_within_a_step() -> None:
    trace = Trace("x", 1, (Step(0, 43200), Step(1, 86400), Step(0, 60)))
    assert trace.shortened(1).steps == (Step(0, 43200), Step(1, 43200))
    assert trace.shortened(1).days == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time,nodes\n1,2\n", "first line must be `capacity,seconds`"),
        ("capacity,seconds\n1,60\n-1,60\n", "line 3"),
        ("capacity,seconds\n1,0\n", "line 2"),
        ("capacity,seconds\n1,soon\n", "line 2"),
        ("capacity,seconds\n1,inf\n", "line 2"),
        ("capacity,seconds\n1\n", "line 2"),
        ("capacity,seconds\n0,60\n", "never had capacity"),
        ("capacity,seconds\n", "never had capacity"),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(TraceError, match=rf"bad\.csv.*{told}"):
        read(written(tmp_path, "bad.csv", text))


def test_a_folder_without_histories_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"no \*\.csv there"):
        read_all(tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = written(tmp_path, "mine.csv", "\ufeffcapacity,seconds\n1,60\n")
    assert read(path).steps == (Step(1, 60),)


def test_a_field_that_never_ends_is_told(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"mine\.csv: it can't be read .*field larger than field limit"):
        read(written(tmp_path, "mine.csv", 'capacity,seconds\n"' + "1" * 200_000))
