"""What a backtest says; its JSON form is what `--format json` writes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from auditor.findings import LinkName, Status
from auditor.model.fact import Frozen
from auditor.report import Tool


class Outcome(StrEnum):
    """What a control's events came to; the worst of them counts.

    Attributes:
        LOST: An event got lost, or the alarm did not go off with it.
        OPEN: Of an event that is not lost it is not known.
        RANG: All events rang.
        QUIET: There was no event that the control names.
    """

    LOST = "lost"
    OPEN = "open"
    RANG = "rang"
    QUIET = "quiet"


class Example(Frozen):
    """An event in a few words."""

    time: str
    source: str
    name: str
    who: str
    error: str
    region: str
    event_id: str


class Group(Frozen):
    """Events of a control that share a fate.

    Attributes:
        link: The link where they get lost, or of which it is not known; None where it is none of the chain.
        resource: What stands there.
        reason: Why, in one sentence.
        count: How many events.
        examples: The first of them.
    """

    link: LinkName | None
    resource: str
    reason: str
    count: int
    examples: tuple[Example, ...]


class Ring(Frozen):
    """An alarm goes into ALARM.

    Attributes:
        at: When, to the minute.
        alarm: Its name.
        before: The state that it comes from.
        events: How many of the control's events it goes off with.
        first: The first of them, where it was kept.
    """

    at: datetime
    alarm: str
    before: str
    events: int
    first: Example | None = None


class Bucket(Frozen):
    """A stretch of time.

    Attributes:
        at: When it begins.
        should: How many events of the control it has.
        lost: How many of them got lost.
        open: Of how many it is not known.
        rings: How often an alarm went off.
    """

    at: datetime
    should: int
    lost: int
    open: int
    rings: int


class Control(Frozen):
    """One control.

    Attributes:
        number: Its number in the benchmark.
        reading: The reading of the control that was taken, by name.
        pattern: That reading.
        verdict: What the proof over all possible events says.
        should: How many events the control names.
        caught: How many of them a filter matched on a way to an alarm.
        rang: How many an alarm went off with.
        joined: How many came while an alarm was in ALARM because of others just before.
        lost: How many got lost.
        open: Of how many it is not known.
        alarms: The names of the alarms that rang.
        rings: When alarms went off for it, the first of them.
        ring_count: How often.
        buckets: The same over time.
    """

    check_id: str
    number: str
    title: str
    reading: str
    pattern: str
    verdict: Status
    outcome: Outcome
    should: int
    caught: int
    rang: int
    joined: int
    lost: int
    open: int
    losses: tuple[Group, ...] = ()
    opens: tuple[Group, ...] = ()
    questions: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    rings: tuple[Ring, ...] = ()
    ring_count: int = 0
    buckets: tuple[Bucket, ...] = ()


class AlarmHistory(Frozen):
    """What CloudWatch's own history says of an alarm, beside what should have been.

    Attributes:
        went_off: When it really went into ALARM.
        changed: When it was last made or changed in that time; what it did before is not compared.
        missing: When it should have and did not.
        unexplained: When it did though nothing in the logs should have made it.
    """

    went_off: tuple[datetime, ...] = ()
    changed: datetime | None = None
    missing: tuple[datetime, ...] = ()
    unexplained: tuple[datetime, ...] = ()


class AlarmResult(Frozen):
    """One alarm.

    Attributes:
        people: Whether somebody is told when it goes off.
        rings: How often it went off.
        silent_rings: How often of these it went off with no event that any control names.
        repeats: How often it might have gone off again for the same events while no new data came.
        unknown: Why it was not followed; empty where it was.
        stays: Whether it was still in ALARM at the end.
        history: What its history says, where it was read.
    """

    name: str
    arn: str
    region: str
    people: bool
    rings: int
    stays: bool = False
    silent_rings: int = 0
    repeats: int = 0
    unknown: str = ""
    history: AlarmHistory | None = None


class Noise(Frozen):
    """What a filter matches beyond the controls that it was made for.

    Attributes:
        controls: These controls.
        matched: How many of the account's events it matches.
        beyond: How many of them none of its controls names.
        per_day: How many that is on a day, on average.
        worst_day: The day with most of them, and how many.
    """

    filter: str
    log_group: str
    region: str
    controls: tuple[str, ...]
    matched: int
    beyond: int
    per_day: float
    worst_day: str = ""
    worst: int = 0
    examples: tuple[Example, ...] = ()


class BrokenFile(Frozen):
    """A file, or another part of the logs, that could not be read or not to its end."""

    name: str
    reason: str


class Logs(Frozen):
    """The logs that were replayed.

    Attributes:
        place: Where they were.
        clock: Which time of an event counts, in words.
        first: The first event of the account, to the minute.
        last: The last.
        files: How many files were read, in whole or in part.
        size: How many bytes they have.
        events: How many events there were.
        counted: How many of them are management events of the account, in the time that was asked for.
        others: How many are of each other account.
        aside: How many were not judged for another reason.
        broken: What could not be read, the first of it.
        broken_count: How much of it there is.
    """

    place: str
    clock: str
    first: datetime | None
    last: datetime | None
    files: int
    size: int
    events: int
    counted: int
    others: dict[str, int]
    aside: dict[str, int]
    broken: tuple[BrokenFile, ...] = ()
    broken_count: int = 0


class HistoryRead(Frozen):
    """Which history of the alarms was read.

    Attributes:
        since: From when on.
        until: Until when.
        unread: Why some of it could not be read.
    """

    since: datetime
    until: datetime
    unread: tuple[str, ...] = ()


class Backtest(Frozen):
    """All that a backtest says.

    Attributes:
        chains_at: When the chains were read.
        bucket_minutes: The length of a bucket in minutes.
        unread: Why there are no chains, where the trails could not be read; else empty.
        assumptions: What is taken for granted, a sentence each.
    """

    schema_version: Literal["1.0"] = "1.0"
    tool: Tool = Tool()
    account_id: str
    aliases: tuple[str, ...] = ()
    benchmark: str
    chains_at: datetime
    logs: Logs
    controls: tuple[Control, ...]
    alarms: tuple[AlarmResult, ...] = ()
    noise: tuple[Noise, ...] = ()
    bucket_minutes: int = 1440
    history: HistoryRead | None = None
    unread: str = ""
    assumptions: tuple[str, ...] = ()

    @property
    def should(self) -> int:
        """How many events should have rung; one that two controls name counts twice."""
        return sum(one.should for one in self.controls)

    @property
    def days(self) -> float:
        """How many days lie between the first and the last event of the account; a day at least."""
        if self.logs.first is None or self.logs.last is None:
            return 1.0
        return max(1.0, (self.logs.last - self.logs.first).total_seconds() / 86400)


def exit_code(found: Backtest) -> int:
    """Gives 1 where an event got lost or an alarm did not really go off, 3 where something is not known, else 0."""
    missed = any(one.history is not None and one.history.missing for one in found.alarms if one.people)
    if missed or any(one.lost for one in found.controls):
        return 1
    unread = bool(found.unread or found.logs.broken_count)
    return 3 if unread or any(one.open for one in found.controls) else 0
