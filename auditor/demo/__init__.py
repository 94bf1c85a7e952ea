"""An AWS account that needs no AWS: it is served from this machine, for `auditor demo` and for the tests.

It runs on moto, which is an extra: `pip install 'trail-auditor[demo]'`.
"""

from __future__ import annotations

from auditor.demo.embedded import embedded_account
from auditor.demo.session import Credentials, DemoAccount

__all__ = ["Credentials", "DemoAccount", "embedded_account"]
