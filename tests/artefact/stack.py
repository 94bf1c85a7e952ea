"""Makes what a CloudFormation template describes by the API calls themselves, as moto knows but a few of its types."""

from __future__ import annotations

import json
from typing import Any

from tests.aws.account import Account


class Stack:
    """The resources of a template as they are made, one after another."""

    def __init__(self, account: Account, template: dict[str, Any], **parameters: str) -> None:
        self.account = account
        self.parameters = parameters
        self.arns: dict[str, str] = {}
        self.names: dict[str, str] = {}
        for name, resource in template["Resources"].items():
            assert set(resource.get("DependsOn", ())) <= self.names.keys()
            made = getattr(self, f"_{resource['Type'].rpartition('::')[2].lower()}")
            self.names[name], self.arns[name] = made(**self._resolved(resource["Properties"]))

    def _resolved(self, value: Any) -> Any:
        """Gives a value with its references resolved; what is not made yet cannot be referred to."""
        match value:
            case {"Ref": str(name)}:
                return self.parameters.get(name) or self.names[name]
            case {"Fn::GetAtt": [name, "Arn"]}:
                return self.arns[name]
            case dict():
                return {name: self._resolved(inner) for name, inner in value.items()}
            case list():
                return [self._resolved(inner) for inner in value]
        return value

    def _bucket(self, BucketName: str) -> tuple[str, str]:  # noqa: N803 - the property's own name, here and below
        self.account.client("s3").create_bucket(Bucket=BucketName)
        return BucketName, f"arn:aws:s3:::{BucketName}"

    def _bucketpolicy(self, Bucket: str, PolicyDocument: Any) -> tuple[str, str]:  # noqa: N803
        self.account.client("s3").put_bucket_policy(Bucket=Bucket, Policy=json.dumps(PolicyDocument))
        return Bucket, ""

    def _topic(self, TopicName: str) -> tuple[str, str]:  # noqa: N803
        arn = self.account.client("sns").create_topic(Name=TopicName)["TopicArn"]
        return arn, arn

    def _subscription(self, **properties: str) -> tuple[str, str]:
        arn = self.account.client("sns").subscribe(**properties)["SubscriptionArn"]
        return arn, arn

    def _loggroup(self, LogGroupName: str) -> tuple[str, str]:  # noqa: N803
        logs = self.account.client("logs")
        logs.create_log_group(logGroupName=LogGroupName)
        (group,) = logs.describe_log_groups(logGroupNamePrefix=LogGroupName)["logGroups"]
        return LogGroupName, group["arn"]

    def _role(self, RoleName: str, AssumeRolePolicyDocument: Any, Policies: Any) -> tuple[str, str]:  # noqa: N803
        iam = self.account.client("iam")
        trust = json.dumps(AssumeRolePolicyDocument)
        arn = iam.create_role(RoleName=RoleName, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        for one in Policies:
            document = json.dumps(one["PolicyDocument"])
            iam.put_role_policy(RoleName=RoleName, PolicyName=one["PolicyName"], PolicyDocument=document)
        return RoleName, arn

    def _trail(self, TrailName: str, IsLogging: bool, **properties: Any) -> tuple[str, str]:  # noqa: N803
        cloudtrail = self.account.client("cloudtrail")
        arn = cloudtrail.create_trail(Name=TrailName, **properties)["TrailARN"]
        if IsLogging:
            cloudtrail.start_logging(Name=TrailName)
        return TrailName, arn

    def _metricfilter(self, **properties: Any) -> tuple[str, str]:
        self.account.client("logs").put_metric_filter(**_lowered(properties))
        return properties["FilterName"], ""

    def _alarm(self, **properties: Any) -> tuple[str, str]:
        self.account.client("cloudwatch").put_metric_alarm(**properties)
        return properties["AlarmName"], ""


def _lowered(value: Any) -> Any:
    """Gives names as the API of CloudWatch Logs has them."""
    if isinstance(value, dict):
        return {f"{name[0].lower()}{name[1:]}": _lowered(inner) for name, inner in value.items()}
    return [_lowered(one) for one in value] if isinstance(value, list) else value
