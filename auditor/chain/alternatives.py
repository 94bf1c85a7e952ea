"""Ways beside the chain: event rules, subscription filters and functions that see what a control names.

None of them satisfies a control, which asks for filter, alarm and topic; a failure tells of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.benchmark import Requirement
from auditor.chain.possible import Possible, named_by
from auditor.chain.proof import Proof
from auditor.model.alternative import EventRule, RegionAlternatives, SubscriptionFilter
from auditor.model.arn import Arn
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.pattern import (
    And,
    CannotExpressError,
    Covers,
    Expression,
    IsTrue,
    JsonPattern,
    Not,
    Pattern,
    PatternError,
    Selector,
    compare,
    intersects,
    parse,
)
from auditor.pattern.event_pattern import expression_of

_READ_ONLY = IsTrue(Selector.of("$.readOnly"))
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
_ALL_CALLS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


def alternatives(requirement: Requirement, proof: Proof, account: Snapshot, possible: Possible) -> tuple[str, ...]:
    """Gives a sentence for each other way by which events that a control names reach something."""
    required = possible.required(named_by(requirement.readings[0]))
    said = [_said(what, where, _share(required, seen, possible)) for what, where, seen in _ways(account)]
    found = (*_functions(proof), *(sentence for sentence in said if sentence))
    told = [f"{sentence} The control asks for an alarm, so that this does not satisfy it." for sentence in found]
    return (*told, *_unread(account))


def _unread(account: Snapshot) -> Iterator[str]:
    for region in account.alternatives:
        for read in (region.rules, *region.subscription_filters):
            if isinstance(read, Unreadable):
                yield f"Whether somebody is told in another way is not known: {read.reason}."


def _ways(account: Snapshot) -> Iterator[tuple[str, str, Pattern]]:
    for region in account.alternatives:
        yield from _by_rules(region)
        for filters in region.subscription_filters:
            for one in () if isinstance(filters, Unreadable) else filters:
                yield from _by_filter(one)


def _by_rules(region: RegionAlternatives) -> Iterator[tuple[str, str, Pattern]]:
    for rule in () if isinstance(region.rules, Unreadable) else region.rules:
        if rule.state.startswith("ENABLED") and rule.targets:
            try:
                yield f"The event rule {rule.name}", ", ".join(rule.targets), JsonPattern(_reaching(rule))
            except (CannotExpressError, PatternError):
                continue


def _reaching(rule: EventRule) -> Expression:
    """Gives the events that a rule gets and matches: read-only calls reach only a rule that asks for them."""
    expression = expression_of(rule.pattern)
    return expression if rule.state == _ALL_CALLS else And((expression, Not(_READ_ONLY)))


def _by_filter(found: SubscriptionFilter) -> Iterator[tuple[str, str, Pattern]]:
    try:
        yield f"The subscription filter {found.name} of {found.log_group}", found.destination, parse(found.pattern)
    except PatternError:
        return


def _share(required: JsonPattern, seen: Pattern, possible: Possible) -> str:
    """Says how much of what is required is seen; empty where nothing is."""
    if isinstance(compare(required, [seen], world=possible.world), Covers):
        return "every event"
    return "some events" if intersects(required, seen, world=possible.world) is not None else ""


def _said(what: str, where: str, share: str) -> str:
    return f"{what} sends {share} that the control names to {where}." if share else ""


def _functions(proof: Proof) -> Iterator[str]:
    """Tells of the functions that an alarm of the failing chain calls."""
    alarms = [route.alarm for route in proof.routes if route.alarm is not None and route.alarm.actions_enabled]
    for alarm in alarms:
        for action in alarm.actions:
            found = Arn.parse(action)
            if found is not None and found.service == "lambda":
                yield f"The alarm {alarm.name} calls the function {action}."
