"""The plan as a CloudFormation template: all that is new, and beside it what a template cannot change."""

from __future__ import annotations

import json

from pydantic import JsonValue

from auditor.artefact.resources import Template
from auditor.remediation import Resource
from auditor.report import Report

# A stack that goes away takes no logs along.
_RETAINED = frozenset({"AWS::S3::Bucket", "AWS::Logs::LogGroup"})
# What Ref gives of these is not the ARN: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_BY_ATTRIBUTE = frozenset({"AWS::Logs::LogGroup", "AWS::IAM::Role", "AWS::S3::Bucket"})


def as_cloudformation(template: Template, report: Report, description: str, email: str) -> str:
    """Gives the template, as JSON.

    Args:
        template: What it makes.
        report: The report that it mends.
        description: What it is for.
        email: What the parameter for somebody's address is for.
    """
    besides: list[JsonValue] = [{"Does": step.does, "Commands": list(step.commands)} for step in template.besides]
    parameter: JsonValue = {"Type": "String", "Description": email, "AllowedPattern": "[^\\s@]+@[^\\s@]+"}
    content: dict[str, JsonValue] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": description,
        "Metadata": {"TrailAuditor": {"Report": report.run.id, "RunBesides": besides}},
        **({"Parameters": {"Email": parameter}} if template.asks else {}),
        "Resources": {name: _resource(name, one, template) for name, one in template.resources.items()},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _resource(name: str, resource: Resource, template: Template) -> JsonValue:
    made: dict[str, JsonValue] = {"Type": resource.type}
    if resource.type in _RETAINED:
        made |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    before = template.needed_by(resource)
    if before:
        made |= {"DependsOn": [*before]}
    return {**made, "Properties": _referring(resource.properties, template, name)}


def _referring(value: JsonValue, template: Template, own: str) -> JsonValue:
    """Gives a value in which what names a resource that stands before refers to it."""
    if isinstance(value, dict):
        return {name: _referring(inner, template, own) for name, inner in value.items()}
    if isinstance(value, list):
        return [_referring(inner, template, own) for inner in value]
    found = template.named(value, own) if isinstance(value, str) else None
    if found is None:
        return value
    name, one = found
    by_attribute = one.type in _BY_ATTRIBUTE and str(value).startswith(one.arn)
    return {"Fn::GetAtt": [name, "Arn"]} if by_attribute else {"Ref": name}
