"""Judges whether an action on a resource is denied to every principal, administrators and root included."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from auditor.policy.escapes import Escape, Way, by_condition, by_principals
from auditor.policy.matching import takes_in_action, takes_in_resource, templates
from auditor.policy.model import Effect, Policy, Statement
from auditor.policy.operators import Language
from auditor.policy.request import Facts
from auditor.policy.ternary import distinct
from auditor.policy.wildcard import Wildcard, covers_all, matches

_TLS = "aws:SecureTransport"
_ROOT_KEEPS = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")


class Extent(Enum):
    """How far a denial reaches, from the farthest to the least."""

    EVERYONE = "everyone"
    EXCEPT = "everyone, with exceptions"
    DEPENDS = "depends"
    NOT_DENIED = "not denied"


@dataclass(frozen=True, slots=True)
class Denial:
    """How far the denial of an action on a resource reaches.

    Attributes:
        extent: EVERYONE and EXCEPT are claimed only where they hold for every request.
        exceptions: For EXCEPT: who or what escapes, in words.
        because: The statements that deny, or may.
        hangs_on: For DEPENDS: the keys or open questions.
        notes: What else a reader should know, such as a Deny that does not count and why.
    """

    extent: Extent
    exceptions: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    hangs_on: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The denial in one phrase."""
        parts = [f"denied to {self.extent.value}" if self.extent in _REACHING else self.extent.value]
        for label, words in (("by", self.because), ("except", self.exceptions), ("on", self.hangs_on)):
            if words:
                parts.append(f"{label} {'; '.join(words)}")
        return ", ".join(parts)


_REACHING = (Extent.EVERYONE, Extent.EXCEPT)


@dataclass(frozen=True, slots=True)
class _Reach:
    """What one Deny statement does about the action and resource asked."""

    statement: Statement
    beyond: tuple[str, ...]
    parts: tuple[Escape, ...]
    partly: bool

    def words(self, way: Way) -> tuple[str, ...]:
        return distinct(part.words for part in self.parts if part.way is way and part.words)

    @property
    def extent(self) -> Extent:
        ways = {part.way for part in self.parts}
        if Way.NARROWS in ways:
            return Extent.NOT_DENIED
        if Way.OPEN in ways:
            return Extent.DEPENDS
        return Extent.EXCEPT if self.beyond or Way.EXCEPTS in ways else Extent.EVERYONE

    @property
    def exceptions(self) -> tuple[str, ...]:
        return self.words(Way.EXCEPTS) + self.beyond


def deny_for_everyone(
    policy: Policy | None,
    action: str,
    resource: str,
    *,
    context: Mapping[str, str | tuple[str, ...]] | None = None,
    absent: Collection[str] = (),
) -> Denial:
    """Gives how far a resource policy denies an action on a resource.

    A statement counts if it denies the whole of what is asked to everyone, save for exceptions that it names.
    Statements count together where one takes up the resources that another leaves, or the encrypted requests
    that another leaves; else the one with the fewest exceptions speaks. A condition that confines the denial
    to some requests (no TLS, a date, a tag) makes the statement not count, and a note says so.

    The root user of the bucket's account may always read, put and delete the bucket policy, whatever it says.

    Args:
        policy: The policy; None for a resource that has none.
        action: The action, or a pattern that stands for every action it matches.
        resource: The ARN, or a pattern such as `arn:aws:s3:::b/AWSLogs/*`: everything in it must be denied.
        context: Condition keys that are known of the requests in question.
        absent: Condition keys known to be absent from them.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and, for
    root, https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
    """
    statements = policy.statements if policy else ()
    denies = [statement for statement in statements if statement.effect is Effect.DENY]
    facts = Facts.of(context or {}, absent)
    found = _judged(denies, action, resource, facts)
    # Every request is either encrypted or not, so two statements may share the two cases between them.
    if found.extent is not Extent.EVERYONE and facts.values(_TLS) is None and _mentions_tls(denies):
        cases = [Facts.of({_TLS: value}).over(facts) for value in ("true", "false")]
        split = weakest([_judged(denies, action, resource, case) for case in cases])
        found = split if _rank(split) < _rank(found) else found
    return _with_root(found, action)


def weakest(denials: Sequence[Denial]) -> Denial:
    """Gives what holds of several questions taken together: the least extent, with all that was said."""
    extent = max((denial.extent for denial in denials), key=tuple(Extent).index)
    return Denial(
        extent,
        distinct(word for denial in denials for word in denial.exceptions),
        distinct(word for denial in denials for word in denial.because),
        distinct(word for denial in denials for word in denial.hangs_on),
        distinct(word for denial in denials for word in denial.notes),
    )


def _judged(denies: Iterable[Statement], action: str, resource: str, facts: Facts) -> Denial:
    reaches = [reach for reach in (_reach(item, action, resource, facts) for item in denies) if reach]
    notes = distinct(word for reach in reaches for word in reach.words(Way.NARROWS))
    joined = _joined(reaches, resource, facts)
    if joined:
        return replace(joined, notes=notes)
    counting = [reach for reach in reaches if reach.extent is not Extent.NOT_DENIED]
    if not counting:
        return Denial(Extent.NOT_DENIED, notes=notes)
    best = min(counting, key=lambda reach: (tuple(Extent).index(reach.extent), len(reach.exceptions)))
    return Denial(
        best.extent,
        best.exceptions,
        (best.statement.sid,),
        best.words(Way.OPEN) if best.extent is Extent.DEPENDS else (),
        best.words(Way.REACHES_ALL) + notes,
    )


def _reach(statement: Statement, action: str, resource: str, facts: Facts) -> _Reach | None:
    """Gives what a statement does about what is asked, or None if it does nothing."""
    acted, placed = takes_in_action(statement, action), takes_in_resource(statement, resource, facts)
    if acted.is_no or placed.is_no:
        return None
    language = Language(facts, statement.variables)
    parts = [by_principals(statement)]
    parts += [by_condition(condition, statement, language) for condition in statement.conditions]
    if any(part.way is Way.NEVER for part in parts):
        return None
    beyond: list[str] = []
    if not acted.is_yes:
        beyond.append(_outside("actions", statement.actions, statement.not_actions))
    holes = [] if placed.is_yes else _holes(statement, facts)
    parts += [Escape(Way.OPEN, key) for key in holes]
    partly = not placed.is_yes and not holes
    if partly:
        beyond.append(_outside("resources", statement.resources, statement.not_resources))
    return _Reach(statement, tuple(beyond), tuple(parts), partly)


def _holes(statement: Statement, facts: Facts) -> list[str]:
    written = statement.resources or statement.not_resources or ()
    return [key for template in templates(written, statement, facts) for key in template.holes]


def _outside(what: str, named: tuple[str, ...] | None, spared: tuple[str, ...] | None) -> str:
    if named is not None:
        return f"{what} outside {', '.join(named)}"
    return f"{what} in {', '.join(spared or ())}"


def _joined(reaches: Iterable[_Reach], resource: str, facts: Facts) -> Denial | None:
    """Gives the denial by statements that each deny everyone a part of the resources, if they suffice."""
    parts = [
        reach
        for reach in reaches
        if reach.partly and len(reach.beyond) == 1 and all(part.way is Way.REACHES_ALL for part in reach.parts)
    ]
    patterns = [
        template.pattern
        for reach in parts
        for template in templates(reach.statement.resources or (), reach.statement, facts)
        if not template.holes
    ]
    if not covers_all(patterns, resource):
        return None
    named = [reach.statement.sid for reach in parts if reach.statement.resources]
    return Denial(Extent.EVERYONE, because=distinct(named))


def _with_root(denial: Denial, action: str) -> Denial:
    asked = Wildcard.of(action).folded()
    if denial.extent not in _REACHING or not any(matches(asked, kept.lower()) for kept in _ROOT_KEEPS):
        return denial
    words = "the root user of the bucket's account, who may always read, put and delete the bucket policy"
    if not asked.is_literal:
        return replace(denial, notes=(*denial.notes, f"not denied in any case: {words}"))
    return replace(denial, extent=Extent.EXCEPT, exceptions=(*denial.exceptions, words))


def _mentions_tls(statements: Iterable[Statement]) -> bool:
    return any(condition.key.lower() == _TLS.lower() for item in statements for condition in item.conditions)


def _rank(denial: Denial) -> tuple[int, int]:
    return tuple(Extent).index(denial.extent), len(denial.exceptions)
