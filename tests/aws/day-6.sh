#!/bin/bash
# What the lab of day 22 finds from day 6: a multi-region trail that streams to CloudTrail/ManagementEvents.
set -euo pipefail

ACCOUNT=$(aws sts get-caller-identity --query Account --output text)
BUCKET="lab-cloudtrail-$ACCOUNT"
LOG_GROUP="CloudTrail/ManagementEvents"
TRAIL_ARN="arn:aws:cloudtrail:us-east-1:$ACCOUNT:trail/management-trail"
LOG_GROUP_ARN="arn:aws:logs:us-east-1:$ACCOUNT:log-group:$LOG_GROUP:*"

aws s3api create-bucket --bucket "$BUCKET"
aws s3api put-public-access-block --bucket "$BUCKET" --public-access-block-configuration \
  BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
aws s3api put-bucket-policy --bucket "$BUCKET" --policy '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl",
     "Resource": "arn:aws:s3:::'"$BUCKET"'", "Condition": {"StringEquals": {"aws:SourceArn": "'"$TRAIL_ARN"'"}}},
    {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
     "Resource": "arn:aws:s3:::'"$BUCKET"'/AWSLogs/'"$ACCOUNT"'/*",
     "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": "'"$TRAIL_ARN"'"}}}
  ]}'

aws logs create-log-group --log-group-name "$LOG_GROUP"
aws iam create-role --role-name CloudTrail-CloudWatchLogs --assume-role-policy-document '{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
aws iam put-role-policy --role-name CloudTrail-CloudWatchLogs --policy-name deliver --policy-document '{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                 "Resource": "arn:aws:logs:us-east-1:'"$ACCOUNT"':log-group:'"$LOG_GROUP"':log-stream:*"}]}'

aws cloudtrail create-trail --name management-trail --s3-bucket-name "$BUCKET" \
  --is-multi-region-trail --enable-log-file-validation \
  --cloud-watch-logs-log-group-arn "$LOG_GROUP_ARN" \
  --cloud-watch-logs-role-arn "arn:aws:iam::$ACCOUNT:role/CloudTrail-CloudWatchLogs"
aws cloudtrail start-logging --name management-trail
