"""Reports that an earlier run left: `report.json`, read back."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from auditor.errors import ConfigurationError
from auditor.report import SCHEMA_VERSION, Report

_ADVICE = "Give the report.json that `auditor scan --format json` writes."


def read_report(path: str) -> Report:
    """Gives the report in a file; `-` is stdin.

    Raises:
        ConfigurationError: It is no report, or was written by a version that is too new.
    """
    return parse_report(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes(), path)


def parse_report(text: bytes, path: str) -> Report:
    """Gives the report, of this version or an earlier one, that a file holds; `path` is its name in a message.

    Raises:
        ConfigurationError: It is no report, or was written by a version that is too new.
    """
    try:
        content = json.loads(text, parse_float=_finite, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise ConfigurationError(f"The report {path} is no JSON: {said}.", _ADVICE) from error
    version = content.get("schema_version") if isinstance(content, dict) else None
    if not isinstance(version, str):
        raise ConfigurationError(f"{path} is no report of trail-auditor: it has no schema_version.", _ADVICE)
    if version != SCHEMA_VERSION:
        raise ConfigurationError(
            f"The report {path} has the schema version {version!r}; this auditor reads {SCHEMA_VERSION}.",
            "Install the version of trail-auditor that wrote it, or a newer one.",
        )
    try:
        return Report.model_validate(content)
    except (ValidationError, RecursionError) as error:
        raise ConfigurationError(f"The report {path} is wrong{_first(error)}.", _ADVICE) from error


def _first(error: ValidationError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return ": it is nested too deeply"
    first = error.errors(include_url=False, include_input=False)[0]
    return f" at {'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _not_json(text)
    return value


def _not_json(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")
