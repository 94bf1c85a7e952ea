"""A report arranged for a reader: grouped, counted and sorted, without a word of prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.changes import Change, Changes, Kind
from auditor.findings import ChainLink, Finding, LinkName, LinkStatus, Severity, Verdict, Waiver, verdict
from auditor.hunts import Hunt
from auditor.report import Report

# The order in which links are drawn; ACTION stands between alarm and topic.
LINKS = tuple(LinkName)
# Check ids begin with one of these; a third party's may begin otherwise and come last.
AREAS = ("trail", "bucket", "cloudwatch", "alarm", "securityhub")
OTHERS = "others"
_WORST_FIRST = (LinkStatus.BROKEN, LinkStatus.UNKNOWN, LinkStatus.NOT_REACHED, LinkStatus.SOUND)


__all__ = ["Area", "Drawn", "Item", "Row", "Tile", "Verdict", "View", "arrange", "verdict"]


@dataclass(frozen=True, slots=True)
class Item:
    """A finding as it is shown.

    Attributes:
        control: The control's number in the report's benchmark; empty where it has none.
        anchor: Where a link to the finding leads.
    """

    finding: Finding
    verdict: Verdict
    control: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Area:
    """The findings of one family of checks, the most urgent first."""

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One control of the benchmark with the worst of its findings."""

    control: str
    worst: Item
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """How many findings of a severity have each verdict."""

    severity: Severity
    counts: dict[Verdict, int]
    total: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """An item's chain with one place for every link there can be; None where the chain says nothing of it."""

    item: Item
    places: tuple[tuple[LinkName, ChainLink | None], ...]


@dataclass(frozen=True, slots=True)
class View:
    """All that a template shows.

    Attributes:
        items: All findings, the most urgent first.
        areas: The same, by the family of their check.
        tiles: The controls of the benchmark, by number.
        matrix: Verdicts by severity; a severity without findings is left out.
        totals: How many findings have each verdict.
        chains: The findings that follow a chain, by control number.
        accounts: How many findings each account has.
        changes: What changed since an earlier run, by kind; kinds of which there are none are left out.
    """

    report: Report
    items: tuple[Item, ...]
    areas: tuple[Area, ...]
    tiles: tuple[Tile, ...]
    matrix: tuple[Row, ...]
    totals: dict[Verdict, int]
    chains: tuple[Drawn, ...]
    accounts: dict[str, int]
    changes: tuple[tuple[Kind, tuple[Change, ...]], ...]

    def of(self, verdict: str) -> tuple[Item, ...]:
        """Gives the items with a verdict."""
        return tuple(item for item in self.items if item.verdict == verdict)

    def hunted(self, finding: Finding) -> tuple[Hunt, ...]:
        """Gives what the logs say of the events that the finding's alarm is for."""
        own = self.report.run.account_id == finding.account_id
        return tuple(hunt for hunt in self.report.hunts if own and hunt.check_id == finding.check_id)

    @property
    def anchors(self) -> dict[str, str]:
        """Where a link to each finding leads, by its id."""
        return {item.finding.id: item.anchor for item in self.items}

    @property
    def waivers(self) -> tuple[tuple[Item, Waiver], ...]:
        """The items that someone has answered for, with the answer."""
        return tuple((item, item.finding.waiver) for item in self.items if item.finding.waiver)


def arrange(report: Report) -> View:
    """Arranges a report for a reader."""
    items = tuple(sorted((_item(finding, report.run.benchmark) for finding in report.findings), key=_urgency))
    return View(
        report=report,
        items=items,
        areas=_areas(items),
        tiles=_tiles(items),
        matrix=_matrix(items),
        totals=_counts(items),
        chains=tuple(_drawn(item) for item in sorted(items, key=_numbered) if item.finding.chain),
        accounts=dict(sorted(Counter(finding.account_id for finding in report.findings).items())),
        changes=_changes(report.changes),
    )


def _item(finding: Finding, benchmark: str) -> Item:
    return Item(
        finding=finding,
        verdict=verdict(finding),
        control=finding.controls.get(benchmark, ""),
        # An id of a third party's check may hold what no anchor may.
        anchor="f-" + re.sub(r"[^\w.-]", "_", finding.id, flags=re.ASCII),
    )


def _urgency(item: Item) -> tuple[int, int, tuple[int | float, ...], str, str, str]:
    finding = item.finding
    return (
        item.verdict.rank,
        finding.severity.rank,
        _number(item.control),
        finding.check_id,
        finding.resource,
        finding.id,
    )


def _numbered(item: Item) -> tuple[tuple[int | float, ...], str, str]:
    return _number(item.control), item.finding.check_id, item.finding.id


def _number(control: str) -> tuple[int | float, ...]:
    """Orders control numbers as numbers, 4.9 before 4.10; what has none comes last."""
    return tuple(int(part) for part in re.findall(r"[0-9]{1,9}", control)) or (float("inf"),)


def _areas(items: Iterable[Item]) -> tuple[Area, ...]:
    found: dict[str, list[Item]] = {name: [] for name in (*AREAS, OTHERS)}
    for item in items:
        prefix = item.finding.check_id.partition(".")[0]
        found[prefix if prefix in AREAS else OTHERS].append(item)
    return tuple(Area(name, tuple(members)) for name, members in found.items() if members)


def _tiles(items: Iterable[Item]) -> tuple[Tile, ...]:
    found: dict[str, list[Item]] = {}
    for item in items:
        # One check may answer for two controls: "3.8, 3.9".
        for control in filter(None, item.control.split(", ")):
            found.setdefault(control, []).append(item)
    # The items come the most urgent first, and so does each control's share of them.
    return tuple(Tile(control, found[control][0], len(found[control])) for control in sorted(found, key=_number))


def _matrix(items: tuple[Item, ...]) -> tuple[Row, ...]:
    rows = []
    for severity in Severity:
        members = [item for item in items if item.finding.severity is severity]
        if members:
            rows.append(Row(severity, _counts(members), len(members)))
    return tuple(rows)


def _counts(items: Iterable[Item]) -> dict[Verdict, int]:
    counts = Counter(item.verdict for item in items)
    return {each: counts[each] for each in Verdict}


def _changes(changes: Changes | None) -> tuple[tuple[Kind, tuple[Change, ...]], ...]:
    items = changes.items if changes else ()
    found = ((kind, tuple(one for one in items if one.kind is kind)) for kind in Kind)
    return tuple((kind, members) for kind, members in found if members)


def _drawn(item: Item) -> Drawn:
    places = []
    for name in LINKS:
        links = [link for link in item.finding.chain if link.link is name]
        places.append((name, min(links, key=lambda link: _WORST_FIRST.index(link.status), default=None)))
    return Drawn(item, tuple(places))
