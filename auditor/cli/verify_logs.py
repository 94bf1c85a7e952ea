"""`auditor verify-logs`: proves a trail's log files whole and unchanged."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.collect import Connection
    from auditor.integrity import Folder, KeyRing, Shelf, TrailPlace
    from auditor.integrity.verification import Progress
    from auditor.model.integrity import LogIntegrity, Span

_STDOUT = "-"
_INVALID, _UNKNOWN = 1, 3
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify-logs")
@click.option("--trail", required=True, metavar="ARN", help="The trail.")
@click.option("--from", "start", required=True, metavar="TIME", help="2026-11-01, 2026-11-01T06:00:00Z or 7d.")
@click.option("--to", "end", default="", metavar="TIME", help="The same; now if it is left out.")
@click.option(
    "--logs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A copy of the bucket (`aws s3 sync`) instead of the bucket itself.",
)
@click.option(
    "--keys",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help="What `aws cloudtrail list-public-keys` printed; repeatable.",
)
@click.option("--account-id", default="", metavar="ID", help="Only this account of an organization's trail.")
@click.option("--region", "regions", multiple=True, help="Only this region; repeatable.")
@click.option("--s3-bucket", metavar="NAME", help="Where the files are, if not where the trail puts them now.")
@click.option("--s3-prefix", metavar="PREFIX", help="What stands before AWSLogs in the keys there.")
@click.option("--profile", help="The AWS profile whose credentials to use.")
@click.option("--endpoint-url", help="Where all services are, instead of AWS.")
@click.option("--format", "-f", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("--out", default=_STDOUT, metavar="FILE", help="Where to write; stdout if it is left out.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def verify_logs(
    trail: str,
    start: str,
    end: str,
    logs: Path | None,
    keys: tuple[Path, ...],
    account_id: str,
    regions: tuple[str, ...],
    s3_bucket: str | None,
    s3_prefix: str | None,
    profile: str | None,
    endpoint_url: str | None,
    form: str,
    out: str,
    quiet: bool,
) -> None:
    """Prove that a trail's log files are those that CloudTrail delivered, and that none is missing.

    Every digest's signature, its link to the one before, and the hash of every log file that it names are verified, in
    all regions that the bucket holds. `auditor policy --verify-logs` prints the rights that are needed; with --logs and
    --keys none are, and nothing is asked of AWS.

    Exit code: 0 all valid; 1 something is not; 3 something could not be read or is not covered by a digest.
    """
    from auditor.collect import connect
    from auditor.integrity import Search, Verification, arn_parts, span

    now = datetime.now(UTC)
    asked = span(start, end, now)
    home = arn_parts(trail)[0]
    if account_id and not (account_id.isdecimal() and len(account_id) == 12):
        raise UsageError(f"{account_id!r} is no account id.", "Give its twelve digits.")
    connection = None if logs and keys else connect(profile, home, endpoint_url)
    place = _place(trail, connection, s3_bucket, s3_prefix, logs)
    if isinstance(place, str):
        sys.exit(_told(_unread(trail, asked, place), form, out))
    shelf, place = _shelf(connection, logs, place, home)
    search = Search(shelf, place, asked, account_id, frozenset(regions))
    with _progress(quiet=quiet) as progress:
        found = Verification(search, _ring(connection, keys, asked), now, progress).run()
    sys.exit(_told(found, form, out))


def _place(
    arn: str, connection: Connection | None, bucket: str | None, prefix: str | None, logs: Path | None
) -> TrailPlace | str:
    """Gives where the trail's files are, or why that is not known."""
    from dataclasses import replace

    from auditor.collect.digests import trail_place
    from auditor.integrity import TrailPlace
    from auditor.model.fact import Unreadable

    bare = TrailPlace(arn, bucket or "", (prefix or "").strip("/"))
    if connection is None:
        return bare
    found = trail_place(connection, arn, must_exist=bucket is None and logs is None)
    if isinstance(found, Unreadable):
        return bare if bucket or logs else f"{found.reason}; give --s3-bucket"
    if bucket is None:
        return found if prefix is None else replace(found, prefix=bare.prefix)
    # The prefix of the bucket that it delivers to now need not be that of another one.
    return replace(found, bucket=bucket, prefix=bare.prefix)


def _shelf(connection: Connection | None, logs: Path | None, place: TrailPlace, home: str) -> tuple[Shelf, TrailPlace]:
    from dataclasses import replace

    from auditor.collect.digests import Bucket
    from auditor.integrity import Folder

    if logs is None:
        assert connection is not None  # noqa: S101 - only a copy does without
        return Bucket(connection, home), place
    folder: Folder = Folder(logs, place.prefix or None)
    return folder, replace(place, prefix=folder.prefix)


def _ring(connection: Connection | None, keys: tuple[Path, ...], asked: Span) -> KeyRing:
    from auditor.collect.digests import PublicKeys
    from auditor.integrity import StoredKeys

    if keys or connection is None:
        return StoredKeys.from_files(keys)
    return PublicKeys(connection, asked)


def _unread(arn: str, asked: Span, why: str) -> LogIntegrity:
    from auditor.model.integrity import LogIntegrity

    return LogIntegrity(trail_arn=arn, bucket="", asked=asked, unread=(why,))


def _told(found: LogIntegrity, form: str, out: str) -> int:
    """Writes what was found, and gives the exit code."""
    from auditor.integrity.telling import lines, verdict
    from auditor.model.integrity import Standing
    from auditor.render.visible import one_line
    from auditor.render.writing import replace_file

    if form == "json":
        told = json.dumps({"standing": found.standing, **found.model_dump(mode="json")}, indent=2) + "\n"
    else:
        told = "".join(f"{_kept(line)}\n" for line in lines(found))
    if out == _STDOUT:
        click.echo(told, nl=False)
    else:
        replace_file(Path(out), told.encode())
        click.echo(f"{one_line(verdict(found))}\nWrote {out}", err=True)
    return {Standing.INVALID: _INVALID, Standing.UNKNOWN: _UNKNOWN}.get(found.standing, 0)


def _kept(line: str) -> str:
    """Gives a line with every hidden character as an escape, for a key may hold any."""
    from auditor.render.visible import visible

    return visible(line).replace("\n", "\\n")


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress]:
    """Gives what to tell of each file that is done; a bar on stderr shows it, on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _done, _known: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Verifying files", total=None)
        yield lambda done, known: bar.update(task, completed=done, total=known)
