"""The condition operators: how one value of a policy is compared with one value of a request.

Source: "IAM JSON policy elements: Condition operators" of the IAM user guide,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum

from auditor.policy import ternary
from auditor.policy.request import Facts
from auditor.policy.ternary import NO, Ternary, maybe
from auditor.policy.variables import fill
from auditor.policy.wildcard import Token, Wildcard, matches, overlaps

_ARN_PARTS = 6
_COLON = ":"
_EPOCH = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Language:
    """What a comparison must know beside the two values.

    Attributes:
        facts: The request's context, for policy variables.
        variables: Whether the policy's version has them.
    """

    facts: Facts
    variables: bool


Comparison = Callable[[str, str, Language], Ternary]


class Quantifier(Enum):
    """How an operator takes a key with several values."""

    SINGLE = ""
    ANY = "ForAnyValue:"
    ALL = "ForAllValues:"


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator taken apart.

    Attributes:
        name: The bare operator in AWS's capitals, such as `StringNotLike`.
        quantifier: Its ForAnyValue or ForAllValues.
        if_exists: Whether an absent key makes it hold.
        negated: Whether it holds when no value fits, an absent key included.
        compare: Compares one value of the policy with one of the request, negation aside; None for `Null`.
    """

    name: str
    quantifier: Quantifier
    if_exists: bool
    negated: bool
    compare: Comparison | None


def operator(written: str) -> Operator | None:
    """Gives the operator that a policy writes, or None where AWS documents none of that name."""
    rest = written
    quantifier = Quantifier.SINGLE
    for candidate in (Quantifier.ANY, Quantifier.ALL):
        if rest.lower().startswith(candidate.value.lower()):
            quantifier, rest = candidate, rest[len(candidate.value) :]
    if_exists = rest.lower().endswith("ifexists")
    base = rest[: -len("ifexists")] if if_exists else rest
    found = _TABLE.get(base.lower())
    if found is None or (found[2] is None and if_exists):
        return None
    name, negated, compare = found
    return Operator(name, quantifier, if_exists, negated, compare)


def _string_equals(policy: str, actual: str, language: Language) -> Ternary:
    return _like(policy, actual, language, wildcards=False)


def _string_equals_ignore_case(policy: str, actual: str, language: Language) -> Ternary:
    return _like(policy, actual, language, wildcards=False, fold=True)


def _string_like(policy: str, actual: str, language: Language) -> Ternary:
    return _like(policy, actual, language, wildcards=True)


def _like(policy: str, actual: str, language: Language, *, wildcards: bool, fold: bool = False) -> Ternary:
    template = fill(policy, language.facts, variables=language.variables, wildcards=wildcards)
    pattern = template.pattern.folded() if fold else template.pattern
    fits = matches(pattern, actual.lower() if fold else actual)
    return maybe(*template.holes) if fits and template.holes else ternary.of(fits)


def _arn_like(policy: str, actual: str, language: Language) -> Ternary:
    """Compares the six parts of an ARN one by one; ArnEquals does the same as ArnLike."""
    template = fill(policy, language.facts, variables=language.variables)
    literal = Wildcard.literal(actual)
    if template.holes:
        return maybe(*template.holes) if overlaps(template.pattern, literal) else NO
    wanted, found = _arn_parts(template.pattern), _arn_parts(literal)
    if len(wanted) != _ARN_PARTS:
        return maybe(f"how AWS takes {policy!r}, which is no ARN, in an ARN comparison")
    return ternary.of(len(found) == _ARN_PARTS and all(map(overlaps, wanted, found)))


def _arn_parts(pattern: Wildcard) -> list[Wildcard]:
    parts: list[list[Token]] = [[]]
    for token in pattern.tokens:
        if token == _COLON and len(parts) < _ARN_PARTS:
            parts.append([])
        else:
            parts[-1].append(token)
    return [Wildcard.joined(part) for part in parts]


def _bool(policy: str, actual: str, language: Language) -> Ternary:
    return _like(policy, actual, language, wildcards=False, fold=True)


def _binary(policy: str, actual: str, language: Language) -> Ternary:  # noqa: ARG001 - one shape for all
    return maybe("how the bytes of a binary key are written")


def _numeric(holds: Callable[[Decimal, Decimal], bool]) -> Comparison:
    def compare(policy: str, actual: str, language: Language) -> Ternary:  # noqa: ARG001 - one shape for all
        wanted, found = _number(policy), _number(actual)
        if wanted is None or found is None:
            return maybe(f"how AWS compares {actual!r} with {policy!r} as numbers")
        return ternary.of(holds(found, wanted))

    return compare


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(holds: Callable[[datetime, datetime], bool]) -> Comparison:
    def compare(policy: str, actual: str, language: Language) -> Ternary:  # noqa: ARG001 - one shape for all
        wanted, found = _moment(policy), _moment(actual)
        if wanted is None or found is None:
            return maybe(f"how AWS compares {actual!r} with {policy!r} as dates")
        return ternary.of(holds(found, wanted))

    return compare


def _moment(text: str) -> datetime | None:
    """Reads an ISO 8601 date or seconds since 1970; one without a zone is taken as UTC."""
    try:
        if _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ip_address(policy: str, actual: str, language: Language) -> Ternary:  # noqa: ARG001 - one shape for all
    try:
        network = ipaddress.ip_network(policy, strict=False)
        address = ipaddress.ip_address(actual)
    except ValueError:
        return maybe(f"how AWS compares {actual!r} with {policy!r} as addresses")
    return ternary.of(address.version == network.version and address in network)


_Row = tuple[str, bool, Comparison | None]
_ROWS: tuple[_Row, ...] = (
    ("StringEquals", False, _string_equals),
    ("StringNotEquals", True, _string_equals),
    ("StringEqualsIgnoreCase", False, _string_equals_ignore_case),
    ("StringNotEqualsIgnoreCase", True, _string_equals_ignore_case),
    ("StringLike", False, _string_like),
    ("StringNotLike", True, _string_like),
    ("ArnEquals", False, _arn_like),
    ("ArnLike", False, _arn_like),
    ("ArnNotEquals", True, _arn_like),
    ("ArnNotLike", True, _arn_like),
    ("NumericEquals", False, _numeric(lambda found, wanted: found == wanted)),
    ("NumericNotEquals", True, _numeric(lambda found, wanted: found == wanted)),
    ("NumericLessThan", False, _numeric(lambda found, wanted: found < wanted)),
    ("NumericLessThanEquals", False, _numeric(lambda found, wanted: found <= wanted)),
    ("NumericGreaterThan", False, _numeric(lambda found, wanted: found > wanted)),
    ("NumericGreaterThanEquals", False, _numeric(lambda found, wanted: found >= wanted)),
    ("DateEquals", False, _date(lambda found, wanted: found == wanted)),
    ("DateNotEquals", True, _date(lambda found, wanted: found == wanted)),
    ("DateLessThan", False, _date(lambda found, wanted: found < wanted)),
    ("DateLessThanEquals", False, _date(lambda found, wanted: found <= wanted)),
    ("DateGreaterThan", False, _date(lambda found, wanted: found > wanted)),
    ("DateGreaterThanEquals", False, _date(lambda found, wanted: found >= wanted)),
    ("Bool", False, _bool),
    ("BinaryEquals", False, _binary),
    ("IpAddress", False, _ip_address),
    ("NotIpAddress", True, _ip_address),
    ("Null", False, None),
)
_TABLE = {row[0].lower(): row for row in _ROWS}
