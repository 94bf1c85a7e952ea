"""One backtest: chains and logs in, a result out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.backtest import judging, result
from auditor.backtest.chains import Chains, chains_of
from auditor.backtest.judging import Asked, at
from auditor.backtest.plan import Plan
from auditor.backtest.ringing import Played, play
from auditor.backtest.tally import Tally
from auditor.benchmark import Benchmark
from auditor.checking import AlarmCheck
from auditor.errors import UsageError
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot

_MOST_ACCOUNTS = 20


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is asked for; None leaves an end open."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where the events come from.

    Attributes:
        place: The place, in words.
        clock: Which time of an event counts, in a sentence.
        read: Replays them through a plan.
    """

    place: str
    clock: str
    read: Callable[[Plan], Tally]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A backtest with what it was made from, for whoever compares it with other things.

    Attributes:
        found: The result.
        played: What became of each alarm, by ARN.
        minutes: For each alarm the minutes whose events any control names.
    """

    found: result.Backtest
    played: Mapping[str, Played]
    minutes: Mapping[str, set[int]]


def backtest(
    account: Snapshot, benchmark: Benchmark, checks: Sequence[AlarmCheck], source: Source, span: Span
) -> Replayed:
    """Replays events through the chains of an account as they were read.

    Args:
        account: The account.
        benchmark: Whose patterns and numbers apply.
        checks: The alarm checks whose controls are looked at.
        source: The events.
        span: Which of them count.

    Raises:
        UsageError: There is nothing to look at: no such control, or no event of the account.
    """
    asked = {
        check.id: Asked(check.id, check.numbers(benchmark).get(benchmark.version, ""), check.title)
        for check in checks
        if check.id in benchmark.requirements
    }
    chains = chains_of(account, benchmark, tuple(asked))
    tally = source.read(_within(chains.plan, span))
    if not tally.counted and tally.others:
        _refuse(account.account_id, tally)
    played = play(chains, tally)
    controls, minutes = judging.controls(chains, tally, played, asked)
    found = result.Backtest(
        account_id=account.account_id,
        aliases=() if isinstance(account.aliases, Unreadable) else account.aliases.names,
        benchmark=benchmark.version,
        chains_at=account.taken_at,
        logs=_logs(tally, source),
        controls=tuple(sorted(controls, key=lambda one: _numbered(one.number))),
        alarms=judging.alarms(chains, played, minutes),
        bucket_minutes=judging.bucket_minutes(tally),
        unread=chains.unread,
        assumptions=tuple(_assumptions(chains, tally, source)),
    )
    noise = judging.noise(chains, tally, found.days)
    return Replayed(found.model_copy(update={"noise": noise}), played, minutes)


def _within(plan: Plan, span: Span) -> Plan:
    minutes = (None if end is None else int(end.timestamp()) // 60 for end in (span.since, span.until))
    since, until = minutes
    return replace(plan, since=since, until=until)


def _refuse(account_id: str, tally: Tally) -> None:
    told = ", ".join(account or "no account" for account, _ in tally.others.most_common(3))
    raise UsageError(
        f"None of the {tally.events:,} events is of account {account_id}; they are of {told}.",
        "Give the logs and the chains of the same account.",
    )


def _logs(tally: Tally, source: Source) -> result.Logs:
    return result.Logs(
        place=source.place,
        clock=source.clock,
        first=None if tally.first is None else at(tally.first),
        last=None if tally.last is None else at(tally.last),
        files=tally.files,
        size=tally.size,
        events=tally.events,
        counted=tally.counted,
        others=dict(tally.others.most_common(_MOST_ACCOUNTS)),
        aside=dict(sorted(tally.aside.items())),
        broken=tuple(result.BrokenFile(name=name, reason=reason) for name, reason in tally.broken),
        broken_count=tally.broken_count,
    )


def _assumptions(chains: Chains, tally: Tally, source: Source) -> list[str]:
    found = [
        "The chains are taken as they were read; what was deployed when the events happened is not known.",
        source.clock,
        "Each alarm is played minute by minute over sliding periods; before the first event nothing has happened.",
        "An event counts as often as it is in the logs; give the files of one trail only.",
    ]
    if any(trail.categories for trail in chains.plan.trails) and any("events" in name for name in tally.aside):
        found.append(
            "Data and other events that are no management events are taken to be logged by every trail that logs any "
            "of their category; no control names them, but filters may match them."
        )
    if chains.plan.organization and tally.others:
        found.append("Events of other accounts come to the organization's log group and count for its alarms as well.")
    return found


def _numbered(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split(", ", maxsplit=1)[0].split(".") if part.isdigit()) or (10**9,)
