"""Queries about changes: of policies, of credentials, of what records and watches, of who may reach what."""

from __future__ import annotations

from auditor.hunt.columns import AGENT, KIND, listed, parameter
from auditor.hunt.conditions import all_of, any_of, equal, one_of
from auditor.hunt.model import Column, Query, Values
from auditor.pattern import Expression

_IAM = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html"
_TRAIL = "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html"
_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html"
_TACTICS = "https://attack.mitre.org/techniques/T1562/008/"
_PERSISTENCE = "https://attack.mitre.org/techniques/T1098/001/"

# The operations whose names begin with Put, Attach, Detach, Delete and so on, and that change what IAM allows.
_POLICIES = (
    "AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy",
    "CreatePolicy", "CreatePolicyVersion",
    "DeleteGroupPolicy", "DeletePolicy", "DeletePolicyVersion", "DeleteRolePolicy", "DeleteUserPolicy",
    "DeleteRolePermissionsBoundary", "DeleteUserPermissionsBoundary",
    "DetachGroupPolicy", "DetachRolePolicy", "DetachUserPolicy",
    "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy",
    "PutRolePermissionsBoundary", "PutUserPermissionsBoundary",
    "SetDefaultPolicyVersion", "UpdateAssumeRolePolicy",
)  # fmt: skip
_WATCHING = {
    "cloudtrail.amazonaws.com": (
        "CreateTrail", "DeleteTrail", "StartLogging", "StopLogging", "UpdateTrail", "PutEventSelectors",
        "PutInsightSelectors", "DeleteEventDataStore", "StopEventDataStoreIngestion", "UpdateEventDataStore",
    ),
    "config.amazonaws.com": (
        "DeleteConfigRule", "DeleteConfigurationRecorder", "DeleteDeliveryChannel", "PutConfigurationRecorder",
        "PutDeliveryChannel", "StopConfigurationRecorder",
    ),
    "logs.amazonaws.com": (
        "DeleteLogGroup", "DeleteLogStream", "DeleteMetricFilter", "DeleteRetentionPolicy",
        "DeleteSubscriptionFilter", "PutMetricFilter", "PutRetentionPolicy", "PutSubscriptionFilter",
        "DisassociateKmsKey",
    ),
    "monitoring.amazonaws.com": (
        "DeleteAlarms", "DisableAlarmActions", "PutMetricAlarm", "PutCompositeAlarm", "SetAlarmState",
    ),
    "sns.amazonaws.com": ("DeleteTopic", "SetTopicAttributes", "SetSubscriptionAttributes", "Unsubscribe"),
    "events.amazonaws.com": ("DeleteRule", "DisableRule", "RemoveTargets"),
    "guardduty.amazonaws.com": (
        "CreateFilter", "CreateIPSet", "DeleteDetector", "DeletePublishingDestination", "DisassociateMembers",
        "DisassociateFromAdministratorAccount", "StopMonitoringMembers", "UpdateDetector", "UpdateFilter",
        "UpdateIPSet",
    ),
    "securityhub.amazonaws.com": ("BatchDisableStandards", "DisableSecurityHub", "DisassociateMembers"),
    "access-analyzer.amazonaws.com": ("DeleteAnalyzer", "CreateArchiveRule"),
    "ec2.amazonaws.com": ("CreateFlowLogs", "DeleteFlowLogs"),
}  # fmt: skip
_CREDENTIALS = {
    "iam.amazonaws.com": (
        "AddUserToGroup", "CreateAccessKey", "CreateLoginProfile", "CreateOpenIDConnectProvider",
        "CreateSAMLProvider", "CreateServiceSpecificCredential", "CreateUser", "CreateVirtualMFADevice",
        "DeactivateMFADevice", "DeleteAccessKey", "DeleteLoginProfile", "DeleteSSHPublicKey",
        "DeleteServiceSpecificCredential", "DeleteSigningCertificate", "DeleteUser", "DeleteVirtualMFADevice",
        "EnableMFADevice", "ResetServiceSpecificCredential", "ResyncMFADevice", "UpdateAccessKey",
        "UpdateLoginProfile", "UpdateSAMLProvider", "UploadSSHPublicKey", "UploadServerCertificate",
        "UploadSigningCertificate",
    ),
    "sts.amazonaws.com": ("GetFederationToken", "GetSessionToken"),
    "ec2.amazonaws.com": ("CreateKeyPair", "DeleteKeyPair", "ImportKeyPair"),
    "kms.amazonaws.com": ("CreateGrant", "CreateKey", "ImportKeyMaterial", "PutKeyPolicy"),
    "rolesanywhere.amazonaws.com": ("CreateProfile", "CreateTrustAnchor"),
}  # fmt: skip
_GROUPS = (
    "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateSecurityGroup", "DeleteSecurityGroup",
    "ModifySecurityGroupRules", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress",
    "UpdateSecurityGroupRuleDescriptionsEgress", "UpdateSecurityGroupRuleDescriptionsIngress",
)  # fmt: skip
_SHARING = {
    "s3.amazonaws.com": (
        "DeleteAccountPublicAccessBlock", "DeleteBucketPolicy", "DeleteBucketPublicAccessBlock",
        "DeletePublicAccessBlock", "PutAccountPublicAccessBlock", "PutBucketAcl", "PutBucketPolicy",
        "PutBucketPublicAccessBlock", "PutBucketReplication", "PutPublicAccessBlock",
    ),
    "ec2.amazonaws.com": ("ModifyImageAttribute", "ModifySnapshotAttribute", "DisableImageBlockPublicAccess",
                          "DisableSnapshotBlockPublicAccess"),
    "rds.amazonaws.com": ("ModifyDBClusterSnapshotAttribute", "ModifyDBSnapshotAttribute"),
    "lambda.amazonaws.com": (
        "AddLayerVersionPermission20181031", "AddPermission20150331", "AddPermission20150331v2",
        "CreateFunctionUrlConfig",
    ),
    "ecr.amazonaws.com": ("SetRepositoryPolicy",),
    "sqs.amazonaws.com": ("AddPermission", "SetQueueAttributes"),
    "sns.amazonaws.com": ("AddPermission",),
    "secretsmanager.amazonaws.com": ("PutResourcePolicy",),
    "ram.amazonaws.com": ("AssociateResourceShare", "CreateResourceShare"),
}  # fmt: skip


def _events_of(table: dict[str, tuple[str, ...]]) -> Expression:
    """Gives the events of each service that the table names."""
    return any_of(
        *(all_of(equal("eventSource", source), one_of("eventName", *names)) for source, names in table.items())
    )


def _policies(_values: Values) -> Expression:
    return all_of(equal("eventSource", "iam.amazonaws.com"), one_of("eventName", *_POLICIES))


_ON = (
    parameter("userName", "user"),
    parameter("roleName", "role"),
    parameter("groupName", "group"),
)

CHANGES = (
    Query(
        name="iam-policy-changes",
        title="Changes of what IAM allows",
        answers="Every policy that was made, changed, attached, detached or taken away, every boundary, every change of"
        " who may take on a role; on whom, and by whom.",
        why="Whoever may change policies may allow themselves anything. The names are those of IAM's operations in"
        " full: a search for names that merely hold `Put` also finds other things, and misses CreatePolicyVersion.",
        references=(_IAM, "https://attack.mitre.org/techniques/T1098/"),
        columns=listed(
            *_ON,
            parameter("policyArn", "policyArn"),
            parameter("policyName", "policyName"),
            parameter("policyDocument", "policyDocument"),
        ),
        where=_policies,
    ),
    Query(
        name="iam-activity",
        title="All that was asked of IAM",
        answers="Every event of IAM, be it that it reads or that it changes something.",
        why="Listing users, roles and policies comes before using them.",
        references=(_IAM,),
        columns=listed(KIND, *_ON, AGENT),
        where=lambda _values: equal("eventSource", "iam.amazonaws.com"),
    ),
    Query(
        name="logging-changes",
        title="Changes of what records and watches",
        answers="Every change of trails, of Config, of log groups and their filters, of alarms, topics and rules, of"
        " GuardDuty, Security Hub, Access Analyzer and flow logs.",
        why="Who wants not to be seen turns these off first.",
        references=(_TRAIL, _TACTICS),
        columns=listed(
            parameter("name", "name"),
            parameter("logGroupName", "logGroup"),
            parameter("filterName", "metricFilter"),
            parameter("alarmName", "alarm"),
            parameter("topicArn", "topic"),
        ),
        where=lambda _values: _events_of(_WATCHING),
    ),
    Query(
        name="credential-changes",
        title="Keys, passwords and other credentials that were made, changed or taken away",
        answers="Every access key, password, second factor, identity provider, key pair, grant and long-lived token"
        " that was made or changed, for whom and by whom.",
        why="A second key is how an intruder stays once the first is found.",
        references=(_IAM, _PERSISTENCE),
        columns=listed(
            parameter("userName", "user"),
            Column("responseElements.accessKey.accessKeyId", "newKeyId"),
            parameter("keyId", "key"),
            parameter("keyName", "keyPair"),
        ),
        where=lambda _values: _events_of(_CREDENTIALS),
    ),
    Query(
        name="security-group-changes",
        title="Changes of security groups",
        answers="Every security group and rule that was made, changed or taken away.",
        why="An open port is a door; who opened it, and when, is the first question.",
        references=(_EC2,),
        columns=listed(
            parameter("groupId", "groupId"),
            parameter("ipPermissions.items.0.ipProtocol", "protocol"),
            parameter("ipPermissions.items.0.fromPort", "fromPort"),
            parameter("ipPermissions.items.0.toPort", "toPort"),
            parameter("ipPermissions.items.0.ipRanges.items.0.cidrIp", "cidr"),
        ),
        where=lambda _values: all_of(equal("eventSource", "ec2.amazonaws.com"), one_of("eventName", *_GROUPS)),
    ),
    Query(
        name="sharing-changes",
        title="Changes of who outside may reach a resource",
        answers="Every change of the policy or the sharing of buckets, images, snapshots, functions, repositories,"
        " queues, topics and secrets.",
        why="Data leaves an account most quietly by being shared.",
        references=(_S3, "https://attack.mitre.org/techniques/T1537/"),
        columns=listed(
            parameter("bucketName", "bucket"),
            parameter("imageId", "image"),
            parameter("snapshotId", "snapshot"),
            parameter("functionName", "function"),
        ),
        where=lambda _values: _events_of(_SHARING),
    ),
)
