"""A policy as frozen data, and how it is built from its JSON.

The grammar is that of the IAM user guide, "Grammar of the IAM JSON policy language":
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from auditor.policy.document import Json, PolicyError, known_keys, load, rows, scalars, strings, table, text

_VARIABLES_SINCE = "2012-10-17"
_VERSIONS = ("2008-10-17", _VARIABLES_SINCE)
_PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


class Effect(Enum):
    """What a statement does; the words are case-sensitive."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Principals:
    """The principals that a Principal or NotPrincipal element names.

    Attributes:
        anyone: The element is the bare string `*`.
        aws: Accounts, ARNs, unique ids, or `*`.
        service: Service principals.
        federated: Identity providers.
        canonical: Canonical user ids of S3.
    """

    anyone: bool = False
    aws: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()

    @property
    def everyone(self) -> bool:
        """Whether it is `*` or `{"AWS": "*"}`, which are the same for people and for anonymous callers.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        return self.anyone or "*" in self.aws

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in it, for messages."""
        return ("*",) * self.anyone + self.aws + self.service + self.federated + self.canonical


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key. A statement's conditions must all hold.

    Attributes:
        operator: The operator as written, qualifier and IfExists included, such as `ForAnyValue:StringLike`.
        key: The condition key as written; keys have no case.
        values: The values, of which one must fit (none, for a negated operator).
    """

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Elements that are not there are None, or empty for conditions.

    Attributes:
        sid: Its own name, or `statement 3` counted from one where it has none.
        effect: Allow or deny.
        principal: Whom it speaks of.
        not_principal: Whom alone it does not speak of.
        actions: Action patterns.
        not_actions: Action patterns it does not speak of.
        resources: Resource patterns.
        not_resources: Resource patterns it does not speak of.
        conditions: What must hold of the request's context.
        variables: Whether `${...}` is a policy variable, as it is since version 2012-10-17 of the language.
    """

    sid: str
    effect: Effect
    principal: Principals | None
    not_principal: Principals | None
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    conditions: tuple[Condition, ...]
    variables: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy.

    Attributes:
        version: The version of the policy language; 2008-10-17 where the policy names none.
        statements: The statements in their order.
    """

    version: str
    statements: tuple[Statement, ...]

    @classmethod
    def parse(cls, text: str) -> Policy:
        """Gives the policy that a JSON text holds.

        Raises:
            PolicyError: The text is no policy; the message says where and why.
        """
        document = load(text)
        known_keys(document, ("Version", "Id", "Statement"), "the policy")
        version = _version(document.get("Version", _VERSIONS[0]))
        if "Statement" not in document:
            raise PolicyError("the policy has no Statement")
        variables = version == _VARIABLES_SINCE
        listed = enumerate(rows(document["Statement"]), start=1)
        return cls(version, tuple(_statement(item, number, variables) for number, item in listed))


def _version(value: Json) -> str:
    version = text(value, "Version")
    if version not in _VERSIONS:
        raise PolicyError(f"Version must be one of {', '.join(_VERSIONS)}, not {version!r}")
    return version


def _statement(value: Json, number: int, variables: bool) -> Statement:
    where = f"statement {number}"
    found = table(value, where)
    known_keys(found, _ELEMENTS, where)
    for element in ("Principal", "Action", "Resource"):
        if element in found and f"Not{element}" in found:
            raise PolicyError(f"{where} has both {element} and Not{element}")
    if "Action" not in found and "NotAction" not in found:
        raise PolicyError(f"{where} has neither Action nor NotAction")
    return Statement(
        sid=text(found.get("Sid", ""), f"Sid of {where}") or where,
        effect=_effect(found, where),
        principal=_principals(found, "Principal", where),
        not_principal=_principals(found, "NotPrincipal", where),
        actions=_strings(found, "Action", where),
        not_actions=_strings(found, "NotAction", where),
        resources=_strings(found, "Resource", where),
        not_resources=_strings(found, "NotResource", where),
        conditions=_conditions(found, where),
        variables=variables,
    )


def _effect(found: dict[str, Json], where: str) -> Effect:
    written = text(found.get("Effect"), f"Effect of {where}")
    try:
        return Effect(written)
    except ValueError as error:
        raise PolicyError(f"Effect of {where} must be Allow or Deny, not {written!r}") from error


def _strings(found: dict[str, Json], element: str, where: str) -> tuple[str, ...] | None:
    return strings(found[element], f"{element} of {where}") if element in found else None


def _principals(found: dict[str, Json], element: str, where: str) -> Principals | None:
    if element not in found:
        return None
    value = found[element]
    if isinstance(value, str):
        if value != "*":
            raise PolicyError(f"{element} of {where} must be an object or '*', not {value!r}")
        return Principals(anyone=True)
    kinds = table(value, f"{element} of {where}")
    known_keys(kinds, _PRINCIPAL_KINDS, f"{element} of {where}")
    if not kinds:
        raise PolicyError(f"{element} of {where} must not be empty")
    return Principals(
        aws=_named(kinds, "AWS", where),
        service=_named(kinds, "Service", where),
        federated=_named(kinds, "Federated", where),
        canonical=_named(kinds, "CanonicalUser", where),
    )


def _named(kinds: dict[str, Json], kind: str, where: str) -> tuple[str, ...]:
    return strings(kinds[kind], f"{kind} principal of {where}") if kind in kinds else ()


def _conditions(found: dict[str, Json], where: str) -> tuple[Condition, ...]:
    operators = table(found.get("Condition", {}), f"Condition of {where}")
    return tuple(
        Condition(operator, key, scalars(values, f"{operator} {key} of {where}"))
        for operator, keys in operators.items()
        for key, values in table(keys, f"{operator} of {where}").items()
    )
