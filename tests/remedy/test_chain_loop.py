"""Breaks one link of a sound account, runs the finding's commands by a real shell, and looks again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from auditor.benchmark import load
from auditor.collect import Connection, collect
from auditor.demo.alarm_parts import make_alarm, make_filter, make_topic
from auditor.demo.sound import Sound, build_sound
from auditor.demo.trail_parts import document, make_log_group
from auditor.findings import Finding, LinkName, LinkStatus, Status
from checks.alarm import RootUsage
from tests.aws.account import Account

BENCHMARK = load()
EMAIL = "you@acme.example"
AWKWARD = "[prod] 'root' \"usage\" $(false)"
# A description that the command line would fetch, were it given as an option.
TOLD = "http://127.0.0.1:9/runbook -- tells the on-call engineer"


@dataclass(frozen=True)
class Broken:
    """A sound account in which something is to be broken."""

    account: Account
    sound: Sound

    def client(self, service: str) -> Any:
        return self.account.client(service)

    def alarm(self, *topics: str, **settings: Any) -> None:
        """Has an alarm of an awkward name in the place of the sound one."""
        self.client("cloudwatch").delete_alarms(AlarmNames=["root-usage"])
        make_alarm(self.account, AWKWARD, "root-usage", *topics, AlarmDescription=TOLD, **settings)

    def topic(self, **attributes: str) -> None:
        for name, value in attributes.items():
            self.client("sns").set_topic_attributes(
                TopicArn=self.sound.topic_arn, AttributeName=name, AttributeValue=value
            )

    def key(self) -> str:
        """Encrypts the topic with a key that CloudWatch may not use, and gives the key's id."""
        root = {"AWS": f"arn:aws:iam::{self.account.account_id}:root"}
        policy = document({"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"})
        key = self.client("kms").create_key(Policy=policy)["KeyMetadata"]
        self.topic(KmsMasterKeyId=key["KeyId"])
        return str(key["KeyId"])


def stopped(broken: Broken) -> None:
    broken.client("cloudtrail").update_trail(Name=broken.sound.trail, IsMultiRegionTrail=False)
    broken.client("cloudtrail").stop_logging(Name=broken.sound.trail)


def read_only_and_nought(broken: Broken) -> None:
    selector = {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True, "DataResources": []}
    broken.client("cloudtrail").put_event_selectors(TrailName=broken.sound.trail, EventSelectors=[selector])
    found = broken.client("logs").describe_metric_filters(logGroupName=broken.sound.log_group)["metricFilters"]
    make_filter(broken.account, broken.sound.log_group, "root-usage", found[0]["filterPattern"], metricValue="0")


def only_data_and_nobody(broken: Broken) -> None:
    topic = make_topic(broken.account, "acme-quiet", pending=["soc@acme.example"])
    broken.alarm(topic)
    fields = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]
    broken.client("cloudtrail").put_event_selectors(
        TrailName=broken.sound.trail, AdvancedEventSelectors=[{"Name": "Management", "FieldSelectors": fields}]
    )


def infrequent(broken: Broken) -> None:
    arn = make_log_group(broken.account, "acme/cheap", log_class="INFREQUENT_ACCESS")
    role = broken.client("iam").get_role(RoleName=broken.sound.role)["Role"]["Arn"]
    broken.client("cloudtrail").update_trail(
        Name=broken.sound.trail, CloudWatchLogsLogGroupArn=arn, CloudWatchLogsRoleArn=role
    )


def no_role(broken: Broken) -> None:
    broken.client("iam").delete_role_policy(RoleName=broken.sound.role, PolicyName="write-to-logs")
    broken.client("iam").delete_role(RoleName=broken.sound.role)


def no_filter(broken: Broken) -> None:
    broken.client("logs").delete_metric_filter(logGroupName=broken.sound.log_group, filterName="root-usage")


def narrowed(broken: Broken) -> None:
    pattern = '{ $.userIdentity.type = "Root" && $.userAgent != "deploy-bot" }'
    make_filter(broken.account, broken.sound.log_group, "root-usage", pattern)


def deaf(broken: Broken) -> None:
    broken.alarm(Threshold=5, Statistic="Average", ActionsEnabled=False)


def cast_out(broken: Broken) -> None:
    someone = {"AWS": f"arn:aws:iam::{broken.account.account_id}:root"}
    policy = document(
        {
            "Sid": "Mine",
            "Effect": "Allow",
            "Principal": someone,
            "Action": "SNS:Publish",
            "Resource": broken.sound.topic_arn,
        }
    )
    broken.topic(Policy=policy)
    broken.client("kms").schedule_key_deletion(KeyId=broken.key(), PendingWindowInDays=7)


def no_topic(broken: Broken) -> None:
    broken.client("sns").delete_topic(TopicArn=broken.sound.topic_arn)


def default_key(broken: Broken) -> None:
    broken.topic(KmsMasterKeyId="alias/aws/sns")


def stopped_and_without_topic(broken: Broken) -> None:
    stopped(broken)
    no_topic(broken)


def without_role_and_with_the_default_key(broken: Broken) -> None:
    no_role(broken)
    default_key(broken)


L = LinkName
BREAKS: dict[Callable[[Broken], None], tuple[LinkName, ...]] = {
    stopped_and_without_topic: (L.TRAIL, L.TOPIC, L.SUBSCRIPTION),
    read_only_and_nought: (L.TRAIL, L.METRIC, L.ALARM),
    only_data_and_nobody: (L.TRAIL, L.SUBSCRIPTION),
    infrequent: (L.LOG_GROUP, L.FILTER),
    without_role_and_with_the_default_key: (L.LOG_GROUP, L.TOPIC),
    no_filter: (L.FILTER,),
    narrowed: (L.FILTER,),
    deaf: (L.ALARM, L.ACTION),
    cast_out: (L.TOPIC,),
}

# Their commands set what they set whatever was there; running them again would only cost time.
SET_ONLY = {read_only_and_nought, only_data_and_nobody, narrowed}


def judged(account: Account) -> Finding:
    connection = Connection(account.session(), account.region, account.endpoint_url)
    (finding,) = RootUsage().findings(collect(connection), BENCHMARK)
    return finding


def mended(account: Account, finding: Finding, home: Path) -> None:
    """Runs a finding's commands, and has the person confirm who is subscribed by them."""
    assert finding.remediation is not None
    script = "\n".join(finding.remediation.commands)
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        env={**account.environment(home), "EMAIL": EMAIL},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stderr}"
    account.controls.confirm(EMAIL)


def standing(account: Account) -> set[str]:
    """Gives what no command may take away: filters, alarms, what policies say, and what data events are logged."""
    filters = account.client("logs").describe_metric_filters()["metricFilters"]
    found = {f"{one['filterName']} {one['filterPattern']}" for one in filters}
    for alarm in account.client("cloudwatch").describe_alarms()["MetricAlarms"]:
        found |= {f"{alarm['AlarmName']} {alarm.get('AlarmDescription')} {action}" for action in alarm["AlarmActions"]}
    for topic in account.client("sns").list_topics()["Topics"]:
        policy = account.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]["Policy"]
        found |= {json.dumps(statement) for statement in json.loads(policy)["Statement"]}
    selectors = account.client("cloudtrail").get_event_selectors(TrailName="management-trail")
    found |= {json.dumps(one) for one in selectors.get("AdvancedEventSelectors", ())}
    return found | {
        json.dumps(one.get("DataResources")) for one in selectors.get("EventSelectors", ()) if one.get("DataResources")
    }


@pytest.mark.parametrize("make_worse", BREAKS, ids=lambda one: one.__name__)
def test_the_commands_mend_what_was_broken(
    aws_account: Account, tmp_path: Path, make_worse: Callable[[Broken], None]
) -> None:
    sound = build_sound(aws_account, controls=("root_usage",))
    make_worse(Broken(aws_account, sound))
    before = judged(aws_account)
    assert before.status is Status.FAIL, before.reason
    assert tuple(link.link for link in before.chain if link.status is LinkStatus.BROKEN) == BREAKS[make_worse]
    stood = standing(aws_account)
    for _ in ("once",) if make_worse in SET_ONLY else ("once", "again"):
        mended(aws_account, before, tmp_path)
        after = judged(aws_account)
        assert after.status is Status.PASS, f"{after.reason}: {after.chain}"
        assert stood <= standing(aws_account)
