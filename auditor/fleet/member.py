"""The accounts of a fleet, from a file."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from auditor.errors import ConfigurationError
from auditor.model.fact import Frozen

ACTIVE = "ACTIVE"
_ID = re.compile(r"[0-9]{12}")
_ADVICE = (
    "Give one account id of 12 digits on each line, a CSV file with a column `id` and perhaps `name`, "
    "or what `aws organizations list-accounts` prints."
)


class Member(Frozen):
    """An account of a fleet.

    Attributes:
        account_id: Its id.
        name: Its name; empty where none is known.
        unit: Where in the organization it is, such as `Root/Workloads`; empty where that is not known.
        state: Its state in the organization; only an ACTIVE account is read.
    """

    account_id: str
    name: str = ""
    unit: str = ""
    state: str = ACTIVE


def read_members(path: Path) -> tuple[Member, ...]:
    """Gives the accounts that a file names, each once, in its order.

    Lines hold an id and perhaps a name after it; `#` begins a comment. A `.csv` has a head with `id` and perhaps `name`
    and `state`; a `.json` is a list of ids or of objects, or `{"Accounts": [...]}` as AWS Organizations gives it.

    Raises:
        ConfigurationError: The file cannot be read, names something that is no account id, or names no account.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ConfigurationError(f"The file of accounts {path} cannot be read: {said}.", _ADVICE) from error
    read = {".csv": _from_csv, ".json": _from_json}.get(path.suffix.lower(), _from_lines)
    found: dict[str, Member] = {}
    try:
        for place, member in read(text):
            if not _ID.fullmatch(member.account_id):
                raise ConfigurationError(f"{path}, {place}: {member.account_id!r} is no account id.", _ADVICE)
            found.setdefault(member.account_id, member)
    except (ValueError, TypeError, KeyError, RecursionError, csv.Error) as error:
        said = " ".join(str(error).split())
        raise ConfigurationError(f"The file of accounts {path} cannot be understood: {said}.", _ADVICE) from error
    if not found:
        raise ConfigurationError(f"The file {path} names no account.", _ADVICE)
    return tuple(found.values())


def _from_lines(text: str) -> Iterator[tuple[str, Member]]:
    for number, line in enumerate(text.splitlines(), 1):
        account_id, *name = line.partition("#")[0].split(maxsplit=1)[:2] or [""]
        if account_id:
            yield f"line {number}", Member(account_id=account_id, name=" ".join(name).strip())


def _from_csv(text: str) -> Iterator[tuple[str, Member]]:
    rows = csv.DictReader(text.splitlines(), skipinitialspace=True)
    heads = {head.strip().lower().replace(" ", "_"): head for head in rows.fieldnames or ()}
    ids = next((heads[name] for name in ("id", "account_id", "account") if name in heads), None)
    if ids is None:
        raise ValueError("its first line names no column `id`")
    for number, row in enumerate(rows, 2):
        cells = {name: (row[head] or "").strip() for name, head in heads.items()}
        account_id = (row[ids] or "").strip()
        if account_id:
            yield f"line {number}", _member(account_id, cells.get("name"), cells.get("state") or cells.get("status"))


def _from_json(text: str) -> Iterator[tuple[str, Member]]:
    content = json.loads(text)
    entries: Iterable[object] = content["Accounts"] if isinstance(content, dict) else content
    for number, entry in enumerate(entries, 1):
        fields = entry if isinstance(entry, dict) else {"id": entry}
        named = {str(key).lower(): str(value) for key, value in fields.items()}
        account_id = named.get("id") or named.get("account_id") or named.get("accountid") or ""
        yield f"entry {number}", _member(account_id, named.get("name"), named.get("state") or named.get("status"))


def _member(account_id: str, name: str | None, state: str | None) -> Member:
    return Member(account_id=account_id, name=name or "", state=(state or ACTIVE).upper())
