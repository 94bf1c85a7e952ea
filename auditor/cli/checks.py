"""`auditor checks` and `auditor explain`: what is checked, and why."""

from __future__ import annotations

import json
from typing import Any

import click

from auditor.benchmark import DEFAULT, VERSIONS, Benchmark, load
from auditor.checking import Check
from auditor.registry import load_checks

_benchmark = click.option(
    "--benchmark", type=click.Choice(VERSIONS), default=DEFAULT, show_default=True, help="Whose numbers to show."
)


@click.command()
@_benchmark
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def checks(benchmark: str, as_json: bool) -> None:
    """List the checks."""
    chosen = load(benchmark)
    found, broken = load_checks()
    if as_json:
        click.echo(json.dumps([_described(check, chosen) for check in found], indent=2))
    else:
        for check in found:
            number = chosen.number(check.id) or check.controls.get(benchmark, "-")
            click.echo(f"{check.id:34} {number:11} {check.severity.value:9} {check.title}")
    for plugin in broken:
        click.echo(f"{plugin.id} of {plugin.distribution} does not load: {plugin.reason}", err=True)


@click.command()
@click.argument("check_id")
@_benchmark
def explain(check_id: str, benchmark: str) -> None:
    """Say what a check wants, and why."""
    chosen = load(benchmark)
    found, broken = load_checks([check_id])
    for check in found:
        click.echo("\n".join(_explained(check, chosen)))
    for plugin in broken:
        click.echo(f"{plugin.id} of {plugin.distribution} does not load: {plugin.reason}", err=True)


def _described(check: Check[Any], benchmark: Benchmark) -> dict[str, object]:
    return {
        "id": check.id,
        "title": check.title,
        "severity": check.severity.value,
        "controls": check.numbers(benchmark),
        "security_hub": list(benchmark.security_hub.get(check.id, ())),
    }


def _explained(check: Check[Any], benchmark: Benchmark) -> list[str]:
    lines = [check.id, "", f"{check.title}.", "", check.rationale, "", f"Severity: {check.severity.value}"]
    numbers = check.numbers(benchmark)
    if numbers:
        lines.append("Controls: " + ", ".join(f"{version} {number}" for version, number in numbers.items()))
    assessment = benchmark.assessments.get(check.id)
    if assessment:
        lines.append(f"In {benchmark.version}: {assessment}")
    hub = benchmark.security_hub.get(check.id)
    if hub:
        lines.append("Security Hub: " + ", ".join(hub))
    requirement = benchmark.requirements.get(check.id)
    if requirement:
        lines += ["", f"The benchmark's text: {requirement.text}"]
        lines += [f"Satisfied by {reading.name}: {reading.pattern}" for reading in requirement.readings]
        lines += [requirement.note] if requirement.note else []
    if check.references:
        lines += ["", "More:", *(f"  {reference}" for reference in check.references)]
    return [*lines, ""]
