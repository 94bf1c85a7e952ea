"""A trail's bucket on moto, and what `aws cloudtrail validate-logs` and `auditor verify-logs` say of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from auditor.cli.verify_logs import verify_logs
from auditor.model.integrity import Flaw, Kind, LogIntegrity, Problem, Standing
from tests.aws.account import Account
from tests.cli.run import Done, auditor
from tests.integrity.signed import ARN, BUCKET, NAME, Objects

_LINE = re.compile(r"^(\(backfill\) )?(Digest|Log) file\ts3://([^/]+)/(.+)\t(?:(valid)|INVALID: (.+))$", re.MULTILINE)
_RATIO = re.compile(r"^(\d+)/(\d+) (backfill digest|digest|log) files valid", re.MULTILINE)
_KINDS = {"digest": Kind.DIGEST, "backfill digest": Kind.BACKFILL, "log": Kind.LOG}

# What validate-logs says of each problem.
SAYS = {
    Problem.MISSING: "not found",
    Problem.MOVED: "has been moved from its original location",
    Problem.FORMAT: "invalid format",
    Problem.SIGNATURE: "signature verification failed|Non-hexadecimal digit found|Odd-length string",
    Problem.UNSIGNED: "signature verification failed",
    Problem.KEY: "public key not found in region .+|Unable to load PKCS #1 key .+",
    Problem.TRAILING: "unexpected data after end of compressed stream",
    Problem.HASH: "hash value doesn't match",
}


@dataclass(frozen=True)
class Told:
    """What a tool says: its exit code, the counts (valid, all) of each kind, and what is wrong with which file."""

    code: int
    counts: dict[Kind, tuple[int, int]]
    bad: dict[tuple[Kind, str], str]


@dataclass(frozen=True)
class Stage:
    """An account whose CloudTrail endpoint knows public keys."""

    account: Account
    keys_url: str
    home: Path
    tools: Path

    @property
    def environment(self) -> dict[str, str]:
        found = {**self.account.environment(self.home), "AWS_ENDPOINT_URL_CLOUDTRAIL": self.keys_url}
        return {**found, "PATH": f"{self.tools}:{found['PATH']}"}

    def fill(self, objects: Objects, *buckets: str, prefix: str = "") -> None:
        """Makes the trail and its bucket, and puts there what is in memory."""
        s3 = self.account.client("s3")
        for bucket in buckets or (BUCKET,):
            s3.create_bucket(Bucket=bucket)
        more = {"S3KeyPrefix": prefix} if prefix else {}
        self.account.client("cloudtrail").create_trail(
            Name=NAME, S3BucketName=BUCKET, IsMultiRegionTrail=True, EnableLogFileValidation=True, **more
        )
        for (bucket, key), stored in objects.files.items():
            s3.put_object(Bucket=bucket, Key=key, Body=stored.body, Metadata=dict(stored.metadata))

    def theirs(self, start: str, end: str, region: str, *more: str) -> Told:
        """What `aws cloudtrail validate-logs` says of one region."""
        span = ["--start-time", start, "--end-time", end]
        command = [
            "aws",
            "cloudtrail",
            "validate-logs",
            "--trail-arn",
            ARN,
            *span,
            "--region",
            region,
            "--verbose",
            *more,
        ]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        lines = list(_LINE.finditer(f"{done.stdout}\n{done.stderr}"))
        counts = {_KINDS[kind]: (int(valid), int(all_)) for valid, all_, kind in _RATIO.findall(done.stdout)}
        bad = {(_kind(line), line[4]): line[6] for line in lines if not line[5]}
        return Told(done.returncode, counts, bad)

    def command(self, *arguments: str) -> Done:
        return auditor("verify-logs", *arguments, environment=self.environment)

    def ours(self, start: str, end: str, *more: str) -> tuple[int, LogIntegrity]:
        """What `auditor verify-logs` says, and its exit code."""
        out = self.home / "found.json"
        asked = ["--trail", ARN, "--from", start, "--to", end, "--format", "json", "--out", str(out), "--quiet", *more]
        # In this process, for a new one for each test takes longer than all the rest.
        with patch.dict(os.environ, self.environment, clear=True), pytest.raises(SystemExit) as stopped:
            verify_logs.main(asked, standalone_mode=False)
        assert isinstance(stopped.value.code, int)
        said = json.loads(out.read_text())
        standing = said.pop("standing")
        found = LogIntegrity.model_validate(said)
        assert standing == found.standing
        return stopped.value.code, found


def _kind(line: re.Match[str]) -> Kind:
    if line[2] == "Log":
        return Kind.LOG
    return Kind.BACKFILL if line[1] else Kind.DIGEST


def flaws(found: LogIntegrity) -> list[Flaw]:
    return [flaw for chain in found.chains for flaw in chain.flaws]


def told(code: int, found: LogIntegrity) -> Told:
    """Gives our verdicts in the form of theirs; `bad` holds the problem."""
    counts = {}
    for kind, counted in (
        (Kind.DIGEST, [chain.digests for chain in found.chains]),
        (Kind.BACKFILL, [chain.backfills for chain in found.chains]),
        (Kind.LOG, [chain.logs for chain in found.chains]),
    ):
        if any(one.all for one in counted):
            counts[kind] = (sum(one.valid for one in counted), sum(one.all for one in counted))
    bad = {(flaw.kind, flaw.key): flaw.problem for flaw in flaws(found) if flaw.standing is Standing.INVALID}
    return Told(code, counts, {**bad})


def agree(ours: Told, theirs: Told, seen_by_us_only: Sequence[tuple[Kind, str]] = ()) -> None:
    """Holds our verdicts against theirs, file by file, but for those that only we look at."""
    bad = {name: problem for name, problem in ours.bad.items() if name not in seen_by_us_only}
    assert bad.keys() == theirs.bad.keys()
    for name, problem in bad.items():
        assert re.fullmatch(SAYS[Problem(problem)], theirs.bad[name]), (name, problem, theirs.bad[name])
