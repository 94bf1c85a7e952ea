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
from auditor.remediation import Target
from auditor.remedy.command import Variable, aws
from auditor.remedy.key import KEY, make_key, wake
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
    setting = _setting(arn, "Policy", merged)
    earlier = [_setting(arn, "Policy", policy)] if policy else []
    cost = "CloudWatch may then publish there for every alarm of this account."
    pages = [_PUBLISH, page("sns", "set-topic-attributes")]
    return step(f"let CloudWatch publish to {arn}", Target.TOPIC, setting, undo=earlier, cost=cost, pages=pages)


def _decided(text: str | None, request: Request) -> Decision:
    return decide(Policy.parse(text) if text else None, request)


def _denied(where: str, decision: Decision) -> Mending:
    names = ", ".join(decision.because)
    return said(f"A Deny in {where} keeps CloudWatch out, and no added statement outweighs it: {names} must go.")


def _setting(arn: str, name: str, value: str | Variable | dict[str, JsonValue]) -> str:
    found = Arn.parse(arn)
    return aws(
        "sns",
        "set-topic-attributes",
        region=found.region if found else None,
        topic_arn=arn,
        attribute_name=name,
        attribute_value=value,
    )


def _encrypting(case: Case, facts: TopicFacts) -> Mending:
    if facts.key is None:
        return NOTHING
    if facts.default_key:
        return _own_key(case, facts.arn, facts.key)
    found = case.account.key(facts.key)
    if found.key is None:
        return _own_key(case, facts.arn, facts.key)
    if isinstance(found.key, Unreadable) or isinstance(found.policy, Unreadable):
        return NOTHING
    if not case.owns(found.key.arn):
        return said(f"The key {found.key.arn} belongs to another account, which must let CloudWatch use it there.")
    if found.policy is None:
        return _own_key(case, facts.arn, facts.key)
    return wake(found.key, Target.TOPIC) + _key_policy(case, found.key, found.policy.text)


def _own_key(case: Case, topic: str, earlier: str) -> Mending:
    """Gives a key with a policy of its own in the place of one whose policy nobody can change."""
    found = Arn.parse(topic)
    root = str(Arn(case.partition, "iam", "", case.account.account_id, "root"))
    commands = make_key("alarm-messages", found.region if found else "", root, _USE)
    return step(
        f"make a key that CloudWatch may use and encrypt {topic} with it",
        Target.TOPIC,
        *commands,
        _setting(topic, "KmsMasterKeyId", KEY),
        undo=[_setting(topic, "KmsMasterKeyId", earlier)],
        cost="A key is billed by the month; undoing this leaves the key, which messages under way may need.",
        pages=[_KEYS, page("kms", "create-key"), page("sns", "set-topic-attributes")],
    )


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
    here = {"region": found.region if found else None, "key_id": key.id, "policy_name": "default"}
    return step(
        f"let CloudWatch use the key {key.arn}",
        Target.TOPIC,
        aws("kms", "put-key-policy", **here, policy=merged),
        undo=[aws("kms", "put-key-policy", **here, policy=text)],
        cost="CloudWatch may then use the key for whatever names it.",
        pages=[_KEYS, page("kms", "put-key-policy")],
    )
