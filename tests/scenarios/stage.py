"""A small account whose one chain is sound, and the ways to alter it by ordinary AWS calls."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from auditor.benchmark import load
from auditor.checking import AlarmCheck
from auditor.collect import Connection, collect
from auditor.demo.alarm_parts import benchmark_patterns, make_alarm, make_filter
from auditor.demo.session import DemoAccount
from auditor.demo.trail_parts import allow_cloudtrail, document, make_bucket, make_log_group, make_role, make_trail
from auditor.demo.trail_parts import trail_arn_of as arn_of
from auditor.findings import Finding
from checks import alarm as declared

ELSEWHERE = "eu-west-1"
TRAIL, BUCKET, GROUP, ROLE, TOPIC = "acme-trail", "acme-trail-logs", "acme/trail", "acme-trail-to-logs", "acme-alerts"
PERSON = "soc@acme.example"
MANAGEMENT = ("eventCategory", "Equals", "Management")

_BENCHMARK = load("cis-5.0")
_CHECKS = {check.id: check for check in vars(declared).values() if isinstance(check, type) and hasattr(check, "id")}

Condition = tuple[str, str, str]


@dataclass(frozen=True)
class Stage:
    """A sound account for one control, to be altered.

    Attributes:
        account: The account.
        control: The last part of the check's id; filter, metric and alarm are named so, with `-` for `_`.
        fronted: Whether the front of `auditor.demo` stands before the account and can be told what to say.
    """

    account: DemoAccount
    control: str
    fronted: bool = True

    @property
    def name(self) -> str:
        return self.control.replace("_", "-")

    @property
    def pattern(self) -> str:
        return benchmark_patterns()[self.control]

    @property
    def topic_arn(self) -> str:
        return f"arn:aws:sns:{self.account.region}:{self.account.account_id}:{TOPIC}"

    @property
    def group_arn(self) -> str:
        return f"arn:aws:logs:{self.account.region}:{self.account.account_id}:log-group:{GROUP}:*"

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{self.account.account_id}:role/{ROLE}"

    def client(self, service: str, region: str | None = None) -> Any:
        return self.account.client(service, region)

    # The trail and its delivery.

    def status(self, **fields: str | float | None) -> None:
        self.account.controls.trail_status(TRAIL, **fields)

    def update_trail(self, **settings: Any) -> None:
        self.client("cloudtrail").update_trail(Name=TRAIL, **settings)

    def basic(self, *selectors: dict[str, Any], trail: str = TRAIL) -> None:
        usual = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
        told = [{**usual, **selector} for selector in selectors]
        self.client("cloudtrail").put_event_selectors(TrailName=trail, EventSelectors=told)

    def advanced(self, *selectors: Sequence[Condition], names: Sequence[str] = (), trail: str = TRAIL) -> None:
        """Sets advanced selectors; each is a row of conditions such as `("readOnly", "Equals", "true")`."""
        told = [
            {
                "Name": names[place] if names else f"selector {place}",
                "FieldSelectors": [{"Field": part, operator: value.split()} for part, operator, value in selector],
            }
            for place, selector in enumerate(selectors)
        ]
        self.client("cloudtrail").put_event_selectors(TrailName=trail, AdvancedEventSelectors=told)

    def another_trail(self, name: str, group: str = GROUP, **settings: Any) -> None:
        """Makes another trail that writes to a group of this region, with the same role."""
        group_arn = self.group_arn.replace(GROUP, group)
        make_bucket(self.account, name, *allow_cloudtrail(self.account, name, arn_of(self.account, name)))
        make_trail(self.account, name, name, log_group_arn=group_arn, role_arn=self.role_arn, **settings)
        self.deliver_again(name, group_arn)

    def deliver_again(self, trail: str, group_arn: str) -> None:
        """Sets what ministack's CreateTrail forgets."""
        if not self.fronted:
            told = {"CloudWatchLogsLogGroupArn": group_arn, "CloudWatchLogsRoleArn": self.role_arn}
            self.client("cloudtrail").update_trail(Name=trail, **told)

    def group(self, name: str, **settings: Any) -> None:
        """Makes another log group, to which the trail's role may write."""
        make_log_group(self.account, name, **settings)
        self.may_write("logs:CreateLogStream", "logs:PutLogEvents")

    def deliver_to(self, group_arn: str, role_arn: str = "") -> None:
        self.update_trail(CloudWatchLogsLogGroupArn=group_arn, CloudWatchLogsRoleArn=role_arn or self.role_arn)

    def may_write(self, *actions: str, **more: Any) -> None:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}
        asked = {"RoleName": ROLE, "PolicyName": "write-to-logs", "PolicyDocument": document(statement)}
        self.client("iam").put_role_policy(**asked)

    def trusts(self, service: str, **more: Any) -> None:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}
        self.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document(statement))

    def delete_role(self) -> None:
        self.client("iam").delete_role_policy(RoleName=ROLE, PolicyName="write-to-logs")
        self.client("iam").delete_role(RoleName=ROLE)

    # From the log group to the alarm.

    def filter(
        self,
        pattern: str | None = None,
        *,
        name: str = "",
        group: str = GROUP,
        extra: dict[str, Any] | None = None,
        **transformation: Any,
    ) -> None:
        """Sets the filter, or another of that name; `extra` are further arguments of PutMetricFilter."""
        deployed = self.pattern if pattern is None else pattern
        if extra is None:
            make_filter(self.account, group, name or self.name, deployed, **transformation)
            return
        self.client("logs").put_metric_filter(
            logGroupName=group,
            filterName=name or self.name,
            filterPattern=deployed,
            metricTransformations=[
                {"metricName": self.name, "metricNamespace": "CloudTrailAlarms", "metricValue": "1", **transformation}
            ],
            **extra,
        )

    def delete_filter(self, group: str = GROUP) -> None:
        self.client("logs").delete_metric_filter(logGroupName=group, filterName=self.name)

    def alarm(self, name: str = "", metric: str = "", tells: Sequence[str] | None = None, **settings: Any) -> None:
        """Sets the alarm, or another of that name."""
        topics = [self.topic_arn] if tells is None else tells
        make_alarm(self.account, name or self.name, metric or self.name, *topics, **settings)

    def math_alarm(self, expression: str, *others: str, **settings: Any) -> None:
        """Sets the alarm on an expression over `m1`, the filter's metric, and `m2` and so on, other metrics."""
        queries: list[dict[str, Any]] = [{"Id": "e1", "Expression": expression, "ReturnData": True}]
        for place, metric in enumerate((self.name, *others), start=1):
            namespace, _, name = metric.rpartition("/")
            told = {"Namespace": namespace or "CloudTrailAlarms", "MetricName": name}
            stat = {"Metric": told, "Period": 300, "Stat": "Sum"}
            queries.append({"Id": f"m{place}", "MetricStat": stat, "ReturnData": False})
        usual = {
            "AlarmName": self.name,
            "AlarmActions": [self.topic_arn],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 1,
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
            "Metrics": queries,
        }
        self.client("cloudwatch").put_metric_alarm(**{**usual, **settings})

    def composite(self, rule: str, name: str = "acme-any", **settings: Any) -> None:
        """Makes a composite alarm that tells the topic."""
        usual = {"AlarmName": name, "AlarmRule": rule, "AlarmActions": [self.topic_arn], "ActionsEnabled": True}
        self.client("cloudwatch").put_composite_alarm(**{**usual, **settings})

    def state(self, alarm: str, value: str) -> None:
        self.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue=value, StateReason="a test")

    def mute(self, *alarms: str, **settings: Any) -> None:
        """Makes a rule that mutes alarms all day, every day."""
        schedule = {"Expression": "cron(0 0 * * *)", "Duration": "P1D"}
        usual = {
            "Name": "acme-quiet",
            "Rule": {"Schedule": schedule},
            "MuteTargets": {"AlarmNames": list(alarms or (self.name,))},
        }
        self.client("cloudwatch").put_alarm_mute_rule(**{**usual, **settings})

    def transformer(self, *processors: dict[str, Any]) -> None:
        """Lets the group transform its events, and the filter look at what comes of it."""
        self.client("logs").put_transformer(logGroupIdentifier=GROUP, transformerConfig=list(processors))
        self.filter(extra={"applyOnTransformedLogs": True})

    def delete_alarm(self) -> None:
        self.client("cloudwatch").delete_alarms(AlarmNames=[self.name])

    # From the topic to a person.

    def topic(self, **attributes: str) -> None:
        for attribute, value in attributes.items():
            asked = {"TopicArn": self.topic_arn, "AttributeName": attribute, "AttributeValue": value}
            self.client("sns").set_topic_attributes(**asked)

    def topic_policy(self, *statements: dict[str, Any]) -> None:
        usual = {"Action": "SNS:Publish", "Resource": self.topic_arn, "Effect": "Allow"}
        self.topic(Policy=document(*({**usual, **statement} for statement in statements)))

    def another_topic(self, name: str, *people: str, region: str | None = None, **attributes: str) -> str:
        """Makes another topic to which people have subscribed, and gives its ARN."""
        sns = self.client("sns", region)
        arn = str(sns.create_topic(Name=name, Attributes=attributes)["TopicArn"])
        for person in people:
            self.subscribe("email", person, topic=arn, region=region)
        return arn

    def subscribe(
        self, protocol: str, endpoint: str, *, topic: str = "", confirmed: bool = True, region: str | None = None
    ) -> None:
        arn = topic or self.topic_arn
        self.client("sns", region).subscribe(TopicArn=arn, Protocol=protocol, Endpoint=endpoint)
        if confirmed and self.fronted:
            self.account.controls.confirm(endpoint, arn)

    def passes(self, policy: dict[str, Any], scope: str = "MessageAttributes") -> None:
        """Gives the person's subscription a filter policy."""
        sns = self.client("sns")
        for one in sns.list_subscriptions_by_topic(TopicArn=self.topic_arn)["Subscriptions"]:
            for name, value in (("FilterPolicyScope", scope), ("FilterPolicy", json.dumps(policy))):
                asked = {"SubscriptionArn": one["SubscriptionArn"], "AttributeName": name, "AttributeValue": value}
                sns.set_subscription_attributes(**asked)

    def unsubscribe(self) -> None:
        sns = self.client("sns")
        for one in sns.list_subscriptions_by_topic(TopicArn=self.topic_arn)["Subscriptions"]:
            sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])

    def key(self, *statements: dict[str, Any]) -> str:
        """Encrypts the topic with a new key whose policy also says this, and gives the key's id."""
        root = {"Principal": {"AWS": f"arn:aws:iam::{self.account.account_id}:root"}, "Action": "kms:*"}
        usual = {"Effect": "Allow", "Resource": "*"}
        policy = document(*({**usual, **statement} for statement in (root, *statements)))
        key = str(self.client("kms").create_key(Policy=policy)["KeyMetadata"]["KeyId"])
        self.topic(KmsMasterKeyId=key)
        return key

    # What cannot be read.

    def hide(self, operation: str, match: str = "", region: str = "") -> None:
        """Lets the auditor be refused an operation, on resources whose name holds `match`."""
        self.account.controls.fail(operation, match=match, region=region)


def build(account: DemoAccount, control: str, *, fronted: bool = True) -> Stage:
    """Fills an empty account with all that carries one control's events to a person, and nothing else."""
    stage = Stage(account, control, fronted)
    make_bucket(
        account,
        BUCKET,
        *allow_cloudtrail(account, BUCKET, arn_of(account, TRAIL)),
        public_access_block=None,
        versioning=False,
    )
    group_arn = make_log_group(account, GROUP)
    role_arn = make_role(account, ROLE, group_arn)
    make_trail(account, TRAIL, BUCKET, log_group_arn=group_arn, role_arn=role_arn)
    stage.deliver_again(TRAIL, group_arn)
    stage.another_topic(TOPIC, PERSON)
    stage.filter()
    stage.alarm()
    return stage


@lru_cache(maxsize=4)
def connection_to(account: DemoAccount) -> Connection:
    """Gives one connection for all scans of an account: making its clients takes longer than a scan."""
    return Connection(account.session(), account.region, account.endpoint_url)


def judged(account: DemoAccount, control: str) -> Finding:
    """Scans an account and judges one control."""
    check = _CHECKS[f"alarm.{control}"]()
    assert isinstance(check, AlarmCheck)
    (finding,) = check.findings(collect(connection_to(account)), _BENCHMARK)
    return finding
