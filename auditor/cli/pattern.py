"""`auditor pattern`: reads, tries, compares and translates CloudWatch Logs filter patterns."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import Any, NoReturn

import click

from auditor.errors import ConfigurationError, UsageError
from auditor.pattern import (
    CannotExpressError,
    Comparison,
    Covers,
    Event,
    Misses,
    Pattern,
    PatternError,
    Semantics,
    Undecided,
    parse,
)

# Setting of Semantics: (what it says if true, what if false, what it is about).
_SETTINGS = {
    "star_inside_word": ("wildcard", "literal", "What `*` in the middle of a text is."),
    "not_equal_absent": ("match", "no-match", "What `!=` does with an event that lacks the field."),
    "string_number": ("equal", "different", 'Whether the text "3" and the number 3 are equal.'),
    "not_equal_other_type": ("match", "no-match", "What `!=` does with null or a value of another type."),
}
_OPEN = "open"
_DEFAULTS = Semantics()
_EXIT_CODES = {"covers": 0, "misses": 1, "undecided": 3}
_COULD_NOT = 3

_as_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")


def _settings(command: Callable[..., None]) -> Callable[..., None]:
    """Adds an option for each behaviour of AWS that no source settles."""
    return reduce(lambda made, name: _setting(name)(made), reversed(_SETTINGS), command)


def _setting(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    yes, no, about = _SETTINGS[name]
    default = {None: _OPEN, True: yes, False: no}[getattr(_DEFAULTS, name)]
    return click.option(
        f"--{name.replace('_', '-')}",
        type=click.Choice([yes, no, _OPEN]),
        default=default,
        show_default=True,
        help=about,
    )


def _semantics(chosen: dict[str, str]) -> Semantics:
    values = {name: None if word == _OPEN else word == _SETTINGS[name][0] for name, word in chosen.items()}
    return Semantics(**values)


@click.group()
def pattern() -> None:
    """Work with CloudWatch Logs filter patterns.

    A PATTERN is the text itself, or @FILE to read it from a file. Put -- before one that begins with a minus sign.
    """


@pattern.command("parse", short_help="Show how a pattern is read.")
@click.argument("text", metavar="PATTERN")
@_as_json
def parse_command(text: str, as_json: bool) -> None:
    """Show how a pattern is read, and how near it comes to the limits of AWS."""
    from auditor.pattern.tree import kind, limits, outline, tree

    found = _pattern(text)
    used = limits(_text(text), found)
    if as_json:
        _print_json({"kind": kind(found), "pattern": str(found), "limits": used, "tree": tree(found)})
        return
    click.echo(f"{kind(found)} pattern\n")
    click.echo("\n".join(outline(found)))
    click.echo(f"\nPrinted: {str(found) or '(the empty pattern)'}")
    click.echo("Limits:  " + ", ".join(f"{one['used']:,} of {one['most']:,} {name}" for name, one in used.items()))


@pattern.command(short_help="Count the events that a pattern matches.")
@click.argument("text", metavar="PATTERN")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--show", default=0, metavar="N", help="Print the first N events that match.")
@_settings
@_as_json
def test(text: str, path: Path, show: int, as_json: bool, **chosen: str) -> None:
    """Count the events of a file or folder that a pattern matches.

    Read are CloudTrail's log files, JSON lines and plain log lines, one event a line, each also in gzip; of a folder,
    the files whose names end in .json, .jsonl, .ndjson, .log or .txt, with or without .gz. Where a setting is
    open, the likelier reading counts.
    """
    from auditor.pattern import tally

    found = tally(_pattern(text), path, _semantics(chosen), most_examples=max(show, 0))
    skipped = [{"path": str(each.path), "reason": each.reason} for each in found.skipped]
    if not found.files and not skipped:
        raise UsageError(f"{path} holds no file of events.", "Name a file, or a folder with .json, .log or .gz files.")
    if as_json:
        counts = {"events": found.events, "matched": found.matched, "files": found.files}
        _print_json({**counts, "skipped": skipped, "examples": list(found.examples)})
    else:
        click.echo(f"{found.matched:,} of {found.events:,} events match, in {_counted(found.files, 'file')}.")
        for example in found.examples:
            click.echo(example if isinstance(example, str) else json.dumps(example, ensure_ascii=False))
    for each in found.skipped:
        click.echo(f"Not read: {each.path}: {each.reason}", err=True)
    sys.exit(0 if found.files else _COULD_NOT)


@pattern.command(short_help="Tell whether patterns cover another.")
@click.argument("required")
@click.argument("deployed", nargs=-1, required=True)
@click.option("--logical", is_flag=True, help="Use no facts about CloudTrail: any JSON object is a possible event.")
@_settings
@_as_json
def compare(required: str, deployed: tuple[str, ...], logical: bool, as_json: bool, **chosen: str) -> None:
    """Tell whether DEPLOYED patterns, taken together, match every event that REQUIRED matches.

    Where the answer hangs on a setting that is open, it is undecided, and the setting is named.

    Exit code: 0 they cover it; 1 they miss an event, which is shown; 3 undecided.
    """
    from auditor.pattern import CLOUDTRAIL, noise
    from auditor.pattern import compare as compared

    wanted, others = _pattern(required), [_pattern(text) for text in deployed]
    world, semantics = None if logical else CLOUDTRAIL, _semantics(chosen)
    answer = compared(wanted, others, world=world, semantics=semantics)
    beyond = noise(wanted, others, world=world, semantics=semantics)
    outcome = _outcome(answer, beyond)
    if as_json:
        _print_json(outcome)
    else:
        click.echo("\n".join(_told(outcome)))
    sys.exit(_EXIT_CODES[outcome["verdict"]])


@pattern.command(short_help="Translate to Logs Insights.")
@click.argument("text", metavar="PATTERN")
@_settings
@_as_json
def insights(text: str, as_json: bool, **chosen: str) -> None:
    """Translate a pattern to a query of CloudWatch Logs Insights.

    Exit code: 0, or 3 where no query says the same.
    """
    from auditor.pattern import insights_query

    try:
        query = insights_query(_pattern(text), _semantics(chosen))
    except CannotExpressError as error:
        _refuse("query", "Logs Insights", error, as_json=as_json)
    if as_json:
        _print_json({"query": query.text, "notes": list(query.notes)})
        return
    click.echo(query.text)
    _print_notes(query.notes)


@pattern.command(short_help="Translate to EventBridge.")
@click.argument("text", metavar="PATTERN")
@_settings
@_as_json
def eventbridge(text: str, as_json: bool, **chosen: str) -> None:
    """Translate a pattern to an EventBridge event pattern.

    Exit code: 0, or 3 where no event pattern says the same.
    """
    from auditor.pattern import eventbridge_pattern

    try:
        made = eventbridge_pattern(_pattern(text), _semantics(chosen))
    except CannotExpressError as error:
        _refuse("event_pattern", "EventBridge", error, as_json=as_json)
    if as_json:
        _print_json({"event_pattern": made.pattern, "notes": list(made.notes)})
        return
    _print_json(made.pattern)
    _print_notes(made.notes)


def _pattern(given: str) -> Pattern:
    """Reads a pattern given on the command line.

    Raises:
        UsageError: It is not a pattern; a caret shows where.
    """
    try:
        return parse(_text(given))
    except PatternError as error:
        raise UsageError(f"Not a filter pattern: {error}\n{error.drawing}", "") from None


def _text(given: str) -> str:
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8").rstrip("\n")
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The pattern in {given[1:]} cannot be read: {error}.", "Name a text file.") from None


def _outcome(answer: Comparison, beyond: Event | Undecided | None) -> dict[str, Any]:
    reason = "The deployed patterns match every event that the required one matches."
    if isinstance(answer, Misses):
        reason = "The required pattern matches this event, and no deployed one does."
    elif isinstance(answer, Undecided):
        reason = _sentence(answer.reason)
    return {
        "verdict": type(answer).__name__.lower(),
        "witness": answer.witness if isinstance(answer, Misses) else None,
        "noise": beyond if isinstance(beyond, dict) else None,
        "reason": reason,
        "facts": list(answer.facts_used) if isinstance(answer, Covers) else [],
        "noise_reason": _sentence(beyond.reason) if isinstance(beyond, Undecided) else None,
    }


def _told(outcome: dict[str, Any]) -> list[str]:
    lines = [f"{outcome['verdict'].capitalize()}. {outcome['reason']}"]
    if outcome["witness"] is not None:
        lines += ["", json.dumps(outcome["witness"], indent=2, ensure_ascii=False)]
    if outcome["facts"]:
        lines += ["", "This rests on:", *(f"  {fact}" for fact in outcome["facts"])]
    if outcome["noise"] is not None:
        lines += ["", "Noise: a deployed pattern matches this event, and the required one does not.", ""]
        lines += [json.dumps(outcome["noise"], indent=2, ensure_ascii=False)]
    elif outcome["noise_reason"]:
        lines += ["", f"Noise: undecided. {outcome['noise_reason']}"]
    else:
        lines += ["", "Noise: none; the deployed patterns match nothing beyond the required one."]
    return lines


def _refuse(key: str, language: str, error: CannotExpressError, *, as_json: bool) -> NoReturn:
    if as_json:
        _print_json({key: None, "reason": error.reason})
    else:
        click.echo(f"{language} cannot say this: {error.reason}.", err=True)
    sys.exit(_COULD_NOT)


def _print_notes(notes: Sequence[str]) -> None:
    for note in notes:
        click.echo(f"Note: {note}", err=True)


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
