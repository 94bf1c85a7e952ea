"""Findings as rows of a data set: JSON Lines, or a Parquet file for each account.

Both hold a finding as report.json has it. In Parquet, what is a list or an object is a column of JSON text.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from auditor.errors import ConfigurationError, UsageError
from auditor.findings import Finding
from auditor.render.visible import encodable


@dataclass(frozen=True, slots=True)
class RowFormat:
    """A form in which the findings of an account are stored.

    Attributes:
        file_name: What the file of an account is called.
        write: Gives the file's content.
    """

    file_name: Callable[[str], str]
    write: Callable[[Iterable[Finding]], bytes]


def _json_lines(findings: Iterable[Finding]) -> bytes:
    return "".join(f"{_line(finding.model_dump(mode='json'))}\n" for finding in findings).encode()


def _line(value: object) -> str:
    # Half a surrogate pair has no form in UTF-8; as an escape it has one in JSON.
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _parquet(findings: Iterable[Finding]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [finding.model_dump(mode="json") for finding in findings]
    columns = {name: [_cell(row[name]) for row in rows] for name in Finding.model_fields}
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd")
    return content.getvalue()


def _cell(value: object) -> str | None:
    if value is None:
        return None
    return encodable(value, "utf-8") if isinstance(value, str) else _line(value)


_FORMATS = {
    "jsonl": RowFormat(lambda account_id: f"findings/{account_id}.jsonl", _json_lines),
    # Named so that engines that read folders take the account from the path.
    "parquet": RowFormat(lambda account_id: f"findings/account={account_id}/findings.parquet", _parquet),
}
ROW_FORMATS = tuple(_FORMATS)


def row_format(name: str) -> RowFormat:
    """Gives a form of rows.

    Raises:
        UsageError: There is no such form.
        ConfigurationError: What it needs is not installed.
    """
    if name not in _FORMATS:
        raise UsageError(f"Findings cannot be stored as {name!r}.", f"Choose one of {', '.join(ROW_FORMATS)}.")
    if name == "parquet":
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError as error:
            raise ConfigurationError(
                "Parquet needs pyarrow, which is not installed.", "Run: pip install 'trail-auditor[parquet]'."
            ) from error
    return _FORMATS[name]
