"""Encryption of a trail's log group."""

from __future__ import annotations

from pydantic import JsonValue

from auditor.checking import LogGroupCheck, Remediation, Severity, Verdict, failed, known, observed, passed
from auditor.model.arn import Arn
from auditor.model.logs import LogGroupFacts
from auditor.model.snapshot import Snapshot
from auditor.remediation import Target
from auditor.remedy import aws
from auditor.remedy.key import KEY, make_key
from auditor.remedy.mending import page, step
from auditor.remedy.policy import Statement
from checks.cloudwatch.log_group import missing


class LogGroupEncryption(LogGroupCheck):
    """The log group encrypts events with a KMS key of the account's choice."""

    id = "cloudwatch.encryption"
    title = "The trail's log group encrypts events with a KMS key"
    severity = Severity.LOW
    rationale = (
        "CloudWatch Logs encrypts everything with a key of its own. With a key of the account, reading the events "
        "takes a right to the key besides, each use is recorded, and access can be cut off in one place."
    )
    references = ("https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",)

    def judge(self, facts: LogGroupFacts, account: Snapshot) -> Verdict:
        """Judges whether the group names a key."""
        if facts.group is None:
            return missing(facts)
        group = known(facts.group)
        shown = observed(group, facts.arn, "kms_key")
        if group.kms_key:
            return passed(f"The log group {facts.name} encrypts new events with {group.kms_key}.", shown)
        reason = f"The log group {facts.name} names no KMS key, so that CloudWatch Logs encrypts it with its own."
        return failed(reason, shown, remediation=_new_key(facts, account))


def _new_key(facts: LogGroupFacts, account: Snapshot) -> Remediation:
    """Makes a key that CloudWatch Logs may use for this group, and no other."""
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    mine: dict[str, JsonValue] = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": facts.arn}}
    service: dict[str, JsonValue] = {"Service": f"logs.{facts.region}.{_suffix(account.caller.partition)}"}
    use: Statement = {
        "Sid": "LogsUseTheKey",
        "Effect": "Allow",
        "Principal": service,
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": mine,
    }
    root = str(Arn(account.caller.partition, "iam", "", facts.account_id, "root"))
    made = make_key(f"logs/{facts.name}", facts.region, root, use)
    here = {"region": facts.region, "log_group_name": facts.name}
    mending = step(
        f"make a key that CloudWatch Logs may use and let {facts.name} encrypt with it",
        Target.LOG_GROUP,
        *made,
        aws("logs", "associate-kms-key", **here, kms_key_id=KEY),
        undo=[aws("logs", "disassociate-kms-key", **here)],
        cost="A key is billed by the month; undoing this leaves the key, which what it encrypted needs.",
        pages=[page("kms", "create-key"), page("logs", "associate-kms-key")],
    )
    return mending.remediation(
        "Make a key that CloudWatch Logs may use for this group, and have the group use it for what comes from now "
        "on. A key is billed by the month; without it, what it encrypted can never be read again."
    )


def _suffix(partition: str) -> str:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/service_principal
    return "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
