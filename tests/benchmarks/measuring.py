"""Runs a command and measures what it costs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

# A process is told to hold at least what the one held that started it, so one that holds next to nothing does.
_LAUNCHER = """
import json, os, sys, time
out, log, *command = sys.argv[1:]
began, clock = time.time(), time.perf_counter()
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, fd, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) for fd in (1, 2)])
_, status, used = os.wait4(pid, 0)
wall = time.perf_counter() - clock
unit = 1 if sys.platform == "darwin" else 1024
json.dump([os.waitstatus_to_exitcode(status), began, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6],
          open(out, "w"))
"""


@dataclass(frozen=True)
class Cost:
    """What a command cost.

    Attributes:
        code: Its exit code.
        began: When it began, in seconds since 1970.
        wall: Seconds until it ended.
        cpu: Seconds of the processor, those of its children included.
        memory: The most memory that a process of it held, in MB.
    """

    code: int
    began: float
    wall: float
    cpu: float
    memory: float


def cost_of(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """Runs a command to its end; what it prints is left in `output.log` in the folder.

    Python keeps its bytecode there too, as it does where a package was installed, whatever the environment says.
    """
    out = folder / "cost.json"
    environment = {**environment, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    launcher = [sys.executable, "-IS", "-c", _LAUNCHER, str(out), str(folder / "output.log")]
    subprocess.run([*launcher, *command], env=environment, cwd=folder, check=True)
    return Cost(*json.loads(out.read_text()))


def usual(costs: Sequence[float]) -> str:
    """Gives the median of several measurements and, in brackets, the least of them."""
    return f"{median(costs):.2f} ({min(costs):.2f})"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Gives a table in plain text."""
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    ruled = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in ruled)
