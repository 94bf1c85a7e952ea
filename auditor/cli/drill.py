"""`auditor drill`: an event for each control, and its way through the account."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.benchmark import DEFAULT, VERSIONS, Benchmark, load
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.checking import AlarmCheck
    from auditor.collect import Connection
    from auditor.drill.exercise import Exercise
    from auditor.model.snapshot import Snapshot

_FORMATS = ("text", "svg", "json")
_DISAGREES, _NOT_ASKED = 1, 3


@click.command()
@click.argument("controls", nargs=-1, metavar="[CONTROL]...")
@click.option("--profile", help="The AWS profile whose credentials to use.")
@click.option("--region", help="The region to start from.")
@click.option("--endpoint-url", help="Where all services are, instead of AWS.")
@click.option("--benchmark", type=click.Choice(VERSIONS), default=DEFAULT, show_default=True, help="Whose controls.")
@click.option("--format", "-f", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--out", default="drill", show_default=True, metavar="DIR", help="Where to write the SVGs.")
@click.option("--ask-aws", is_flag=True, help="Have AWS test the deployed filters with the same events.")
@click.option("--confirm-live", metavar="ALARM", help="Set this alarm, by name or ARN, to ALARM for a moment.")
@click.option("--wait", default=60.0, show_default=True, help="Seconds to wait for the live alarm's actions.")
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

    Exit code: 0 done; 1 AWS disagrees with us about a filter, or the live alarm told nobody; 3 AWS could not be asked.
    """
    from auditor.collect import collect, connect
    from auditor.drill.exercise import exercises

    connection = connect(profile, region, endpoint_url)
    if confirm_live is not None:
        sys.exit(_live(connection, confirm_live, wait, yes=yes))
    chosen = load(benchmark)
    checks = _chosen(controls, chosen)
    account = collect(connection)
    found = exercises(account, chosen, checks)
    _tell(found, form, out)
    if ask_aws:
        sys.exit(_ask(connection, account, found))


def _chosen(controls: Sequence[str], benchmark: Benchmark) -> list[AlarmCheck]:
    from auditor.checking import AlarmCheck
    from auditor.registry import load_checks

    checks = [check for check in load_checks(("alarm.*",), ())[0] if isinstance(check, AlarmCheck)]
    known = {name: check for check in checks for name in _names(check, benchmark)}
    unknown = [control for control in controls if control not in known]
    if unknown:
        raise UsageError(f"There is no alarm control {unknown[0]!r}.", "See `auditor checks`.")
    return list(dict.fromkeys(known[control] for control in controls)) if controls else checks


def _names(check: AlarmCheck, benchmark: Benchmark) -> tuple[str, ...]:
    return check.id, check.id.partition(".")[2], check.numbers(benchmark).get(benchmark.version, "")


def _tell(found: Sequence[Exercise], form: str, out: str) -> None:
    if form == "json":
        click.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=True))
    elif form == "svg":
        _draw(found, out)
    else:
        from auditor.render.path import tell_path

        for one in found:
            tell_path(one.control, one.title, one.event, one.chain, one.status)


def _draw(found: Sequence[Exercise], out: str) -> None:
    from auditor.chain.telling import described
    from auditor.render.drawing import drawn_chain
    from auditor.render.writing import replace_file

    for one in found:
        name = f"drill-{one.check_id.partition('.')[2].replace('_', '-')}.svg"
        picture = drawn_chain(f"{one.control} {one.title}".strip(), described(one.event), one.chain)
        path = Path(out) / name
        replace_file(path, picture.encode())
        click.echo(f"Wrote {path}")


def _ask(connection: Connection, account: Snapshot, found: Sequence[Exercise]) -> int:
    from auditor.drill.asking import ask_aws

    events = [
        event for one in found for event in dict.fromkeys(json.dumps(each) for each in (one.event, *one.examples))
    ]
    asked = ask_aws(connection, account, [json.loads(event) for event in dict.fromkeys(events)])
    for why in asked.refused:
        click.echo(why, err=True)
    for one in asked.disagreements:
        theirs, ours = ("matches" if answer else "does not match" for answer in (one.theirs, one.ours))
        click.echo(f"ERROR: AWS says that {one.filter} {theirs}, we say that it {ours}: {json.dumps(one.event)}")
        click.echo(f"       Pattern: {one.pattern}")
        click.echo("       One of the two is wrong; please report it to trail-auditor with these lines.")
    if not asked.disagreements and not asked.refused:
        click.echo(f"AWS agrees with us on {asked.filters} filters and {asked.events} events.")
    return _DISAGREES if asked.disagreements else _NOT_ASKED if asked.refused else 0


def _live(connection: Connection, name: str, wait: float, *, yes: bool) -> int:
    from auditor.drill.live import ring, the_alarm

    region, alarm = the_alarm(connection, name)
    click.echo(f"This sets {alarm.name} in {region} to ALARM, as if an event had happened, and back to {alarm.state}.")
    click.echo(f"It tells: {', '.join(alarm.actions) or 'nobody'}")
    if not yes and not click.confirm("Go on?"):
        return 0
    outcomes = ring(connection, region, alarm, wait)
    for outcome in outcomes:
        mark = {True: "✓", False: "✗", None: "?"}[outcome.done]
        click.echo(f"{mark} {outcome.action}: {outcome.told}")
    click.echo(f"{alarm.name} is set back to {alarm.state}.")
    return 0 if all(outcome.done for outcome in outcomes) else 1
