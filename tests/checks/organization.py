"""An organization in snapshots: its trail belongs to the management account, and a member sees it from outside."""

from __future__ import annotations

import json
from typing import Any

from auditor.model.account import Caller, SecurityHub
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Read, Unreadable
from auditor.model.key import KeyFacts
from auditor.model.logs import LogGroupFacts
from auditor.model.role import RoleFacts
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from tests.checks.build import ACCOUNT, LOG_GROUP, SOURCE, bucket, role, snapshot, trail, trail_facts

MANAGEMENT = ACCOUNT
MEMBER, ARCHIVE, DELEGATE = "222222222222", "333333333333", "444444444444"
ORGANIZATION = "o-exampleorgid"


def organization_trail(**changed: Any) -> TrailFacts:
    """The organization's trail as its owner reads it."""
    parts = {name: changed.pop(name) for name in ("status", "selectors", "insights") if name in changed}
    return trail_facts(trail=trail(organization=True, **changed), **parts)


def management(account: Snapshot, **changed: Any) -> Snapshot:
    """An account as the owner of an organization's trail."""
    trails = tuple(one.model_copy(update={"trail": _of_organization(one)}) for one in known(account.trails))
    return account.model_copy(update={"trails": trails, **changed})


def _of_organization(facts: TrailFacts) -> Any:
    return facts.trail.model_copy(update={"organization": True})


def known(trails: Read[tuple[TrailFacts, ...]]) -> tuple[TrailFacts, ...]:
    assert not isinstance(trails, Unreadable)
    return trails


def refused(resource: str, error_code: str = "OtherAccount", account_id: str = MANAGEMENT) -> Unreadable:
    """What a member reads of what is another account's."""
    return Unreadable(
        source=SOURCE,
        error_code=error_code,
        message="",
        permission="service:Read",
        resource=resource,
        account_id=account_id,
    )


def outside(facts: TrailFacts) -> TrailFacts:
    """A trail as a member reads it: AWS tells it what the trail is, and keeps the selectors to itself."""
    arn = facts.trail.arn
    return TrailFacts(
        trail=facts.trail,
        status=facts.status,
        selectors=refused(arn, "AccessDenied"),
        insights=refused(arn, "AccessDenied"),
    )


def member(owner: Snapshot, account_id: str = MEMBER, **changed: Any) -> Snapshot:
    """An account as it reads itself: of its own it has nothing but the sight of the owner's trails."""
    trails = tuple(outside(facts) for facts in known(owner.trails) if facts.trail.organization)
    seen = [facts.trail for facts in trails]
    facts: dict[str, Any] = {
        "caller": caller(account_id),
        "trails": trails,
        "buckets": tuple(unread_bucket(name) for name in sorted({one.bucket for one in seen})),
        "log_groups": tuple(_unread_group(one.log_group) for one in seen if one.log_group),
        "roles": tuple(RoleFacts(arn=one.role_arn, role=refused(one.role_arn)) for one in seen if one.role_arn),
        "keys": tuple(_unread_key(one.kms_key) for one in seen if one.kms_key),
        "regions": (),
        "topics": (),
        "security_hub": SecurityHub(source=SOURCE, arn=f"arn:aws:securityhub:us-east-1:{account_id}:hub/default"),
    }
    return snapshot(**{**facts, **changed})


def caller(account_id: str) -> Caller:
    return Caller(source=SOURCE, account_id=account_id, arn=f"arn:aws:iam::{account_id}:user/auditor")


def unread_bucket(name: str) -> BucketFacts:
    facts = bucket(name=name, arn=f"arn:aws:s3:::{name}")
    kept = {"name", "arn", "region", "account_id", "exists"}
    return facts.model_copy(
        update={field: refused(name, "AccessDenied", "") for field in BucketFacts.model_fields if field not in kept}
    )


def _unread_group(arn: str) -> LogGroupFacts:
    _, _, _, region, account_id, _, name = arn.split(":", 6)
    return LogGroupFacts(arn=arn, name=name, region=region, account_id=account_id, group=refused(arn))


def _unread_key(arn: str) -> KeyFacts:
    return KeyFacts(name=arn, key=refused(arn, "AccessDenied"), policy=None)


def moved(account: Snapshot, account_id: str) -> Snapshot:
    """The same account under another id, in every ARN and policy."""
    return Snapshot.model_validate_json(account.model_dump_json().replace(ACCOUNT, account_id))


def archive(*, account_block: Any = None, **changed: Any) -> Snapshot:
    """A log archive account that owns the trail's bucket, and knows it."""
    owned = bucket(account_id=ARCHIVE, **changed)
    facts: dict[str, Any] = {"buckets": (owned,), "caller": caller(ARCHIVE)}
    if account_block is not None:
        facts["account_block"] = account_block
    return member(snapshot(trails=(organization_trail(),)), ARCHIVE, **facts)


def delegated(facts: TrailFacts) -> TrailFacts:
    """A trail whose log group and role are a delegated administrator's."""
    there = facts.trail.model_copy(
        update={
            "log_group_arn": f"{LOG_GROUP}:*".replace(ACCOUNT, DELEGATE),
            "role_arn": (facts.trail.role_arn or "").replace(ACCOUNT, DELEGATE),
        }
    )
    return facts.model_copy(update={"trail": there})


def in_delegated(account: Snapshot) -> tuple[Snapshot, Snapshot]:
    """A management account whose trail delivers to the account of a delegated administrator, and that account.

    Args:
        account: What the delegated administrator's account is like, its trail that of the organization.
    """
    facts = tuple(delegated(one) for one in known(management(account).trails))
    owner = member(snapshot(trails=facts), MANAGEMENT, trails=facts)
    return owner, moved(account, DELEGATE).model_copy(update={"trails": tuple(map(outside, facts))})


def role_for(*streams: str, trust: dict[str, Any] | None = None) -> RoleFacts:
    """The trail's role, that may write some of the streams of its log group."""
    resources = [f"{LOG_GROUP}:log-stream:{one}" for one in streams]
    granted = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": resources}
    trusted: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "sts:AssumeRole",
        **({"Condition": trust} if trust else {}),
    }
    return role(_policy(trusted), _policy(granted))


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
