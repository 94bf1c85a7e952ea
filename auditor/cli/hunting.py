"""The options by which a scan asks the logs as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from auditor.collect import Connection
    from auditor.hunt.model import Query
    from auditor.hunt.period import Period
    from auditor.model.snapshot import Snapshot
    from auditor.report import Report

Command = TypeVar("Command", bound=Callable[..., Any])
DEFAULT_SINCE = "7d"
DEFAULT_GB = 50.0


@dataclass(frozen=True, slots=True)
class Hunting:
    """What a scan is to ask the logs; nothing where `names` is empty."""

    names: str
    since: str
    most_gb: float

    def plan(self, benchmark: str) -> tuple[tuple[Query, ...], Period] | None:
        """Gives what to ask and of which time, before AWS is called; None where nothing is asked.

        Raises:
            UsageError: There is no such query, or no such length of time.
        """
        if not self.names:
            return None
        from auditor.hunt.library import chosen
        from auditor.hunt.period import period_of

        period = period_of(self.since, None, None, datetime.now(UTC))
        return None if period is None else (chosen(self.names, benchmark), period)

    def joined(
        self,
        plan: tuple[tuple[Query, ...], Period] | None,
        report: Report,
        account: Snapshot,
        connection: Connection,
        progress: Callable[[str], None],
    ) -> Report:
        """Gives the report with what the logs say."""
        if plan is None:
            return report
        from auditor.hunt.asking import Asker
        from auditor.hunt.joining import with_hunts

        return with_hunts(report, account, Asker(connection, progress), *plan, self.most_gb)


def hunting(command: Command) -> Command:
    """Gives a command the options, and their values as one `Hunting`."""

    @click.option("--hunt", "hunt_names", default="", metavar="NAMES", help="Ask the logs too: `all`, or with commas.")
    @click.option("--hunt-since", default=DEFAULT_SINCE, show_default=True, metavar="LENGTH", help="Of which time.")
    @click.option(
        "--hunt-max-gb",
        type=click.FloatRange(min=0),
        default=DEFAULT_GB,
        show_default=True,
        metavar="GB",
        help="Ask nothing where CloudWatch would read more, which it charges.",
    )
    @wraps(command)
    def with_options(*args: Any, hunt_names: str, hunt_since: str, hunt_max_gb: float, **kwargs: Any) -> Any:
        return command(*args, hunts=Hunting(hunt_names, hunt_since, hunt_max_gb), **kwargs)

    return with_options  # type: ignore[return-value] # it takes what the command takes, but for the options
