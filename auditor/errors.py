"""What can go wrong, each with what to do about it.

    AuditorError
    ├── UsageError            a name or an option that does not exist (exit 2)
    ├── ConfigurationError    a file, a profile or a template that does not serve (exit 2)
    ├── CredentialsError      AWS does not accept the caller (exit 2)
    ├── UnreachableError      nothing answers at the endpoint (exit 2)
    ├── AccountError          an account of a fleet cannot be read; the run goes on (UNKNOWN, exit 3)
    └── OutputError           a report could not be written (exit 2)

A single fact that could not be read is none of these: it is an `Unreadable` in the snapshot.
"""

from __future__ import annotations


class AuditorError(Exception):
    """Base of all errors that the product raises.

    Attributes:
        what: What failed, and on which resource.
        advice: What to do about it.
    """

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what} {advice}" if advice else what)
        self.what = what
        self.advice = advice


class UsageError(AuditorError):
    """A name or an option that does not exist."""


class ConfigurationError(AuditorError):
    """A file, a profile or a template that does not serve."""


class CredentialsError(AuditorError):
    """AWS does not accept the caller."""


class UnreachableError(AuditorError):
    """Nothing answers at the endpoint."""


class AccountError(AuditorError):
    """An account of a fleet cannot be read; its findings are UNKNOWN, and the others go on."""


class OutputError(AuditorError):
    """A report could not be written."""
