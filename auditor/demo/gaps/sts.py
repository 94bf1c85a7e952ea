"""STS: a role is given only where it exists and trusts the caller, and its keys cost no memory for each session."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.iam.models import iam_backends
from werkzeug.wrappers import Response

from auditor.demo.call import Call, Forward, Handler
from auditor.demo.callers import Callers
from auditor.demo.gaps.organizations import OrganizationsGaps
from auditor.demo.mirrors import Mirrors
from auditor.demo.permits import permits
from auditor.policy import Principal, Request

_ROLE_ARN = re.compile(r"arn:aws[^:]*:iam::(\d{12}):role/(?:.*/)?([\w+=,.@-]{1,64})")
_SESSION = re.compile(r"[\w+=,.@-]{2,64}")
_HOUR = 3600


class StsGaps:
    """What moto lacks of STS.

    Args:
        callers: Who calls, by the access key.
        mirrors: Which account is answered from which; a mirrored account has the roles of its template.
        organizations: Which accounts are closed.
    """

    def __init__(self, callers: Callers, mirrors: Mirrors, organizations: OrganizationsGaps) -> None:
        self._organizations = organizations
        self._callers = callers
        self._mirrors = mirrors

    def handlers(self) -> dict[str, Handler]:
        """Gives the handler for each call."""
        return {"sts:AssumeRole": self._assume_role, "sts:GetCallerIdentity": self._get_caller_identity}

    def _assume_role(self, call: Call, _forward: Forward) -> Response:
        arn, session = call.params.get("RoleArn", ""), call.params.get("RoleSessionName", "")
        named = _ROLE_ARN.fullmatch(arn)
        if named is None:
            return call.error("ValidationError", f"{arn} is invalid")
        if not _SESSION.fullmatch(session):
            text = f"Value '{session}' at 'roleSessionName' failed to satisfy constraint: [\\w+=,.@-]{{2,64}}"
            return call.error("ValidationError", f"1 validation error detected: {text}")
        account, name = named.groups()
        template = self._mirrors.template(account)
        role = _role(template, arn.replace(f"::{account}:", f"::{template}:"))
        if self._organizations.is_closed(account):
            return _denied(call, arn)
        if role is None or not _trusts(role.assume_role_policy_document.replace(template, account), call):
            return _denied(call, arn)
        seconds = int(call.params.get("DurationSeconds") or _HOUR)
        if seconds > (_HOUR if call.caller.session_token else int(role.max_session_duration or _HOUR)):
            text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            return call.error("ValidationError", text)
        key, caller = self._callers.take_on(account, name, session)
        credentials = {
            "AccessKeyId": key,
            "SecretAccessKey": "demo",
            "SessionToken": caller.session_token,
            "Expiration": datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds),
        }
        user = {"AssumedRoleId": f"{role.id}:{session}", "Arn": caller.arn}
        return call.reply({"Credentials": credentials, "AssumedRoleUser": user, "PackedPolicySize": 6})

    def _get_caller_identity(self, call: Call, forward: Forward) -> Response:
        caller = call.caller
        if not caller.session_token:
            is_mirror = self._mirrors.template(caller.account) != caller.account
            user = {"UserId": "AIDACKCEVSQ6C2EXAMPLE", "Account": caller.account, "Arn": caller.arn}
            return call.reply(user) if is_mirror else forward(call)
        found = iam_backends.get(self._mirrors.template(caller.account), {}).values()
        ids = [role.id for backend in found for role in backend.roles.values() if role.name == caller.role]
        user_id = f"{(ids or ['AROAEXAMPLE'])[0]}:{caller.session}"
        return call.reply({"UserId": user_id, "Account": caller.account, "Arn": caller.arn})


def _role(account: str, arn: str) -> Any | None:
    """Finds a role without making an IAM for an account that has none."""
    backends = list(iam_backends.get(account, {}).values())
    return next((role for backend in backends for role in list(backend.roles.values()) if role.arn == arn), None)


def _trusts(trust: str, call: Call) -> bool:
    """Gives whether a role's trust policy lets the caller in; the caller's own policies always do here."""
    external_id = call.params.get("ExternalId")
    context = {"aws:PrincipalArn": call.caller.principal_arn}
    if external_id:
        context["sts:ExternalId"] = external_id
    absent = () if external_id else ("sts:ExternalId",)
    principal = Principal.aws(call.caller.account, call.caller.arn)
    return permits(trust, Request(principal, "sts:AssumeRole", call.params["RoleArn"], context, absent))


def _denied(call: Call, arn: str) -> Response:
    text = f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    return call.error("AccessDenied", text, 403)
