"""Who or what escapes a Deny statement by its principals or by one of its conditions.

A Deny meant for everyone is written with exceptions: "unless the caller is the break-glass role". Such an
exception is named here in words. A condition of the other kind, "only when the request is not encrypted",
does not except some callers from the denial: it leaves ordinary requests alone, so it is said to narrow.

Source of which keys a request carries: "AWS global condition context keys" of the IAM user guide,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from auditor.policy.conditions import holds
from auditor.policy.model import Condition, Statement
from auditor.policy.operators import Language, Operator, Quantifier, operator
from auditor.policy.principals import account_of

# Keys that every signed request carries.
_ALWAYS_THERE = {"aws:principalarn", "aws:principalaccount", "aws:securetransport", "aws:userid"}
# Boolean keys whose "false" is how a policy says "everybody but those for whom it is true".
_EXEMPTING = {"aws:multifactorauthpresent", "aws:principalisawsservice", "aws:viaawsservice"}
_MFA_AGE = "aws:multifactorauthage"
_RELATIONS = {
    "stringnotlike": "is like",
    "arnnotlike": "is like",
    "arnnotequals": "is like",
    "notipaddress": "is in",
}


class Way(Enum):
    """What a part of a Deny does to its reach."""

    REACHES_ALL = "reaches all"
    EXCEPTS = "excepts"
    NARROWS = "narrows"
    NEVER = "never applies"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Escape:
    """What one part of a Deny statement does.

    Attributes:
        way: Which of the ways it is.
        words: The exception, the narrowing, the open question or a remark; empty where nothing is to be said.
    """

    way: Way
    words: str = ""


ALL = Escape(Way.REACHES_ALL)


def by_principals(statement: Statement) -> Escape:
    """Gives who escapes by the Principal or NotPrincipal element.

    An account in a Deny stands for every principal of it, its root user included.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    named, spared = statement.principal, statement.not_principal
    if spared is not None:
        if spared.everyone:
            return Escape(Way.NEVER)
        return Escape(Way.EXCEPTS, f"principals in NotPrincipal: {', '.join(spared.names)}")
    if named is None:
        return Escape(Way.OPEN, f"whom {statement.sid} speaks of: it names no principal")
    if named.everyone:
        return ALL
    accounts = [account for account in map(account_of, named.aws) if account]
    if accounts:
        return Escape(Way.EXCEPTS, f"principals outside the account {', '.join(accounts)}")
    return Escape(Way.NARROWS, f"{statement.sid} denies only {', '.join(named.names)}")


def by_condition(condition: Condition, statement: Statement, language: Language) -> Escape:
    """Gives what escapes because a condition of the statement does not hold."""
    verdict = holds(condition, language)
    rule = operator(condition.operator)
    if verdict.is_yes:
        return ALL
    if verdict.is_no:
        return Escape(Way.NEVER)
    if rule is None or condition.key not in verdict.hangs_on:
        return Escape(Way.OPEN, ", ".join(verdict.hangs_on))
    if _takes_any_value(condition, rule):
        return _on_presence(condition, statement, rule)
    if rule.negated:
        return Escape(Way.EXCEPTS, _negated_words(condition, rule))
    excepted = _exemption(condition, rule)
    if excepted:
        return Escape(Way.EXCEPTS, excepted)
    return _narrows(condition, statement)


def _takes_any_value(condition: Condition, rule: Operator) -> bool:
    """Tells whether only the key's presence, and no value of it, makes a difference."""
    if rule.name in ("StringLike", "StringNotLike"):
        return "*" in condition.values
    return rule.name == "Bool" and {value.lower() for value in condition.values} >= {"true", "false"}


def _on_presence(condition: Condition, statement: Statement, rule: Operator) -> Escape:
    if condition.key.lower() not in _ALWAYS_THERE:
        return _narrows(condition, statement)
    if rule.negated:
        return Escape(Way.NEVER)
    return Escape(Way.REACHES_ALL, f"{statement.sid} leaves out unsigned requests, which carry no {condition.key}")


def _negated_words(condition: Condition, rule: Operator) -> str:
    relation = _RELATIONS.get(rule.name.lower(), "is")
    words = f"requests where {condition.key} {relation} {' or '.join(condition.values)}"
    return f"{words}, or is absent" if rule.quantifier is Quantifier.ANY and not rule.if_exists else words


def _exemption(condition: Condition, rule: Operator) -> str:
    """Gives the exception that a condition grants without a negated operator, or nothing."""
    key = condition.key.lower()
    asked = {value.lower() for value in condition.values}
    or_absent = "" if rule.if_exists else " or absent"
    if rule.name == "Bool" and key in _EXEMPTING and asked == {"false"}:
        return f"requests with {condition.key} true{or_absent}"
    if rule.name == "Null" and key in {_MFA_AGE, "aws:multifactorauthpresent"} and asked == {"true"}:
        return f"requests that carry {condition.key}"
    if rule.name.startswith("NumericGreaterThan") and key == _MFA_AGE:
        return f"requests where {condition.key} is at most {', '.join(condition.values)}{or_absent}"
    return ""


def _narrows(condition: Condition, statement: Statement) -> Escape:
    values = ", ".join(condition.values)
    return Escape(Way.NARROWS, f"{statement.sid} denies only where {condition.operator} {condition.key} {values}")
