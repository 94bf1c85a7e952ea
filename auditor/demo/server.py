"""Serves the front on a loopback port: in a thread, or from the command line in a process of its own."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

import moto.core.base_backend
import moto.core.utils
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from auditor.demo.front import Front
from auditor.demo.session import Credentials, isolated_session

_HOST = "127.0.0.1"


class _QuietHandler(MotoRequestHandler):
    """Keeps connections open, and no log of requests."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  the name in werkzeug
        """Says nothing."""


@contextmanager
def serving(port: int = 0) -> Iterator[tuple[str, Front]]:
    """Serves an empty account from a thread, and gives its URL and its front.

    Args:
        port: The port; 0 for any that is free.
    """
    server, front = _bound(port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield _url(server), front
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is interrupted; prints the URL first."""
    parser = argparse.ArgumentParser(prog="python -m auditor.demo.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    server, _ = _bound(parser.parse_args(arguments).port)
    sys.stdout.write(f"{_url(server)}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


def _bound(port: int) -> tuple[BaseWSGIServer, Front]:
    # Moto asks boto3 for the names of regions by a session that fails where AWS_PROFILE names no profile.
    for module in (moto.core.base_backend, moto.core.utils):
        vars(module)["Session"] = lambda: isolated_session(Credentials(), "us-east-1")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    front = Front()
    front.reset()
    return make_server(_HOST, port, front, threaded=True, request_handler=_QuietHandler), front


def _url(server: BaseWSGIServer) -> str:
    return f"http://{_HOST}:{server.server_port}"


if __name__ == "__main__":
    sys.exit(main())
