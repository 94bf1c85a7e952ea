"""The link of the metric filter: does it look at the trail's events, as they were written?

What its pattern matches of them is proved apart.
"""

from __future__ import annotations

from auditor.chain.criteria import CriteriaError, selects
from auditor.chain.link import broken, sound, unsure
from auditor.chain.transformer import TransformerError, seen_through
from auditor.findings import ChainLink, LinkName
from auditor.model.arn import log_group_parts
from auditor.model.fact import Unreadable
from auditor.model.logs import MetricFilter
from auditor.model.snapshot import RegionFacts
from auditor.pattern import Always, JsonPattern, Pattern, PatternError, parse

EVERY_EVENT = JsonPattern(Always())
# AWS describes the field for log events that CloudWatch Logs copied from other accounts; here it is CloudTrail that
# brings them, with a role of the log group's account.
OPEN_ACCOUNT = "whether @aws.account of an organization's events is the member or the log group's account is not known"


def parsed(text: str) -> tuple[Pattern, PatternError | None]:
    """Gives a pattern, or what keeps it from being read and the pattern of every event in its place."""
    try:
        return parse(text), None
    except PatternError as error:
        return EVERY_EVENT, error


def filter_link(
    metric_filter: MetricFilter,
    pattern: Pattern,
    error: PatternError | None,
    group: str | None,
    facts: RegionFacts,
    member: str = "",
) -> tuple[ChainLink, Pattern]:
    """Says whether the filter is where the trail's events are and can be read, and what else hides events from it.

    Gives with it the pattern over the events as the trail writes them; where that is not known, that of every event.

    Args:
        metric_filter: The filter.
        pattern: Its pattern.
        error: Why that cannot be read, if it cannot.
        group: The ARN of the log group that the trail delivers to.
        facts: The region of the filter.
        member: The account whose events are meant, where it is another than the log group's.
    """
    name = metric_filter.name
    if group is None or log_group_parts(group)[0] != metric_filter.log_group:
        of_member = f" the events of account {member}" if member else ""
        why = f"{name} is on the log group {metric_filter.log_group}, to which no trail delivers{of_member}."
        return broken(LinkName.FILTER, name, why), pattern
    if error is not None:
        # AWS accepted the pattern, so that it may well match: not to read it is our want, not the account's.
        return unsure(LinkName.FILTER, name, f"The pattern of {name} is not readable: {error}"), pattern
    link = _left_out(metric_filter, log_group_parts(group), member)
    if link is not None:
        return link, pattern
    said = f"The pattern of {name} is {metric_filter.pattern or 'empty'}."
    if not metric_filter.on_transformed_logs:
        return sound(LinkName.FILTER, name, said), pattern
    transformer = facts.transformer(metric_filter.log_group)
    if transformer is None:
        why = f"{name} looks at transformed events, and its log group has no transformer of its own; whether the "
        return unsure(LinkName.FILTER, name, f"{why}account has one for all groups is not read."), EVERY_EVENT
    if isinstance(transformer, Unreadable):
        return unsure(LinkName.FILTER, name, transformer), EVERY_EVENT
    try:
        return sound(LinkName.FILTER, name, said), seen_through(pattern, transformer)
    except TransformerError as undecided:
        return unsure(LinkName.FILTER, name, str(undecided)), EVERY_EVENT


def _left_out(metric_filter: MetricFilter, group: tuple[str, str, str], member: str) -> ChainLink | None:
    """Gives the link where a filter's field selection leaves out the events of its own account and region."""
    name, criteria = metric_filter.name, metric_filter.field_selection
    _, region, owner = group
    accounts = dict.fromkeys((owner, member or owner))
    try:
        taken = [not criteria or selects(criteria, {"@aws.account": one, "@aws.region": region}) for one in accounts]
    except CriteriaError as error:
        why = f"{name} looks only at events where {criteria}, which is not followed: {error}."
        return unsure(LinkName.FILTER, name, why)
    if all(taken):
        return None
    if any(taken):
        why = f"{name} looks only at events where {criteria}; {OPEN_ACCOUNT}."
        return unsure(LinkName.FILTER, name, why)
    why = f"{name} looks only at events where {criteria}, which leaves out account {member or owner} in {region}."
    return broken(LinkName.FILTER, name, why)
