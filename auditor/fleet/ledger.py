"""What a run leaves on disk, and what is read again when it is resumed.

run.json                          what was asked, and of which accounts; written first
shared.json                       what was read once for all accounts
findings/123456789012.jsonl       an account's findings, a line each (or Parquet)
accounts/123456789012/report.*    its reports
accounts/123456789012/row.json    its row in the overview; written last: an account that has it is done
fleet.html, fleet.pdf, ...        the overview, at the end
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from auditor.errors import ConfigurationError, UsageError
from auditor.fleet.member import Member
from auditor.fleet.outcome import Outcome, Record, folder_of
from auditor.fleet.plan import Plan
from auditor.model.fact import Frozen
from auditor.model.snapshot import Snapshot
from auditor.storage import Storage

RUN, SHARED, ROW = "run.json", "shared.json", "row.json"
_READERS = 16

M = TypeVar("M", bound=BaseModel)


class Manifest(Frozen):
    """What a run was asked."""

    plan: Plan
    members: tuple[Member, ...]


_SNAPSHOTS = TypeAdapter(tuple[Snapshot, ...])


@dataclass(frozen=True, slots=True)
class Ledger:
    """A run's files.

    Attributes:
        storage: Where they are.
    """

    storage: Storage

    def begin(self, manifest: Manifest) -> None:
        """Begins a run.

        Raises:
            UsageError: There is a run already.
            OutputError: Nothing can be written there.
        """
        self.storage.prepare()
        if self.storage.read(RUN) is not None:
            raise UsageError(
                f"{self.storage.place} holds a run already.",
                f"Continue it with --resume {self.storage.place}, or choose another place with --out.",
            )
        self._write(RUN, manifest)

    def manifest(self) -> Manifest:
        """Gives what the run was asked.

        Raises:
            UsageError: There is no run.
            ConfigurationError: What is there cannot be understood.
        """
        found = self._model(RUN, Manifest)
        if found is None:
            raise UsageError(
                f"{self.storage.place} holds no run over many accounts.", "Give the --out of the run to --resume."
            )
        return found

    def keep_shared(self, shared: Sequence[Snapshot]) -> None:
        """Keeps what was read once for all accounts."""
        self.storage.write(SHARED, _SNAPSHOTS.dump_json(tuple(shared)))

    def shared(self) -> tuple[Snapshot, ...] | None:
        """Gives what was read once for all accounts, or None where the run did not get that far."""
        content = self.storage.read(SHARED)
        try:
            return None if content is None else _SNAPSHOTS.validate_json(content)
        except ValidationError:
            # Reading it again is safe; a file of another version is no reason to stop.
            return None

    def record(self, outcome: Outcome) -> None:
        """Stores what came of an account; its row is written last."""
        for name, content in outcome.files.items():
            self.storage.write(name, content)
        self._write(f"{folder_of(outcome.record.row.account_id)}/{ROW}", outcome.record)

    def records(self) -> Iterator[Record]:
        """Gives what came of the accounts that are done; one whose row cannot be understood is not done."""
        rows = [name for name in self.storage.names("accounts/") if name.endswith(f"/{ROW}")]
        with ThreadPoolExecutor(_READERS, "row") as pool:
            for found in pool.map(self._row, rows):
                if found is not None:
                    yield found

    def _row(self, name: str) -> Record | None:
        try:
            return self._model(name, Record)
        except ConfigurationError:
            return None

    def _write(self, name: str, content: BaseModel) -> None:
        self.storage.write(name, content.model_dump_json(indent=2).encode())

    def _model(self, name: str, model: type[M]) -> M | None:
        content = self.storage.read(name)
        if content is None:
            return None
        try:
            return model.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise ConfigurationError(
                f"{name} of {self.storage.place} is not of this version: {first['msg']}.",
                "Continue the run with the version of trail-auditor that began it.",
            ) from error
