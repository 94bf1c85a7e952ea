"""The report as Markdown, for the summary of a GitHub Actions step: what is wrong first, the commands folded away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, cast

from auditor.render.exchange import legible, zulu
from auditor.render.markup import fenced, plain, tagged
from auditor.render.view import Item, Verdict, View, arrange
from auditor.render.visible import shortened
from auditor.render.wording import standard, waiving
from auditor.report import Report

_ICONS = {
    Verdict.FAIL: "❌",
    Verdict.UNKNOWN: "❔",
    Verdict.WAIVED: "🏳️",
    Verdict.PASS: "✅",
    Verdict.NOT_APPLICABLE: "⚪",
}
_WORDS = {
    Verdict.FAIL: "failed",
    Verdict.UNKNOWN: "unknown",
    Verdict.WAIVED: "waived",
    Verdict.PASS: "passed",
    Verdict.NOT_APPLICABLE: "not applicable",
}
# GitHub drops a step's summary that is larger than 1 MiB.
# Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
_LARGEST = 900_000
_LONGEST_CELL = 300
_LONGEST_COMMANDS = 20_000


class _Words(Protocol):
    """What is used of the template of words."""

    changes: dict[str, str]


class MarkdownFormat:
    """Gives the report as GitHub's Markdown, below the size that a step's summary may have."""

    name = "markdown"
    file_name = "report.md"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        view = arrange(legible(report))
        urgent = [*view.of(Verdict.FAIL), *view.of(Verdict.UNKNOWN), *view.of(Verdict.WAIVED)]
        head = "\n".join(_head(view))
        room = _LARGEST - len(head.encode())
        shown: list[str] = []
        for item in urgent:
            section = _section(item)
            room -= len(section.encode())
            if room < 0:
                break
            shown.append(section)
        left = len(urgent) - len(shown)
        tail = (
            [f"{left} more findings are left out here; the other formats of the report hold them all.\n"]
            if left
            else []
        )
        return "\n".join((head, *shown, *tail)).encode()


def _head(view: View) -> Iterable[str]:
    run, counts = view.report.run, view.totals
    name = f"{run.aliases[0]} ({run.account_id})" if run.aliases else run.account_id
    yield f"## trail-auditor: {plain(shortened(name, _LONGEST_CELL))}\n"
    yield (
        f"{plain(standard(run.benchmark))}, from {plain(run.region)}, {zulu(run.started_at)[:19]}Z. "
        f"Score **{view.report.summary.score}** of 100.\n"
    )
    yield "| " + " | ".join(f"{_ICONS[each]} {_WORDS[each]}" for each in Verdict) + " |"
    yield "|" + "---:|" * len(Verdict)
    yield "| " + " | ".join(str(counts[each]) for each in Verdict) + " |\n"
    from auditor.render.templates import environment

    words = cast("_Words", environment().get_template("shared/words.html").module)
    for kind, members in view.changes:
        named = ", ".join(plain(shortened(one.check_id, _LONGEST_CELL)) for one in members[:20])
        yield f"- {words.changes[kind]}: {len(members)} ({named})"
    yield ""


def _section(item: Item) -> str:
    finding = item.finding
    title = tagged(shortened(f"{item.control} {finding.title}", _LONGEST_CELL))
    said = tagged(shortened(finding.reason, _LONGEST_CELL))
    lines = [
        "<details>",
        f"<summary>{_ICONS[item.verdict]} <b>{title}</b> ({finding.severity.value}): {said}</summary>\n",
        "| | |",
        "|---|---|",
        f"| check | {_cell(finding.check_id)} |",
        f"| resource | {_cell(finding.resource)} |",
        f"| account, region | {_cell(finding.account_id)}, {_cell(finding.region)} |",
        *([f"| waiver | {_cell(waiving(finding.waiver))} |"] if finding.waiver else []),
        *([f"| breaks at | {_cell(finding.breaks_at.link.value)} |"] if finding.breaks_at else []),
        "",
        *_mending(item),
        "</details>\n",
    ]
    return "\n".join(lines)


def _mending(item: Item) -> list[str]:
    remedy = item.finding.remediation
    if remedy is None:
        return []
    commands = "\n".join(remedy.commands)
    lines = [f"{plain(remedy.summary)}\n"]
    if len(commands) > _LONGEST_COMMANDS:
        lines.append("The commands are too long for a summary; the other formats hold them.\n")
    elif commands:
        lines.append(f"{fenced(commands, 'sh')}\n")
    return lines


def _cell(text: str) -> str:
    return plain(shortened(text, _LONGEST_CELL))
