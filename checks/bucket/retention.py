"""How long a trail's bucket keeps the log files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from auditor.checking import (
    BucketCheck,
    Evidence,
    Remediation,
    Severity,
    Verdict,
    failed,
    known,
    observed,
    passed,
    unknown,
)
from auditor.model.bucket import BucketFacts, LifecycleRule, ObjectLock
from auditor.model.fact import Read, Unreadable
from auditor.model.snapshot import Snapshot
from auditor.remediation import Target
from auditor.remedy import Variable, aws
from auditor.remedy.mending import page, step
from checks.bucket.claim import not_known
from checks.bucket.log_files import KEPT_DAYS, folders_of, locked_days, reaches, trails_into

_LIFECYCLE = Variable("LIFECYCLE")


@dataclass(frozen=True, slots=True)
class _End:
    """How a lifecycle rule ends the life of log files.

    Attributes:
        rule: The rule that expires them.
        days: After how many days they are gone for good at the latest; None where their versions stay.
        soonest: The same if rules for objects of a certain tag or size, too, are for log files.
    """

    rule: LifecycleRule
    days: int | None
    soonest: int | None

    @property
    def surely(self) -> bool:
        """Whether log files are surely gone too soon."""
        return not self.rule.narrowed and self.days is not None and self.days < KEPT_DAYS

    @property
    def perhaps(self) -> bool:
        """Whether they may be."""
        return self.soonest is not None and self.soonest < KEPT_DAYS

    @property
    def words(self) -> str:
        rule = self.rule
        if rule.expires_on:
            words = f"the lifecycle rule {rule.id} deletes them, however young, from {rule.expires_on[:10]} on"
        else:
            words = f"the lifecycle rule {rule.id} deletes them after {rule.expires_after_days} days"
        gone = self.days if self.surely else self.soonest
        if gone != _age(rule):
            words += f" and their versions for good after {gone}"
        return f"{words}, but it is for objects of a certain tag or size" if rule.narrowed else words


class BucketRetention(BucketCheck):
    """No lifecycle rule deletes log files before they are a year old.

    In a bucket with versioning, a rule that expires objects only hides them; they are gone when another rule ends
    the life of noncurrent versions. A lock of a year keeps them whatever the rules say.
    """

    id = "bucket.retention"
    title = f"The trail's bucket keeps log files for at least {KEPT_DAYS} days"
    severity = Severity.MEDIUM
    rationale = (
        "Intrusions are often noticed months after they began; by then the log of the first day must still be there."
    )
    references = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-and-other-bucket-config.html",
    )

    def judge(self, facts: BucketFacts, account: Snapshot) -> Verdict:
        """Judges the lifecycle rules that reach the log files."""
        lifecycle = known(facts.lifecycle)
        shown = observed(lifecycle, facts.arn)
        rules = _reaching(facts, account, lifecycle.rules)
        ends = {versioned: _ends(rules, versioned=versioned) for versioned in _versioned(facts)}
        doubtful = tuple(dict.fromkeys(end for found in ends.values() for end in found if end.surely or end.perhaps))
        if not doubtful:
            return passed(_kept(facts, rules), shown, notes=_hidden(facts, rules))
        lock = facts.object_lock if True in ends else None
        if lock and not isinstance(lock, Unreadable) and locked_days(lock) >= KEPT_DAYS:
            reason = (
                f"Object Lock keeps each file in {facts.name} for {locked_days(lock)} days, whatever its rules say."
            )
            return passed(reason, shown, observed(lock, facts.arn), notes=(f"Of the log files: {_joined(doubtful)}.",))
        sure = [tuple(end for end in found if end.surely) for found in ends.values()]
        if all(sure) and not isinstance(lock, Unreadable):
            reason = f"Log files in {facts.name} are kept for less than {KEPT_DAYS} days: {_joined(sure[0])}."
            return failed(reason, shown, remediation=_lengthen(facts, sure[0]), notes=_hidden(facts, rules))
        return _undecided(facts, doubtful, shown, lock)


def _reaching(facts: BucketFacts, account: Snapshot, rules: Iterable[LifecycleRule]) -> tuple[LifecycleRule, ...]:
    """Gives the rules that are in force for some of the trails' files."""
    folders = [folder for own in trails_into(facts, account) for folder in folders_of(own.trail)]
    return tuple(rule for rule in rules if rule.enabled and any(reaches(rule.prefix, folder) for folder in folders))


def _versioned(facts: BucketFacts) -> tuple[bool, ...]:
    """Gives whether new files have versions, or both answers where it is not known.

    Where versioning is suspended they have none: expiring one removes it.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    """
    versioning = facts.versioning
    return (False, True) if isinstance(versioning, Unreadable) else (versioning.enabled,)


def _ends(rules: tuple[LifecycleRule, ...], *, versioned: bool) -> tuple[_End, ...]:
    """Gives how each rule that expires objects ends the log files' life."""
    ends: list[_End] = []
    for rule in rules:
        age = _age(rule)
        if age is None:
            continue
        days: int | None = age
        soonest: int | None = age
        if versioned:
            later = [other for other in rules if other.noncurrent_days is not None and _meet(rule, other)]
            days = _sum(age, [other for other in later if not other.narrowed])
            soonest = _sum(age, later)
        ends.append(_End(rule, days, soonest))
    return tuple(ends)


def _age(rule: LifecycleRule) -> int | None:
    """Gives the age at which a rule expires an object; from its date on, a rule expires objects of any age."""
    return 0 if rule.expires_on else rule.expires_after_days


def _sum(age: int, later: Iterable[LifecycleRule]) -> int | None:
    spans = [rule.noncurrent_days for rule in later if rule.noncurrent_days is not None]
    return age + min(spans) if spans else None


def _meet(one: LifecycleRule, other: LifecycleRule) -> bool:
    return one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)


def _kept(facts: BucketFacts, rules: Iterable[LifecycleRule]) -> str:
    ages = [(rule, age) for rule in rules if (age := _age(rule)) is not None]
    if not ages:
        return f"No lifecycle rule of {facts.name} deletes log files."
    named = ", ".join(f"{rule.id} ({age} days)" for rule, age in ages)
    return f"No lifecycle rule of {facts.name} deletes log files for good within {KEPT_DAYS} days: {named}."


def _hidden(facts: BucketFacts, rules: Iterable[LifecycleRule]) -> tuple[str, ...]:
    """Notes what rules do short of deleting log files for good too soon."""
    notes: list[str] = []
    for rule in rules if _versioned(facts) == (True,) else ():
        age = _age(rule)
        if age is not None and age < KEPT_DAYS:
            notes.append(f"After {age} days the rule {rule.id} hides log files behind a delete marker.")
        if rule.noncurrent_days is not None and rule.noncurrent_days < KEPT_DAYS:
            notes.append(
                f"A log file that is deleted or overwritten cannot be fetched back after {rule.noncurrent_days} days "
                f"(rule {rule.id})."
            )
    return tuple(notes)


def _joined(ends: Iterable[_End]) -> str:
    return "; ".join(end.words for end in ends)


def _undecided(
    facts: BucketFacts, doubtful: tuple[_End, ...], shown: Evidence, lock: Read[ObjectLock] | None
) -> Verdict:
    left = [("versioning", facts.versioning), ("Object Lock", lock)]
    claims = [not_known(what, fact) for what, fact in left if isinstance(fact, Unreadable)]
    words = "; ".join((_joined(doubtful), *(claim.words for claim in claims)))
    evidence = [item for claim in claims for item in claim.evidence]
    reason = f"Whether log files in {facts.name} are kept for {KEPT_DAYS} days is not known: {words}."
    return unknown(reason, shown, *evidence)


def _lengthen(facts: BucketFacts, ends: Iterable[_End]) -> Remediation:
    """Gives what sets the rules' expiry to a year and keeps all else that the lifecycle configuration holds.

    Putting a configuration replaces it whole, so the present one is fetched and changed on the way.
    """
    rules = [end.rule for end in ends]
    return step(
        f"let {', '.join(rule.id for rule in rules)} of {facts.name} expire objects after {KEPT_DAYS} days",
        Target.BUCKET,
        *_put(facts, {rule.id: {"Days": KEPT_DAYS} for rule in rules}),
        undo=_put(facts, {rule.id: _expiry(rule) for rule in rules}),
        cost="Storage is paid for as much longer; undone, S3 deletes what is then too old.",
        pages=[page("s3api", "put-bucket-lifecycle-configuration")],
    ).remediation(f"Let these rules expire objects after {KEPT_DAYS} days; storage is paid for as much longer.")


def _expiry(rule: LifecycleRule) -> dict[str, JsonValue]:
    return {"Date": rule.expires_on} if rule.expires_on else {"Days": rule.expires_after_days}


def _put(facts: BucketFacts, expiries: Mapping[str, dict[str, JsonValue]]) -> tuple[str, str]:
    """Gives what puts the present configuration again, with another expiry of some rules."""
    ids = _literal([*expiries])
    changed = [
        f"Rules[?ID == {_literal(name)}].merge(@, {_literal({'Expiration': expiry})})"
        for name, expiry in expiries.items()
    ]
    query = f"{{Rules: [Rules[?!contains({ids}, ID)], {', '.join(changed)}][]}}"
    where = {"region": facts.region, "bucket": facts.name}
    fetch = aws("s3api", "get-bucket-lifecycle-configuration", **where, query=query, output="json")
    put = aws("s3api", "put-bucket-lifecycle-configuration", **where, lifecycle_configuration=_LIFECYCLE)
    return f"{_LIFECYCLE.name}=$({fetch})", put


def _literal(value: JsonValue) -> str:
    """Gives a value as a JMESPath expression writes it, between backticks."""
    inside = json.dumps(value).replace("`", "\\`")
    return f"`{inside}`"
