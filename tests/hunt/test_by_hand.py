"""How many rows each query gives over real events, against SQL written by hand, which knows nothing of the package.

`python -m tests.hunt.test_by_hand` prints the table.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from auditor.benchmark import load
from auditor.hunt.files import hunt_files
from auditor.hunt.library import library
from auditor.hunt.places import events_at
from tests.hunt.real import ALL, EXCERPT, events_of
from tests.pattern.control_predicates import PREDICATES

GIVEN = {
    "by-identity": {"identity": "bert-jan"},
    "from-address": {"address": "192.168.10.20"},
    "by-event": {"event": "Policy", "match": "suffix"},
}
DENIED = "(code ILIKE '%AccessDenied%' OR code LIKE '%UnauthorizedOperation' OR code IN ('Client.AuthFailure'))"
# A condition on events, or a whole count where rows are groups.
BY_HAND = {
    "by-identity": "who ->> 'userName' = 'bert-jan' OR issuer ->> 'userName' = 'bert-jan'",
    "failed-calls": "code IS NOT NULL",
    "failed-calls-by-code": "SELECT count(DISTINCT (code, source)) FROM e WHERE code IS NOT NULL",
    "denials": DENIED,
    "denials-by-identity": f"""SELECT count(DISTINCT (who ->> 'type', who ->> 'userName', issuer ->> 'arn', source))
       FROM e WHERE {DENIED}""",  # noqa: S608 - written above
    "console-logins": "name = 'ConsoleLogin'",
    "root-activity": "who ->> 'type' = 'Root' AND who ->> 'invokedBy' IS NULL",
    "role-assumptions": "source = 'sts.amazonaws.com' AND name LIKE 'Assume%'",
    "from-address": "address = '192.168.10.20'",
    "by-event": "name LIKE '%Policy'",
    "activity-by-region": "SELECT count(DISTINCT (region, source)) FROM e",
    "activity-by-hour": "SELECT count(DISTINCT (left(time, 13), who ->> 'type')) FROM e",
    "first-seen": "SELECT count(DISTINCT (who ->> 'type', who ->> 'userName', issuer ->> 'arn', source, name)) FROM e",
    "secrets-read": "source LIKE 'secretsmanager.%' AND name LIKE '%GetSecretValue'"
    " OR source LIKE 'ssm.%' AND name LIKE 'GetParameter%'",
    "iam-policy-changes": "source LIKE 'iam.%' AND readonly = 'false' AND (name LIKE '%Policy'"
    " OR name LIKE '%PolicyVersion' OR name LIKE '%PermissionsBoundary')",
    "iam-activity": "source = 'iam.amazonaws.com'",
    "logging-changes": "readonly = 'false' AND (source LIKE 'cloudtrail.%' AND name NOT LIKE '%Tags'"
    " OR source LIKE 'logs.%' AND name NOT LIKE 'Create%' OR name LIKE '%FlowLogs' OR source LIKE 'config.%'"
    " OR source LIKE 'guardduty.%' OR source LIKE 'monitoring.%' OR source LIKE 'events.%')",
    "credential-changes": "source LIKE 'iam.%' AND readonly = 'false' AND name NOT LIKE '%Role%' AND name SIMILAR TO"
    " '(Add|Create|Update|Upload|Enable|Deactivate|Delete|Reset|Resync)[A-Za-z]*(Key|LoginProfile|User|MFADevice|"
    "UserToGroup|Credential|Certificate|Provider)' OR name LIKE '%KeyPair' AND readonly = 'false'"
    " OR name IN ('GetSessionToken', 'GetFederationToken') OR source LIKE 'kms.%' AND name LIKE 'Create%'"
    " OR source LIKE 'rolesanywhere.%' AND name LIKE 'Create%'",
    "security-group-changes": "source LIKE 'ec2.%' AND readonly = 'false' AND name LIKE '%SecurityGroup%'",
    "sharing-changes": "readonly = 'false' AND (name LIKE '%BucketPolicy' OR name LIKE '%BucketAcl'"
    " OR name LIKE '%PublicAccessBlock' OR name IN ('ModifySnapshotAttribute', 'ModifyImageAttribute')"
    " OR source LIKE 'lambda.%' AND name LIKE 'AddPermission%' OR name LIKE 'ModifyDB%SnapshotAttribute')",
}
FOLDERS = [
    pytest.param(EXCERPT, id="excerpt"),
    pytest.param(ALL, id="all", marks=pytest.mark.skipif(not ALL.is_dir(), reason="the real records are not here")),
]


def counted_by_hand(events: list[dict[str, Any]], name: str) -> int:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE raw (j JSON)")
        database.executemany("INSERT INTO raw VALUES (?)", [[json.dumps(event)] for event in events])
        database.execute(
            "CREATE VIEW e AS SELECT j ->> 'eventName' AS name, j ->> 'eventSource' AS source,"
            " j ->> 'errorCode' AS code, j ->> 'eventTime' AS time, j ->> 'awsRegion' AS region,"
            " j ->> 'sourceIPAddress' AS address,"
            " j ->> 'readOnly' AS readonly, j -> 'userIdentity' AS who,"
            " j -> 'userIdentity' -> 'sessionContext' -> 'sessionIssuer' AS issuer FROM raw"
        )
        asked = BY_HAND[name]
        text = asked if asked.startswith("SELECT") else f"SELECT count(*) FROM e WHERE {asked}"  # noqa: S608 - of ours
        found = database.execute(text).fetchone()
    assert found is not None
    return int(found[0])


def counted(folder: Path, name: str) -> int:
    return len(hunt_files(library()[name].search(GIVEN.get(name, {})), events_at(str(folder))).rows)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("name", BY_HAND)
def test_a_query_gives_as_many_rows_as_sql_by_hand(folder: Path, name: str) -> None:
    assert counted(folder, name) == counted_by_hand(events_of(folder), name)


@pytest.mark.parametrize("folder", FOLDERS)
def test_events_that_should_ring_are_those_that_the_controls_name(folder: Path) -> None:
    benchmark, events = load("cis-5.0"), events_of(folder)
    for name, query in library("cis-5.0").items():
        if query.check:
            number = benchmark.number(query.check)
            assert number is not None
            assert counted(folder, name) == sum(map(PREDICATES[number][1], events)), name


def test_each_query_was_counted_by_hand() -> None:
    assert {name for name, query in library().items() if not query.check} == set(BY_HAND)


if __name__ == "__main__":
    for each in library():
        print(f"{each:<40} {counted(EXCERPT, each):>6} {counted(ALL, each) if ALL.is_dir() else '-':>6}")  # noqa: T201 - the table
