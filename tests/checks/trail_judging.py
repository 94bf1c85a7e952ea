"""Judges the trails of an otherwise sound account, and runs the commands of a remediation on their facts."""

from __future__ import annotations

import json
import shlex
from typing import Any

from auditor.benchmark import load
from auditor.checking import Check, Status
from auditor.findings import Finding
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import (
    AdvancedSelector,
    BasicSelector,
    EventSelectors,
    FieldSelector,
    InsightSelector,
    InsightSelectors,
    Trail,
    TrailFacts,
)
from tests.checks.build import ACCOUNT, KEY, REGION, SOURCE, snapshot, status, trail, trail_facts

OTHER = "999999999999"
ORGANIZATION_TRAIL = f"arn:aws:cloudtrail:{REGION}:{OTHER}:trail/organization-trail"


def judged(check: type[Check[Any]], account: Snapshot) -> Finding:
    """Gives the only finding of a check on an account."""
    (finding,) = check().findings(account, load("cis-5.0"))
    assert finding.reason.endswith(".")
    if finding.status is not Status.FAIL:
        assert finding.remediation is None
    return finding


def on_trails(check: type[Check[Any]], *trails: TrailFacts, **changed: Any) -> Finding:
    """Gives the only finding of a check on an account with these trails."""
    return judged(check, snapshot(trails=trails, **changed))


def remedy(finding: Finding) -> tuple[str, tuple[str, ...]]:
    """Gives the summary and the commands that mend a failure."""
    assert finding.status is Status.FAIL
    assert finding.remediation is not None
    assert finding.remediation.references
    assert finding.remediation.summary.endswith(".")
    return finding.remediation.summary, finding.remediation.commands


def named(name: str, region: str = REGION, **changed: Any) -> Trail:
    """Gives another trail of the account's own."""
    arn = f"arn:aws:cloudtrail:{region}:{ACCOUNT}:trail/{name}"
    return trail(name=name, arn=arn, home_region=region, **changed)


def organization_trail(**changed: Any) -> Trail:
    """Gives an organization's trail, as a member account sees it."""
    return trail(name="organization-trail", arn=ORGANIZATION_TRAIL, organization=True, **changed)


def single(region: str = REGION, **changed: Any) -> Trail:
    """Gives a trail of one region."""
    return named("regional-trail", region, multi_region=False, **changed)


def stopped() -> Any:
    return status(logging=False, stopped=status().latest_delivery)


def basic(*selectors: BasicSelector) -> EventSelectors:
    return EventSelectors(source=SOURCE, basic=selectors)


def advanced(*selectors: dict[str, tuple[str, ...]]) -> EventSelectors:
    """Gives advanced selectors, each as fields with their values; `!field` and `field^` stand for the operators."""
    return EventSelectors(
        source=SOURCE, advanced=tuple(AdvancedSelector(fields=tuple(map(_field, one.items()))) for one in selectors)
    )


def _field(item: tuple[str, tuple[str, ...]]) -> FieldSelector:
    name, values = item
    operator = f"{'not_' if name.startswith('!') else ''}{_OPERATORS.get(name[-1], 'equals')}"
    return FieldSelector.model_validate({"field": name.strip("!^$"), operator: values})


_OPERATORS = {"^": "starts_with", "$": "ends_with"}


def options(command: str) -> dict[str, str]:
    """Gives the options of a command by name."""
    words = shlex.split(command)[3:]
    found: dict[str, str] = {}
    for word in words:
        if word.startswith("--"):
            found[word] = ""
        else:
            found[list(found)[-1]] = word
    return found


def run(facts: TrailFacts, *commands: str) -> TrailFacts:
    """Gives a trail's facts as they are once the commands have run; each must be for this trail."""
    for command in commands:
        facts = _run(facts, shlex.split(command)[2], options(command))
    return facts


def _run(facts: TrailFacts, name: str, given: dict[str, str]) -> TrailFacts:
    assert given["--region"] == facts.trail.home_region
    assert given.get("--name", given.get("--trail-name")) == facts.trail.name
    if name == "start-logging":
        return facts.model_copy(update={"status": status()})
    if name == "put-event-selectors":
        return facts.model_copy(update={"selectors": _selectors(given)})
    if name == "put-insight-selectors":
        found = tuple(InsightSelector.model_validate(one) for one in json.loads(given["--insight-selectors"]))
        return facts.model_copy(update={"insights": InsightSelectors(source=SOURCE, selectors=found)})
    assert name == "update-trail"
    fields = {
        "--is-multi-region-trail": ("multi_region", True),
        "--include-global-service-events": ("global_events", True),
        "--enable-log-file-validation": ("validation", True),
        "--kms-key-id": ("kms_key", KEY),
    }
    changes = dict(fields[option] for option in given if option in fields)
    assert changes
    return facts.model_copy(update={"trail": facts.trail.model_copy(update=changes)})


def _selectors(given: dict[str, str]) -> EventSelectors:
    if "--advanced-event-selectors" in given:
        every = json.loads(given["--advanced-event-selectors"])
        return EventSelectors(source=SOURCE, advanced=tuple(map(AdvancedSelector.model_validate, every)))
    every = json.loads(given["--event-selectors"])
    assert 1 <= len(every) <= 5
    return EventSelectors(source=SOURCE, basic=tuple(map(BasicSelector.model_validate, every)))


def denied(permission: str, resource: str = "the trail") -> Unreadable:
    return Unreadable(source=SOURCE, error_code="AccessDenied", message="no", permission=permission, resource=resource)


def quiet(**changed: Any) -> TrailFacts:
    """Gives a trail of one region, where nothing may happen for days."""
    return trail_facts(trail=single(**changed))
