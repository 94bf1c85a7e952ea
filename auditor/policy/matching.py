"""Decides whether a statement applies to a request: principal, action, resource and conditions together."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.policy.conditions import hold
from auditor.policy.model import Statement
from auditor.policy.principals import speaks_of
from auditor.policy.request import Facts, Request
from auditor.policy.ternary import YES, Ternary, all_of
from auditor.policy.variables import Template, fill, within
from auditor.policy.wildcard import Wildcard


def applies(statement: Statement, request: Request, *, identity: bool) -> Ternary:
    """Tells whether a statement applies to a request, to all of it where that asks for a pattern.

    Source: "How AWS enforcement code logic evaluates requests" of the IAM user guide,
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    facts = request.facts
    return all_of(
        (
            speaks_of(statement, request.principal, request.action, identity=identity),
            takes_in_action(statement, request.action),
            takes_in_resource(statement, request.resource, facts),
            hold(statement, facts),
        )
    )


def takes_in_action(statement: Statement, action: str) -> Ternary:
    """Tells whether a statement takes in an action, or every action of a pattern. Actions have no case."""
    asked = Wildcard.of(action).folded()
    question = f"only part of the actions {action} is named"
    if statement.actions is not None:
        return within(asked, _actions(statement.actions), question)
    return ~within(asked, _actions(statement.not_actions or ()), question)


def takes_in_resource(statement: Statement, resource: str, facts: Facts) -> Ternary:
    """Tells whether a statement takes in a resource, or every resource of a pattern.

    A statement without a Resource, as in a role's trust policy, speaks of whatever it hangs on.
    """
    question = f"only part of the resources {resource} is named"
    if statement.resources is not None:
        return within(resource, templates(statement.resources, statement, facts), question)
    if statement.not_resources is not None:
        return ~within(resource, templates(statement.not_resources, statement, facts), question)
    return YES


def templates(resources: Iterable[str], statement: Statement, facts: Facts) -> list[Template]:
    """Gives a statement's resource patterns with their variables filled in."""
    return [fill(resource, facts, variables=statement.variables) for resource in resources]


def _actions(written: Iterable[str]) -> list[Template]:
    return [Template(Wildcard.of(action).folded()) for action in written]
