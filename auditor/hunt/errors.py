"""What keeps a query from being answered."""

from __future__ import annotations

from auditor.errors import AuditorError


class HuntError(AuditorError):
    """A query that AWS does not answer; where nothing else is asked, the exit code is 3."""
