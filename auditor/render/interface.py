"""What a format has to offer."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from auditor.report import Report


@runtime_checkable
class HasVariants(Protocol):
    """A format that can be given in more than one variant."""

    def with_variant(self, variant: str) -> Format:
        """Gives the format in a variant."""


@runtime_checkable
class Format(Protocol):
    """One format that a report can be given in: a class that is called without arguments.

    It is registered in the entry-point group `auditor.formats` under its name. What it imports at the top of its module
    is loaded only when a report is asked for in this format.
    """

    @property
    def name(self) -> str:
        """What the format is called on the command line, such as `html`."""

    @property
    def file_name(self) -> str:
        """The file that the format is written to, such as `report.html`."""

    @property
    def binary(self) -> bool:
        """Whether a terminal had better not show it."""

    def render(self, report: Report) -> bytes:
        """Gives the whole file. The same report gives the same bytes."""
