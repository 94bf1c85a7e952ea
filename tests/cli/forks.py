"""The command without its start-up: one process has imported it, and each run is a fork of that one.

A run is a process of its own all the same, with its own words, variables, folder and streams. What is said of start-up
itself starts Python anew (`tests.collect.test_start_up`).
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.aws.quick_aws import received

_IMPORTED = (
    "auditor.bundle", "auditor.cli.checks", "auditor.cli.contract", "auditor.cli.demo", "auditor.cli.fleet_terminal",
    "auditor.cli.output", "auditor.cli.render", "auditor.cli.scan", "auditor.collect", "auditor.fleet.run",
    "auditor.history", "auditor.redaction", "auditor.registry", "auditor.render.html", "auditor.render.pdf",
    "auditor.scan", "auditor.storage.s3", "auditor.stored", "checks.alarm",
)  # fmt: skip
_KILLED = 128


class Forks:
    """Runs the command in forks of a process that has imported it.

    Args:
        folder: Where its socket is.
    """

    def __init__(self, folder: Path) -> None:
        self._address = str(folder / "socket")
        command = [sys.executable, "-m", "tests.cli.forks", self._address]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        assert self._server.stdout is not None
        assert self._server.stdout.readline() == b"ready\n"

    def run(
        self, words: Sequence[str], environment: Mapping[str, str], streams: tuple[int, int, int], timeout: float
    ) -> int:
        """Runs the command to its end, and gives its exit code."""
        with socket.socket(socket.AF_UNIX) as there:
            there.settimeout(timeout)
            there.connect(self._address)
            told = json.dumps([list(words), dict(environment), str(Path.cwd())]).encode()
            socket.send_fds(there, [len(told).to_bytes(4, "big")], streams)
            there.sendall(told)
            answer = there.recv(2)
        assert len(answer) == 2, "the server is gone"
        return int.from_bytes(answer, "big")


@cache
def forks() -> Forks:
    """Gives the one server of this process; it ends when this process does, for its stdin is then closed."""
    return Forks(Path(tempfile.mkdtemp(prefix="auditor-forks-")))


def main(address: str) -> None:
    """Serves until whoever started it has ended, which closes stdin."""
    for name in _IMPORTED:
        import_module(name)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
        caller, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            _attend(caller)
        caller.close()


def _attend(caller: socket.socket) -> None:
    """Forks once more for the command itself, so that a run that is killed is told as one."""
    words, variables, folder, streams = received(caller)
    child = os.fork()
    if child == 0:
        _be_the_command(words, variables, folder, streams)
    for stream in streams:
        os.close(stream)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    caller.sendall((code if code >= 0 else _KILLED - code).to_bytes(2, "big"))
    os._exit(0)


def _be_the_command(words: list[str], variables: dict[str, str], folder: str, streams: Sequence[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    sys.argv = ["auditor", *words]
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", errors=errors, closefd=False)
        for number, mode, errors in ((0, "r", "strict"), (1, "w", "strict"), (2, "w", "backslashreplace"))
    )
    code = 255
    try:
        from auditor.cli import main as command

        command()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:  # noqa: BLE001 - as Python does at the end of a program
        import traceback

        traceback.print_exc()
        code = 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                continue
        os._exit(code & 255)


if __name__ == "__main__":
    main(sys.argv[1])
