#!/bin/bash
# CIS AWS Foundations Benchmark - Section 4 CloudWatch Alarms
# Assumes CloudTrail log group: CloudTrail/ManagementEvents
# Assumes SNS topic already created from Day 6: RootAccountUsageAlert

set -euo pipefail

LOG_GROUP="CloudTrail/ManagementEvents"
NAMESPACE="CISBenchmark"
SNS_TOPIC_ARN=$(aws sns list-topics \
  --query "Topics[?contains(TopicArn,'RootAccountUsageAlert')].TopicArn" \
  --output text)

if [[ -z "$SNS_TOPIC_ARN" ]]; then
  echo "SNS topic not found. Creating..."
  SNS_TOPIC_ARN=$(aws sns create-topic --name RootAccountUsageAlert --query TopicArn --output text)
  echo "Created: $SNS_TOPIC_ARN"
  echo "Subscribe your email: aws sns subscribe --topic-arn $SNS_TOPIC_ARN --protocol email --notification-endpoint your@email.com"
fi

create_alarm() {
  local filter_name="$1"
  local alarm_name="$2"
  local pattern="$3"
  local description="$4"

  aws logs put-metric-filter \
    --log-group-name "$LOG_GROUP" \
    --filter-name "$filter_name" \
    --filter-pattern "$pattern" \
    --metric-transformations \
      metricName="${filter_name}Count",metricNamespace="$NAMESPACE",metricValue=1,defaultValue=0

  aws cloudwatch put-metric-alarm \
    --alarm-name "$alarm_name" \
    --alarm-description "$description" \
    --metric-name "${filter_name}Count" \
    --namespace "$NAMESPACE" \
    --statistic Sum \
    --period 300 \
    --threshold 1 \
    --comparison-operator GreaterThanOrEqualToThreshold \
    --evaluation-periods 1 \
    --alarm-actions "$SNS_TOPIC_ARN" \
    --treat-missing-data notBreaching

  echo "  $alarm_name"
}

echo "Creating CIS Section 4 alarms..."

# CIS 4.1 - Unauthorised API calls
create_alarm "UnauthorizedAPICalls" "CIS-4.1-UnauthorizedAPICalls" \
  '{($.errorCode="*UnauthorizedAccess*") || ($.errorCode="AccessDenied*")}' \
  "CIS 4.1: Unauthorised API calls detected"

# CIS 4.2 - Console login without MFA
create_alarm "ConsoleSigninWithoutMFA" "CIS-4.2-ConsoleSigninWithoutMFA" \
  '{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed !="Yes") && ($.userIdentity.type="IAMUser") && ($.responseElements.ConsoleLogin="Success")}' \
  "CIS 4.2: Console login without MFA"

# CIS 4.3 - Root account usage (already from Day 6 - skip if exists)
aws cloudwatch describe-alarms --alarm-names "CIS-4.3-RootAccountUsage" \
  --query "MetricAlarms[0].AlarmName" --output text 2>/dev/null | grep -q "CIS" \
  && echo "  CIS-4.3-RootAccountUsage (already exists)" \
  || create_alarm "RootAccountUsage" "CIS-4.3-RootAccountUsage" \
    '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}' \
    "CIS 4.3: Root account credentials used"

# CIS 4.4 - IAM policy changes
create_alarm "IAMPolicyChanges" "CIS-4.4-IAMPolicyChanges" \
  '{($.eventName=DeleteGroupPolicy) || ($.eventName=DeleteRolePolicy) || ($.eventName=DeleteUserPolicy) || ($.eventName=PutGroupPolicy) || ($.eventName=PutRolePolicy) || ($.eventName=PutUserPolicy) || ($.eventName=CreatePolicy) || ($.eventName=DeletePolicy) || ($.eventName=CreatePolicyVersion) || ($.eventName=DeletePolicyVersion) || ($.eventName=SetDefaultPolicyVersion) || ($.eventName=AttachRolePolicy) || ($.eventName=DetachRolePolicy) || ($.eventName=AttachUserPolicy) || ($.eventName=DetachUserPolicy) || ($.eventName=AttachGroupPolicy) || ($.eventName=DetachGroupPolicy)}' \
  "CIS 4.4: IAM policy changes detected"

# CIS 4.5 - CloudTrail configuration changes
create_alarm "CloudTrailChanges" "CIS-4.5-CloudTrailChanges" \
  '{($.eventName=CreateTrail) || ($.eventName=UpdateTrail) || ($.eventName=DeleteTrail) || ($.eventName=StartLogging) || ($.eventName=StopLogging)}' \
  "CIS 4.5: CloudTrail configuration changed"

# CIS 4.6 - Console auth failures
create_alarm "ConsoleAuthFailures" "CIS-4.6-ConsoleAuthFailures" \
  '{($.eventName=ConsoleLogin) && ($.responseElements.ConsoleLogin="Failure")}' \
  "CIS 4.6: Console authentication failures"

# CIS 4.7 - KMS CMK disable or deletion
create_alarm "KMSCMKDisableDeletion" "CIS-4.7-KMSCMKDisableDeletion" \
  '{($.eventSource=kms.amazonaws.com) && (($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion))}' \
  "CIS 4.7: KMS CMK disabled or scheduled for deletion"

# CIS 4.8 - S3 bucket policy changes
create_alarm "S3BucketPolicyChanges" "CIS-4.8-S3BucketPolicyChanges" \
  '{($.eventSource=s3.amazonaws.com) && (($.eventName=PutBucketAcl) || ($.eventName=PutBucketPolicy) || ($.eventName=PutBucketCors) || ($.eventName=PutBucketLifecycle) || ($.eventName=PutBucketReplication) || ($.eventName=DeleteBucketPolicy) || ($.eventName=DeleteBucketCors) || ($.eventName=DeleteBucketLifecycle) || ($.eventName=DeleteBucketReplication))}' \
  "CIS 4.8: S3 bucket policy changes"

# CIS 4.9 - AWS Config changes
create_alarm "AWSConfigChanges" "CIS-4.9-AWSConfigChanges" \
  '{($.eventSource=config.amazonaws.com) && (($.eventName=StopConfigurationRecorder) || ($.eventName=DeleteDeliveryChannel) || ($.eventName=PutDeliveryChannel) || ($.eventName=PutConfigurationRecorder))}' \
  "CIS 4.9: AWS Config changes"

# CIS 4.11 - Route table changes
create_alarm "RouteTableChanges" "CIS-4.11-RouteTableChanges" \
  '{($.eventName=CreateRoute) || ($.eventName=CreateRouteTable) || ($.eventName=ReplaceRoute) || ($.eventName=ReplaceRouteTableAssociation) || ($.eventName=DeleteRouteTable) || ($.eventName=DeleteRoute) || ($.eventName=DisassociateRouteTable)}' \
  "CIS 4.11: Route table changes"

# CIS 4.14 - VPC changes
create_alarm "VPCChanges" "CIS-4.14-VPCChanges" \
  '{($.eventName=CreateVpc) || ($.eventName=DeleteVpc) || ($.eventName=ModifyVpcAttribute) || ($.eventName=AcceptVpcPeeringConnection) || ($.eventName=CreateVpcPeeringConnection) || ($.eventName=DeleteVpcPeeringConnection) || ($.eventName=RejectVpcPeeringConnection) || ($.eventName=AttachClassicLinkVpc) || ($.eventName=DetachClassicLinkVpc) || ($.eventName=DisableVpcClassicLink) || ($.eventName=EnableVpcClassicLink)}' \
  "CIS 4.14: VPC changes"

echo ""
echo "All CIS Section 4 alarms created"
echo "   View in CloudWatch: https://console.aws.amazon.com/cloudwatch/home#alarmsV2:"
