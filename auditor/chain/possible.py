"""Which events an account's management-event trails can record at all; what no event is cannot get lost."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.benchmark import Reading
from auditor.model.snapshot import Snapshot
from auditor.pattern import And, Compare, Expression, IsTrue, JsonPattern, Selector, World, parse

RECIPIENT = "recipientAccountId"


@dataclass(frozen=True, slots=True)
class Possible:
    """The management events that are possible in an account.

    Data events are another matter (`trail.s3_data_events`). Each management event says so in eventCategory and
    managementEvent, and names the account that received it.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html

    Attributes:
        account_id: The account.
        world: What is known of CloudTrail's records in the account's partition.
        events: Holds for the account's own management events.
    """

    account_id: str
    world: World
    events: Expression

    @classmethod
    def within(cls, account_id: str, world: World) -> Possible:
        """Gives the management events of an account."""
        events = And(
            (
                Compare.of("$.eventCategory", "=", "Management"),
                IsTrue(Selector.of("$.managementEvent")),
                Compare.of(f"$.{RECIPIENT}", "=", account_id),
            )
        )
        return cls(account_id, world, events)

    def of(self, account_id: str) -> Possible:
        """Gives the same of another account in the partition."""
        return Possible.within(account_id, self.world)

    def required(self, named: Expression) -> JsonPattern:
        """Gives the events that a control names, so far as they are possible."""
        return JsonPattern(And((named, self.events)))


def named_by(reading: Reading) -> Expression:
    """Gives what a reading of a control names.

    Raises:
        TypeError: The benchmark's pattern is not a JSON pattern, which is a mistake in its data.
    """
    pattern = parse(reading.pattern)
    if not isinstance(pattern, JsonPattern):
        raise TypeError(f"The benchmark's pattern {reading.pattern} is not a JSON pattern.")
    return pattern.expression


def possible_in(account: Snapshot) -> Possible:
    """Gives the management events of an account."""
    return Possible.within(account.account_id, World(account.caller.partition))
