"""`auditor drill`: an event for each control, and its way through the account."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.benchmark import DEFAULT, VERSIONS, Benchmark, load
from auditor.cli.options import connected
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.checking import AlarmCheck
    from auditor.collect import Connection
    from auditor.drill.asking import Asked
    from auditor.drill.exercise import Exercise

_FORMATS = ("text", "svg", "json")
_STDOUT = "-"
_DISAGREES = _TOLD_NOBODY = 1
_NOT_KNOWN = 3


@click.command()
@click.argument("controls", nargs=-1, metavar="[CONTROL]...")
@connected
@click.option("--benchmark", type=click.Choice(VERSIONS), default=DEFAULT, show_default=True, help="Whose controls.")
@click.option("--format", "-f", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--out", default="drill", show_default=True, metavar="DIR", help="Where to write SVGs; - for stdout.")
@click.option("--ask-aws", is_flag=True, help="Have AWS test the deployed filters with the same events.")
@click.option("--confirm-live", metavar="ALARM", help="Set this alarm, by name or ARN, to ALARM for a moment.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds to wait for the live alarm's actions.",
)
@click.option("--yes", is_flag=True, help="Do not ask before a live alarm rings.")
def drill(
    controls: tuple[str, ...],
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    benchmark: str,
    form: str,
    out: str,
    ask_aws: bool,
    confirm_live: str | None,
    wait: float,
    yes: bool,
) -> None:
    """Follow an event of each CONTROL through the account: an id, its last part, or a number such as 4.4.

    Nothing is changed, save with --confirm-live, which sets one alarm to ALARM, reads in its history what became of
    its actions, and sets it back. People are told. `auditor policy --drill` prints the rights that are needed.

    Exit code: 0 done; 1 AWS disagrees with us about a filter, or an action of the live alarm failed or was not seen;
    3 AWS could not be asked, or the live alarm was not to ring after all.
    """
    from auditor.cli.output import progress_bar
    from auditor.collect import collect, connect
    from auditor.drill.exercise import exercises

    connection = connect(profile, region, endpoint_url)
    if confirm_live is not None:
        if controls or ask_aws or form != "text":
            raise UsageError("--confirm-live rings one alarm, and does nothing else.", "Run the rest by itself.")
        sys.exit(_live(connection, confirm_live, wait, yes=yes))
    chosen = load(benchmark)
    checks = _chosen(controls, chosen)
    _check_out(form, out, len(checks))
    with progress_bar(quiet=False) as progress:
        account = collect(connection, progress)
    found = exercises(account, chosen, checks)
    asked = None
    if ask_aws:
        from auditor.drill.asking import ask_aws as ask

        asked = ask(connection, account, [event for one in found for event in one.events])
    _tell(found, asked, form, out)
    if asked is not None:
        sys.exit(_DISAGREES if asked.disagreements else _NOT_KNOWN if asked.refused else 0)


def _chosen(controls: Sequence[str], benchmark: Benchmark) -> list[AlarmCheck]:
    from auditor.checking import AlarmCheck
    from auditor.registry import load_checks

    checks = [check for check in load_checks(("alarm.*",), ())[0] if isinstance(check, AlarmCheck)]
    known = {name: check for check in checks for name in _names(check, benchmark) if name}
    unknown = [control for control in controls if control not in known]
    if unknown:
        raise UsageError(f"There is no alarm control {unknown[0]!r} in {benchmark.version}.", "See `auditor checks`.")
    return list(dict.fromkeys(known[control] for control in controls)) if controls else checks


def _names(check: AlarmCheck, benchmark: Benchmark) -> tuple[str, ...]:
    return check.id, check.id.partition(".")[2], check.numbers(benchmark).get(benchmark.version, "")


def _check_out(form: str, out: str, drawings: int) -> None:
    """Sees to it, before AWS is called, that drawings can be written."""
    from auditor.render import prepare

    if form != "svg":
        return
    if out != _STDOUT:
        prepare(Path(out))
    elif drawings != 1:
        raise UsageError("--out - takes one drawing.", "Name one control, such as 4.5.")


def _tell(found: Sequence[Exercise], asked: Asked | None, form: str, out: str) -> None:
    if form == "json":
        drills = [one.model_dump(mode="json") for one in found]
        aws = asked.model_dump(mode="json") if asked else None
        click.echo(json.dumps({"drills": drills, "aws": aws}, indent=2, ensure_ascii=True))
        return
    if form == "svg":
        _draw(found, out)
    else:
        _describe(found)
    if asked is not None:
        _tell_answer(asked, to_stderr=out == _STDOUT)


def _describe(found: Sequence[Exercise]) -> None:
    from rich.console import Console

    from auditor.render.path import tell_path

    console = Console()
    for one in found:
        tell_path(console, _title(one), _phrase(one), one.chain, one.reason)


def _draw(found: Sequence[Exercise], out: str) -> None:
    from auditor.render.drawing import drawn_chain
    from auditor.render.writing import replace_file

    for one in found:
        name = f"drill-{one.check_id.partition('.')[2].replace('_', '-')}"
        picture = drawn_chain(_title(one), _phrase(one), one.chain, reason=one.reason, anchor=name)
        if out == _STDOUT:
            click.echo(picture.encode())
            return
        path = Path(out) / f"{name}.svg"
        replace_file(path, picture.encode())
        click.echo(f"Wrote {path}")


def _title(one: Exercise) -> str:
    return f"{one.control} {one.title}".strip()


def _phrase(one: Exercise) -> str:
    from auditor.chain.telling import described

    return described(one.event) if one.event else "none could be built"


def _tell_answer(asked: Asked, *, to_stderr: bool) -> None:
    from auditor.render.visible import one_line

    for why in asked.refused:
        click.echo(one_line(why), err=True)
    for one in asked.disagreements:
        theirs, ours = ("matches" if answer else "does not match" for answer in (one.theirs, one.ours))
        why = f"Nothing but this: no source settles {one.question}, and we take it otherwise." if one.question else ""
        lines = [
            f"ERROR: AWS says that {one_line(one.filter)} {theirs} an event, and we say that it {ours}.",
            f"  Pattern: {one_line(one.pattern)}",
            f"  Event: {json.dumps(one.event)}",
            *([f"  {why}"] if why else []),
            "  Do not trust what we say of this filter, and please report these lines to the makers of trail-auditor.",
        ]
        click.echo("\n".join(lines), err=to_stderr)
    if asked.filters and not asked.disagreements:
        filters = f"{asked.filters} filter{'' if asked.filters == 1 else 's'}"
        click.echo(f"AWS agrees with us on {filters}, each with {asked.events} events.", err=to_stderr)
    elif not asked.filters and not asked.refused:
        click.echo("No filter is deployed on a log group of a trail, so that AWS was not asked.", err=to_stderr)


def _live(connection: Connection, name: str, wait: float, *, yes: bool) -> int:
    from auditor.drill.bell import find_bell
    from auditor.drill.live import ring
    from auditor.render.visible import one_line

    bell = find_bell(connection, name)
    bell.check()
    called = one_line(bell.alarm.name)
    click.echo(f"This sets {called} in {bell.region} to ALARM, as if an event had happened, and back to {bell.state}.")
    click.echo("\n".join(["Its actions then run:", *(f"  {one_line(action)}" for action in bell.alarm.actions)]))
    if bell.back:
        click.echo("\n".join(["and those of going back:", *(f"  {one_line(action)}" for action in bell.back)]))
    if not yes and not sys.stdin.isatty():
        raise UsageError("Nobody is there to say yes.", "Give --yes.")
    if not yes and not click.confirm("People will be told. Go on?"):
        click.echo("Nothing was done.")
        return _NOT_KNOWN
    outcomes = ring(connection, bell, wait)
    for outcome in outcomes:
        word = {True: "done", False: "failed", None: "not seen"}[outcome.done]
        click.echo(f"{word:<9} {one_line(outcome.action)}: {one_line(outcome.told)}")
    click.echo(f"{called} is set back to {bell.state}.")
    return 0 if all(outcome.done for outcome in outcomes) else _TOLD_NOBODY
