"""Times `auditor verify-logs` against `aws cloudtrail validate-logs` on one bucket in moto, over a socket.

    python -m tests.benchmarks.verify_logs [--hours 24] [--files 20] [--latency 0.05]

The bucket has the digests and log files of four regions. validate-logs looks at one region a run, so that it runs four
times; its times are summed, and its memory is that of its largest run. Both verdicts are compared. The server is a
process of its own, and its processor time is nobody's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.aws.account import serving
from tests.integrity.signed import ARN, BUCKET, HOME, HOUR, NAME, START, Chain, Objects, iso
from tests.integrity.stub import key_server

_REGIONS = (HOME, "us-west-2", "eu-west-1", "ap-southeast-2")
_EVENTS = 60
_OFTEN = 0.02  # seconds
_RATIO = re.compile(r"^(\d+)/(\d+) (digest|log) files valid", re.MULTILINE)


class Busy(Chain):
    """A chain whose log files have as many events as those of a busy account."""

    def content(self, delivered: datetime, number: int) -> bytes:
        draw = random.Random(f"{self.region}{delivered}{number}")
        records = [
            {
                "eventVersion": "1.11",
                "eventTime": iso(delivered),
                "eventName": draw.choice(("AssumeRole", "DescribeInstances", "GetObject", "Decrypt")),
                "awsRegion": self.region,
                "sourceIPAddress": f"198.51.100.{draw.randrange(256)}",
                "userIdentity": {"type": "AssumedRole", "principalId": f"{draw.getrandbits(128):032x}:session"},
                "requestID": f"{draw.getrandbits(128):032x}",
                "eventID": f"{draw.getrandbits(128):032x}",
            }
            for _ in range(_EVENTS)
        ]
        return json.dumps({"Records": records}).encode()


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds, seconds of processor time, megabytes at most; and the valid files it counted."""

    wall: float
    cpu: float
    memory: float
    valid: int

    def __add__(self, other: Cost) -> Cost:
        memory = max(self.memory, other.memory)
        return Cost(self.wall + other.wall, self.cpu + other.cpu, memory, self.valid + other.valid)


def run(command: list[str], environment: dict[str, str]) -> tuple[Cost, str]:
    with tempfile.TemporaryFile("w+") as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
        memory, done = 0.0, 0
        while not done:
            memory = max(memory, _memory(process.pid))
            time.sleep(_OFTEN)
            done, status, used = os.wait4(process.pid, os.WNOHANG)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if process.returncode:
        sys.exit(f"{command[:3]} ended with {process.returncode}: {said[-2000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, memory, 0), said


def _memory(process: int) -> float:
    """The most that a process has held so far, in MB; what wait4 tells counts this process's own before the fork."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--files", type=int, default=20, help="log files an hour and region")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds by which every answer is held back")
    asked = parser.parse_args()
    objects = Objects()
    for region in _REGIONS:
        Busy(objects, region=region).hours(asked.hours, logs=asked.files)
    size = sum(len(stored.body) for stored in objects.files.values())
    print(f"{len(objects.files)} files, {size / 2**20:.1f} MB packed, {asked.latency * 1000:.0f} ms of latency")
    span = iso(START), iso(START + asked.hours * HOUR)
    keys = {region: ["cloudtrail"] for region in _REGIONS}
    with serving() as account, key_server(account.endpoint_url, keys) as url, tempfile.TemporaryDirectory() as home:
        s3 = account.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        account.client("cloudtrail").create_trail(Name=NAME, S3BucketName=BUCKET, IsMultiRegionTrail=True)
        for (bucket, key), stored in objects.files.items():
            s3.put_object(Bucket=bucket, Key=key, Body=stored.body, Metadata=dict(stored.metadata))
        environment = {**account.environment(Path(home)), "AWS_ENDPOINT_URL_CLOUDTRAIL": url}
        account.controls.latency(asked.latency)
        ours, theirs = measure_ours(span, environment), measure_theirs(span, environment)
    if ours.valid != theirs.valid or ours.valid != len(objects.files):
        sys.exit(f"They disagree: {ours.valid} valid files, and {theirs.valid}")
    print(f"{'':28}{'wall s':>9}{'cpu s':>9}{'MB':>7}{'files/s':>9}")
    for name, cost in (("auditor verify-logs", ours), ("aws cloudtrail validate-logs", theirs)):
        print(f"{name:28}{cost.wall:9.2f}{cost.cpu:9.2f}{cost.memory:7.0f}{cost.valid / cost.wall:9.0f}")
    print(f"{theirs.wall / ours.wall:.1f} times as fast, {theirs.cpu / ours.cpu:.1f} times less processor time")


def measure_ours(span: tuple[str, str], environment: dict[str, str]) -> Cost:
    command = [sys.executable, "-m", "auditor.cli", "verify-logs", "--trail", ARN, "--from", span[0], "--to", span[1]]
    cost, said = run([*command, "--format", "json"], environment)
    chains = json.loads(said)["chains"]
    valid = sum(chain[kind]["valid"] for chain in chains for kind in ("digests", "logs"))
    return Cost(cost.wall, cost.cpu, cost.memory, valid)


def measure_theirs(span: tuple[str, str], environment: dict[str, str]) -> Cost:
    total = Cost(0, 0, 0, 0)
    command = ["aws", "cloudtrail", "validate-logs", "--trail-arn", ARN, "--start-time", span[0], "--end-time", span[1]]
    for region in _REGIONS:
        cost, said = run([*command, "--region", region], environment)
        valid = sum(int(valid) for valid, _, _ in _RATIO.findall(said))
        total += Cost(cost.wall, cost.cpu, cost.memory, valid)
    return total


if __name__ == "__main__":
    main()
