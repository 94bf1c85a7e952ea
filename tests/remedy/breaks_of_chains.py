"""What breaks one link of a chain or several, with the links that are then broken."""

from __future__ import annotations

from collections.abc import Callable

from auditor.demo.alarm_parts import make_filter, make_topic
from auditor.demo.trail_parts import document, make_log_group
from auditor.findings import LinkName
from tests.remedy.broken import Broken


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
Change = Callable[[Broken], None]
OF_CHAINS: dict[Change, tuple[LinkName, ...]] = {
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
