"""`auditor verify-logs` from outside."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from auditor.model.integrity import Standing
from tests.cli.run import auditor
from tests.integrity.signed import (
    ACCOUNT,
    ARN,
    BUCKET,
    HOME,
    HOUR,
    NAME,
    START,
    Chain,
    Objects,
    fingerprint,
    iso,
    public_key,
    recent,
)
from tests.integrity.stage import Stage
from tests.integrity.tampering import HOURS, log_deleted, log_edited, sound

FROM, TO = iso(START), iso(START + HOURS * HOUR)
SPAN = ("--from", FROM, "--to", TO)


def written(chain: Chain, folder: Path) -> Path:
    """A copy of the bucket, as `aws s3 sync` makes it."""
    for (_, key), stored in chain.objects.files.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stored.body)
    return folder


def keys_file(folder: Path, *names: str) -> str:
    listed = [{"Fingerprint": fingerprint(one), "Value": base64.b64encode(public_key(one)).decode()} for one in names]
    path = folder / "keys.json"
    path.write_text(json.dumps({"PublicKeyList": listed}))
    return str(path)


def test_it_names_what_is_wrong_and_exits_with_1(stage: Stage) -> None:
    chain = sound()
    ((_, key),) = log_edited(chain)
    stage.fill(chain.objects)
    done = stage.command("--trail", ARN, *SPAN)
    assert done.code == 1, done.err
    assert f"INVALID  the log file s3://{BUCKET}/{key} is not what CloudTrail delivered" in done.out
    assert (
        f"{ACCOUNT} in {HOME}: 8 of 8 digest files valid; 1 of 1 backfill digest file valid; 14 of 15 log" in done.out
    )
    assert done.out.splitlines()[-1] == "INVALID: 1 file is not as CloudTrail delivered them."
    assert done.err == ""


def test_a_file_is_written_in_its_place(stage: Stage, tmp_path: Path) -> None:
    stage.fill(sound().objects)
    out = tmp_path / "found.txt"
    done = stage.command("--trail", ARN, *SPAN, "--out", str(out))
    assert (done.code, done.out) == (0, "")
    assert out.read_text().splitlines()[-1].startswith("Valid: all 9 digest files and 15 log files are as")
    assert f"Wrote {out}" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--trail", "trail", *SPAN), "is no ARN of a trail"),
        (("--trail", ARN, "--from", "yesterday"), "'yesterday' is no time"),
        (("--trail", ARN, "--from", TO, "--to", FROM), "is empty"),
        (("--trail", ARN, *SPAN, "--account-id", "12"), "'12' is no account id"),
        (("--trail", ARN.replace(NAME, "no-such-trail"), *SPAN), "There is no trail"),
        (("--trail", ARN, *SPAN, "--logs", "."), "holds no folder AWSLogs"),
    ],
)
def test_bad_input_is_told_in_a_line_and_exits_with_2(stage: Stage, arguments: tuple[str, ...], said: str) -> None:
    stage.fill(Objects())
    done = stage.command(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_without_credentials_it_says_so(stage: Stage) -> None:
    environment = {name: value for name, value in stage.environment.items() if "KEY" not in name}
    done = auditor("verify-logs", "--trail", ARN, *SPAN, environment=environment)
    assert done.code == 2
    assert "AWS does not accept the credentials (NoCredentialsError)" in done.err


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("cloudtrail:GetTrail", f"{ARN} could not be read: the permission cloudtrail:GetTrail is missing"),
        ("s3:ListObjectsV2", "could not be listed: the permission s3:ListBucket is missing"),
        ("s3:GetObject", "could not be read: the permission s3:GetObject is missing"),
    ],
)
def test_what_may_not_be_read_is_unknown_and_exits_with_3(stage: Stage, call: str, said: str) -> None:
    stage.fill(sound().objects)
    stage.account.controls.fail(call)
    code, found = stage.ours(FROM, TO)
    assert (code, found.standing) == (3, Standing.UNKNOWN)
    assert sum(chain.digests.valid + chain.logs.valid for chain in found.chains) == 0
    told = [*found.unread, *(flaw.told for chain in found.chains for flaw in chain.flaws)]
    assert any(said in one for one in told)


def test_throttled_calls_are_sent_again(stage: Stage) -> None:
    stage.fill(sound().objects)
    stage.account.controls.fail("s3:GetObject", "Throttling", times=3)
    assert stage.ours(FROM, TO)[0] == 0


def test_public_keys_that_may_not_be_listed_leave_all_unknown(stage: Stage) -> None:
    stage.fill(sound().objects)
    # Without the stub, moto answers that it does not know the call.
    environment = {**stage.environment, "AWS_ENDPOINT_URL_CLOUDTRAIL": stage.account.endpoint_url}
    done = auditor("verify-logs", "--trail", ARN, *SPAN, environment=environment)
    assert done.code == 3
    assert f"CloudTrail's public keys in {HOME} could not be read: cloudtrail:ListPublicKeys failed" in done.out
    assert "INVALID" not in done.out


def test_a_copy_is_verified_offline(tmp_path: Path) -> None:
    chain = sound()
    chain.digest(START + HOURS * HOUR + HOUR, 0)
    copy = written(chain, tmp_path / "copy")
    keys = keys_file(tmp_path, "cloudtrail")
    nobody = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    offline = ("verify-logs", "--trail", ARN, *SPAN, "--logs", str(copy), "--keys", keys)
    done = auditor(*offline, environment=nobody)
    # The digest after the time has the signature of the newest; nothing has that of a backfill.
    assert done.code == 3, done.err
    assert "8 of 8 digest files valid; 0 of 1 backfill digest file valid, 1 UNKNOWN; 14 of 14 log files" in done.out
    (copy / chain.written[4].logs[0]).unlink()
    assert auditor(*offline, environment=nobody).code == 1


def test_the_newest_digest_of_a_copy_is_unknown(tmp_path: Path) -> None:
    chain = Chain(Objects()).hours(3)
    copy = written(chain, tmp_path / "copy")
    span = ("--from", FROM, "--to", iso(START + 3 * HOUR))
    keys = keys_file(tmp_path, "cloudtrail")
    done = auditor("verify-logs", "--trail", ARN, *span, "--logs", str(copy), "--keys", keys, "-f", "json")
    assert done.code == 3
    (found,) = done.report["chains"]
    assert (found["digests"], found["logs"]) == (
        {"valid": 2, "invalid": 0, "unknown": 1},
        {"valid": 4, "invalid": 0, "unknown": 0},
    )
    assert "this copy has no digest after it" in found["flaws"][0]["told"]


def test_a_copy_with_the_keys_from_aws(stage: Stage, tmp_path: Path) -> None:
    chain = Chain(Objects(), before="acme/AWSLogs/").hours(HOURS + 2)
    stage.fill(chain.objects, prefix="acme")
    written(chain, tmp_path / "copy")
    # Whether the whole bucket was copied or what is under its prefix.
    for copy in (tmp_path / "copy", tmp_path / "copy" / "acme"):
        code, found = stage.ours(FROM, TO, "--logs", str(copy))
        assert (code, found.chains[0].digests.valid) == (0, HOURS + 1)


def test_a_key_that_leads_out_of_a_copy_is_not_followed(tmp_path: Path) -> None:
    chain = Chain(Objects())
    secret = tmp_path / "secret.json.gz"
    secret.write_bytes(b"")
    named = chain.log(START, 0)
    chain.put(START, START + HOUR, [{**named, "s3Object": "AWSLogs/../../secret.json.gz"}])
    chain.digest(START + HOUR, 0)
    copy = written(chain, tmp_path / "copy")
    span = ("--from", FROM, "--to", iso(START + HOUR))
    keys = keys_file(tmp_path, "cloudtrail")
    done = auditor("verify-logs", "--trail", ARN, *span, "--logs", str(copy), "--keys", keys)
    assert "the log file s3://acme-trail-logs/AWSLogs/../../secret.json.gz is not there" in done.out


def test_an_organizations_trail_has_a_chain_for_each_account(stage: Stage) -> None:
    other = "210987654321"
    own = Chain(Objects(), before="AWSLogs/o-abcdef1234/").hours(HOURS)
    member = Chain(own.objects, account=other, before=own.before).hours(HOURS, logs=1)
    del own.objects.files[BUCKET, member.written[2].logs[0]]
    stage.fill(own.objects)
    # Moto's trail is no organization's: where the bucket is named by hand, both layouts are looked for.
    stage.account.client("cloudtrail").delete_trail(Name=NAME)
    code, found = stage.ours(FROM, TO, "--s3-bucket", BUCKET)
    assert code == 1
    assert {chain.account_id: chain.invalid for chain in found.chains} == {ACCOUNT: 0, other: 1}
    code, found = stage.ours(FROM, TO, "--s3-bucket", BUCKET, "--account-id", other)
    assert [chain.account_id for chain in found.chains] == [other]
    theirs = stage.theirs(FROM, TO, HOME, "--s3-bucket", BUCKET, "--account-id", other)
    assert theirs.counts == {}, "without the trail's settings, validate-logs does not look in an organization's folders"


def test_a_region_whose_digests_are_all_gone_is_not_covered(stage: Stage) -> None:
    home = Chain(Objects()).hours(HOURS)
    ireland = Chain(home.objects, region="eu-west-1", key="cloudtrail-ireland").hours(HOURS)
    for one in ireland.written:
        del home.objects.files[BUCKET, one.key]
    stage.fill(home.objects)
    code, found = stage.ours(FROM, TO)
    assert code == 3
    assert [(chain.region, bool(chain.open_times)) for chain in found.chains] == [("eu-west-1", True), (HOME, False)]


def test_an_interrupt_ends_it_at_once(stage: Stage) -> None:
    stage.fill(sound().objects)
    stage.account.controls.latency(1.0)
    command = [sys.executable, "-m", "auditor.cli", "verify-logs", "--trail", ARN, *SPAN]
    with subprocess.Popen(command, env=stage.environment, stderr=subprocess.PIPE, text=True) as process:
        while not stage.account.controls.calls().get("s3:GetObject"):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    stage.account.controls.latency(0)
    assert (process.returncode, said.strip()) == (130, "auditor: Interrupted.")


def test_the_time_may_be_told_in_days_ago(stage: Stage) -> None:
    chain, now = recent(30)
    log_deleted(chain)
    stage.fill(chain.objects)
    done = stage.command("--trail", ARN, "--from", "1d", "-f", "json")
    assert done.code == 0, "the hour of the file that is gone is more than a day ago"
    start = datetime.fromisoformat(done.report["asked"]["start"])
    assert now - timedelta(days=1) <= start <= now - timedelta(days=1) + timedelta(hours=2)
