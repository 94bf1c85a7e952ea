"""Encryption of a trail's log files."""

from __future__ import annotations

from pydantic import JsonValue

from auditor.checking import Remediation, Severity, TrailCheck, Verdict, failed, observed, passed, unknown
from auditor.checking.evidence import shown_unreadable
from auditor.model.arn import Arn
from auditor.model.fact import Unreadable
from auditor.model.key import Key
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail, TrailFacts
from auditor.remediation import Target
from auditor.remedy.key import KEY, make_key, wake
from auditor.remedy.mending import page, step
from auditor.remedy.policy import Statement
from auditor.remedy.trail import update

# https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
_WORKING = ("Enabled", "Updating")
_CLOUDTRAIL: dict[str, JsonValue] = {"Service": "cloudtrail.amazonaws.com"}


class TrailEncryption(TrailCheck):
    """The trail's log files are encrypted with a KMS key that works."""

    id = "trail.encryption"
    title = "The trail encrypts its log files with a KMS key"
    severity = Severity.MEDIUM
    rationale = (
        "With a KMS key of the account, reading the logs takes two permissions, on the bucket and on the key; "
        "whoever slips into the bucket alone reads nothing. With a key that is disabled or gone, CloudTrail itself "
        "can write no more, and nobody can read what was written."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html",
    )

    def judge(self, facts: TrailFacts, account: Snapshot) -> Verdict:
        """Judges the key that the trail names, and its state."""
        trail = facts.trail
        shown = observed(trail, trail.arn, "kms_key")
        if not trail.kms_key:
            reason = f"The trail {trail.name} names no KMS key, so that S3's own encryption is all its log files have."
            return failed(reason, shown, remediation=_new_key(trail, account))
        key = account.key(trail.kms_key).key
        if key is None:
            reason = f"The key {trail.kms_key} that the trail {trail.name} names does not exist."
            return failed(reason, shown, remediation=_new_key(trail, account))
        if isinstance(key, Unreadable):
            reason = f"The trail {trail.name} names a key, but whether that works is not known: {key.reason}."
            return unknown(reason, shown, shown_unreadable(key), notes=_worked(facts))
        evidence = (shown, observed(key, key.arn, "manager", "state"))
        if key.state not in _WORKING:
            reason = f"The key {key.arn} that the trail {trail.name} names is {_state(key)}."
            return failed(reason, *evidence, remediation=_mended(trail, key, account))
        return passed(f"The log files of {trail.name} are encrypted with {key.arn}.", *evidence, notes=_manager(key))


def _state(key: Key) -> str:
    return "about to be deleted" if key.state == "PendingDeletion" else f"not usable, its state is {key.state}"


def _manager(key: Key) -> tuple[str, ...]:
    if key.manager != "AWS":
        return ()
    return (f"AWS manages {key.arn}: its policy cannot be changed, so that it sets no limit of the account's own.",)


def _worked(facts: TrailFacts) -> tuple[str, ...]:
    status = facts.status
    if isinstance(status, Unreadable) or status.latest_delivery is None or status.latest_delivery_error:
        return ()
    return (f"The delivery at {status.latest_delivery:%Y-%m-%d %H:%M} UTC went without an error.",)


def _mended(trail: Trail, key: Key, account: Snapshot) -> Remediation:
    """Gives what makes a key work again: the files that it encrypted need it, so that a new one is no help."""
    found = Arn.parse(key.arn)
    if found is None or found.account_id != trail.account_id:
        owner = found.account_id if found else "that owns it"
        return Remediation(summary=f"The key belongs to account {owner}, which must enable it there.")
    if key.state not in {"Disabled", "PendingDeletion"}:
        return _new_key(trail, account)
    summary = "Enable the key again; log files that it encrypted cannot be read without it."
    return wake(key, Target.TRAIL).remediation(summary)


def _new_key(trail: Trail, account: Snapshot) -> Remediation:
    """Makes a key that CloudTrail may use for this trail; it must be in the region of the trail's bucket."""
    bucket = account.bucket(trail.bucket)
    root = str(Arn(account.caller.partition, "iam", "", trail.account_id, "root"))
    region = bucket.region if bucket.exists and bucket.region else trail.home_region
    made = make_key(f"trail/{trail.home_region}/{trail.name}", region, root, *_grants(trail, account))
    mending = step(
        f"make a key that CloudTrail may use and let {trail.name} encrypt with it",
        Target.TRAIL,
        *made,
        update(trail, kms_key_id=KEY),
        undo=[update(trail, kms_key_id=trail.kms_key or "")],
        cost="A key is billed by the month; undoing this leaves the key, which what it encrypted needs.",
        pages=[page("kms", "create-key"), page("cloudtrail", "update-trail")],
    )
    summary = (
        "Make a key that CloudTrail may use for this trail, in the region of its bucket, and have the trail use it. "
        "A key is billed by the month; whoever reads the logs then needs kms:Decrypt on it as well."
    )
    return mending.remediation(summary)


def _grants(trail: Trail, account: Snapshot) -> tuple[Statement, Statement]:
    """Gives what AWS asks for in the policy of a trail's key, for this trail only."""
    mine: dict[str, JsonValue] = {"StringEquals": {"aws:SourceArn": trail.arn}}
    any_trail = str(Arn(account.caller.partition, "cloudtrail", "*", trail.account_id, "trail/*"))
    encrypt: Statement = {
        "Sid": "CloudTrailEncrypts",
        "Effect": "Allow",
        "Principal": _CLOUDTRAIL,
        "Action": "kms:GenerateDataKey*",
        "Resource": "*",
        "Condition": {**mine, "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": any_trail}},
    }
    # Decrypt is for a bucket with an S3 Bucket Key.
    look: Statement = {
        "Sid": "CloudTrailUsesTheKey",
        "Effect": "Allow",
        "Principal": _CLOUDTRAIL,
        "Action": ["kms:DescribeKey", "kms:Decrypt"],
        "Resource": "*",
        "Condition": mine,
    }
    return encrypt, look
