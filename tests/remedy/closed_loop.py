"""Runs what a failing finding emits by the real command line, and looks again: mended, steady, and undone."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.benchmark import load
from auditor.checking import Check
from auditor.collect import collect
from auditor.findings import Finding, Status
from auditor.model.snapshot import Snapshot
from auditor.registry import load_checks
from auditor.remediation import Remediation
from auditor.scan import audit
from tests.aws.account import Account
from tests.scenarios.stage import connection_to

EMAIL = "you@acme.example"
_BY_THE_CLOCK = {
    "source", "taken_at", "finished_at", "api_calls", "started", "stopped",
    "latest_delivery", "latest_digest_delivery", "latest_logs_delivery",
}  # fmt: skip
BENCHMARK = load()
CHECKS = load_checks((), ())[0]


@dataclass(frozen=True)
class Loop:
    """An account, and the shell in which commands are run on it.

    Attributes:
        account: The account.
        home: An empty folder.
        tools: The folder where `aws` is.
    """

    account: Account
    home: Path
    tools: Path

    def read(self) -> Snapshot:
        return collect(connection_to(self.account))

    def findings(self, check: str) -> dict[str, Finding]:
        """Gives the findings by check; of a check that judges several things, the one that fails."""
        found = audit(self.read(), BENCHMARK, _beside(check)).findings
        return {one.check_id: one for one in sorted(found, key=lambda one: one.status is Status.FAIL)}

    def run(self, commands: Iterable[str]) -> None:
        """Runs commands, and has the person confirm who is subscribed by them."""
        self.script("\n".join(("set -eu", *commands)))

    def script(self, script: str, *options: str) -> None:
        """Runs a script, and has the person confirm who is subscribed by it."""
        usual = self.account.environment(self.home)
        done = subprocess.run(
            ["sh", "-c", script, "mend.sh", *options],
            env={**usual, "PATH": f"{self.tools}:{usual['PATH']}", "EMAIL": EMAIL, "MFA": "arn 123456"},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stderr}"
        assert list(self.home.iterdir()) == []
        self.account.controls.confirm(EMAIL)

    def close(self, check: str, *, keeping: set[str] | None = None, delivers: str = "") -> Remediation:
        """Mends what a check fails on, twice, and undoes it; gives what was run.

        Args:
            check: The check.
            keeping: What no command may take away.
            delivers: The trail that CloudTrail delivers for again once it may, which moto does not do.
        """
        before = self.findings(check)
        finding = before[check]
        assert finding.status is Status.FAIL, finding.reason
        remedy = finding.remediation
        assert remedy is not None
        assert remedy.commands, remedy.summary
        self.run(remedy.commands)
        if delivers:
            self._deliver(delivers)
        mended = self.read()
        self.sound(mended, check, before)
        if keeping:
            assert keeping <= self.standing()
        self.run(remedy.commands)
        again = self.read()
        assert not (changed := list(differing(settings(mended), settings(again)))), changed
        self.run(remedy.rollback)
        undone = self.findings(check)[check]
        if not delivers:
            assert (undone.status, at(undone)) == (finding.status, at(finding)), f"{remedy.rollback} {undone.reason}"
        return remedy

    def _deliver(self, trail: str) -> None:
        now = time.time()
        kinds = ("LatestDelivery", "LatestDigestDelivery", "LatestCloudWatchLogsDelivery")
        times = {f"{kind}Time": now for kind in kinds}
        self.account.controls.trail_status(trail, **times, **{f"{kind}Error": "" for kind in kinds})

    def standing(self) -> set[str]:
        """Gives what no command may take away: filters, alarms, what policies say, and what data events are logged."""
        filters = self.account.client("logs").describe_metric_filters()["metricFilters"]
        found = {f"{one['filterName']} {one['filterPattern']}" for one in filters}
        for alarm in self.account.client("cloudwatch").describe_alarms()["MetricAlarms"]:
            told = alarm.get("AlarmDescription")
            found |= {f"{alarm['AlarmName']} {told} {action}" for action in alarm["AlarmActions"]}
        for topic in self.account.client("sns").list_topics()["Topics"]:
            attributes = self.account.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
            found |= {json.dumps(statement) for statement in json.loads(attributes["Policy"])["Statement"]}
        selectors = self.account.client("cloudtrail").get_event_selectors(TrailName="management-trail")
        found |= {json.dumps(one) for one in selectors.get("AdvancedEventSelectors", ())}
        data = [one.get("DataResources") for one in selectors.get("EventSelectors", ())]
        return found | {json.dumps(resources) for resources in data if resources}

    def sound(self, account: Snapshot, check: str, before: dict[str, Finding]) -> None:
        """Holds that a check passes, and every other that passed before."""
        found = audit(account, BENCHMARK, _beside(check)).findings
        passed = {one.check_id for one in before.values() if one.status is Status.PASS}
        for one in found:
            if one.check_id == check or one.check_id in passed:
                assert one.status is Status.PASS, f"{one.check_id}: {one.reason} {one.chain}"


def _beside(check: str) -> list[Check[Any]]:
    """Gives a check and those that others than itself may pass; controls without a chain fail before and after."""
    return [one for one in CHECKS if not one.id.startswith("alarm.") or one.id in {check, "alarm.root_usage"}]


def at(finding: Finding) -> str | None:
    """Gives the link at which a finding's chain breaks."""
    return finding.breaks_at.link if finding.breaks_at else None


def settings(account: Snapshot) -> Any:
    """Gives all that was read of an account, without when and by which call."""
    return _without(account.model_dump(mode="json"), _BY_THE_CLOCK)


def differing(one: Any, other: Any, path: str = "") -> Iterable[str]:
    """Names the places at which two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() | other.keys():
            yield from differing(one.get(name), other.get(name), f"{path}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differing(left, right, f"{path}.{place}")
    elif one != other:
        yield f"{path}: {one} then {other}"


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(inner, names) for name, inner in value.items() if name not in names}
    if isinstance(value, list):
        return [_without(inner, names) for inner in value]
    return value
