"""Takes events one by one and counts what matters of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from auditor.backtest.narrowing import Answers, Check, Program, Programs
from auditor.backtest.plan import MANAGEMENT, InflowPlan, Plan
from auditor.backtest.series import Sum
from auditor.backtest.tally import EXAMPLES, Passage, Surplus, Tally, brief
from auditor.pattern import Event, JsonValue, Selector
from auditor.pattern.evaluation import compile_expression
from auditor.pattern.semantics import Semantics
from auditor.pattern.streams import LogEvent

NOT_JSON: Final = "not a JSON object"
NO_RECORD: Final = "no CloudTrail record"
NO_TIME: Final = "without a time"
OUTSIDE: Final = "outside the time asked for"

_MINUTES_OF_A_DAY = 1440
_MOST_ACCOUNTS = 10_000
_MOST_TIMES = 1 << 20


@dataclass(frozen=True, slots=True)
class _Fed:
    """What trails that log an event lead to.

    Attributes:
        groups: The places of the log groups that get it.
        filters: The filters that see it, as bits.
        times: How many copies each filter sees, where it is not one.
    """

    groups: tuple[int, ...]
    filters: int
    times: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Inflow:
    """An inflow that does not take every match alike."""

    place: int
    plan: InflowPlan
    holds: Check | None

    def value(self, event: Event) -> float | None:
        if self.holds is not None and not self.holds(event):
            return None
        return self.plan.value if self.plan.value is not None else number_at(event, self.plan.field)


def number_at(event: Event, selector: Selector | None) -> float | None:
    """Gives the number at a place of an event; None where there is none."""
    found: JsonValue = event
    for step in selector.steps if selector is not None else ():
        if isinstance(found, dict) and isinstance(step, str):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            return None
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


class Replay:
    """Replays events through a plan.

    Args:
        plan: What to evaluate.

    Attributes:
        tally: What came of them so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._programs = Programs(plan)
        self._fed: dict[int, _Fed] = {}
        self._times: dict[str, int | None] = {}
        self._inflows: dict[int, list[_Inflow]] = {}
        for place, one in enumerate(plan.inflows):
            if not one.plain:
                settled = Semantics().settled()
                holds = None if one.condition is None else compile_expression(one.condition, settled)
                self._inflows.setdefault(one.filter, []).append(_Inflow(place, one, holds))
        self._serves = [sum(1 << control for control in one.serves) for one in plan.filters]
        self._foreign = sum(1 << place for place, trail in enumerate(plan.trails) if trail.organization)
        self._take_up(Tally())

    def _take_up(self, tally: Tally) -> None:
        self.tally = tally
        for group in range(len(self.plan.groups)):
            tally.busy.setdefault(group, set())

    def handed_over(self) -> Tally:
        """Gives what came of the events so far, and begins anew."""
        found = self.tally
        self._take_up(Tally())
        return found

    def take(self, events: Sequence[LogEvent], at: int | Sequence[int] | None = None) -> None:
        """Takes events.

        Args:
            events: Decoded events; a text is counted aside.
            at: The minute of all of them, or of each, from 1970; where it is left out each event's own time counts.
        """
        tally = self.tally
        tally.events += len(events)
        for place, event in enumerate(events):
            if not isinstance(event, dict):
                tally.aside[NOT_JSON] += 1
                continue
            if at is None:
                minute = self._minute(event.get("eventTime"))
                if minute is None:
                    tally.aside[NO_TIME] += 1
                    continue
            else:
                minute = at if isinstance(at, int) else at[place]
            self._event(event, minute)

    def _minute(self, time: JsonValue) -> int | None:
        if not isinstance(time, str):
            return None
        text = time[:16]
        if text not in self._times:
            if len(self._times) >= _MOST_TIMES:
                self._times.clear()
            self._times[text] = minute_of(text)
        return self._times[text]

    def _event(self, event: Event, minute: int) -> None:
        plan, tally = self.plan, self.tally
        source, name = event.get("eventSource"), event.get("eventName")
        if type(source) is not str or type(name) is not str:
            tally.aside[NO_RECORD] += 1
            return
        if (plan.since is not None and minute < plan.since) or (plan.until is not None and minute > plan.until):
            tally.aside[OUTSIDE] += 1
            return
        own = self._is_own(event)
        if not own and not self._foreign:
            return
        category = _category(event)
        program = self._programs.of(source, name)
        found = self._programs.answers(program, event)
        logged = found.logged if category == MANAGEMENT else self._logging(category)
        if not own:
            self._log(event, minute, found.matched, logged & self._foreign, None)
        elif category != MANAGEMENT:
            tally.aside[f"{category} events"] += 1
            self._log(event, minute, found.matched, logged, 0)
        else:
            tally.counted += 1
            tally.seen(minute)
            self._log(event, minute, found.matched, logged, found.meant)
            if found.named:
                self._pass(event, minute, program, found, logged)

    def _log(self, event: Event, minute: int, matched: int, logged: int, meant: int | None) -> None:
        """Takes an event to the log groups of the trails that log it.

        `meant` are the controls that mean the event; None for one of another account.
        """
        if not logged:
            return
        fed = self._fed.get(logged) or self._feeding(logged)
        for group in fed.groups:
            self.tally.busy[group].add(minute)
        if matched & fed.filters:
            self._match(event, minute, matched & fed.filters, fed, meant)

    def _is_own(self, event: Event) -> bool:
        account = event.get("recipientAccountId")
        if account == self.plan.account_id:
            return True
        others = self.tally.others
        told = account if isinstance(account, str) else ""
        others[told if told in others or len(others) < _MOST_ACCOUNTS else ""] += 1
        return False

    def _logging(self, category: str) -> int:
        return sum(1 << place for place, trail in enumerate(self.plan.trails) if category in trail.categories)

    def _feeding(self, logged: int) -> _Fed:
        trails = [trail for place, trail in enumerate(self.plan.trails) if logged >> place & 1]
        filters, times = 0, {}
        for place, one in enumerate(self.plan.filters):
            copies = sum(logged >> trail & 1 for trail in one.trails)
            if copies:
                filters |= 1 << place
            if copies > 1:
                times[place] = copies
        groups = tuple(dict.fromkeys(trail.group for trail in trails if trail.group is not None))
        found = self._fed[logged] = _Fed(groups, filters, times)
        return found

    def _match(self, event: Event, minute: int, matched: int, fed: _Fed, meant: int | None) -> None:
        """Counts an event for each filter that matches it."""
        tally = self.tally
        for place in _places(matched):
            times = fed.times.get(place, 1)
            if place not in tally.matched:
                tally.matched[place] = Counter()
            tally.matched[place][minute] += times
            for inflow in self._inflows.get(place, ()):
                value = inflow.value(event)
                if value is not None:
                    sums = tally.inflows.setdefault(inflow.place, {})
                    added = Sum.of(value, times)
                    sums[minute] = sums[minute] + added if minute in sums else added
            if meant is None:
                continue
            tally.filtered[place] += 1
            serves = self._serves[place]
            if serves and not meant & serves:
                surplus = tally.surplus.setdefault(place, Surplus())
                surplus.days[minute // _MINUTES_OF_A_DAY] += 1
                if len(surplus.examples) < EXAMPLES:
                    surplus.examples.append(brief(event, minute))

    def _pass(self, event: Event, minute: int, program: Program, found: Answers, logged: int) -> None:
        """Takes down how an event that controls name fares."""
        matched, entered = found.matched, 0
        for place in _places(matched) if self._inflows else ():
            for inflow in self._inflows.get(place, ()):
                if inflow.value(event) is not None:
                    entered |= 1 << inflow.place
        hangs, questions = 0, set[str]()
        source, name = str(event["eventSource"]), str(event["eventName"])
        for one in self._programs.otherwise(program, source, name):
            differing = (one.matched(event) ^ matched) & one.filters
            if differing:
                hangs |= differing
                questions.add(one.question)
        signature = (logged, matched, entered, hangs)
        for control in _places(found.named):
            passage = self.tally.passages.setdefault(control, {}).setdefault(signature, Passage())
            passage.take(event, minute)
            passage.questions |= questions


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _category(event: Event) -> str:
    """Gives an event's category; records before version 1.08 have none, and before 1.06 none but management events.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    found = event.get("eventCategory")
    if isinstance(found, str):
        return found if found in _CATEGORIES else "other"
    return "Data" if event.get("managementEvent") is False else MANAGEMENT


_CATEGORIES = frozenset((MANAGEMENT, "Data", "Insight", "NetworkActivity"))


def minute_of(text: str) -> int | None:
    """Gives the minute, counted from 1970, of a time in UTC such as `2023-07-10T11:45`; None where it is none."""
    try:
        found = datetime.strptime(text[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(found.timestamp()) // 60
