"""The demo account inside this process: a server on a loopback port, filled, and taken down at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from auditor.demo.session import DemoAccount
from auditor.errors import ConfigurationError


@contextmanager
def embedded_account() -> Iterator[DemoAccount]:
    """Serves the demo account from a thread of this process.

    The user's own credentials, profiles and endpoints are neither read nor changed.

    Raises:
        ConfigurationError: Moto is not installed.
    """
    if find_spec("moto") is None or find_spec("flask") is None:
        raise ConfigurationError(
            "The demo account needs moto, which is not installed.", "Run: pip install 'trail-auditor[demo]'."
        )
    from auditor.demo.account import build
    from auditor.demo.server import serving

    with serving() as (url, _):
        account = DemoAccount(url)
        build(account)
        yield account
