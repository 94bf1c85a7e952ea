"""For each alarm control the events that should have set its alarm off, compiled from what the benchmark asks."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.benchmark import Benchmark, Requirement
from auditor.hunt.columns import listed
from auditor.hunt.model import Column, Query
from auditor.pattern import Expression, JsonPattern, Selector, parse
from auditor.pattern.problem import atoms_of

PREFIX = "should-ring."


def should_ring(benchmark: Benchmark) -> Iterator[Query]:
    """Gives the query of each control that the benchmark has a pattern for: the first of its readings."""
    for check, requirement in benchmark.requirements.items():
        yield _query(check, requirement, benchmark)


def _query(check: str, requirement: Requirement, benchmark: Benchmark) -> Query:
    name = check.partition(".")[2]
    reading = requirement.readings[0]
    expression = _expression(reading.pattern)
    number = benchmark.number(check)
    control = f"{benchmark.version} {number}" if number else check
    return Query(
        name=f"{PREFIX}{name}",
        title=f"Events that should ring: {name.replace('_', ' ')}",
        answers=f"Every event that {control} wants an alarm for, as {reading.name} has it.",
        why="What the filter of the control must match did happen: each of these should have set the alarm off."
        + (f" {requirement.note}" if requirement.note else ""),
        references=("https://www.cisecurity.org/benchmark/amazon_web_services",),
        columns=_columns(expression),
        where=lambda _values: expression,
        check=check,
    )


def _expression(pattern: str) -> Expression:
    found = parse(pattern)
    if not isinstance(found, JsonPattern):
        raise TypeError(f"the benchmark's pattern is not about JSON: {pattern}")
    return found.expression


def _columns(expression: Expression) -> tuple[Column, ...]:
    """Gives the usual columns and those that the pattern looks at, which say why it matches."""
    usual = listed()
    shown = {column.field for column in usual}
    looked_at = dict.fromkeys(_field(atom.selector) for atom in atoms_of([expression]))
    return listed(*(Column(field, field.rpartition(".")[2]) for field in looked_at if field not in shown))


def _field(selector: Selector) -> str:
    return ".".join(str(step) for step in selector.steps)
