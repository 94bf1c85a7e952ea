"""What mends a trail's delivery to CloudWatch Logs: the very commands that mend it in an alarm's chain."""

from __future__ import annotations

from auditor.chain import member_of
from auditor.chain.delivery import log_group_link, trail_link
from auditor.checking import Remediation
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.remedy.delivering import mend_delivery
from auditor.remedy.mending import Delivery


def mend_writing(facts: TrailFacts, account: Snapshot) -> Remediation:
    """Gives what lets a trail's events arrive in its log group: the group, the role, and the trail's names of both."""
    links = (trail_link(facts, account), log_group_link(facts, account))
    owner = account.home(facts.trail.account_id) or account
    _, mending = mend_delivery(Delivery(facts, links, owner, member_of(facts.trail, account)))
    return mending.remediation(mending.done, *mending.says)
