"""What each CIS control names, written by hand as plain Python, apart from the filter language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Record = dict[str, Any]


def inner(event: Record, *path: str) -> Any:
    found: Any = event
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def denied(event: Record) -> bool:
    code = event.get("errorCode")
    return isinstance(code, str) and (code.endswith("UnauthorizedOperation") or code.startswith("AccessDenied"))


def unauthorized(event: Record) -> bool:
    source = event.get("sourceIPAddress") not in (None, "delivery.logs.amazonaws.com")
    return denied(event) and source and event.get("eventName") not in (None, "HeadBucket")


def without_mfa(event: Record) -> bool:
    used = inner(event, "additionalEventData", "MFAUsed")
    return event.get("eventName") == "ConsoleLogin" and isinstance(used, str) and used != "Yes"


def by_root(event: Record) -> bool:
    who = event.get("userIdentity") or {}
    return who.get("type") == "Root" and "invokedBy" not in who and event.get("eventType") != "AwsServiceEvent"


def failed_sign_in(event: Record) -> bool:
    return event.get("eventName") == "ConsoleLogin" and event.get("errorMessage") == "Failed authentication"


def route_change(event: Record) -> bool:
    if event.get("eventName") == "CreateRoute":
        return event.get("eventSource") == "ec2.amazonaws.com"
    return event.get("eventName") in {
        *("CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation"),
        *("DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"),
    }


def named(names: str, source: str | None = None) -> Callable[[Record], bool]:
    wanted = set(names.split())

    def predicate(event: Record) -> bool:
        return event.get("eventName") in wanted and source in (None, event.get("eventSource"))

    return predicate


# Control: (which of its texts, the predicate); None is the intended reading.
PREDICATES: dict[str, tuple[int | None, Callable[[Record], bool]]] = {
    "4.1": (None, unauthorized),
    "4.2": (0, without_mfa),
    "4.3": (0, by_root),
    "4.4": (
        0,
        named(
            "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy"
            " CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy"
            " AttachUserPolicy DetachUserPolicy AttachGroupPolicy DetachGroupPolicy"
        ),
    ),
    "4.5": (0, named("CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging")),
    "4.6": (0, failed_sign_in),
    "4.7": (0, named("DisableKey ScheduleKeyDeletion", "kms.amazonaws.com")),
    "4.8": (
        0,
        named(
            "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication DeleteBucketPolicy"
            " DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
            "s3.amazonaws.com",
        ),
    ),
    "4.9": (
        0,
        named(
            "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder",
            "config.amazonaws.com",
        ),
    ),
    "4.10": (
        1,
        named(
            "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress"
            " RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup ModifySecurityGroupRules"
        ),
    ),
    "4.11": (
        0,
        named(
            "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclEntry"
            " ReplaceNetworkAclAssociation"
        ),
    ),
    "4.12": (
        0,
        named(
            "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway"
            " DeleteInternetGateway DetachInternetGateway"
        ),
    ),
    "4.13": (1, route_change),
    "4.14": (
        0,
        named(
            "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection"
            " DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc DetachClassicLinkVpc"
            " DisableVpcClassicLink EnableVpcClassicLink"
        ),
    ),
    "4.15": (
        0,
        named(
            "AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy DeclineHandshake"
            " DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy DisablePolicyType"
            " EnablePolicyType InviteAccountToOrganization LeaveOrganization MoveAccount"
            " RemoveAccountFromOrganization UpdatePolicy UpdateOrganizationalUnit",
            "organizations.amazonaws.com",
        ),
    ),
}
