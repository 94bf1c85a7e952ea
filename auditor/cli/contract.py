"""`auditor schema` and `auditor policy`: what CI and an administrator hold on to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import TYPE_CHECKING

import click

from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.collect.operations import Operation

ROLE_NAME = "trail-auditor"
# A path, perhaps, and a name of an IAM role; no wildcard, which here would stand for other roles.
_ROLE = re.compile(r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)


@click.command()
@click.option("--fleet", is_flag=True, help="That of fleet.json, the overview of many accounts.")
def schema(fleet: bool) -> None:
    """Print the JSON Schema of report.json."""
    if fleet:
        from auditor.overview import fleet_schema

        click.echo(json.dumps(fleet_schema(), indent=2))
        return
    click.echo(resources.files("auditor").joinpath("report.schema.json").read_text(encoding="utf-8"), nl=False)


@click.command()
@click.option("--drill", is_flag=True, help="Add what `auditor drill --ask-aws` and `--confirm-live` need.")
@click.option("--hunt", is_flag=True, help="Add what `auditor hunt run` and `scan --hunt` need.")
@click.option("--backtest", is_flag=True, help="Add what `auditor backtest` reads besides: logs and alarms' history.")
@click.option("--verify-logs", is_flag=True, help="Add what `auditor verify-logs` needs.")
@click.option("--fleet", is_flag=True, help="Instead, what the one needs who runs a scan of many accounts.")
@click.option("--role-name", metavar="NAME", help=f"With --fleet: the role of each account.  [default: {ROLE_NAME}]")
@click.option("--out", metavar="URL", help="With --fleet: the s3://bucket/prefix that the reports go to.")
def policy(fleet: bool, role_name: str | None, out: str | None, **more: bool) -> None:
    """Print the least IAM policy that a scan needs.

    It is made of the code's own lists of operations. A scan's only read; a drill may set an alarm's state besides.

    A scan of many accounts needs two: the role in each account has the one of a scan, and who runs it has what --fleet
    prints, to list the organization, to take on these roles, and to store the reports.
    """
    asked = [name for name, wanted in more.items() if wanted]
    if fleet and asked:
        raise UsageError(f"--{asked[0].replace('_', '-')} is for one account.", "Leave out that or --fleet.")
    if not fleet and (role_name or out):
        raise UsageError("--role-name and --out are of a run over many accounts.", "Add --fleet.")
    statements = _caller_statements(role_name or ROLE_NAME, out) if fleet else _scan_statements(asked)
    click.echo(json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2))


def _scan_statements(asked: Sequence[str]) -> list[dict[str, object]]:
    """Gives the statements of a scan, and of what is asked for besides, each by its option's name."""
    from auditor.collect.alarm_history import DESCRIBE_ALARM_HISTORY
    from auditor.collect.digests import VERIFY
    from auditor.collect.logs_events import FILTER_LOG_EVENTS
    from auditor.collect.operations import OPERATIONS
    from auditor.drill.operations import DRILL
    from auditor.hunt.operations import HUNT
    from auditor.logs.bucket import GET_OBJECT, LIST_OBJECTS

    more: dict[str, tuple[str, Sequence[Operation]]] = {
        "drill": ("TrailAuditorDrill", DRILL),
        "hunt": ("TrailAuditorHunt", HUNT),
        "backtest": (
            "TrailAuditorBacktest",
            (DESCRIBE_ALARM_HISTORY, FILTER_LOG_EVENTS, GET_OBJECT, LIST_OBJECTS),
        ),
        "verify_logs": ("TrailAuditorVerifyLogs", VERIFY),
    }
    return [_statement("TrailAuditor", OPERATIONS), *(_statement(*more[name]) for name in asked)]


def _caller_statements(role_name: str, out: str | None) -> list[dict[str, object]]:
    """Gives what the one needs who runs a scan of many accounts."""
    from auditor.collect.assuming import ASSUME_ROLE
    from auditor.collect.organization import ORGANIZATION

    role = role_name.strip("/")
    if not _ROLE.fullmatch(role):
        raise UsageError(f"{role_name!r} is no name of a role.", "Give one such as audit/trail-auditor.")
    statements = [
        _statement("TrailAuditorRoles", [ASSUME_ROLE], f"arn:*:iam::*:role/{role}"),
        _statement("TrailAuditorOrganization", ORGANIZATION),
    ]
    return statements if out is None else [*statements, *_storing_statements(out)]


def _storing_statements(out: str) -> list[dict[str, object]]:
    from auditor.storage.opening import SCHEME
    from auditor.storage.s3 import ON_BUCKET, ON_OBJECTS, bucket_and_prefix

    if not out.startswith(SCHEME):
        raise UsageError(
            f"{out!r} is no place in S3.", "Give one such as s3://bucket/prefix; a folder needs no rights."
        )
    bucket, prefix = (_literal(part) for part in bucket_and_prefix(out))
    return [
        _statement("TrailAuditorReports", ON_OBJECTS, f"arn:*:s3:::{bucket}/{prefix}*"),
        # Not for the prefix alone: S3 says that an object is not there only to one who may list the whole bucket.
        _statement("TrailAuditorReportsBucket", ON_BUCKET, f"arn:*:s3:::{bucket}"),
    ]


def _literal(text: str) -> str:
    """Gives a text as a policy's Resource has to spell it, in which `*`, `?` and `$` would mean more.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
    """
    return re.sub(r"[*?$]", lambda found: f"${{{found[0]}}}", text)


def _statement(sid: str, operations: Iterable[Operation], resource: str = "*") -> dict[str, object]:
    actions = sorted({operation.permission for operation in operations if operation.permission})
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
