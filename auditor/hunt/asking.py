"""Asks CloudWatch one query of Logs Insights, and stops it at AWS where nobody waits for its answer any more.

Sources: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StopQuery.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any, TypeVar

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect import Connection
from auditor.collect.operations import Operation
from auditor.drill.ending import deaf, told_to_end
from auditor.hunt.errors import HuntError
from auditor.hunt.operations import GET_QUERY_RESULTS, START_QUERY, STOP_QUERY
from auditor.model.fact import DENIED

T = TypeVar("T")
# An account may run 30 queries at once in older regions, and dashboards have their share of them.
_AT_ONCE = 4
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_LONGEST_WAIT_FOR_A_PLACE = 300.0
_GOES_ON = ("Scheduled", "Running")


@dataclass(frozen=True, slots=True)
class Place:
    """Log groups of one region, by name or ARN, that are asked together."""

    region: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What CloudWatch answers to one query.

    Attributes:
        rows: Each with the values of its fields; a field that is not there is left out.
        matched: How many events it found, be they all among the rows or not.
        scanned: How many bytes it read.
    """

    rows: tuple[dict[str, str], ...]
    matched: int = 0
    scanned: int = 0


@dataclass(slots=True)
class Asker:
    """Asks queries, few of them at once.

    Attributes:
        connection: The account.
        told: Told of each query that has been answered.
    """

    connection: Connection
    told: Callable[[str], None] | None = None
    _ended: Event = field(default_factory=Event)

    def all(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """Gives what tasks that ask give; whatever ends them, no query goes on at AWS."""
        with told_to_end():
            pool = ThreadPoolExecutor(_AT_ONCE, "hunt")
            try:
                return [future.result() for future in [pool.submit(task) for task in tasks]]
            finally:
                # Where all of them are done this waits for nothing.
                self._ended.set()
                with deaf():
                    pool.shutdown(cancel_futures=True)
                self._ended.clear()

    def ask(self, place: Place, text: str, start: int, end: int) -> Answer:
        """Gives the answer to a query.

        Args:
            place: What to ask.
            text: The query.
            start: From which second on, since 1970.
            end: To which second.

        Raises:
            HuntError: AWS refuses, or the query fails there.
        """
        query = self._start(place, {"queryString": text, "startTime": start, "endTime": end})
        done = False
        try:
            answer = self._result(place, query)
            done = True
        finally:
            if not done:
                with contextlib.suppress(HuntError):
                    self._call(STOP_QUERY, place, queryId=query)
        if self.told:
            self.told(f"{START_QUERY.service}:{START_QUERY.name}")
        return answer

    def _start(self, place: Place, asked: dict[str, Any]) -> str:
        waited, pause = 0.0, 1.0
        while True:
            try:
                answer = self._call(START_QUERY, place, logGroupIdentifiers=list(place.groups), **asked)
            except _BusyError:
                if waited >= _LONGEST_WAIT_FOR_A_PLACE:
                    raise
                self._wait(pause)
                waited, pause = waited + pause, min(pause * 2, 10.0)
            else:
                return str(answer["queryId"])

    def _result(self, place: Place, query: str) -> Answer:
        pause = _FIRST_PAUSE
        while True:
            answer = self._call(GET_QUERY_RESULTS, place, queryId=query)
            status = answer.get("status", "Unknown")
            if status not in _GOES_ON:
                break
            self._wait(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        if status != "Complete":
            raise HuntError(
                f"CloudWatch gave a query of {_named(place)} up: {status}.",
                "Ask again, for less time at once where it was Timeout.",
            )
        statistics = answer.get("statistics", {})
        rows = list(answer.get("results", ()))
        while answer.get("nextToken"):
            answer = self._call(GET_QUERY_RESULTS, place, queryId=query, nextToken=answer["nextToken"])
            rows += answer.get("results", ())
        return Answer(
            tuple({cell["field"]: cell.get("value", "") for cell in row} for row in rows),
            int(statistics.get("recordsMatched", 0)),
            int(statistics.get("bytesScanned", 0)),
        )

    def _wait(self, seconds: float) -> None:
        if self._ended.wait(seconds):
            raise HuntError("The query was ended.", "")

    def _call(self, operation: Operation, place: Place, **asked: Any) -> dict[str, Any]:
        client: Any = self.connection.client(operation.service, place.region)
        try:
            answer: dict[str, Any] = getattr(client, xform_name(operation.name))(**asked)
        except ClientError as error:
            raise _refused(operation, place, error) from error
        except BotoCoreError as error:
            raise HuntError(
                f"{_named(place)} could not be asked: {error}", "Check the network and --region."
            ) from error
        return answer


class _BusyError(HuntError):
    """As many queries run in the account as may."""


def _refused(operation: Operation, place: Place, error: ClientError) -> HuntError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    said = str(error.response.get("Error", {}).get("Message", "")).rstrip(".")
    if code in DENIED:
        return HuntError(
            f"{_named(place)} could not be asked: the permission {operation.permission} is missing.",
            "`auditor policy --hunt` prints what a hunt needs.",
        )
    if code == "LimitExceededException":
        return _BusyError(f"{_named(place)} could not be asked: too many queries run already.", "Try again later.")
    if code == "ResourceNotFoundException":
        return HuntError(f"{_named(place)} is not there: {said}.", "Name another with --log-group, or see --region.")
    return HuntError(f"{_named(place)} could not be asked: {operation.name} failed with {code}: {said}.", "")


def _named(place: Place) -> str:
    return f"{', '.join(place.groups)} in {place.region}"
