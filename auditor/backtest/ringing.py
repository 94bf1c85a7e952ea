"""Plays an account's alarms over what a replay counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from auditor.backtest.alarms import AlarmPlan
from auditor.backtest.chains import Chains
from auditor.backtest.series import Series, Stream, Sum
from auditor.backtest.states import LOOKS_BACK, Course, Heard, Setting, course
from auditor.backtest.tally import Tally
from auditor.chain.expression import UndecidedError

LOOKING_BACK = "how far CloudWatch looks back while data are missing"
METRIC_MATH = "how metric math takes a missing datapoint"


@dataclass(frozen=True, slots=True)
class Played:
    """What became of an alarm.

    Attributes:
        course: Its course in the likeliest reading; None where it is not followed.
        others: Its courses in other readings of what no source settles, with the question.
        unknown: Why it is not followed.
    """

    alarm: AlarmPlan
    course: Course | None
    others: tuple[tuple[str, Course], ...] = ()
    unknown: str = ""

    def heard(self, minute: int) -> tuple[Heard | None, str]:
        """Gives what it makes of the events of a minute; None, and why, where that is not known."""
        if self.course is None:
            return None, self.unknown
        told = self.course.heard.get(minute, Heard.SILENT)
        for question, other in self.others:
            if other.heard.get(minute, Heard.SILENT).told is not told.told:
                return None, f"Whether {self.alarm.alarm.name} goes off hangs on {question}."
        return told, ""


def companions(played: Played, minutes: Iterable[int]) -> frozenset[int]:
    """Gives the minutes whose events somebody knows of although an alarm was in ALARM already when they came.

    That is so where it is in ALARM because of events just before that some control names as well; where it is so
    because of others, nobody hears of them.

    Args:
        played: The alarm.
        minutes: The minutes with events that any control names and that the alarm sees.
    """
    course, setting = played.course, played.alarm.setting
    if course is None or setting is None:
        return frozenset()
    reach = setting.minutes * (setting.periods + LOOKS_BACK[0])
    known, latest = set[int](), None
    for minute in sorted(minutes):
        told = course.heard.get(minute, Heard.SILENT)
        if told is Heard.RANG:
            latest = minute
        elif told is Heard.JOINED and latest is not None and minute - latest <= reach:
            known.add(minute)
            latest = minute
    return frozenset(known)


def play(chains: Chains, tally: Tally) -> dict[str, Played]:
    """Gives what became of each alarm, by ARN."""
    streams = _streams(chains, tally)
    return {arn: _played(plan, streams) for arn, plan in chains.alarms.items()}


def _streams(chains: Chains, tally: Tally) -> dict[int, Stream]:
    found: dict[int, Stream] = {}
    quiet: dict[int, list[int]] = {}
    for place, inflow in enumerate(chains.plan.inflows):
        matched: Mapping[int, int] = tally.matched.get(inflow.filter, {})
        if inflow.plain and inflow.value is not None:
            sums: Mapping[int, Sum] = {minute: Sum.of(inflow.value, count) for minute, count in matched.items()}
        else:
            sums = tally.inflows.get(place, {})
        if inflow.default is not None and inflow.filter not in quiet:
            busy = tally.busy.get(chains.plan.filters[inflow.filter].group, set())
            quiet[inflow.filter] = sorted(busy - matched.keys())
        found[place] = Stream(sums, quiet.get(inflow.filter, ()), inflow.default)
    return found


def _played(plan: AlarmPlan, streams: Mapping[int, Stream]) -> Played:
    if plan.setting is None:
        return Played(plan, None, unknown=plan.unknown)
    series = {one.id: (one.statistic, Series(streams[place] for place in one.inflows)) for one in plan.series}
    asked = {minute for _, found in series.values() for minute in found.matched}
    busy = sorted(_busy(plan, plan.setting, [found for _, found in series.values()], asked))
    way = partial(_way, plan, plan.setting, series, busy, asked)
    try:
        first = way(LOOKS_BACK[0], missing_is_zero=False)
        others = [(LOOKING_BACK, way(more, missing_is_zero=False)) for more in LOOKS_BACK[1:]] if first.gaps else []
        if plan.formula is not None:
            others.append((METRIC_MATH, way(LOOKS_BACK[0], missing_is_zero=True)))
    except UndecidedError as error:
        return Played(plan, None, unknown=f"What {plan.alarm.name} does is not followed: {error}.")
    return Played(plan, first, tuple(others))


def _way(
    plan: AlarmPlan,
    setting: Setting,
    series: Mapping[str, tuple[str, Series]],
    busy: list[int],
    asked: set[int],
    looks_back: int,
    *,
    missing_is_zero: bool,
) -> Course:
    def datapoint(minute: int) -> float | None:
        given = {name: found.datapoint(how, minute, setting.minutes) for name, (how, found) in series.items()}
        return plan.value(given, missing_is_zero=missing_is_zero)

    return course(setting, datapoint, busy, asked, looks_back)


def _busy(plan: AlarmPlan, setting: Setting, series: list[Series], matched: set[int]) -> set[int]:
    """Gives the minutes that have to be played: those with a match alone, where no other can put it in ALARM.

    That is so where a period without a match has the value 0 or none, neither of which is over the threshold. An
    alarm that ignores missing data needs every value to come back from ALARM.
    """
    defaults = {stream.default for one in series for stream in one.streams} - {None}
    plain = plan.formula is None and plan.series[0].statistic in _ZERO_OF_ZEROS
    calm = setting.missing in {"missing", "notBreaching"} and not setting.breaches(0.0)
    if plain and calm and defaults <= {0.0}:
        return matched
    return {minute for one in series for minute in one.busy}


_ZERO_OF_ZEROS = frozenset(("Sum", "Average", "Minimum", "Maximum"))
