"""The plan as Terraform: all that is new, and as comments what has to be changed besides.

The arguments are those of the AWS provider, https://registry.terraform.io/providers/hashicorp/aws/latest/docs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pydantic import JsonValue

from auditor.artefact.hcl import Argument, Block, Encoded, Expression, block
from auditor.artefact.resources import Template
from auditor.remediation import Resource
from auditor.render.visible import one_line

Body = dict[str, Argument]
Refer = Callable[[JsonValue], Argument]


def as_terraform(template: Template, header: str, email: str) -> str:
    """Gives the configuration.

    Args:
        template: What it makes.
        header: What it is for; each line becomes a comment.
        email: What the variable for somebody's address is for.
    """
    parts = ["\n".join(f"# {one_line(line)}".rstrip() for line in header.splitlines())]
    parts += [_besides(template)] if template.besides else []
    if template.asks:
        parts.append(block("variable", "email", body={"type": Expression("string"), "description": email}))
    for name, resource in template.resources.items():
        parts += _blocks(name, resource, template)
    return "\n\n".join(parts) + "\n"


def _besides(template: Template) -> str:
    return "\n".join(
        line
        for step in template.besides
        for line in (f"# {one_line(step.does)}:", *(f"#   {command}" for command in step.commands if _fits(command)))
    )


def _fits(command: str) -> bool:
    """Whether a command may stand in a comment as it is; one with a name of several lines stands in the script."""
    return command == one_line(command)


def _blocks(name: str, resource: Resource, template: Template) -> Iterable[str]:
    kind, arguments = _WRITERS[resource.type]

    def refer(value: JsonValue) -> Argument:
        if value == {"Ref": "Email"}:
            return Expression("var.email")
        found = template.named(value, name) if isinstance(value, str) else None
        if found is None:
            return _plain(value)
        other, one = found
        return Expression(f"{_WRITERS[one.type][0]}.{other}.{_attribute(one, str(value))}")

    body = arguments(resource.properties, refer)
    before = template.needed_by(resource)
    if before:
        body["depends_on"] = [Expression(f"aws_s3_bucket_policy.{other}") for other in before]
    yield block("resource", kind, name, body=body)
    for policy in _rows(resource.properties.get("Policies")):
        told: Body = {
            "name": _plain(policy["PolicyName"]),
            "role": Expression(f"aws_iam_role.{name}.id"),
            "policy": Encoded(policy["PolicyDocument"]),
        }
        yield block("resource", "aws_iam_role_policy", name, body=told)


def _attribute(resource: Resource, text: str) -> str:
    """Gives the attribute that a text stands for; a log group's ARN has no `:*` there, which CloudTrail wants."""
    if resource.type == "AWS::S3::Bucket" and not text.startswith("arn:"):
        return "bucket"
    return "arn" if text.startswith("arn:") else "name"


def _plain(value: JsonValue) -> Argument:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return Encoded(value)
    return value


def _rows(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _renamed(names: Mapping[str, str]) -> Callable[[Mapping[str, JsonValue], Refer], Body]:
    """Gives a writer that only gives the properties other names."""

    def write(properties: Mapping[str, JsonValue], refer: Refer) -> Body:
        return {argument: _each(properties[name], refer) for name, argument in names.items() if name in properties}

    return write


def _each(value: JsonValue, refer: Refer) -> Argument:
    return [refer(one) for one in value] if isinstance(value, list) else refer(value)


def _role(properties: Mapping[str, JsonValue], refer: Refer) -> Body:
    body = _renamed({"RoleName": "name", "Path": "path"})(properties, refer)
    return {**body, "assume_role_policy": Encoded(properties["AssumeRolePolicyDocument"])}


def _bucket_policy(properties: Mapping[str, JsonValue], refer: Refer) -> Body:
    return {"bucket": refer(properties["Bucket"]), "policy": Encoded(properties["PolicyDocument"])}


def _filter(properties: Mapping[str, JsonValue], refer: Refer) -> Body:
    names = {"FilterName": "name", "LogGroupName": "log_group_name", "FilterPattern": "pattern"}
    (metric,) = _rows(properties["MetricTransformations"])
    told = {
        "MetricName": "name",
        "MetricNamespace": "namespace",
        "MetricValue": "value",
        "DefaultValue": "default_value",
    }
    return {**_renamed(names)(properties, refer), "metric_transformation": Block(_renamed(told)(metric, _plain))}


def _trail(properties: Mapping[str, JsonValue], refer: Refer) -> Body:
    body = _renamed(_TRAIL)(properties, refer)
    group = body.get("cloud_watch_logs_group_arn")
    if isinstance(group, Expression):
        body["cloud_watch_logs_group_arn"] = Expression(f'"${{{group.text}}}:*"')
    return body


_TRAIL = {
    "TrailName": "name",
    "S3BucketName": "s3_bucket_name",
    "IsMultiRegionTrail": "is_multi_region_trail",
    "IncludeGlobalServiceEvents": "include_global_service_events",
    "EnableLogFileValidation": "enable_log_file_validation",
    "IsLogging": "enable_logging",
    "CloudWatchLogsLogGroupArn": "cloud_watch_logs_group_arn",
    "CloudWatchLogsRoleArn": "cloud_watch_logs_role_arn",
}
_ALARM = {
    "AlarmName": "alarm_name",
    "AlarmActions": "alarm_actions",
    "Namespace": "namespace",
    "MetricName": "metric_name",
    "Statistic": "statistic",
    "Period": "period",
    "EvaluationPeriods": "evaluation_periods",
    "Threshold": "threshold",
    "ComparisonOperator": "comparison_operator",
    "TreatMissingData": "treat_missing_data",
}
_SUBSCRIPTION = {"TopicArn": "topic_arn", "Protocol": "protocol", "Endpoint": "endpoint"}
_WRITERS: dict[str, tuple[str, Callable[[Mapping[str, JsonValue], Refer], Body]]] = {
    "AWS::S3::Bucket": ("aws_s3_bucket", _renamed({"BucketName": "bucket"})),
    "AWS::S3::BucketPolicy": ("aws_s3_bucket_policy", _bucket_policy),
    "AWS::SNS::Topic": ("aws_sns_topic", _renamed({"TopicName": "name"})),
    "AWS::SNS::Subscription": ("aws_sns_topic_subscription", _renamed(_SUBSCRIPTION)),
    "AWS::Logs::LogGroup": ("aws_cloudwatch_log_group", _renamed({"LogGroupName": "name"})),
    "AWS::IAM::Role": ("aws_iam_role", _role),
    "AWS::CloudTrail::Trail": ("aws_cloudtrail", _trail),
    "AWS::Logs::MetricFilter": ("aws_cloudwatch_log_metric_filter", _filter),
    "AWS::CloudWatch::Alarm": ("aws_cloudwatch_metric_alarm", _renamed(_ALARM)),
}
