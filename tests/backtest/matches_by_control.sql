-- How many of CloudTrail's records each control of CIS AWS Foundations 5.0 names, written by hand from the benchmark's text
-- and from nothing of this project; ? is a glob of log files. `tests/backtest/test_real_events.py` runs it in DuckDB.
WITH record AS (
  SELECT unnest(Records) AS r FROM read_json(?, columns = {Records: 'JSON[]'}, maximum_object_size = 536870912)
),
event AS (
  SELECT
    r->>'$.eventSource' AS source,
    r->>'$.eventName' AS name,
    r->>'$.eventType' AS type,
    r->>'$.errorCode' AS error,
    r->>'$.errorMessage' AS message,
    r->>'$.sourceIPAddress' AS address,
    r->>'$.userIdentity.type' AS who,
    r->>'$.userIdentity.invokedBy' AS invoked_by,
    r->>'$.additionalEventData.MFAUsed' AS mfa
  FROM record
)
SELECT
  count(*) FILTER ((error LIKE '%UnauthorizedOperation' OR error LIKE 'AccessDenied%')
    AND address <> 'delivery.logs.amazonaws.com' AND name <> 'HeadBucket') AS unauthorized_api_calls,
  count(*) FILTER (name = 'ConsoleLogin' AND mfa <> 'Yes') AS console_login_without_mfa,
  count(*) FILTER (who = 'Root' AND invoked_by IS NULL AND type <> 'AwsServiceEvent') AS root_usage,
  count(*) FILTER (source = 'iam.amazonaws.com' AND name IN (
    'DeleteGroupPolicy', 'DeleteRolePolicy', 'DeleteUserPolicy', 'PutGroupPolicy', 'PutRolePolicy', 'PutUserPolicy',
    'CreatePolicy', 'DeletePolicy', 'CreatePolicyVersion', 'DeletePolicyVersion', 'AttachRolePolicy', 'DetachRolePolicy',
    'AttachUserPolicy', 'DetachUserPolicy', 'AttachGroupPolicy', 'DetachGroupPolicy')) AS iam_policy_changes,
  count(*) FILTER (source = 'cloudtrail.amazonaws.com' AND name IN (
    'CreateTrail', 'UpdateTrail', 'DeleteTrail', 'StartLogging', 'StopLogging')) AS cloudtrail_changes,
  count(*) FILTER (name = 'ConsoleLogin' AND message = 'Failed authentication') AS console_auth_failures,
  count(*) FILTER (source = 'kms.amazonaws.com' AND name IN ('DisableKey', 'ScheduleKeyDeletion')) AS cmk_disable_or_delete,
  count(*) FILTER (source = 's3.amazonaws.com' AND name IN (
    'PutBucketAcl', 'PutBucketPolicy', 'PutBucketCors', 'PutBucketLifecycle', 'PutBucketReplication',
    'DeleteBucketPolicy', 'DeleteBucketCors', 'DeleteBucketLifecycle', 'DeleteBucketReplication')) AS s3_policy_changes,
  count(*) FILTER (source = 'config.amazonaws.com' AND name IN (
    'StopConfigurationRecorder', 'DeleteDeliveryChannel', 'PutDeliveryChannel', 'PutConfigurationRecorder'))
    AS config_changes,
  count(*) FILTER (name IN (
    'AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupIngress',
    'RevokeSecurityGroupEgress', 'CreateSecurityGroup', 'DeleteSecurityGroup') AND source = 'ec2.amazonaws.com')
    AS security_group_changes,
  count(*) FILTER (name IN (
    'CreateNetworkAcl', 'CreateNetworkAclEntry', 'DeleteNetworkAcl', 'DeleteNetworkAclEntry', 'ReplaceNetworkAclEntry',
    'ReplaceNetworkAclAssociation') AND source = 'ec2.amazonaws.com') AS nacl_changes,
  count(*) FILTER (name IN (
    'CreateCustomerGateway', 'DeleteCustomerGateway', 'AttachInternetGateway', 'CreateInternetGateway',
    'DeleteInternetGateway', 'DetachInternetGateway') AND source = 'ec2.amazonaws.com') AS network_gateway_changes,
  count(*) FILTER (name IN (
    'CreateRoute', 'CreateRouteTable', 'ReplaceRoute', 'ReplaceRouteTableAssociation', 'DeleteRouteTable', 'DeleteRoute',
    'DisassociateRouteTable') AND source = 'ec2.amazonaws.com') AS route_table_changes,
  count(*) FILTER (name IN (
    'CreateVpc', 'DeleteVpc', 'ModifyVpcAttribute', 'AcceptVpcPeeringConnection', 'CreateVpcPeeringConnection',
    'DeleteVpcPeeringConnection', 'RejectVpcPeeringConnection', 'AttachClassicLinkVpc', 'DetachClassicLinkVpc',
    'DisableVpcClassicLink', 'EnableVpcClassicLink') AND source = 'ec2.amazonaws.com') AS vpc_changes,
  count(*) FILTER (source = 'organizations.amazonaws.com' AND name IN (
    'AcceptHandshake', 'AttachPolicy', 'CreateAccount', 'CreateOrganizationalUnit', 'CreatePolicy', 'DeclineHandshake',
    'DeleteOrganization', 'DeleteOrganizationalUnit', 'DeletePolicy', 'DetachPolicy', 'DisablePolicyType',
    'EnablePolicyType', 'InviteAccountToOrganization', 'LeaveOrganization', 'MoveAccount',
    'RemoveAccountFromOrganization', 'UpdatePolicy', 'UpdateOrganizationalUnit')) AS organizations_changes
FROM event
