"""Delivery to CloudWatch Logs: do the trail's events arrive where the metric filters are?"""

from __future__ import annotations

import time
from typing import Any

from auditor.demo.trail_parts import allow_cloudtrail, document, make_bucket, make_log_group, make_trail, trail_arn_of
from auditor.findings import LinkName
from tests.aws.account import Account
from tests.scenarios.scenario import Scenario, every, rows
from tests.scenarios.stage import BUCKET, ELSEWHERE, GROUP, PERSON, ROLE, TRAIL, Stage

HOUR = 3600.0


def hours_ago(hours: float) -> float:
    return time.time() - hours * HOUR


def at_home_elsewhere(stage: Stage) -> None:
    """The trail and its group are in another region; a group of the same name, with the filter, is here."""
    stage.client("cloudtrail").delete_trail(Name=TRAIL)
    group_arn = stage.group_arn.replace(stage.account.region, ELSEWHERE)
    make_bucket(stage.account, "moved", *allow_cloudtrail(stage.account, "moved", trail_arn_of(stage.account, TRAIL)))
    stage.client("logs", ELSEWHERE).create_log_group(logGroupName=GROUP)
    stage.may_write("logs:CreateLogStream", "logs:PutLogEvents")
    where: dict[str, Any] = {"region": ELSEWHERE, "log_group_arn": group_arn, "role_arn": stage.role_arn}
    make_trail(stage.account, TRAIL, "moved", **where)


def all_elsewhere(stage: Stage) -> None:
    """Everything has moved to the other region, where the scan does not start."""
    at_home_elsewhere(stage)
    stage.delete_filter()
    stage.delete_alarm()
    topic = stage.another_topic("acme-alerts-eu", PERSON, region=ELSEWHERE)
    to = {"metricName": stage.name, "metricNamespace": "Moved", "metricValue": "1", "defaultValue": 0.0}
    stage.client("logs", ELSEWHERE).put_metric_filter(
        logGroupName=GROUP, filterName=stage.name, filterPattern=stage.pattern, metricTransformations=[to]
    )
    stage.client("cloudwatch", ELSEWHERE).put_metric_alarm(
        AlarmName=stage.name,
        MetricName=stage.name,
        Namespace="Moved",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
    )


def to_infrequent_access(stage: Stage) -> None:
    stage.group("acme/cheap", log_class="INFREQUENT_ACCESS")
    stage.deliver_to(stage.group_arn.replace(GROUP, "acme/cheap"))


def by_managed_policy(stage: Stage) -> None:
    """The role may write by an attached policy, in place of the inline one."""
    iam = stage.client("iam")
    statement = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
    policy = iam.create_policy(PolicyName="write", PolicyDocument=document(statement))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=policy)
    iam.delete_role_policy(RoleName=ROLE, PolicyName="write-to-logs")


def without_log_group(stage: Stage) -> None:
    stage.client("cloudtrail").delete_trail(Name=TRAIL)
    make_trail(stage.account, TRAIL, BUCKET)


def trusted_for_this_trail(stage: Stage) -> None:
    only = {"StringEquals": {"aws:SourceArn": trail_arn_of(stage.account, TRAIL)}}
    stage.trusts("cloudtrail.amazonaws.com", Condition=only)


def trusted_for_another_trail(stage: Stage) -> None:
    only = {"StringEquals": {"aws:SourceArn": trail_arn_of(stage.account, "acme-old-trail")}}
    stage.trusts("cloudtrail.amazonaws.com", Condition=only)


SCENARIOS = (
    Scenario(
        "a group of the same name in another region",
        at_home_elsewhere,
        LinkName.FILTER,
        "No metric filter of the trail's log group",
        all_elsewhere,
    ),
    Scenario(
        "a group of the same name in another region, which does not exist there",
        lambda stage: stage.deliver_to(stage.group_arn.replace(stage.account.region, ELSEWHERE)),
        LinkName.LOG_GROUP,
        f"does not exist in {ELSEWHERE}",
        lambda stage: make_log_group(stage.account, f"{GROUP}/more"),
    ),
    Scenario(
        "the group is gone",
        lambda stage: stage.client("logs").delete_log_group(logGroupName=GROUP),
        LinkName.LOG_GROUP,
        f"{GROUP} does not exist",
        every(
            lambda stage: stage.client("logs").delete_log_group(logGroupName=GROUP),
            lambda stage: make_log_group(stage.account, GROUP),
            lambda stage: stage.filter(),
        ),
    ),
    Scenario(
        "no group",
        without_log_group,
        LinkName.LOG_GROUP,
        "delivers to no log group",
        every(without_log_group, lambda stage: stage.deliver_to(stage.group_arn)),
    ),
    Scenario("role missing", Stage.delete_role, LinkName.LOG_GROUP, "does not exist", by_managed_policy),
    Scenario(
        "role not trusted",
        lambda stage: stage.trusts("ec2.amazonaws.com"),
        LinkName.LOG_GROUP,
        "take on the role",
        trusted_for_this_trail,
    ),
    Scenario(
        "role trusted for another trail only",
        trusted_for_another_trail,
        LinkName.LOG_GROUP,
        "take on the role",
        trusted_for_this_trail,
    ),
    Scenario(
        "role may not make streams",
        lambda stage: stage.may_write("logs:PutLogEvents"),
        LinkName.LOG_GROUP,
        "logs:CreateLogStream",
        lambda stage: stage.may_write("logs:*"),
    ),
    Scenario(
        "LatestCloudWatchLogsDeliveryError",
        lambda stage: stage.status(LatestCloudWatchLogsDeliveryError="AccessDenied"),
        LinkName.LOG_GROUP,
        "AccessDenied",
        lambda stage: stage.status(LatestCloudWatchLogsDeliveryError=""),
    ),
    Scenario(
        "stale",
        lambda stage: stage.status(LatestCloudWatchLogsDeliveryTime=hours_ago(60)),
        LinkName.LOG_GROUP,
        "The latest delivery",
        lambda stage: stage.status(LatestCloudWatchLogsDeliveryTime=hours_ago(20)),
    ),
    Scenario(
        "never delivered",
        lambda stage: stage.status(LatestCloudWatchLogsDeliveryTime=None, StartLoggingTime=hours_ago(30)),
        LinkName.LOG_GROUP,
        "never",
        lambda stage: stage.status(LatestCloudWatchLogsDeliveryTime=None, StartLoggingTime=hours_ago(0.2)),
    ),
    Scenario(
        "infrequent access",
        to_infrequent_access,
        LinkName.LOG_GROUP,
        "INFREQUENT_ACCESS",
        lambda stage: stage.group("acme/cheap", log_class="INFREQUENT_ACCESS"),
    ),
)


@rows(SCENARIOS)
def test_scenario(aws_account: Account, scenario: Scenario) -> None:
    assert scenario.play(aws_account, aws_account.controls.reset) == ("", "")
