from __future__ import annotations

import tracemalloc

import pytest
from botocore.exceptions import ClientError

from auditor.demo.alarm_parts import make_topic
from auditor.demo.callers import Callers
from auditor.demo.sound import build_sound
from auditor.demo.trail_parts import make_bucket
from tests.aws.account import Account

TEMPLATE = "333333333333"
MIRRORS = [f"2000000{number:05}" for number in range(1, 2001)]
ROLE = "audit"


def mirrored(account: Account, *, role: bool = False) -> Account:
    """Gives the template, with two thousand mirrors."""
    template = account.other(TEMPLATE)
    account.controls.mirror(TEMPLATE, MIRRORS)
    if role:
        trust = {"Effect": "Allow", "Principal": {"AWS": account.account_id}, "Action": "sts:AssumeRole"}
        policy = {"Version": "2012-10-17", "Statement": [trust]}
        template.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=str(policy).replace("'", '"'))
    return template


def test_a_mirror_has_what_the_template_has_under_its_own_id(aws_account: Account) -> None:
    sound = build_sound(mirrored(aws_account), controls=("root_usage",))
    mirror = aws_account.other(MIRRORS[6])
    (trail,) = mirror.client("cloudtrail").describe_trails()["trailList"]
    assert trail["TrailARN"] == sound.trail_arn.replace(TEMPLATE, MIRRORS[6])
    status = mirror.client("cloudtrail").get_trail_status(Name=trail["TrailARN"])
    assert status["IsLogging"]
    (alarm,) = mirror.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarm["AlarmActions"] == [sound.topic_arn.replace(TEMPLATE, MIRRORS[6])]
    key = mirror.client("kms").describe_key(KeyId=trail["KmsKeyId"])["KeyMetadata"]
    assert (key["AWSAccountId"], key["Arn"]) == (MIRRORS[6], trail["KmsKeyId"])
    told = repr([trail, status, alarm, key])
    assert TEMPLATE not in told
    for stranger in (MIRRORS[7], TEMPLATE):
        with pytest.raises(ClientError, match="CloudTrailARNInvalidException"):
            mirror.client("cloudtrail").get_trail_status(Name=trail["TrailARN"].replace(MIRRORS[6], stranger))


def test_a_bucket_bears_the_id_of_each_account(aws_account: Account) -> None:
    make_bucket(mirrored(aws_account), f"logs-{TEMPLATE}-us-east-1")
    s3 = aws_account.other(MIRRORS[0]).client("s3")
    (bucket,) = s3.list_buckets()["Buckets"]
    assert bucket["Name"] == f"logs-{MIRRORS[0]}-us-east-1"
    assert s3.get_bucket_versioning(Bucket=bucket["Name"])["Status"] == "Enabled"
    for account, code in ((MIRRORS[1], "AccessDenied"), (TEMPLATE, "AccessDenied"), ("999999999999", "NoSuchBucket")):
        with pytest.raises(ClientError, match=code):
            s3.get_bucket_versioning(Bucket=f"logs-{account}-us-east-1")


def test_an_object_is_given_as_it_was_put(aws_account: Account) -> None:
    s3 = mirrored(aws_account).client("s3")
    name, body = f"logs-{TEMPLATE}", f"of {TEMPLATE}".encode()
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key=f"AWSLogs/{TEMPLATE}/one", Body=body)
    theirs = aws_account.other(MIRRORS[0]).client("s3")
    found = theirs.get_object(Bucket=f"logs-{MIRRORS[0]}", Key=f"AWSLogs/{MIRRORS[0]}/one", ChecksumMode="ENABLED")
    assert found["Body"].read() == body


def test_the_public_access_block_is_asked_for_by_ones_own_id(aws_account: Account) -> None:
    build_sound(mirrored(aws_account), controls=())
    found = aws_account.other(MIRRORS[0]).client("s3control").get_public_access_block(AccountId=MIRRORS[0])
    assert found["PublicAccessBlockConfiguration"]["BlockPublicAcls"]


def test_a_change_is_seen_at_once(aws_account: Account) -> None:
    template = mirrored(aws_account)
    mirror = aws_account.other(MIRRORS[0]).client("sns")
    assert mirror.list_topics()["Topics"] == []
    topic = make_topic(template, "alerts", pending=["soc@example.com"])
    theirs = topic.replace(TEMPLATE, MIRRORS[0])
    assert [one["TopicArn"] for one in mirror.list_topics()["Topics"]] == [theirs]

    def pending() -> str:
        found: str = mirror.get_topic_attributes(TopicArn=theirs)["Attributes"]["SubscriptionsPending"]
        return found

    assert pending() == "1"
    aws_account.controls.confirm("soc@example.com")
    assert pending() == "0"


def test_a_fault_strikes_one_mirror_or_one_of_its_resources(aws_account: Account) -> None:
    mirrored(aws_account)
    first, second = (aws_account.other(account).client("logs") for account in MIRRORS[:2])
    second.describe_log_groups()
    aws_account.controls.fail("logs:DescribeLogGroups", account=MIRRORS[1])
    first.describe_log_groups()
    with pytest.raises(ClientError, match=f"{MIRRORS[1]}:user/auditor is not authorized"):
        second.describe_log_groups()
    aws_account.controls.heal()
    second.describe_log_groups()
    aws_account.controls.fail("sns:GetTopicAttributes", match=f"{MIRRORS[1]}:alerts")
    for account, code in ((MIRRORS[0], "NotFound"), (MIRRORS[1], "AuthorizationError")):
        asked = {"TopicArn": f"arn:aws:sns:us-east-1:{account}:alerts"}
        with pytest.raises(ClientError, match=code):
            aws_account.other(account).client("sns").get_topic_attributes(**asked)


def test_the_templates_role_can_be_taken_on_in_each_mirror(aws_account: Account) -> None:
    mirrored(aws_account, role=True)
    for account in MIRRORS[:3]:
        theirs = aws_account.taking_on(f"arn:aws:iam::{account}:role/{ROLE}")
        identity = theirs.client("sts").get_caller_identity()
        assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/{ROLE}/audit"
        assert identity["Account"] == account
        role = theirs.client("iam").get_role(RoleName=ROLE)["Role"]
        assert role["Arn"] == f"arn:aws:iam::{account}:role/{ROLE}"
        assert identity["UserId"] == f"{role['RoleId']}:audit"
    assert aws_account.controls.calls(MIRRORS[0]) == {"iam:GetRole": 1, "sts:GetCallerIdentity": 1}
    with pytest.raises(ClientError, match="AccessDenied"):
        aws_account.taking_on(f"arn:aws:iam::{MIRRORS[0]}:role/another")


def test_thousands_of_sessions_cost_next_to_nothing() -> None:
    callers = Callers()
    tracemalloc.start()
    for _ in range(5):
        keys = {callers.take_on(account, ROLE, "audit")[0] for account in MIRRORS}
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(keys) == len(MIRRORS)
    assert size < 1024 * len(MIRRORS)


def test_an_id_has_twelve_digits(aws_account: Account) -> None:
    with pytest.raises(OSError, match="400"):
        aws_account.controls.mirror(TEMPLATE, ["12"])
