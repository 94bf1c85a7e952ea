"""Decides whether a statement's Principal or NotPrincipal element speaks of the one who asks.

Sources: "AWS JSON policy elements: Principal" and "... NotPrincipal" of the IAM user guide:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re

from auditor.policy.model import Effect, Principals, Statement
from auditor.policy.request import Kind, Principal
from auditor.policy.ternary import NO, YES, Ternary, any_of, maybe

_ACCOUNT = re.compile(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?")
_ROLE = re.compile(r"arn:([^:]+):iam::(\d{12}):role/(?:.*/)?([^/]+)")
_SESSION = re.compile(r"arn:([^:]+):sts::(\d{12}):assumed-role/([^/]+)/[^/]+")
_UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,}")
# The default SNS policy grants {"AWS": "*"}, and alarms publish under it (take it away and they do not:
# DataBiosphere/azul pull request 5651); AWS's own examples let S3 notify queues and topics in the same words.
# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
_SERVICES_UNDER_AWS_STAR = ("sns:", "sqs:")


def speaks_of(statement: Statement, asker: Principal, action: str, *, identity: bool) -> Ternary:
    """Tells whether a statement speaks of a principal.

    Args:
        statement: The statement.
        asker: The principal.
        action: The action asked, since services differ in what `{"AWS": "*"}` takes in.
        identity: Whether the policy hangs on the asker itself, so that the statement needs no Principal.
    """
    named, spared = statement.principal, statement.not_principal
    if named is None and spared is None:
        return YES if identity else maybe(f"whom {statement.sid} speaks of: it names no principal")
    if identity:
        return maybe(f"how AWS takes the Principal of {statement.sid} in an identity policy")
    if named is not None:
        return _names(named, asker, action, statement.effect)
    return _not_spared(spared or Principals(), asker, action)


def account_of(name: str) -> str | None:
    """Gives the account where a name stands for a whole account: its id, or the ARN of its root."""
    found = _ACCOUNT.fullmatch(name)
    return found[1] if found else None


def _names(listed: Principals, asker: Principal, action: str, effect: Effect) -> Ternary:
    if listed.anyone:
        return YES
    if asker.kind is Kind.SERVICE:
        return _names_service(listed, asker.name, action)
    if "*" in listed.aws:
        return YES
    if asker.kind is Kind.ANONYMOUS:
        return NO
    return any_of([*(_names_identity(name, asker, effect) for name in listed.aws), _canonical(listed)])


def _names_service(listed: Principals, service: str, action: str) -> Ternary:
    """Decides for a service principal, whom no account, root or role in the list takes in."""
    if service in listed.service:
        return YES
    kin = [name for name in listed.service if _akin(name, service)]
    found = [maybe(f"whether {service} also calls as {name}") for name in kin]
    if "*" in listed.aws:
        settled = action.lower().startswith(_SERVICES_UNDER_AWS_STAR)
        found.append(YES if settled else maybe(f'whether {{"AWS": "*"}} takes in {service} for {action}'))
    return any_of(found)


def _akin(name: str, service: str) -> bool:
    """Tells whether two names may be one service, as logs.amazonaws.com and its regional names."""
    return name == "*" or name.partition(".")[0] == service.partition(".")[0]


def _names_identity(name: str, asker: Principal, effect: Effect) -> Ternary:
    if name == asker.name:
        return YES
    account = account_of(name)
    if account is not None:
        if account != asker.account_id:
            return NO
        # An account in an Allow delegates to the account's own policies; in a Deny it is everyone there.
        delegated = effect is Effect.ALLOW and account_of(asker.name) is None
        return maybe(f"the identity policies of {asker.name}") if delegated else YES
    if _is_session_of(asker.name, name):
        return YES
    if _UNIQUE_ID.fullmatch(name):
        return maybe(f"whose unique id {name} is")
    return NO


def _is_session_of(session: str, role: str) -> bool:
    held, given = _SESSION.fullmatch(session), _ROLE.fullmatch(role)
    return bool(held and given) and (held.groups() if held else ()) == (given.groups() if given else ())


def _canonical(listed: Principals) -> Ternary:
    return maybe("whose canonical user id is named") if listed.canonical else NO


def _not_spared(spared: Principals, asker: Principal, action: str) -> Ternary:
    """Decides NotPrincipal, which spares an identity for certain only if its account is listed beside it."""
    if asker.kind is not Kind.AWS or spared.everyone:
        return ~_names(spared, asker, action, Effect.DENY)
    accounts = asker.account_id in {account_of(name) for name in spared.aws}
    others = [name for name in spared.aws if account_of(name) is None or name == asker.name]
    itself = any_of([*(_names_identity(name, asker, Effect.DENY) for name in others), _canonical(spared)])
    if itself.is_no and not accounts:
        return YES
    if itself.is_yes and (accounts or account_of(asker.name) is not None):
        return NO
    question = f"how AWS takes NotPrincipal for {asker.name}: it wants the identity and its account listed"
    return maybe(*itself.hangs_on) if itself.hangs_on else maybe(question)
