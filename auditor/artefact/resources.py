"""The new resources that mend what fails in a report, each once, as templates make them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from auditor.artefact.plan import Plan, steps_of
from auditor.errors import UsageError
from auditor.findings import Finding
from auditor.model.arn import Arn
from auditor.remediation import Resource, Step
from auditor.remedy.document import joined

# Where a resource's own name stands among its properties; a template that makes it refers to it by this too.
_NAMED_BY = {"AWS::Logs::LogGroup": "LogGroupName", "AWS::S3::Bucket": "BucketName"}
# What the names of a template's own things are made of, besides the type.
_UNFIT = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Template:
    """What a template makes.

    Attributes:
        resources: The resources by the name that they have in the template, what needs others after those.
        besides: Steps that change what is there, which a template cannot.
    """

    resources: dict[str, Resource]
    besides: tuple[Step, ...]

    @property
    def asks(self) -> bool:
        """Whether somebody's address is needed."""
        return any(one.type == "AWS::SNS::Subscription" for one in self.resources.values())

    def named(self, text: str, by: str) -> tuple[str, Resource] | None:
        """Gives the resource whose ARN or own name a text is, with its name in the template.

        Only what stands before `by` is given, so that no two resources wait for each other.
        """
        for name, one in self.resources.items():
            if name == by:
                return None
            own = one.properties.get(_NAMED_BY.get(one.type, ""))
            if text in {one.arn, f"{one.arn}:*"} or (own is not None and text == own):
                return name, one
        return None

    def needed_by(self, resource: Resource) -> tuple[str, ...]:
        """Gives what must be there first though no property names it: CloudTrail looks at its bucket's policy."""
        if resource.type != "AWS::CloudTrail::Trail":
            return ()
        return tuple(name for name, one in self.resources.items() if one.type == "AWS::S3::BucketPolicy")


def template(plan: Plan, region: str | None = None) -> Template:
    """Gives what a template makes to mend a plan's findings in a region.

    Args:
        plan: What is to be mended.
        region: The region; where it is left out, the only one that the resources are in.

    Raises:
        UsageError: The resources are in several regions, and none is named.
    """
    new: list[Resource] = []
    besides: list[Step] = []
    for finding in plan.findings:
        made, left = _of_finding(finding)
        new += made
        besides += left
    whole: dict[tuple[str, str], Resource] = {}
    for one in new:
        if not one.partial:
            whole.setdefault((one.type, one.arn), one)
    for one in new:
        if one.partial and (there := whole.get((one.type, one.arn))):
            whole[one.type, one.arn] = there.model_copy(update={"properties": {**there.properties, **one.properties}})
    besides = [step for step in besides if not _is_made(step, whole)]
    ordered = sorted(whole.values(), key=lambda one: _ORDER.index(one.type))
    kept = _in_region(ordered, region)
    left = sorted(joined(besides), key=lambda step: step.target.rank)
    return Template(dict(zip(_names(kept), kept, strict=True)), tuple(left))


def _is_made(step: Step, whole: Collection[tuple[str, str]]) -> bool:
    """Whether all that a step does is done to resources that the template makes."""
    return bool(step.resources) and all((one.type, one.arn) in whole for one in step.resources)


_ORDER = (
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Topic",
    "AWS::SNS::Subscription",
    "AWS::Logs::LogGroup",
    "AWS::IAM::Role",
    "AWS::CloudTrail::Trail",
    "AWS::Logs::MetricFilter",
    "AWS::CloudWatch::Alarm",
)


def _of_finding(finding: Finding) -> tuple[list[Resource], list[Step]]:
    """Gives what a finding's remediation makes, and the steps that change what is there."""
    remedy = finding.remediation
    new = list(remedy.instead) if remedy else []
    left: list[Step] = []
    for place, step in enumerate(steps_of(finding)):
        if remedy and place in remedy.replaced:
            continue
        new += step.resources
        if not step.resources or any(one.partial for one in step.resources):
            left.append(step)
    return new, left


def _in_region(resources: list[Resource], region: str | None) -> list[Resource]:
    """Gives the resources of one region; what has none goes with the first."""
    regions = sorted({found for one in resources if (found := _region(one))})
    if region is None and len(regions) > 1:
        raise UsageError(
            f"What is to be made is in several regions: {', '.join(regions)}.", "Name one of them with --region."
        )
    chosen = region or (regions[0] if regions else "")
    first = chosen == (regions[0] if regions else chosen)
    return [one for one in resources if _region(one) == chosen or (first and not _region(one))]


def _region(resource: Resource) -> str:
    found = Arn.parse(resource.arn)
    return found.region if found else ""


def _names(resources: Iterable[Resource]) -> list[str]:
    """Gives each resource a name of letters and digits, no two the same."""
    names: list[str] = []
    for one in resources:
        kind = one.type.rpartition("::")[2]
        found = Arn.parse(one.arn)
        own = re.split(r"[/: ]", found.resource)[-1] if found else ""
        base = kind + "".join(part[:1].upper() + part[1:] for part in _UNFIT.split(own))
        tries = (base, *(f"{base}{number}" for number in range(2, len(names) + 3)))
        names.append(next(name for name in tries if name not in names))
    return names
