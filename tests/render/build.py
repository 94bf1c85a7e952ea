"""A report of an account with a bit of everything, and names that somebody chose in order to do harm."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from auditor import benchmark
from auditor.findings import (
    Candidate,
    ChainLink,
    Evidence,
    Finding,
    LinkName,
    LinkStatus,
    Remediation,
    Severity,
    Status,
    Waiver,
    finding_id,
)
from auditor.model.fact import Source
from auditor.report import Report, Run, Tool, summarise

ACCOUNT = "111122223333"
REGION = "us-west-2"
START = datetime(2026, 11, 24, 3, 30, 12, tzinfo=UTC)
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/management-events"
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/cloudtrail/management-events"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:security-alerts"
MARKUP = '"><script>alert(1)</script><img src=https://evil.example/x.png onerror=alert(2)>'
CONTROL = "\x1b[31mred\x1b[0m\x00\x07 [bold]loud[/bold] {{ 7 * 7 }} =cmd()"
BACKWARDS = "invoice\u202egpj.exe \u05e9\u05dc\u05d5\u05dd"
BROKEN = "half \ud83d pair \udc00"
LONG = "n" * 10_000

NUMBERS = benchmark.load("cis-5.0")
SAMPLE = tomllib.loads(Path(__file__).with_name("sample.toml").read_text(encoding="utf-8"))


def source(call: str, region: str = REGION, seconds: int = 3) -> Source:
    service, operation = call.split(":")
    request = f"7d1c2f0e-{seconds:04d}-4b3a-9f6e-3f2b8a9d5c01"
    return Source(
        service=service, operation=operation, region=region, at=START + timedelta(seconds=seconds), request_id=request
    )


def evidence(call: str, resource: str, **observed: Any) -> Evidence:
    return Evidence(source=source(call), resource=resource, observed=observed)


def finding(check_id: str, status: Status = Status.PASS, **fields: Any) -> Finding:
    resource = fields.setdefault("resource", TRAIL)
    values: dict[str, Any] = {
        "id": finding_id(check_id, ACCOUNT, resource),
        "check_id": check_id,
        "controls": NUMBERS.numbers.get(check_id, {}),
        "assessment": NUMBERS.assessments.get(check_id),
        "security_hub": NUMBERS.security_hub.get(check_id, ()),
        "title": check_id,
        "rationale": "What is not recorded cannot be looked into afterwards.",
        "status": status,
        "severity": Severity.MEDIUM,
        "account_id": ACCOUNT,
        "region": REGION,
        "reason": "It is as it should be.",
    }
    return Finding(**values | fields)


def chain(
    name: str, breaks_at: LinkName | None = None, reason: str = "", unknown: bool = False
) -> tuple[ChainLink, ...]:
    resources = {
        LinkName.TRAIL: (TRAIL, "It records management events of every region and is delivering."),
        LinkName.LOG_GROUP: (GROUP, "The trail delivered to it at 03:28:41 UTC."),
        LinkName.FILTER: (f"{name}Filter", "Its pattern matches every event that the control names."),
        LinkName.METRIC: (f"CISBenchmark/{name}Count", "The filter adds 1 for each event."),
        LinkName.ALARM: (
            f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
            "A sum of 1 or more within 5 minutes sets it off.",
        ),
        LinkName.ACTION: (TOPIC, "The alarm's actions are enabled and name the topic."),
        LinkName.TOPIC: (TOPIC, "Its policy lets CloudWatch publish."),
        LinkName.SUBSCRIPTION: ("email: secops@example.com", "The subscription is confirmed."),
    }
    links, broken = [], False
    for link, (resource, sound) in resources.items():
        if link is breaks_at:
            status = LinkStatus.UNKNOWN if unknown else LinkStatus.BROKEN
            links.append(ChainLink(link=link, resource=resource, status=status, reason=reason))
            broken = True
        elif broken:
            links.append(ChainLink(link=link, resource="", status=LinkStatus.NOT_REACHED, reason=""))
        else:
            links.append(ChainLink(link=link, resource=resource, status=LinkStatus.SOUND, reason=sound))
    return tuple(links)


def witness(name: str, service: str, **fields: Any) -> dict[str, Any]:
    return {
        "eventVersion": "1.11",
        "eventTime": "2026-11-24T03:30:12Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.23",
        "userAgent": "aws-cli/2.31.0",
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/intruder", "userName": "intruder"},
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        **fields,
    }


def report(*extra: Finding) -> Report:
    """Gives the report of an account: every built-in check, two more trails, waivers, a check of a third party."""
    found = (*_settings(), *_alarms(), *_more(), *_hostile(), *extra)
    return Report(
        tool=Tool(version="1.0.0"),
        run=Run(
            id=f"{ACCOUNT}-20261124T033012Z",
            started_at=START,
            finished_at=START + timedelta(seconds=7, milliseconds=412),
            caller_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/SecurityAudit/auditor",
            account_id=ACCOUNT,
            aliases=("acme-production",),
            partition="aws",
            region=REGION,
            benchmark="cis-5.0",
            checks=tuple(sorted({each.check_id for each in found})),
            api_calls={
                "cloudtrail:ListTrails": 1, "cloudtrail:DescribeTrails": 2, "cloudtrail:GetTrailStatus": 3,
                "cloudtrail:GetEventSelectors": 3, "cloudwatch:DescribeAlarms": 2, "logs:DescribeLogGroups": 1,
                "logs:DescribeMetricFilters": 2, "s3:GetBucketPolicy": 1, "s3:GetPublicAccessBlock": 1,
                "sns:GetTopicAttributes": 1, "sns:ListSubscriptionsByTopic": 1, "sts:GetCallerIdentity": 1,
            },
        ),
        summary=summarise(found),
        findings=found,
    )  # fmt: skip


def small(*findings: Finding) -> Report:
    """Gives a report of these findings alone."""
    return report().model_copy(update={"findings": findings, "summary": summarise(findings)})


def _settings() -> list[Finding]:
    bucket = "arn:aws:s3:::acme-production-cloudtrail"
    found = []
    for check_id, said in SAMPLE["settings"].items():
        about = {"trail": TRAIL, "bucket": bucket, "group": GROUP}.get(said["resource"], said["resource"])
        found.append(
            finding(
                check_id,
                Status(said.get("status", "PASS")),
                resource=about,
                title=said["title"],
                severity=Severity(said["severity"]),
                reason=said["reason"],
                rationale=SAMPLE["rationales"][check_id.partition(".")[0]],
                evidence=tuple(evidence(call, about, **values) for call, values in said.get("observed", {}).items()),
                remediation=_remedy(said["remedy"], *said.get("commands", ())) if "remedy" in said else None,
            )
        )
    return found


def _remedy(summary: str, *commands: str) -> Remediation:
    page = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html"
    return Remediation(summary=summary, commands=commands, references=(page,))


def _alarms() -> list[Finding]:
    return [_alarm(check_id, said) for check_id, said in SAMPLE["alarms"].items()]


def _alarm(check_id: str, said: dict[str, str]) -> Finding:
    name, event = said["name"], said["event"]
    link = LinkName(said["breaks_at"]) if "breaks_at" in said else None
    status = Status(said.get("status", "FAIL")) if link else Status.PASS
    command = (
        f"aws logs put-metric-filter --region {REGION} --log-group-name /aws/cloudtrail/management-events"
        f" --filter-name {name}Filter --filter-pattern '{{ ($.eventName = \"{event}\") }}'"
        f" --metric-transformations metricName={name}Count,metricNamespace=CISBenchmark,metricValue=1"
    )
    return finding(
        check_id,
        status,
        resource=ACCOUNT if link else f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
        title=said["title"],
        severity=Severity(said["severity"]),
        rationale=SAMPLE["rationales"]["alarm"],
        reason=said.get("reason", f"{event} reaches secops@example.com."),
        notes=("The filter also matches AssumeRole with an error code; that is noise, not a gap.",),
        chain=chain(name, link, said.get("reason", ""), unknown=status is Status.UNKNOWN),
        candidates=(Candidate(name=f"{name}-old", breaks_at=LinkName.ALARM, reason="No alarm looks at its metric."),),
        witness=witness(event, said["service"]) if status is Status.FAIL else None,
        evidence=(
            evidence("logs:DescribeMetricFilters", GROUP, filterName=f"{name}Filter", filterPattern="{ … }"),
            evidence("cloudwatch:DescribeAlarms", name, Threshold=1.0, Period=300, AlarmActions=[TOPIC]),
            evidence("sns:ListSubscriptionsByTopic", TOPIC, Protocol="email", Endpoint="secops@example.com"),
        ),
        remediation=_remedy("Give the filter the control's pattern.", command) if link else None,
    )


def _more() -> list[Finding]:
    legacy = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/legacy"
    organization = "arn:aws:cloudtrail:us-east-1:999988887777:trail/organization"
    waiver = Waiver(
        check="trail.*",
        resource=legacy,
        reason="The trail is switched off with its region's move; ticket SEC-1412.",
        owner="j.doe@example.com",
        expires=date(2027, 3, 31),
    )
    denied = f"{organization} belongs to account 999988887777; reading it there needs cloudtrail:GetTrailStatus"
    return [
        finding("trail.multi_region", Status.FAIL, resource=legacy, region="eu-west-1", severity=Severity.HIGH,
                title="A trail records every region", reason="The trail records eu-west-1 only.", waiver=waiver),
        finding("trail.logging", Status.FAIL, resource=legacy, region="eu-west-1", severity=Severity.CRITICAL,
                title="The trail is logging", reason="Logging was stopped on 2026-10-02.", waiver=waiver),
        finding("trail.logging", Status.UNKNOWN, resource=organization, region="us-east-1",
                title="The trail is logging", severity=Severity.CRITICAL, reason=denied),
        finding("acme.naming", Status.FAIL, severity=Severity.INFO, title="Trails follow the naming rule",
                reason="The name lacks the prefix acme-.", rationale="Names tell the owner."),
    ]  # fmt: skip


def _hostile() -> list[Finding]:
    return [
        finding("bucket.versioning", Status.FAIL, resource=MARKUP, title="The bucket keeps versions", reason=MARKUP,
                notes=(CONTROL,), evidence=(evidence("s3:GetBucketVersioning", MARKUP, **{MARKUP: BROKEN}),),
                witness=witness("PutBucketVersioning", "s3", requestParameters={"bucketName": MARKUP, "x": CONTROL}),
                remediation=Remediation(summary=MARKUP, commands=(f"echo '{MARKUP}' {CONTROL}",),
                                        references=("javascript:alert(3)", "file:///etc/hostname"))),
        finding("bucket.tls_only", Status.FAIL, resource=BACKWARDS, title="The bucket refuses plain HTTP",
                reason=f"{BACKWARDS} and {BROKEN}",
                candidates=(Candidate(name=CONTROL, breaks_at=None, reason=MARKUP),)),
        finding("cloudwatch.retention", Status.FAIL, resource=LONG, title="Logs are kept long enough",
                reason=f"{LONG} keeps logs for 1 day.", severity=Severity.LOW),
    ]  # fmt: skip
