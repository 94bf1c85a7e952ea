"""The options of `auditor scan` for many accounts, and what it does with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from auditor.errors import ConfigurationError, UsageError
from auditor.findings import Waiver

if TYPE_CHECKING:
    from auditor.collect import Connection
    from auditor.fleet.engine import Engine
    from auditor.fleet.ledger import Ledger, Manifest
    from auditor.fleet.member import Member
    from auditor.model.account import Caller
    from auditor.overview import Overview
    from auditor.storage import Storage

Command = TypeVar("Command", bound=Callable[..., Any])
_FORMATS = ("html", "json")


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """What was asked about many accounts; field by field the options of the command."""

    accounts: Path | None
    organization: bool
    units: tuple[str, ...]
    role_name: str | None
    external_id: str
    engine: str
    scheduler: str | None
    workers: int | None
    findings: str
    resume: str | None

    @property
    def wanted(self) -> bool:
        """Whether many accounts are asked for."""
        return bool(self.accounts or self.organization or self.units or self.resume)


def fleet_options(command: Command) -> Command:
    """Gives a command the options for many accounts, which it gets as one argument `fleet`."""

    @wraps(command)
    def packed(**given: Any) -> Any:
        own = {field.name: given.pop(field.name) for field in fields(FleetOptions)}
        return command(fleet=FleetOptions(**own), **given)

    decorated: Any = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return cast("Command", decorated)


_OPTIONS: Sequence[Callable[[Any], Any]] = (
    click.option(
        "--accounts",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Audit the accounts that a file names: an id on each line, CSV or JSON.",
    ),
    click.option("--organization", is_flag=True, help="Audit every account of the caller's organization."),
    click.option("--ou", "units", multiple=True, metavar="ID", help="Only accounts in or below this unit; repeatable."),
    click.option("--role-name", metavar="NAME", help="The role to take on in each account, with its path if any."),
    click.option("--external-id", default="", metavar="ID", help="What the role's trust policy asks for."),
    click.option(
        "--engine",
        type=click.Choice(["local", "dask"]),
        default="local",
        show_default=True,
        help="What runs many accounts: threads of this process, or a Dask cluster.",
    ),
    click.option("--scheduler", metavar="URL", help="The Dask scheduler, tcp://HOST:8786; else processes here."),
    click.option(
        "--workers",
        type=click.IntRange(1, 256),
        metavar="N",
        help="Accounts at a time (local, default 8), or processes (dask on this machine).",
    ),
    click.option(
        "--findings",
        type=click.Choice(["jsonl", "parquet"]),
        default="jsonl",
        show_default=True,
        help="How many accounts' findings are stored.",
    ),
    click.option("--resume", metavar="RUN", help="Continue a run that was broken off: its folder or s3:// URL."),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an account, be it one or each of many."""

    benchmark: str
    only: tuple[str, ...]
    skip: tuple[str, ...]
    given: tuple[str, ...]
    waivers: tuple[Waiver, ...]
    out: str
    pdf_variant: str | None
    templates: Path | None


def scan_fleet(
    options: FleetOptions, asked: Asked, connection: Connection, profile: str | None, *, quiet: bool
) -> Overview:
    """Audits many accounts, tells on the terminal what came of it, and gives the overview.

    Raises:
        AuditorError: The run could not begin, or could not go on.
    """
    from auditor.cli.fleet_terminal import fleet_progress, fleet_summary
    from auditor.fleet.ledger import Ledger
    from auditor.fleet.run import FleetJob

    # What does not serve is told before a run is begun, which would be in the way of the next try.
    engine = _engine(options)
    if options.resume:
        ledger = Ledger(_storage(options.resume, connection))
        manifest = ledger.manifest()
    else:
        ledger = Ledger(_storage(asked.out, connection))
        manifest = _begun(options, asked, connection, profile, ledger)
    job = FleetJob(ledger, manifest, engine, connection)
    with fleet_progress(len(manifest.members), quiet=quiet) as done, _resumable(ledger):
        overview = job.run(done)
    if not quiet:
        fleet_summary(overview, ledger.storage.place, manifest.plan.overview)
    return overview


@contextmanager
def _resumable(ledger: Ledger) -> Iterator[None]:
    """Says how a run that is broken off is continued."""
    try:
        yield
    except BaseException:
        click.echo(f"auditor: What is done is kept. Continue with --resume {ledger.storage.place}", err=True)
        raise


def _begun(
    options: FleetOptions, asked: Asked, connection: Connection, profile: str | None, ledger: Ledger
) -> Manifest:
    """Finds the accounts and what to do with each, and begins the run."""
    from auditor.collect.account import caller_of
    from auditor.fleet.ledger import Manifest
    from auditor.fleet.plan import Plan, run_id
    from auditor.fleet.rows import row_format
    from auditor.registry import load_checks

    if not options.role_name:
        raise UsageError("Many accounts need the role to take on in each.", "Name it with --role-name.")
    row_format(options.findings)
    formats = _formats(asked)
    checks, broken = load_checks(asked.only, asked.skip)
    names = (*(check.id for check in checks if not check.on_request), *(plugin.id for plugin in broken))
    if not names:
        raise UsageError("None of these checks is one of many accounts.", "Choose others with --check and --skip.")
    caller = caller_of(connection)
    found = _members(options, connection, caller)
    started = datetime.now(UTC)
    plan = Plan(
        run_id=run_id(started),
        started_at=started,
        source=found.source,
        caller_arn=caller.arn,
        caller_account=caller.account_id,
        partition=caller.partition,
        organization_id=found.organization_id,
        management_account=found.management,
        role_name=options.role_name.strip("/"),
        external_id=options.external_id,
        region=connection.region,
        endpoint_url=connection.endpoint_url,
        profile=profile,
        benchmark=asked.benchmark,
        checks=names,
        waivers=asked.waivers,
        formats=formats,
        overview=_overview_formats(asked.given, formats),
        pdf_variant=asked.pdf_variant,
        templates=None if asked.templates is None else str(asked.templates.absolute()),
        findings=options.findings,
    )
    manifest = Manifest(plan=plan, members=found.members)
    ledger.begin(manifest)
    return manifest


def _formats(asked: Asked) -> tuple[str, ...]:
    """Gives the formats of each account's report, each of which can be written here."""
    from auditor.cli.output import BUNDLE, asked_formats

    return asked_formats(asked.given, asked.pdf_variant, more=(BUNDLE,), usual=_FORMATS)


def _overview_formats(given: tuple[str, ...], formats: tuple[str, ...]) -> tuple[str, ...]:
    """Gives the formats of the overview: all of them, but no PDF where formats without one were asked for."""
    from auditor.render.fleet import OVERVIEW_FORMATS

    if given and "pdf" not in formats:
        return tuple(name for name in OVERVIEW_FORMATS if name != "pdf")
    from auditor.render import renderer

    renderer("pdf")
    return OVERVIEW_FORMATS


@dataclass(frozen=True, slots=True)
class _Found:
    """The accounts, where they came from in words, and the organization as far as it is known."""

    members: tuple[Member, ...]
    source: str
    organization_id: str
    management: str


def _members(options: FleetOptions, connection: Connection, caller: Caller) -> _Found:
    from auditor.collect.organization import about_organization, read_organization
    from auditor.fleet.member import Member, read_members

    if options.accounts:
        if options.organization or options.units:
            raise UsageError("--accounts names the accounts already.", "Leave out --organization and --ou.")
        members = read_members(options.accounts)
        about = about_organization(connection, caller.partition)
        known = (about.id, about.management) if about else ("", "")
        return _Found(members, f"the file {options.accounts.name}", *known)
    found = read_organization(connection, caller.partition, options.units)
    if not found.accounts:
        raise ConfigurationError("There is no account in these units.", "See `aws organizations list-children`.")
    members = tuple(
        Member(account_id=one.account_id, name=one.name, unit=one.unit, state=one.state) for one in found.accounts
    )
    part = f", {', '.join(options.units)}" if options.units else ""
    return _Found(members, f"the organization {found.id}{part}", found.id, found.management)


def _engine(options: FleetOptions) -> Engine:
    if options.engine == "dask":
        from auditor.fleet.cluster import DaskEngine

        return DaskEngine(options.scheduler, options.workers)
    if options.scheduler:
        raise UsageError("--scheduler is the Dask engine's.", "Add --engine dask.")
    from auditor.fleet.local import LocalEngine

    return LocalEngine(options.workers) if options.workers else LocalEngine()


def _storage(place: str, connection: Connection) -> Storage:
    from auditor.storage import storage_at

    if place == "-":
        raise UsageError(
            "A run over many accounts makes many files.", "Name a folder or s3://bucket/prefix with --out."
        )
    return storage_at(place, connection)
