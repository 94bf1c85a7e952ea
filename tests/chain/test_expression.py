"""Metric math, against Python's own arithmetic, and what it leaves undecided."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.chain.expression import Period, UndecidedError, compiled

M1, M2 = 3.0, 0.5


def computed(text: str, *, missing_is_zero: bool = False, **values: float | None) -> float | None:
    period = Period(values, tuple(name for name in values if name.startswith("m")), 300, missing_is_zero)
    return compiled(text)(period)


def formulas() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["m1", "m2", "2", "0.25", "10"])

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pairs = st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "<", ">=", "=="]), inner)
        return st.one_of(pairs.map(lambda parts: f"({' '.join(parts)})"), inner.map(lambda one: f"(-{one})"))

    return st.recursive(leaves, grown, max_leaves=12)


@given(formulas())
def test_arithmetic_is_pythons(text: str) -> None:
    try:
        wanted = float(eval(text, {"__builtins__": {}}, {"m1": M1, "m2": M2}))  # noqa: S307 - the oracle
    except ZeroDivisionError:
        return
    found = computed(text, m1=M1, m2=M2)
    assert found is not None
    assert math.isclose(found, wanted, rel_tol=1e-9)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("m1 + m2 * 2", 4.0),
        ("2 ^ m1 - 1", 7.0),
        ("-m1 + 4", 1.0),
        ("m1 > 1 AND m2 > 1", 0.0),
        ("m1 > 1 || m2 > 1", 1.0),
        ("SUM([m1, m2])", 3.5),
        ("MAX(METRICS())", 3.0),
        ("MIN([m1, m2, 0.1])", 0.1),
        ("AVG([m1, m2])", 1.75),
        ("IF(m1 > 2, m2, 9)", 0.5),
        ("CEIL(m2) + FLOOR(m2) + ABS(-m1)", 4.0),
        ("m1 / PERIOD(m1)", 0.01),
        ("m1 / 0", None),
    ],
)
def test_operators_and_functions(text: str, wanted: float | None) -> None:
    assert computed(text, m1=M1, m2=M2) == wanted


@pytest.mark.parametrize(
    ("text", "missing", "zero"),
    [
        ("m1 + m2", None, 1.0),
        ("FILL(m2, 7) + m1", 8.0, 8.0),
        ("SUM([m1, m2])", 1.0, 1.0),
        ("SUM(FILL(METRICS(), 2))", 3.0, 3.0),
        ("IF(m2, 5, 6)", None, 6.0),
        ("ABS(m2)", None, None),
    ],
)
def test_both_ways_of_taking_a_missing_datapoint(text: str, missing: float | None, zero: float | None) -> None:
    assert computed(text, m1=1.0, m2=None) == missing
    assert computed(text, m1=1.0, m2=None, missing_is_zero=True) == zero


@pytest.mark.parametrize(
    "text",
    [
        "RATE(m1)", "FILL(m1, REPEAT)", "SUM(m1)", "m9", "m1 +", "(m1", "m1 m2", "METRICS()", "[m1] + 1", "m1 ? 2",
        "ANOMALY_DETECTION_BAND(m1, 2)", "10 ^ 400", "IF([m1], 1, 2)", "SUM([m1)",
    ],
)  # fmt: skip
def test_what_one_period_does_not_decide_is_said(text: str) -> None:
    with pytest.raises(UndecidedError, match=r"\w"):
        computed(text, m1=1.0)
