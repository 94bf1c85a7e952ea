"""The real `aws` command line without its start-up: one process loads it, and each command is run by a fork of it.

A command line that is started anew takes half a second, and the closed loop over all remedies starts it thousands of
times. `aws` on the PATH is then a script of ten lines that hands its words, its variables and its three streams over.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOADED = ("cloudtrail", "cloudwatch", "logs", "sns", "iam", "kms", "s3api", "securityhub")
_SHIM = """#!{python} -IS
import json, os, socket, sys
there = socket.socket(socket.AF_UNIX)
there.connect({address!r})
told = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()], ensure_ascii=True).encode()
socket.send_fds(there, [len(told).to_bytes(4, "big")], [0, 1, 2])
there.sendall(told)
sys.exit(there.recv(1)[0])
"""


@contextmanager
def quick_aws(folder: Path) -> Iterator[Path]:
    """Gives a folder for the PATH in which `aws` is run by forks, for as long as the context lasts."""
    address = str(folder / "socket")
    shim = folder / "aws"
    shim.write_text(_SHIM.format(python=sys.executable, address=address))
    shim.chmod(0o755)
    environment = {**os.environ, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.aws.quick_aws", address], stdout=subprocess.PIPE, env=environment
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        try:
            yield folder
        finally:
            server.terminate()


def main(address: str) -> None:
    """Serves for ever."""
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    loader = driver.session.get_component("data_loader")
    for service in _LOADED:
        name = service.removesuffix("api")
        for kind in ("service-2", "paginators-1", "endpoint-rule-set-1"):
            loader.load_service_model(name, kind)
    loader.load_data("endpoints")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        caller, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os._exit(_answer(caller, driver))
        caller.close()


def received(caller: socket.socket) -> tuple[list[str], dict[str, str], str, list[int]]:
    """What a caller has handed over: the words, the variables, the folder and the three streams of a command."""
    head, streams, _, _ = socket.recv_fds(caller, 4, 3)
    told = b""
    while len(told) < int.from_bytes(head, "big"):
        told += caller.recv(1 << 16)
    words, variables, folder = json.loads(told)
    return words, variables, folder, streams


def _answer(caller: socket.socket, driver: object) -> int:
    words, variables, folder, streams = received(caller)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    code = 255
    try:
        code = driver.main(words)  # type: ignore[attr-defined]
    except SystemExit as stopped:
        code = stopped.code if isinstance(stopped.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        caller.sendall(bytes([code & 255]))
    return 0


if __name__ == "__main__":
    main(sys.argv[1])
