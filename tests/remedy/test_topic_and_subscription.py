"""The commands for the last two links, exactly, and what holds for all."""

from __future__ import annotations

import shlex

from auditor.model.snapshot import Snapshot
from auditor.model.topic import Subscription
from auditor.remediation import Remediation
from tests.chain.build import account, alarm, chain, metric_filter, pattern_of
from tests.chain.test_links import BROKEN
from tests.checks.build import (
    ACCOUNT,
    KEY,
    REGION,
    TOPIC,
    topic,
)
from tests.remedy.build import (
    CONTROL,
    ROOT,
    STRANGER,
    argvs,
    options,
    remedy,
    silent,
    statements,
    topic_with,
    value,
    with_chain,
    with_key,
    with_status,
    with_topic,
)


def test_a_missing_topic_is_made_by_its_own_name_and_subscribed_to() -> None:
    facts = with_chain(topics=(topic(topic=None, subscriptions=silent()),))
    assert argvs(facts) == [
        ["aws", "sns", "create-topic", "--region", REGION, "--name", "security-alerts"],
        [
            *["aws", "sns", "subscribe", "--region", REGION, "--topic-arn", TOPIC, "--protocol", "email"],
            *["--notification-endpoint", "$EMAIL"],
        ],
    ]
    assert remedy(facts).commands[1].endswith('"$EMAIL"')
    assert remedy(facts).summary.startswith("First set EMAIL ")


def test_a_topic_of_another_region_gives_way_to_one_that_is_heard_in_the_alarms_own() -> None:
    far = TOPIC.replace(REGION, "eu-west-1")
    parts = (metric_filter(CONTROL, pattern_of(CONTROL)), alarm(CONTROL, actions=(far,)))
    (command,) = remedy(account(*parts, topics=(topic(arn=far), topic()))).commands
    assert f"--alarm-actions {TOPIC} --cli-input-json" in command
    made, subscribed, told = remedy(account(*parts, topics=(topic(arn=far),))).commands
    assert made == f"aws sns create-topic --region {REGION} --name trail-auditor-alerts"
    assert f"--topic-arn arn:aws:sns:{REGION}:{ACCOUNT}:trail-auditor-alerts" in subscribed
    assert f"--alarm-actions arn:aws:sns:{REGION}:{ACCOUNT}:trail-auditor-alerts" in told


def test_a_topics_policy_keeps_its_statements() -> None:
    mine = {
        "Sid": "Mine",
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": "SNS:Publish",
        "Resource": TOPIC,
    }
    facts = with_topic(policy=statements(mine))
    assert value(facts, "sns set-topic-attributes", "--attribute-value")["Statement"] == [
        mine,
        {
            "Sid": "TrailAuditorAlarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "SNS:Publish",
            "Resource": TOPIC,
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        },
    ]


def tells_another(found: Remediation) -> bool:
    """Whether the alarm tells a topic of its own account besides those that it tells."""
    *_, put = found.commands
    return f":{ACCOUNT}:trail-auditor-alerts" in put and len(options(shlex.split(put))["--alarm-actions"]) > 1


def test_a_topic_that_denies_gets_another_beside_it() -> None:
    deny = {"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "SNS:Publish", "Resource": TOPIC}
    found = remedy(with_topic(policy=statements(deny)))
    assert "Closed must go; the alarm tells" in found.summary
    assert tells_another(found)


def test_a_strangers_topic_gets_another_beside_it() -> None:
    theirs = TOPIC.replace(ACCOUNT, STRANGER)
    parts = (metric_filter(CONTROL, pattern_of(CONTROL)), alarm(CONTROL, actions=(theirs,)))
    found = remedy(account(*parts, topics=(topic(arn=theirs, topic=topic_with(policy=statements(ROOT))),)))
    assert f"belongs to account {STRANGER}" in found.summary
    assert tells_another(found)


def test_a_keys_policy_keeps_its_statements() -> None:
    facts = with_key()
    policy = value(facts, "kms put-key-policy", "--policy")
    assert policy["Statement"][0] == ROOT
    assert policy["Statement"][1]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert len(argvs(facts)) == 1


def test_a_key_that_sleeps_is_woken() -> None:
    use = {**ROOT, "Principal": {"Service": "cloudwatch.amazonaws.com"}}
    key_id = KEY.rpartition("/")[2]
    enable = f"aws kms enable-key --region {REGION} --key-id {key_id}"
    assert remedy(with_key(ROOT, use, state="Disabled")).commands == (enable,)
    spared, enabled = remedy(with_key(ROOT, use, state="PendingDeletion")).commands
    assert enabled == enable
    assert spared.endswith(f"!= PendingDeletion ] || aws kms cancel-key-deletion --region {REGION} --key-id {key_id}")
    assert "PendingImport" in remedy(with_key(ROOT, use, state="PendingImport")).summary


def test_a_topic_with_a_strangers_key_gets_another_beside_it() -> None:
    found = remedy(with_key(key=KEY.replace(ACCOUNT, STRANGER)))
    assert "belongs to another account" in found.summary
    assert tells_another(found)


def test_the_default_key_gives_way_to_an_own_one() -> None:
    made, kept, used = remedy(with_topic(kms_key="alias/aws/sns")).commands
    assert " || { KEY_ARN=$(aws kms create-key " in made
    assert "cloudwatch.amazonaws.com" in made
    assert kept.startswith("KEY_ARN=$(aws kms describe-key ")
    assert used.endswith('--attribute-name KmsMasterKeyId --attribute-value "$KEY_ARN"')


def test_those_who_have_not_confirmed_are_named() -> None:
    pending = Subscription(arn="PendingConfirmation", protocol="email", endpoint="late@example.com")
    found = remedy(with_chain(topics=(topic(subscriptions=silent(pending)),)))
    assert [shlex.split(command)[1:3] for command in found.commands] == [["sns", "subscribe"]]
    assert "must confirm" in found.summary
    assert "late@example.com may do so too" in found.summary


def test_a_fifo_topic_gets_a_standard_one_beside_it() -> None:
    person = Subscription(arn=f"{TOPIC}:1", protocol="email", endpoint="soc@example.com")
    found = remedy(with_chain(topics=(topic(topic=topic_with(fifo=True), subscriptions=silent(person)),)))
    assert "create-topic" in found.commands[0]
    assert f"--alarm-actions {TOPIC} arn:aws:sns:{REGION}:{ACCOUNT}:trail-auditor-alerts" in found.commands[2]


def test_a_topic_that_nobody_hears_is_subscribed_to_before_another_is_made() -> None:
    parts = (
        metric_filter("other", "{ $.eventName = Other }"),
        alarm("other"),
        metric_filter(CONTROL, pattern_of(CONTROL)),
    )
    found = remedy(account(*parts, topics=(topic(subscriptions=silent()),)))
    assert [shlex.split(command)[2] for command in found.commands] == ["subscribe", "put-metric-alarm"]


def test_each_remedy_says_where_aws_describes_it() -> None:
    for facts in (
        with_status(logging=False),
        account(),
        with_topic(kms_key="alias/aws/sns"),
        chain(CONTROL, actions=()),
    ):
        assert remedy(facts).references
        assert all(page.startswith("https://docs.aws.amazon.com/") for page in remedy(facts).references)


def test_commands_destroy_nothing() -> None:
    snapshots: list[Snapshot] = [make() for make, _, _ in BROKEN]  # type: ignore[no-untyped-call]
    for facts in snapshots:
        for command in remedy(facts).commands:
            assert not any(verb in command for verb in (" delete-", " remove-", " stop-", " disable-")), command
