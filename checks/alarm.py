"""One check for each alarm control: what it watches is declared here, what it requires is the benchmark's data."""

from __future__ import annotations

from auditor.checking import AlarmCheck, Severity


class UnauthorizedApiCalls(AlarmCheck):
    """Someone is told when API calls are refused for want of permission."""

    id = "alarm.unauthorized_api_calls"
    title = "Someone is told when API calls are refused for want of permission"
    severity = Severity.HIGH
    rationale = (
        "Refusals are what a stolen credential leaves behind while its holder finds out what it may do; a "
        "burst of them is often the first and only sign."
    )


class ConsoleLoginWithoutMfa(AlarmCheck):
    """Someone is told when anyone signs in to the console without MFA."""

    id = "alarm.console_login_without_mfa"
    title = "Someone is told when anyone signs in to the console without MFA"
    severity = Severity.HIGH
    rationale = "A sign-in with a password alone is one phished password away from being somebody else's."


class RootUsage(AlarmCheck):
    """Someone is told when the root user acts."""

    id = "alarm.root_usage"
    title = "Someone is told when the root user acts"
    severity = Severity.CRITICAL
    rationale = (
        "No policy of the account binds the root user, and daily work never needs it; each use is either an "
        "emergency or an intrusion."
    )


class IamPolicyChanges(AlarmCheck):
    """Someone is told when IAM policies change."""

    id = "alarm.iam_policy_changes"
    title = "Someone is told when IAM policies change"
    severity = Severity.HIGH
    rationale = (
        "Who can attach a policy can grant himself anything; escalation of privilege passes through these calls."
    )


class CloudTrailChanges(AlarmCheck):
    """Someone is told when a trail is created, changed, stopped or deleted."""

    id = "alarm.cloudtrail_changes"
    title = "Someone is told when a trail is created, changed, stopped or deleted"
    severity = Severity.CRITICAL
    rationale = (
        "An intruder's second step is to stop the recording. All that can be known afterwards hangs on "
        "hearing of it at once."
    )


class ConsoleAuthFailures(AlarmCheck):
    """Someone is told when console sign-ins fail."""

    id = "alarm.console_auth_failures"
    title = "Someone is told when console sign-ins fail"
    severity = Severity.MEDIUM
    rationale = "Guessed and sprayed passwords show as failed sign-ins before one of them succeeds."


class CmkDisableOrDelete(AlarmCheck):
    """Someone is told when a KMS key is disabled or its deletion is scheduled."""

    id = "alarm.cmk_disable_or_delete"
    title = "Someone is told when a KMS key is disabled or its deletion is scheduled"
    severity = Severity.HIGH
    rationale = (
        "What a key has encrypted is lost with it; the waiting time before deletion only helps those who hear of it."
    )


class S3PolicyChanges(AlarmCheck):
    """Someone is told when the access rules of a bucket change."""

    id = "alarm.s3_policy_changes"
    title = "Someone is told when the access rules of a bucket change"
    severity = Severity.HIGH
    rationale = "A changed bucket policy, ACL or replication rule is the shortest way of data out of an account."


class ConfigChanges(AlarmCheck):
    """Someone is told when AWS Config is stopped or reconfigured."""

    id = "alarm.config_changes"
    title = "Someone is told when AWS Config is stopped or reconfigured"
    severity = Severity.MEDIUM
    rationale = "Without the configuration recorder the account's history has a hole exactly where someone wanted it."


class SecurityGroupChanges(AlarmCheck):
    """Someone is told when security groups change."""

    id = "alarm.security_group_changes"
    title = "Someone is told when security groups change"
    severity = Severity.MEDIUM
    rationale = "One opened rule can put a private service on the internet."


class NaclChanges(AlarmCheck):
    """Someone is told when network ACLs change."""

    id = "alarm.nacl_changes"
    title = "Someone is told when network ACLs change"
    severity = Severity.MEDIUM
    rationale = "Network ACLs are a subnet's outer wall; a change there opens or cuts off every instance behind it."


class NetworkGatewayChanges(AlarmCheck):
    """Someone is told when network gateways change."""

    id = "alarm.network_gateway_changes"
    title = "Someone is told when network gateways change"
    severity = Severity.MEDIUM
    rationale = "A gateway is a way in and out of a network; a new one is a new border to watch."


class RouteTableChanges(AlarmCheck):
    """Someone is told when route tables change."""

    id = "alarm.route_table_changes"
    title = "Someone is told when route tables change"
    severity = Severity.MEDIUM
    rationale = "A changed route can lead traffic past its inspection or to a stranger."


class VpcChanges(AlarmCheck):
    """Someone is told when VPCs or their peerings change."""

    id = "alarm.vpc_changes"
    title = "Someone is told when VPCs or their peerings change"
    severity = Severity.MEDIUM
    rationale = "A peering joins two networks that were apart; a deleted VPC takes its services along."


class OrganizationsChanges(AlarmCheck):
    """Someone is told when the AWS organization changes."""

    id = "alarm.organizations_changes"
    title = "Someone is told when the AWS organization changes"
    severity = Severity.HIGH
    rationale = (
        "Accounts that leave, policies that are detached and units that move change the limits of every account below."
    )
