"""Composite alarms above a metric alarm: do they go off when it does, and may they speak?

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.chain.link import broken, sound, unsure
from auditor.chain.rule import Rule, RuleError, State, alarm_name
from auditor.findings import ChainLink, LinkName
from auditor.model.alarm import Alarm, Alarms, CompositeAlarm

ALARM, OK, NO_DATA = "ALARM", "OK", "INSUFFICIENT_DATA"
_MOST_STATES = 4096


class _CycleError(Exception):
    """A composite alarm looks at itself."""


def composites_above(alarm: Alarm, alarms: Alarms) -> Iterator[CompositeAlarm]:
    """Gives the composite alarms that look at an alarm, by themselves or by way of others."""
    below, found = {alarm.name}, True
    above: dict[str, CompositeAlarm] = {}
    while found:
        found = False
        for composite in alarms.composite:
            if composite.name not in above and below & _names(composite):
                above[composite.name] = composite
                below.add(composite.name)
                found = True
    yield from above.values()


def _names(composite: CompositeAlarm) -> frozenset[str]:
    try:
        return Rule.parse(composite.rule).names
    except RuleError:
        # A rule that cannot be read may look at any alarm that it has in its text.
        return frozenset(part.strip('"') for part in composite.rule.replace("(", " ").replace(")", " ").split())


def composite_link(alarm: Alarm, composite: CompositeAlarm, alarms: Alarms, rung: frozenset[str]) -> ChainLink:
    """Says whether a composite alarm goes off when an event puts a metric alarm in ALARM.

    Other alarms are taken as they are at rest, and as they are at the time of the scan: what silences the composite
    now breaks it.

    Args:
        alarm: The metric alarm.
        composite: The composite alarm above it.
        alarms: All alarms of the region.
        rung: The names of the alarms that the same event puts in ALARM.
    """
    arn, name = composite.arn, composite.name
    try:
        told = _Tree(alarms, rung | {alarm.name}).told(composite)
    except RuleError as error:
        return unsure(LinkName.ACTION, arn, f"What the composite alarm {name} does is not known: {error}.")
    except _CycleError:
        why = f"The composite alarm {name} looks at itself, so that CloudWatch does not evaluate it."
        return broken(LinkName.ACTION, arn, why)
    if told.rings == {False}:
        why = f"The composite alarm {name} does not go off with {alarm.name} alone: {composite.rule}."
        return broken(LinkName.ACTION, arn, why)
    if told.now_silent:
        why = f"The composite alarm {name} does not go off as the other alarms stand now: {composite.rule}."
        return broken(LinkName.ACTION, arn, why)
    if told.rests == {True}:
        why = f"The composite alarm {name} is in ALARM without any event, so that it never goes off anew."
        return broken(LinkName.ACTION, arn, why)
    if told.rings != {True} or told.rests != {False}:
        why = f"Whether the composite alarm {name} goes off depends on the state of other alarms: {composite.rule}."
        return unsure(LinkName.ACTION, arn, why)
    silenced = _suppressed(composite, alarms)
    if silenced is not None:
        return silenced
    return sound(LinkName.ACTION, arn, f"The composite alarm {name} goes off with {alarm.name}")


def _suppressed(composite: CompositeAlarm, alarms: Alarms) -> ChainLink | None:
    if composite.suppressor is None:
        return None
    wanted = alarm_name(composite.suppressor)
    states = {one.name: one.state for one in alarms.composite} | {one.name: one.state for one in alarms.metric}
    state = states.get(wanted)
    if state == ALARM:
        why = f"{wanted} is in ALARM and suppresses the actions of the composite alarm {composite.name}."
        return broken(LinkName.ACTION, composite.arn, why)
    if state is None:
        why = f"Whether {wanted}, which was not found, suppresses the actions of {composite.name} is not known."
        return unsure(LinkName.ACTION, composite.arn, why)
    return None


@dataclass(frozen=True, slots=True)
class _Told:
    """What a rule gives over all states of other alarms.

    Attributes:
        rings: Whether it holds with the alarm in ALARM, for each state of the others.
        rests: Whether it holds at rest.
        now_silent: Whether it does not hold with the alarm in ALARM and all others as they stand.
    """

    rings: set[bool]
    rests: set[bool]
    now_silent: bool


class _Tree:
    """The alarms below a composite one."""

    def __init__(self, alarms: Alarms, rung: frozenset[str]) -> None:
        self.rules = {one.name: one.rule for one in alarms.composite}
        self._parsed: dict[str, Rule] = {}
        self.states = {one.name: one.state for one in alarms.metric}
        self.rung = rung

    def told(self, composite: CompositeAlarm) -> _Told:
        leaves = sorted(self._leaves(composite.name, ()))
        own = [leaf for leaf in leaves if leaf in self.rung]
        others = [leaf for leaf in leaves if leaf not in self.rung]
        ways = [self._at_rest(leaf) for leaf in others]
        own_ways = [(OK, NO_DATA) for _ in own]
        if 2 ** len(own) * 2 ** sum(len(way) > 1 for way in ways) > _MOST_STATES:
            raise RuleError("it looks at too many alarms to try all states")
        rings: set[bool] = set()
        rests: set[bool] = set()
        for chosen in itertools.product(*ways):
            states = dict(zip(others, chosen, strict=True))
            rings.add(self._holds(composite.name, {**states, **dict.fromkeys(own, ALARM)}))
            rests |= {
                self._holds(composite.name, {**states, **dict(zip(own, still, strict=True))})
                for still in itertools.product(*own_ways)
            }
        now = {leaf: self.states.get(leaf, NO_DATA) for leaf in others}
        return _Told(rings, rests, not self._holds(composite.name, {**now, **dict.fromkeys(own, ALARM)}))

    def _at_rest(self, leaf: str) -> tuple[State, ...]:
        """Gives the states that another alarm may rest in: the one it has, unless it has gone off."""
        state = self.states.get(leaf)
        return (OK, NO_DATA) if state in {None, "", ALARM} else (str(state),)

    def _leaves(self, composite: str, seen: tuple[str, ...]) -> set[str]:
        if composite in seen:
            raise _CycleError
        found: set[str] = set()
        for name in self._rule(composite).names:
            found |= self._leaves(name, (*seen, composite)) if name in self.rules else {name}
        return found

    def _holds(self, composite: str, states: Mapping[str, State]) -> bool:
        def state(name: str) -> State:
            if name not in self.rules:
                return states[name]
            return ALARM if self._holds(name, states) else OK

        return self._rule(composite).holds(state)

    def _rule(self, composite: str) -> Rule:
        if composite not in self._parsed:
            self._parsed[composite] = Rule.parse(self.rules[composite])
        return self._parsed[composite]
