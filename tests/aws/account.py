"""An AWS account for tests: a server in another process, reached over a socket only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auditor.demo.session import DemoAccount

HERE = Path(__file__).parent


class Account(DemoAccount):
    """An empty or filled account behind an endpoint, which serves other accounts as well.

    `account.other("111111111111")` is another account there, with keys of its own: its `environment(home)` is the
    one in which a command runs as that account, such as the management account of an organization. What a role may
    do in a third account, `account.taking_on(role_arn)` does.
    """

    def environment(self, home: Path) -> dict[str, str]:
        """The variables under which any tool finds this account, and nothing of the user's."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
        kept.pop("BOTO_CONFIG", None)
        token = self.credentials.session_token
        return {
            **kept,
            **({"AWS_SESSION_TOKEN": token} if token else {}),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "NO_PROXY": "127.0.0.1",
            "AWS_ACCESS_KEY_ID": self.credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret_access_key,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }


@dataclass(frozen=True)
class AwsCli:
    """The real `aws` command line, turned to a test account; `tools` is a folder that goes before the PATH."""

    account: Account
    home: Path
    tools: Path | None = None

    def __call__(self, *arguments: str) -> str:
        return self._run(["aws", *arguments])

    def script(self, path: Path) -> str:
        return self._run(["bash", str(path)])

    def _run(self, command: list[str]) -> str:
        environment = self.account.environment(self.home)
        if self.tools:
            environment["PATH"] = f"{self.tools}{os.pathsep}{environment['PATH']}"
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout


@contextmanager
def serving() -> Iterator[Account]:
    """Runs a server in a process of its own for as long as the context lasts."""
    command = [sys.executable, "-m", "auditor.demo.server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url), url
        try:
            yield Account(url)
        finally:
            process.terminate()
