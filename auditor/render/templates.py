"""The templates' environment. All text of a report stands in `report_templates`; here is only what they call on."""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import JsonValue

from auditor.errors import ConfigurationError
from auditor.model.arn import Arn
from auditor.render.visible import one_line, shortened, visible

_OVERLAY: ContextVar[Path | None] = ContextVar("overlay", default=None)


@contextmanager
def overlaid(folder: Path | None) -> Iterator[None]:
    """Lets templates of a folder take the place of the shipped ones of the same name, within the context.

    Raises:
        ConfigurationError: A template cannot be read, is wrong, or does more than a template may.
    """
    before = _OVERLAY.set(folder)
    try:
        yield
    except jinja2.TemplateError as error:
        place = f"{error.name}, line {error.lineno}: " if isinstance(error, jinja2.TemplateSyntaxError) else ""
        raise ConfigurationError(
            f"The templates in {folder} do not work: {place}{error.message}.",
            "Compare them with the shipped ones of the same name.",
        ) from error
    finally:
        _OVERLAY.reset(before)


def environment() -> jinja2.Environment:
    """Gives the environment: what a template prints is escaped, and what would be hidden is made visible.

    A name that is not defined is an error, so that no report is silently incomplete. A template reaches no file and no
    module, be it a shipped one or one that lies over it.
    """
    return _environment(_OVERLAY.get())


def plain_environment() -> jinja2.Environment:
    """Gives the environment of files that are no markup: nothing is escaped, so that a template quotes for itself."""
    plain = environment().overlay(autoescape=False, finalize=lambda value: value)
    plain.filters = {**plain.filters, "line": one_line, "quoted": shlex.quote}
    return plain


@cache
def _environment(overlay: Path | None) -> jinja2.Environment:
    loader: jinja2.BaseLoader = jinja2.FunctionLoader(_source)
    if overlay is not None:
        loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(overlay), loader])
    made = ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.filters.update(csp_hash=csp_hash, pretty=pretty, compact=compact, utc=utc, named=named, shortened=shortened)
    made.filters["spans"] = spans
    made.tests["web_page"] = is_web_page
    return made


def csp_hash(text: str) -> str:
    """Gives the source expression by which a Content-Security-Policy lets one inline style or script pass."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def pretty(value: JsonValue) -> str:
    """Gives a value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def compact(value: JsonValue) -> str:
    """Gives a text as it is, and any other value as JSON on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def utc(moment: datetime) -> str:
    """Gives a moment as date and time in UTC; one without a zone is taken to be in UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def named(resource: str) -> str:
    """Gives what a person calls a resource: of an ARN the part after the account, without its type."""
    arn = Arn.parse(resource)
    if arn is None:
        return resource
    whole = arn.resource.removesuffix(":*")
    for kind in ("log-group:", "alarm:", "trail/", "key/", "alias/"):
        if whole.startswith(kind):
            return whole.removeprefix(kind)
    return whole


def spans(controls: dict[str, str]) -> list[tuple[str, str, str]]:
    """Gives a control's number in all versions as (first version, last version, number), runs of a number as one."""
    found = []
    for number, run in groupby(sorted(controls.items()), key=lambda pair: pair[1]):
        versions = [version for version, _ in run]
        found.append((versions[0], versions[-1], number))
    return found


def is_web_page(reference: str) -> bool:
    """Tells whether a reference may be made a link."""
    return reference.startswith("https://")


def _finalize(value: object) -> object:
    # What is markup already was made by a template out of parts that went through here.
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value)
    return value


def _source(name: str) -> str | None:
    file = resources.files("report_templates").joinpath(*jinja2.loaders.split_template_path(name))
    return file.read_text(encoding="utf-8") if file.is_file() else None
