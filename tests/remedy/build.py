"""What the tests of remedies share: a chain with something broken, and its commands word by word."""

from __future__ import annotations

import json
import shlex
from typing import Any

from auditor.findings import Status
from auditor.model.key import Key, KeyFacts, KeyPolicy
from auditor.model.snapshot import Snapshot
from auditor.model.topic import Subscription, Subscriptions, Topic
from auditor.model.trail import (
    AdvancedSelector,
    BasicSelector,
    EventSelectors,
)
from auditor.remediation import Remediation
from auditor.remedy import mend_chain
from tests.chain.build import account, alarm, metric_filter, pattern_of, proof, requirement
from tests.checks.build import (
    ACCOUNT,
    KEY,
    SOURCE,
    status,
    topic,
    trail,
    trail_facts,
)

CONTROL = "cmk_disable_or_delete"
OWN = "trail-auditor-cmk-disable-or-delete"
GROUP = "CloudTrail/ManagementEvents"
STRANGER = "999988887777"


def remedy(facts: Snapshot) -> Remediation:
    found = proof(CONTROL, facts)
    assert found.status is Status.FAIL, found.reason
    return mend_chain(f"alarm.{CONTROL}", requirement(CONTROL), found, facts)


def argvs(facts: Snapshot) -> list[list[str]]:
    """Gives the words of each command, as a shell splits them."""
    return [shlex.split(command) for command in remedy(facts).commands]


def options(argv: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = "command"
    for word in argv:
        if word.startswith("--"):
            name = word
        found.setdefault(name, []).append(word)
    return {name: words if name == "command" else words[1:] for name, words in found.items()}


def of(facts: Snapshot, command: str) -> dict[str, list[str]]:
    """Gives the options of the one command of that kind."""
    service, name = command.split()
    (argv,) = [argv for argv in argvs(facts) if argv[:3] == ["aws", service, name]]
    return options(argv)


def value(facts: Snapshot, command: str, option: str) -> Any:
    (text,) = of(facts, command)[option]
    return json.loads(text)


def with_chain(**changed: Any) -> Snapshot:
    return account(metric_filter(CONTROL, pattern_of(CONTROL)), alarm(CONTROL), **changed)


def with_trail(**changed: Any) -> Snapshot:
    return with_chain(trails=(trail_facts(trail=trail(**changed)),))


def with_status(**changed: Any) -> Snapshot:
    return with_chain(trails=(trail_facts(status=status(**changed)),))


def with_selectors(*basic: BasicSelector, advanced: tuple[AdvancedSelector, ...] = ()) -> Snapshot:
    selectors = EventSelectors(source=SOURCE, basic=basic, advanced=advanced)
    return with_chain(trails=(trail_facts(selectors=selectors),))


def topic_with(**changed: Any) -> Topic:
    found = topic().topic
    assert isinstance(found, Topic)
    return found.model_copy(update=changed)


def with_topic(**changed: Any) -> Snapshot:
    return with_chain(topics=(topic(topic=topic_with(**changed)),))


def statements(*found: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(found)})


ROOT = {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}


def with_key(*found: dict[str, Any], state: str = "Enabled", key: str = KEY) -> Snapshot:
    facts = KeyFacts(
        name=key,
        key=Key(source=SOURCE, arn=key, id=key.rpartition("/")[2], state=state),
        policy=KeyPolicy(source=SOURCE, text=statements(*(found or (ROOT,)))),
    )
    return with_chain(topics=(topic(topic=topic_with(kms_key=key)),), keys=(facts,))


def silent(*subscriptions: Subscription) -> Subscriptions:
    return Subscriptions(source=SOURCE, subscriptions=subscriptions)
