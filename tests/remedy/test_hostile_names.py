"""Names that a shell or the command line could take for more than names stay names."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.chain import possible_in, prove, routes_of
from auditor.model.snapshot import Snapshot
from auditor.model.topic import Subscriptions
from auditor.remedy import mend_chain
from tests.chain.build import account, alarm, metric_filter, pattern_of, requirement
from tests.checks.build import REGION, SOURCE, TOPIC, log_group, role, status, topic, trail, trail_facts
from tests.remedy.build import CONTROL, remedy, statements, topic_with

HOSTILE = (
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "line\ntouch pwned",
    "-x",
    "--endpoint-url=http://127.0.0.1:9",
    "[prod] root",
    "a & touch pwned | * ~ $HOME \\ ! #",
    "file:///etc/passwd",
)
# Writes down what it is called with, a word and a zero byte each, and answers with JSON as `--output json` would.
RECORDER = """#!/bin/sh
printf '%s\\0' "$#" "$@" >>"$RECORD"
echo '{}'
"""


def run(commands: tuple[str, ...], home: Path) -> list[list[str]]:
    """Runs commands by a shell in which `aws` only writes down its words, and gives them."""
    tools, work, record = home / "bin", home / "work", home / "record"
    for folder in (tools, work):
        folder.mkdir()
    (tools / "aws").write_text(RECORDER)
    (tools / "aws").chmod(0o755)
    environment = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "RECORD": str(record), "EMAIL": "$(touch pwned)"}
    script = "\n".join(commands)
    done = subprocess.run(
        ["sh", "-eu", "-c", script], env=environment, cwd=work, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(work.iterdir()) == []
    words = iter(record.read_text().split("\0")[:-1])
    return [[next(words) for _ in range(int(count))] for count in words]


def trail_stops(name: str) -> Snapshot:
    facts = trail_facts(trail=trail(name=name, multi_region=False), status=status(logging=False))
    return account(metric_filter(CONTROL, pattern_of(CONTROL)), alarm(CONTROL), trails=(facts,))


def role_is_gone(name: str) -> Snapshot:
    arn = f"arn:aws:iam::123456789012:role/{name}"
    facts = trail_facts(trail=trail(role_arn=arn))
    return account(trails=(facts,), roles=(role().model_copy(update={"role": None, "arn": arn}),))


def group_is_gone(name: str) -> Snapshot:
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:{name}"
    group = log_group().model_copy(update={"arn": arn, "name": name, "group": None})
    return account(trails=(trail_facts(trail=trail(log_group_arn=f"{arn}:*")),), log_groups=(group,))


def filter_counts_nought(name: str) -> Snapshot:
    found = metric_filter(name, pattern_of(CONTROL), metric=name, to={"value": "0"})
    return account(found, alarm(CONTROL, metric=name))


def alarm_is_missing(name: str) -> Snapshot:
    return account(metric_filter(name, pattern_of(CONTROL), metric=name))


def alarm_is_deaf(name: str) -> Snapshot:
    found = metric_filter(CONTROL, pattern_of(CONTROL))
    return account(found, alarm(name, metric=CONTROL, threshold=5.0, actions_enabled=False))


def topic_is_closed(name: str) -> Snapshot:
    arn = TOPIC.replace("security-alerts", name)
    mine = {"Sid": name, "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sns:Subscribe", "Resource": arn}
    nobody = Subscriptions(source=SOURCE)
    closed = topic(arn=arn, topic=topic_with(policy=statements(mine)), subscriptions=nobody)
    parts = (metric_filter(CONTROL, pattern_of(CONTROL)), alarm(CONTROL, actions=(arn,)))
    return account(*parts, topics=(closed,))


CASES: tuple[tuple[Callable[[str], Snapshot], str], ...] = (
    (trail_stops, "--name"),
    (role_is_gone, "--role-name"),
    (group_is_gone, "--log-group-name"),
    (filter_counts_nought, "--filter-name"),
    (alarm_is_missing, "--metric-name"),
)


def given(argv: list[str], option: str) -> str | None:
    """Gives an option's one value, set apart or joined to it by `=`."""
    for place, word in enumerate(argv):
        if word == option:
            return argv[place + 1]
        if word.startswith(f"{option}="):
            return word.removeprefix(f"{option}=")
    return None


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(("make", "option"), CASES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_name_reaches_the_command_as_it_is(
    tmp_path: Path, make: Callable[[str], Snapshot], option: str, name: str
) -> None:
    # The last part of a role's ARN is its name, what stands before it a path.
    name = name.replace("/", "+") if make is role_is_gone else name
    calls = run(remedy(make(name)).commands, tmp_path)
    values = [value for argv in calls if (value := given(argv, option)) is not None]
    assert name in values


@pytest.mark.parametrize("name", HOSTILE)
def test_an_alarms_name_is_read_back_and_never_an_option_or_a_file(tmp_path: Path, name: str) -> None:
    described, put, enabled = run(remedy(alarm_is_deaf(name)).commands, tmp_path)
    for argv in (described, enabled):
        words: Any = given(argv, "--alarm-names")
        assert json.loads(words) == [name]
    assert put[:2] == ["cloudwatch", "put-metric-alarm"]
    assert given(put, "--cli-input-json") == "{}"
    assert name not in put


@pytest.mark.parametrize("name", HOSTILE)
def test_a_topics_arn_and_its_statements_stay_data(tmp_path: Path, name: str) -> None:
    put, subscribed = run(remedy(topic_is_closed(name)).commands, tmp_path)
    arn = TOPIC.replace("security-alerts", name)
    assert given(put, "--topic-arn") == given(subscribed, "--topic-arn") == arn
    policy: Any = given(put, "--attribute-value")
    assert json.loads(policy)["Statement"][0]["Sid"] == name
    assert given(subscribed, "--notification-endpoint") == "$(touch pwned)"


@pytest.mark.parametrize("pattern", ["file:///etc/passwd", "http://127.0.0.1:9/", "-x"])
def test_a_pattern_is_never_a_file_or_an_option(tmp_path: Path, pattern: str) -> None:
    facts = filter_counts_nought(CONTROL)
    proof = prove(requirement(CONTROL), routes_of(facts), possible_in(facts))
    (route,) = proof.routes
    assert route.filter is not None
    kept = replace(route, filter=route.filter.model_copy(update={"pattern": pattern}))
    remediation = mend_chain(f"alarm.{CONTROL}", requirement(CONTROL), replace(proof, routes=(kept,)), facts)
    (argv,) = run(remediation.commands, tmp_path)
    text = given(argv, "--cli-input-json")
    assert (json.loads(text)["filterPattern"] if text else given(argv, "--filter-pattern")) == pattern
    assert not any(word.startswith(("file:", "http:", "-x")) for word in argv)
