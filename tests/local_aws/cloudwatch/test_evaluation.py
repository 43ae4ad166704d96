"""The state of alarms by what CloudWatch's user guide says of missing data, its tables of examples included."""

from __future__ import annotations

import pytest

from local_aws.cloudwatch.evaluation import Rule, State, evaluate
from local_aws.cloudwatch.expression import calculate

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: "X" is breaching, "0" is
# not, "-" is missing; then the states for missing, ignore, breaching and notBreaching. "kept" is the state before.
THREE_OF_THREE = [
    ("0 - X - X", "OK", "OK", "OK", "OK"),
    ("0 - - - -", "OK", "OK", "OK", "OK"),
    ("- - - - -", "INSUFFICIENT_DATA", "kept", "ALARM", "OK"),
    ("0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("- - X - -", "ALARM", "kept", "ALARM", "OK"),
]
TWO_OF_THREE = [
    ("0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 - X - -", "OK", "OK", "ALARM", "OK"),
    ("- - - - 0", "OK", "OK", "ALARM", "OK"),
    ("- - - X -", "ALARM", "kept", "ALARM", "OK"),
]
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
VALUES: dict[str, float | None] = {"X": 1.0, "0": 0.0, "-": None}


def state(points: str, missing: str, before: State, periods: int = 3, datapoints: int = 3) -> State:
    rule = Rule("GreaterThanThreshold", 0.0, periods, datapoints, missing)
    return evaluate(rule, [VALUES[point] for point in points.split()], before)


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize(
    ("datapoints", "row"), [(3, row) for row in THREE_OF_THREE] + [(2, row) for row in TWO_OF_THREE]
)
def test_the_examples_of_the_user_guide(datapoints: int, row: tuple[str, ...], before: State) -> None:
    points, *expected = row
    for missing, wanted in zip(TREATMENTS, expected, strict=True):
        assert state(points, missing, before, datapoints=datapoints) == (before if wanted == "kept" else wanted), (
            missing
        )


@pytest.mark.parametrize("points", ["- - - - X", "- - - X -"])
def test_one_bad_period_after_a_silence_is_not_yet_an_alarm(points: str) -> None:
    """The same page, "Avoiding premature transitions to alarm state"."""
    assert state(points, "missing", State.OK) is State.OK


def test_the_last_real_data_counts_for_as_long_as_it_is_in_the_evaluation_range() -> None:
    """So an alarm on a metric that comes only with an error stays for two periods more, whatever missing data is."""
    for missing in TREATMENTS:
        assert state("X - -", missing, State.ALARM, 1, 1) is State.ALARM
        assert state("0 - -", missing, State.OK, 1, 1) is State.OK
    assert state("- - -", "notBreaching", State.ALARM, 1, 1) is State.OK
    assert state("- - -", "breaching", State.OK, 1, 1) is State.ALARM


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        ("GreaterThanThreshold", (False, False, True)),
        ("GreaterThanOrEqualToThreshold", (False, True, True)),
        ("LessThanThreshold", (True, False, False)),
        ("LessThanOrEqualToThreshold", (True, True, False)),
    ],
)
def test_comparisons(comparison: str, breaching: tuple[bool, ...]) -> None:
    rule = Rule(comparison, 5.0, 1, 1)
    assert tuple(evaluate(rule, [value], State.OK) is State.ALARM for value in (4.0, 5.0, 6.0)) == breaching


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("a + b", [11.0, None, None]),
        ("a / 2 > 0.5", [0.0, 1.0, None]),
        ("10 ^ a", [10.0, 100.0, None]),
        ("-a", [-1.0, -2.0, None]),
        ("b / (a - 1)", [None, None, None]),
        ("FILL(b, 0)", [10.0, 0.0, 30.0]),
        ("FILL(b, REPEAT)", [10.0, 10.0, 30.0]),
        ("FILL(a, b)", [1.0, 2.0, 30.0]),
        ("SUM([a, b])", [11.0, 2.0, 30.0]),
        ("MAX([a, FILL(b, 5)])", [10.0, 5.0, 30.0]),
        ("MIN(METRICS())", [1.0, 2.0, 30.0]),
        ("AVG(b)", [20.0, 20.0, 20.0]),
        ("IF(a > 1, 7, b)", [10.0, 7.0, None]),
        ("IF(a > 1, 7)", [None, 7.0, None]),
        ("IF(a > 0 AND FILL(b, 0) == 0, 1, 0)", [0.0, 1.0, None]),
        ("a == 1 || a == 3", [1.0, 0.0, None]),
    ],
)
def test_metric_math(expression: str, values: list[float | None]) -> None:
    known: dict[str, list[float | None]] = {"a": [1.0, 2.0, None], "b": [10.0, None, 30.0]}
    assert calculate(expression, known, 3) == values


@pytest.mark.parametrize("expression", ["ANOMALY_DETECTION_BAND(a)", "a +", "SUM(a, a)", "other"])
def test_metric_math_that_is_not_computed_is_refused(expression: str) -> None:
    with pytest.raises(NotImplementedError, match="expression"):
        calculate(expression, {"a": [1.0]}, 1)
