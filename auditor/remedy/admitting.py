"""Mends what keeps CloudWatch out of a topic: the topic's policy, and the key that encrypts it."""

from __future__ import annotations

from pydantic import JsonValue

from auditor.chain.people import CLOUDWATCH
from auditor.model.alarm import Alarm
from auditor.model.arn import Arn
from auditor.model.fact import Unreadable
from auditor.model.key import Key
from auditor.model.topic import Topic, TopicFacts
from auditor.policy import Decision, Outcome, Policy, PolicyError, Request, decide
from auditor.remedy.command import Variable, aws
from auditor.remedy.key import KEY, make_key
from auditor.remedy.mending import NOTHING, Case, Mending, as_json, page, said, step
from auditor.remedy.policy import Statement, merged_policy

_PUBLISH = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"
_KEYS = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
# As AWS shows it under _KEYS; whom the messages may come from is the topic's policy to say.
_USE: Statement = {
    "Sid": "TrailAuditorAlarms",
    "Effect": "Allow",
    "Principal": {"Service": CLOUDWATCH.name},
    "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
    "Resource": "*",
}


def admit(case: Case, alarm: Alarm, facts: TopicFacts, topic: Topic) -> Mending:
    """Gives what lets the message of an alarm into a topic of the account's own."""
    return _publishing(case, alarm, facts.arn, topic.policy) + _encrypting(case, facts)


def _publishing(case: Case, alarm: Alarm, arn: str, policy: str | None) -> Mending:
    account = case.account.account_id
    context = {
        "aws:SourceArn": alarm.arn,
        "aws:SourceAccount": account,
        "aws:SourceOwner": account,
        "aws:SecureTransport": "true",
    }
    request = Request(CLOUDWATCH, "sns:Publish", arn, context)
    if _decided(policy, request).outcome is Outcome.ALLOWED:
        return NOTHING
    statement: Statement = {
        "Sid": "TrailAuditorAlarms",
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH.name},
        "Action": "SNS:Publish",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    merged = merged_policy(policy, statement)
    decision = _decided(as_json(merged), request)
    if decision.outcome is not Outcome.ALLOWED:
        return _denied(f"the policy of the topic {arn}", decision)
    return _set(arn, "Policy", merged, f"let CloudWatch publish to {arn}", _PUBLISH)


def _decided(text: str | None, request: Request) -> Decision:
    return decide(Policy.parse(text) if text else None, request)


def _denied(where: str, decision: Decision) -> Mending:
    names = ", ".join(decision.because)
    return said(f"A Deny in {where} keeps CloudWatch out, and no added statement outweighs it: {names} must go.")


def _set(arn: str, name: str, value: Variable | dict[str, JsonValue], does: str, guide: str) -> Mending:
    found = Arn.parse(arn)
    command = aws(
        "sns",
        "set-topic-attributes",
        region=found.region if found else None,
        topic_arn=arn,
        attribute_name=name,
        attribute_value=value,
    )
    return step(does, command, pages=[guide, page("sns", "set-topic-attributes")])


def _encrypting(case: Case, facts: TopicFacts) -> Mending:
    if facts.key is None:
        return NOTHING
    if facts.default_key:
        return _own_key(case, facts.arn)
    found = case.account.key(facts.key)
    if found.key is None:
        return _own_key(case, facts.arn)
    if isinstance(found.key, Unreadable) or isinstance(found.policy, Unreadable):
        return NOTHING
    if not case.owns(found.key.arn):
        return said(f"The key {found.key.arn} belongs to another account, which must let CloudWatch use it there.")
    if found.policy is None:
        return _own_key(case, facts.arn)
    return _woken(found.key) + _key_policy(case, found.key, found.policy.text)


def _own_key(case: Case, topic: str) -> Mending:
    """Gives a key with a policy of its own in the place of one whose policy nobody can change."""
    found = Arn.parse(topic)
    root = str(Arn(case.partition, "iam", "", case.account.account_id, "root"))
    commands = make_key("alarm-messages", found.region if found else "", root, _USE)
    made = step("make a key that CloudWatch may use", *commands, pages=[_KEYS, page("kms", "create-key")])
    return made + _set(topic, "KmsMasterKeyId", KEY, f"encrypt {topic} with it", _KEYS)


def _woken(key: Key) -> Mending:
    """Gives what makes a key usable again; a key that waits for its deletion is disabled once that is called off.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
    """
    if key.state == "Enabled":
        return NOTHING
    found = Arn.parse(key.arn)
    here = {"region": found.region if found else None, "key_id": key.id}
    enable = step(f"enable the key {key.arn}", aws("kms", "enable-key", **here), pages=[page("kms", "enable-key")])
    if key.state == "Disabled":
        return enable
    if key.state != "PendingDeletion":
        return said(f"The key {key.arn} is {key.state}, which no command of the account's own mends.")
    state = f'"$({aws("kms", "describe-key", **here)} --query KeyMetadata.KeyState --output text)"'
    spared = f"[ {state} != PendingDeletion ] || {aws('kms', 'cancel-key-deletion', **here)}"
    return step(f"call the deletion of {key.arn} off", spared, pages=[page("kms", "cancel-key-deletion")]) + enable


def _key_policy(case: Case, key: Key, text: str) -> Mending:
    context = {"aws:SourceAccount": case.account.account_id, "aws:SecureTransport": "true"}
    requests = [Request(CLOUDWATCH, action, key.arn, context) for action in _KEY_ACTIONS]
    try:
        if all(_decided(text, request).outcome is Outcome.ALLOWED for request in requests):
            return NOTHING
        merged = merged_policy(text, _USE)
    except PolicyError:
        return NOTHING
    for request in requests:
        decision = _decided(as_json(merged), request)
        if decision.outcome is not Outcome.ALLOWED:
            return _denied(f"the policy of the key {key.arn}", decision)
    found = Arn.parse(key.arn)
    command = aws(
        "kms",
        "put-key-policy",
        region=found.region if found else None,
        key_id=key.id,
        policy_name="default",
        policy=merged,
    )
    return step(f"let CloudWatch use the key {key.arn}", command, pages=[_KEYS, page("kms", "put-key-policy")])
