"""The commands for filter, metric, alarm and actions, exactly."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from auditor.benchmark import load
from auditor.benchmark.benchmark import VERSIONS
from auditor.chain.alarm import alarm_link
from auditor.chain.metric import emission_of
from auditor.findings import LinkStatus
from auditor.model.alarm import Dimension
from auditor.remedy.counting import LONGEST_PATTERN
from auditor.remedy.mending import Case
from auditor.remedy.ringing import new_alarm
from tests.chain.build import account, alarm, chain, metric_filter, pattern_of, proof, requirement
from tests.checks.build import (
    ACCOUNT,
    REGION,
    TOPIC,
)
from tests.remedy.build import (
    CONTROL,
    GROUP,
    OWN,
    argvs,
    of,
    options,
    remedy,
    value,
)


def test_a_filter_that_misses_events_stays_and_another_feeds_its_metric() -> None:
    facts = chain(CONTROL, "{ $.eventName = DisableKey }", filtering={"metric": "keys"}, metric="keys")
    assert argvs(facts) == [
        [
            *["aws", "logs", "put-metric-filter", "--region", REGION, "--log-group-name", GROUP],
            *["--filter-name", OWN, "--filter-pattern", pattern_of(CONTROL), "--metric-transformations"],
            '[{"metricName":"keys","metricNamespace":"CIS","metricValue":"1","defaultValue":0}]',
        ]
    ]


def test_a_metric_whose_average_is_watched_is_not_diluted() -> None:
    facts = chain(CONTROL, "{ $.eventName = DisableKey }", statistic="Average", period=60)
    assert value(facts, "logs put-metric-filter", "--metric-transformations")[0]["metricNamespace"] == "TrailAuditor"
    assert of(facts, "cloudwatch put-metric-alarm")["--alarm-name"] == [OWN]


def test_without_a_filter_the_whole_way_from_the_logs_is_made() -> None:
    put, ring = argvs(account())
    assert options(put)["--filter-name"] == [OWN]
    assert options(ring) == {
        "command": ["aws", "cloudwatch", "put-metric-alarm"],
        "--region": [REGION],
        "--alarm-name": [OWN],
        "--alarm-actions": [TOPIC],
        "--namespace": ["TrailAuditor"],
        "--metric-name": ["cmk-disable-or-delete"],
        "--period": ["300"],
        "--evaluation-periods": ["1"],
        "--statistic": ["Sum"],
        "--threshold": ["1"],
        "--comparison-operator": ["GreaterThanOrEqualToThreshold"],
        "--treat-missing-data": ["notBreaching"],
    }


def test_nothing_of_the_same_name_is_overwritten() -> None:
    facts = account(metric_filter(OWN, "{ $.eventName = Mine }"), alarm(OWN))
    assert of(facts, "logs put-metric-filter")["--filter-name"] == [f"{OWN}-2"]
    assert of(facts, "cloudwatch put-metric-alarm")["--alarm-name"] == [f"{OWN}-2"]


def test_a_filter_on_a_group_that_no_trail_delivers_to_gets_a_twin_on_the_right_one() -> None:
    facts = chain(CONTROL, filtering={"log_group": "acme/app"})
    assert [argv[:3] for argv in argvs(facts)] == [["aws", "logs", "put-metric-filter"]]
    assert of(facts, "logs put-metric-filter")["--log-group-name"] == [GROUP]


def test_a_value_of_nought_is_made_one_and_all_else_is_kept() -> None:
    facts = chain(CONTROL, filtering={"to": {"value": "0", "unit": "Count", "default": 0.1}})
    (argv,) = argvs(facts)
    assert options(argv)["--filter-name"] == [CONTROL]
    assert options(argv)["--filter-pattern"] == [pattern_of(CONTROL)]
    assert json.loads(options(argv)["--metric-transformations"][0]) == [
        {"metricName": CONTROL, "metricNamespace": "CIS", "metricValue": "1", "defaultValue": 0.1, "unit": "Count"}
    ]


def test_dimensions_that_no_alarm_can_sum_up_are_left_for_an_own_metric() -> None:
    by_user = {"to": {"dimensions": {"user": "$.userIdentity.arn"}, "default": None}}
    facts = chain(CONTROL, filtering=by_user)
    assert [argv[2] for argv in argvs(facts)] == ["put-metric-filter", "put-metric-alarm"]


def test_every_pattern_of_every_benchmark_fits_a_filter() -> None:
    readings = [one for version in VERSIONS for need in load(version).requirements.values() for one in need.readings]
    assert max(len(reading.pattern) for reading in readings) <= LONGEST_PATTERN


ALARMS: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({"threshold": 5.0}, {"--threshold": ["1"]}),
    ({"threshold": 0.0}, {"--threshold": ["1"]}),
    ({"operator": "GreaterThanThreshold"}, {"--comparison-operator": ["GreaterThanOrEqualToThreshold"]}),
    ({"statistic": "Average"}, {"--statistic": ["Sum"]}),
    ({"statistic": "Average", "threshold": 3.0}, {"--statistic": ["Sum"], "--threshold": ["1"]}),
    ({"evaluation_periods": 3}, {"--datapoints-to-alarm": ["1"]}),
    ({"unit": "Seconds"}, {}),
    ({"dimensions": (Dimension(name="a", value="b"),)}, {}),
]


@pytest.mark.parametrize(("changed", "expected"), ALARMS)
def test_an_alarm_is_changed_where_it_is_wrong_and_nowhere_else(
    changed: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    (command,) = remedy(chain(CONTROL, **changed)).commands
    put, _, kept = command.partition(' --cli-input-json "$(')
    found = options(shlex.split(put))
    assert found == {"command": ["aws", "cloudwatch", "put-metric-alarm"], "--region": [REGION], **expected}
    words = options(shlex.split(kept.removesuffix(')"')))
    assert words["--alarm-names"] == [f'["{CONTROL}"]']
    (query,) = words["--query"]
    for field in ("AlarmDescription", "InsufficientDataActions", "AlarmActions", "TreatMissingData"):
        assert f"{field}: {field}" in query
    for option, field in {
        "--threshold": "Threshold",
        "--statistic": "Statistic",
        "--comparison-operator": "ComparisonOperator",
    }.items():
        assert (f", {field}: {field}" in query) is (option not in expected)
    assert "Unit" not in query
    assert "Dimensions" not in query


def test_missing_data_that_keeps_the_alarm_ringing_is_taken_for_silence() -> None:
    facts = chain(CONTROL, filtering={"to": {"default": None}}, missing_data="breaching")
    (command,) = remedy(facts).commands
    assert "--treat-missing-data notBreaching" in command
    assert "TreatMissingData" not in command


def test_a_metric_without_an_alarm_gets_one() -> None:
    facts = account(metric_filter(CONTROL, pattern_of(CONTROL)))
    (argv,) = argvs(facts)
    assert options(argv)["--namespace"] == ["CIS"]
    assert options(argv)["--metric-name"] == [CONTROL]


def test_the_alarm_that_is_made_would_pass() -> None:
    facts = account(metric_filter(CONTROL, pattern_of(CONTROL), to={"value": "0.25"}))
    (found,) = facts.in_region(REGION).filters.filters  # type: ignore[union-attr]
    emission = emission_of(found, found.transformations[0])
    planned = new_alarm(Case("c", requirement(CONTROL), proof(CONTROL, facts), facts), REGION, emission)
    assert alarm_link(planned, emission).status is LinkStatus.SOUND


def test_actions_are_switched_on() -> None:
    expected = ["aws", "cloudwatch", "enable-alarm-actions", "--region", REGION, "--alarm-names", f'["{CONTROL}"]']
    assert argvs(chain(CONTROL, actions_enabled=False)) == [expected]


def test_an_action_is_added_to_those_that_are_there() -> None:
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
    (command,) = remedy(chain(CONTROL, actions=(function,))).commands
    assert f"--alarm-actions {function} {TOPIC} --cli-input-json" in command
    assert "AlarmActions:" not in command


def test_an_alarm_with_five_actions_gets_a_companion() -> None:
    functions = tuple(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f{number}" for number in range(5))
    facts = chain(CONTROL, actions=functions)
    assert of(facts, "cloudwatch put-metric-alarm")["--alarm-name"] == [OWN]
    assert of(facts, "cloudwatch put-metric-alarm")["--alarm-actions"] == [TOPIC]
