"""Overviews of made-up accounts, alike from run to run, and of accounts with names that somebody chose to do harm."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from auditor.findings import LinkName, Severity, Verdict
from auditor.overview import AccountRow, Break, Declared, FleetRun, Overview, Tally
from auditor.report import Tool

from .build import BACKWARDS, BROKEN, CONTROL, LONG, MARKUP, NUMBERS, SAMPLE, START, witness

UNITS = ("Root/Workloads/Production", "Root/Workloads/Staging", "Root/Sandbox", "Root/Security", "Root/Suspended")
TEAMS = ("payments", "search", "data-lake", "identity", "mobile", "logistics", "media", "billing", "ml", "edge")
DENIED = "The role SecurityAudit cannot be taken on: AccessDenied. Let its trust policy name the caller."
AWAY = "The account is suspended; AWS refuses every call to it."
REASONS = {
    LinkName.TRAIL: "No trail of the account delivers to CloudWatch Logs.",
    LinkName.FILTER: "The pattern of acme-{check} does not match every event, such as {event}.",
    LinkName.ALARM: "The actions of acme-{check} are switched off.",
    LinkName.TOPIC: "The topic's policy does not let CloudWatch publish.",
    LinkName.SUBSCRIPTION: "Nobody has confirmed: oncall@acme.example (email).",
}


@cache
def declared() -> tuple[Declared, ...]:
    """Gives the built-in checks with the sample's titles, by area."""
    said = {**SAMPLE["settings"], **SAMPLE["alarms"]}
    hub = "securityhub.enabled"
    said[hub] = said.pop(hub)
    return tuple(
        Declared(
            check_id=check_id,
            control=NUMBERS.number(check_id) or "",
            title=each["title"],
            severity=Severity(each["severity"]),
        )
        for check_id, each in said.items()
    )


def run(**fields: object) -> FleetRun:
    values: dict[str, object] = {
        "id": "fleet-20261124T033012Z",
        "started_at": START,
        "finished_at": START + timedelta(minutes=6, seconds=12),
        "source": "organization o-a1b2c3d4e5, all of it",
        "role_name": "SecurityAudit",
        "caller_arn": "arn:aws:sts::111122223333:assumed-role/SecurityAudit/auditor",
        "partition": "aws",
        "region": "us-east-1",
        "benchmark": "cis-5.0",
        "engine": "local, 16 at a time",
        "checks": tuple(each.check_id for each in declared()),
    }
    return FleetRun.model_validate(values | fields)


def fleet(count: int, *, seed: int = 7) -> Overview:
    """Gives the overview of so many accounts, of which a few could not be read."""
    return overview(*(made(at, random.Random(seed * 100_000 + at)) for at in range(count)))


def overview(*rows: tuple[AccountRow, tuple[Break, ...]]) -> Overview:
    tally = Tally()
    for row, breaks in rows:
        tally.add(row, breaks)
    made_of = tally.overview(run(), declared())
    return made_of.model_copy(update={"tool": Tool(version="1.0.0")})


def made(at: int, chance: random.Random) -> tuple[AccountRow, tuple[Break, ...]]:
    account_id = f"{100_000_000_000 + at * 7_919}"
    unit = UNITS[min(int(chance.expovariate(0.8)), 3)]
    name = f"acme-{TEAMS[at % len(TEAMS)]}-{at:04d}"
    if chance.random() < 0.03:
        return unread(account_id, DENIED, name=name, unit=unit), ()
    if chance.random() < 0.01:
        return unread(account_id, AWAY, name=name, unit=UNITS[4]), ()
    care = chance.betavariate(4, 2)
    verdicts = {each.check_id: _verdict(care, chance) for each in declared()}
    breaks = tuple(_breaks(verdicts, chance))
    return row(account_id, verdicts, breaks, name=name, unit=unit), breaks


def row(account_id: str, verdicts: dict[str, Verdict], breaks: tuple[Break, ...] = (), **fields: object) -> AccountRow:
    findings = {each: list(verdicts.values()).count(each) for each in Verdict}
    judged = findings[Verdict.PASS] + findings[Verdict.FAIL] + findings[Verdict.UNKNOWN]
    values: dict[str, object] = {
        "account_id": account_id,
        "verdicts": verdicts,
        "findings": findings,
        "score": 100 * findings[Verdict.PASS] // judged if judged else 100,
        "breaks": {each.check_id: each.link for each in breaks},
        "calls": 41,
        "seconds": 3.2,
        "reports": {"html": f"accounts/{account_id}/report.html", "json": f"accounts/{account_id}/report.json"},
    }
    return AccountRow.model_validate(values | fields)


def unread(account_id: str, why: str, **fields: object) -> AccountRow:
    none: dict[Verdict, int] = dict.fromkeys(Verdict, 0)
    return row(account_id, {}, unread=why, score=0, findings=none, calls=1, reports={}, **fields)


def hostile() -> Overview:
    """Gives an overview in which every text that another person chooses is meant to do harm."""
    texts = (MARKUP, CONTROL, BACKWARDS, BROKEN, LONG, "=cmd()", "javascript:alert(1)")
    check = "alarm.root_usage"
    rows: list[tuple[AccountRow, tuple[Break, ...]]] = []
    for at, text in enumerate(texts):
        broken = Break(
            check_id=check,
            link=list(LinkName)[at],
            reason=f"{text} is wrong.",
            resource=text,
            witness=witness("PutKeyPolicy", text, requestParameters={text: text}),
        )
        found = dict.fromkeys((each.check_id for each in declared()), Verdict.FAIL)
        reports = {"html": text if at % 2 else f"//evil.example/{text}"}
        rows.append((row(f"{at:012d}", found, (broken,), name=text, unit=text, reports=reports), (broken,)))
        rows.append((unread(f"{100 + at:012d}", f"{text} {at}", name=text, unit=text), ()))
    return overview(*rows)


def _verdict(care: float, chance: random.Random) -> Verdict:
    drawn = chance.random()
    if drawn < 0.05:
        return Verdict.NOT_APPLICABLE
    if drawn < 0.08:
        return Verdict.UNKNOWN
    if drawn < 0.10:
        return Verdict.WAIVED
    return Verdict.PASS if chance.random() < care else Verdict.FAIL


def _breaks(verdicts: dict[str, Verdict], chance: random.Random) -> Iterator[Break]:
    links = list(REASONS)
    for check_id, found in verdicts.items():
        said = SAMPLE["alarms"].get(check_id)
        if said is None or found is not Verdict.FAIL:
            continue
        link = links[min(int(chance.expovariate(0.7)), len(links) - 1)]
        lost = witness(said["event"], said["service"])
        name = check_id.partition(".")[2].replace("_", "-")
        told = f"{lost['eventSource']} {said['event']} by IAMUser"
        yield Break(
            check_id=check_id,
            link=link,
            reason=REASONS[link].format(check=name, event=told),
            resource="" if link is LinkName.TRAIL else f"acme-{name}",
            witness=lost,
        )
