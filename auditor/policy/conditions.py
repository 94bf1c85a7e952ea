"""Decides a condition against what is known of a request's context.

Sources, both of the IAM user guide: "Conditions with multiple context keys or values" (conditions and keys
are joined by AND, values by OR, the values of a negated operator by NOR) and "Single-valued vs. multivalued
context keys" (ForAllValues holds and ForAnyValue fails where the request has no such key):
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from auditor.policy import ternary
from auditor.policy.model import Condition, Statement
from auditor.policy.operators import Comparison, Language, Operator, Quantifier, operator
from auditor.policy.request import Facts
from auditor.policy.ternary import NO, YES, Ternary, all_of, any_of, maybe

_BOOLEAN_KEYS = {
    "aws:multifactorauthpresent",
    "aws:principalisawsservice",
    "aws:securetransport",
    "aws:viaawsservice",
}


def hold(statement: Statement, facts: Facts) -> Ternary:
    """Tells whether all conditions of a statement hold."""
    language = Language(facts, statement.variables)
    return all_of(holds(condition, language) for condition in statement.conditions)


def holds(condition: Condition, language: Language) -> Ternary:
    """Tells whether one condition holds; it hangs on its key where the value of that is unknown."""
    rule = operator(condition.operator)
    if rule is None:
        return maybe(f"what the operator {condition.operator} does")
    if condition.key.lower() in _BOOLEAN_KEYS and rule.name not in ("Bool", "Null"):
        return maybe(f"how AWS takes {condition.operator} on {condition.key}, which is a boolean")
    values = language.facts.values(condition.key)
    if rule.compare is None:
        return _null(condition, values)
    if values is None:
        return YES if _always(condition, rule) else maybe(condition.key)
    if not values:
        return _absent(rule)
    return _compared(condition, rule, rule.compare, values, language)


def _null(condition: Condition, values: tuple[str, ...] | None) -> Ternary:
    """Decides the Null operator: true asks that the key be absent, false that it be there."""
    asked = {value.lower() for value in condition.values}
    if not asked <= {"true", "false"}:
        return maybe(f"what Null means with {', '.join(sorted(asked))}")
    if asked == {"true", "false"}:
        return YES
    if values is None:
        return maybe(condition.key)
    return ternary.of(("true" in asked) == (not values)) if asked else NO


def _always(condition: Condition, rule: Operator) -> bool:
    """Tells whether no value at all, nor its absence, could make the condition fail."""
    lenient = rule.if_exists or rule.quantifier is Quantifier.ALL
    return lenient and rule.name == "StringLike" and "*" in condition.values


def _absent(rule: Operator) -> Ternary:
    """Decides a key that the request does not have: only negated and lenient operators hold then."""
    if rule.if_exists or rule.quantifier is Quantifier.ALL:
        return YES
    if rule.quantifier is Quantifier.ANY:
        return NO
    return ternary.of(rule.negated)


def _compared(
    condition: Condition, rule: Operator, compare: Comparison, values: tuple[str, ...], language: Language
) -> Ternary:
    def fits(actual: str) -> Ternary:
        found = any_of(compare(wanted, actual, language) for wanted in condition.values)
        return ~found if rule.negated else found

    each = [fits(actual) for actual in values]
    if rule.quantifier is Quantifier.ANY:
        return any_of(each)
    if rule.quantifier is Quantifier.SINGLE and len(each) > 1:
        return maybe(f"how AWS takes {condition.operator} on several values of {condition.key}")
    return all_of(each)
