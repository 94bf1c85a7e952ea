"""An overview arranged for a reader: counted, sorted and in as few signs as will do, without a word of prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from auditor.chain.telling import described
from auditor.findings import LinkName, Status, Verdict
from auditor.overview import AccountRow, BrokenChain, ControlRow, Overview
from auditor.render.view import AREAS, LINKS, OTHERS
from auditor.report import Summary

# A cell of the map is one sign: what the verdict begins with, or the place of the link at which the chain breaks.
SIGNS = {each: each.value[0] for each in Verdict}
_NOT_CHECKED = "."
_TOLD = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED)


@dataclass(frozen=True, slots=True)
class Column:
    """One check as a column of the map and a row of the table of controls.

    Attributes:
        place: Its place in the map, from 0.
        label: The control's number, or what the check is called within its area.
        missing: In how many accounts it came to no verdict, those included that could not be read.
    """

    row: ControlRow
    place: int
    label: str
    missing: int


@dataclass(frozen=True, slots=True)
class Area:
    """The columns of one family of checks."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """One account as it is shown.

    Attributes:
        anchor: Where a link to it leads.
        report: A link to its own report; empty where there is none.
        areas: Its cells by area, runs of a verdict as one: (the verdict, the signs); None where a check came to none.
        told: The labels of the checks that fail, are unknown or waived, each with the link at which its chain breaks.
        checks: How many checks have each verdict as their worst.
    """

    row: AccountRow
    anchor: str
    report: str
    areas: tuple[tuple[tuple[Verdict | None, str], ...], ...]
    told: tuple[tuple[Verdict, tuple[tuple[str, LinkName | None], ...]], ...]
    checks: dict[Verdict, int]


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that breaks in some accounts.

    Attributes:
        event: The lost event in a phrase; empty where there is none.
        accounts: The first of the accounts in which it breaks.
    """

    broken: BrokenChain
    column: Column | None
    event: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Breaking:
    """Where the chain of one check breaks.

    Attributes:
        accounts: In how many accounts it breaks at each link.
        shades: The same as a shade: 0 for none, 1 for up to a quarter of the highest number of all checks, to 4.
    """

    column: Column
    accounts: dict[LinkName, int]
    shades: dict[LinkName, int]


@dataclass(frozen=True, slots=True)
class View:
    """All that a template shows.

    Attributes:
        areas: The checks, by family, in the order of the map.
        controls: The checks, those that fail in most accounts first.
        breaking: The checks whose chain breaks anywhere, in the order of the map.
        accounts: Those that were read, the lowest score first; then those that were not.
        unread: Those that were not, by the reason, the most frequent first.
        worst: How many of those that were read have each verdict as their worst.
        spread: How many of them have a score of 0 to 9, of 10 to 19, and so on, the last being 90 to 100.
        summary: The findings of all accounts, counted.
    """

    overview: Overview
    areas: tuple[Area, ...]
    controls: tuple[Column, ...]
    chains: tuple[Chain, ...]
    breaking: tuple[Breaking, ...]
    accounts: tuple[Account, ...]
    unread: tuple[tuple[str, tuple[Account, ...]], ...]
    worst: dict[Verdict, int]
    spread: tuple[int, ...]
    summary: Summary

    @property
    def columns(self) -> tuple[Column, ...]:
        """The checks in the order of the map."""
        return tuple(column for area in self.areas for column in area.columns)

    @property
    def read(self) -> int:
        """How many accounts were read."""
        return len(self.accounts) - self.overview.unread


def arrange(overview: Overview) -> View:
    """Arranges an overview for a reader."""
    areas = _areas(overview)
    accounts = tuple(_account(row, areas) for row in sorted(overview.accounts, key=_urgency))
    columns = {column.row.check_id: column for area in areas for column in area.columns}
    by_id = {account.row.account_id: account for account in accounts}
    read = [account.row for account in accounts if not account.row.unread]
    worst = Counter(row.worst for row in read)
    scores = Counter(min(row.score // 10, 9) for row in read)
    return View(
        overview=overview,
        areas=areas,
        controls=tuple(sorted(columns.values(), key=_frequency)),
        chains=tuple(_chain(chain, columns, by_id) for chain in overview.chains),
        breaking=_breaking(overview, columns),
        accounts=accounts,
        unread=_unread(accounts),
        worst={each: worst[each] for each in Verdict},
        spread=tuple(scores[each] for each in range(10)),
        summary=_summary(overview),
    )


def link_to(path: str) -> str:
    """Gives a link to a file beside the overview; whatever the path holds, it leads nowhere else on the network."""
    return f"./{quote(path.encode(errors='replace'))}" if path else ""


def _areas(overview: Overview) -> tuple[Area, ...]:
    found: dict[str, list[ControlRow]] = {name: [] for name in (*AREAS, OTHERS)}
    for row in overview.controls:
        prefix = row.check_id.partition(".")[0]
        found[prefix if prefix in AREAS else OTHERS].append(row)
    places = iter(range(len(overview.controls)))
    accounts = len(overview.accounts)
    return tuple(
        Area(name, tuple(_column(row, next(places), accounts) for row in rows)) for name, rows in found.items() if rows
    )


def _column(row: ControlRow, place: int, accounts: int) -> Column:
    label = row.control or row.check_id.rpartition(".")[2]
    return Column(row, place, label, accounts - sum(row.accounts.values()))


def _account(row: AccountRow, areas: Iterable[Area]) -> Account:
    told: dict[Verdict, list[tuple[str, LinkName | None]]] = {each: [] for each in _TOLD}
    for column in (column for area in areas for column in area.columns):
        found = row.verdicts.get(column.row.check_id)
        if found in told:
            told[found].append((column.label, row.breaks.get(column.row.check_id)))
    verdicts = list(row.verdicts.values())
    return Account(
        row=row,
        # An id may hold what no anchor may.
        anchor="a-" + re.sub(r"[^\w.-]", "_", row.account_id, flags=re.ASCII),
        report=link_to(row.reports.get("html", "")),
        areas=() if row.unread else tuple(_cells(row, area) for area in areas),
        told=tuple((each, tuple(labels)) for each, labels in told.items() if labels),
        checks={each: verdicts.count(each) for each in Verdict},
    )


def _cells(row: AccountRow, area: Area) -> tuple[tuple[Verdict | None, str], ...]:
    checks = [column.row.check_id for column in area.columns]
    runs = groupby(checks, key=row.verdicts.get)
    return tuple((verdict, "".join(_sign(row, check, verdict) for check in run)) for verdict, run in runs)


def _sign(row: AccountRow, check_id: str, verdict: Verdict | None) -> str:
    if verdict is None:
        return _NOT_CHECKED
    link = row.breaks.get(check_id)
    return SIGNS[verdict] if link is None or verdict is not Verdict.FAIL else str(LINKS.index(link))


def _urgency(row: AccountRow) -> tuple[bool, int, int, str]:
    return bool(row.unread), row.score, -row.findings.get(Verdict.FAIL, 0), row.account_id


def _frequency(column: Column) -> tuple[int, int, int, int]:
    counts = column.row.accounts
    return -counts.get(Verdict.FAIL, 0), -counts.get(Verdict.UNKNOWN, 0), column.row.severity.rank, column.place


def _chain(broken: BrokenChain, columns: dict[str, Column], accounts: dict[str, Account]) -> Chain:
    witness = broken.example.witness
    return Chain(
        broken=broken,
        column=columns.get(broken.check_id),
        event=described(witness) if witness else "",
        accounts=tuple(accounts[each] for each in broken.examples if each in accounts),
    )


def _breaking(overview: Overview, columns: dict[str, Column]) -> tuple[Breaking, ...]:
    found: dict[str, dict[LinkName, int]] = {}
    for chain in overview.chains:
        found.setdefault(chain.check_id, dict.fromkeys(LINKS, 0))[chain.link] = chain.accounts
    most = max((chain.accounts for chain in overview.chains), default=1)
    return tuple(
        Breaking(column, found[check_id], {link: -(-4 * number // most) for link, number in found[check_id].items()})
        for check_id, column in columns.items()
        if check_id in found
    )


def _unread(accounts: Iterable[Account]) -> tuple[tuple[str, tuple[Account, ...]], ...]:
    """Gives the reasons; such that differ in the account's own id alone are one, told with `ACCOUNT` in its place."""
    found: dict[str, list[Account]] = {}
    for account in accounts:
        if account.row.unread:
            found.setdefault(account.row.unread.replace(account.row.account_id, "ACCOUNT"), []).append(account)
    told = ((them[0].row.unread if len(them) == 1 else why, tuple(them)) for why, them in found.items())
    return tuple(sorted(told, key=lambda each: (-len(each[1]), each[0])))


def _summary(overview: Overview) -> Summary:
    counts = overview.findings
    status = {
        Status.PASS: counts.get(Verdict.PASS, 0),
        Status.FAIL: counts.get(Verdict.FAIL, 0),
        Status.UNKNOWN: counts.get(Verdict.UNKNOWN, 0),
        Status.NOT_APPLICABLE: counts.get(Verdict.NOT_APPLICABLE, 0),
    }
    return Summary(status=status, waived=counts.get(Verdict.WAIVED, 0), score=overview.score)
