"""The scan of one account beside Prowler 5, on the same emulated account: time, memory and API calls.

    python -m tests.benchmarks.beside_prowler [--runs 3] [--environment FOLDER]

Prowler is installed from PyPI into an environment of its own, 2 GB in size, which is kept for the next time. It runs
its checks for section 4 of the CIS benchmark and those of CloudTrail that ask what ours do; `auditor scan` runs all of
its own. Both are told of the account by the AWS_* variables alone, run in turns, and write JSON. Prowler's exit code is
3 where something fails; on this account, where every chain is sound, two of its checks do.

Moto needs no help for either. "One region" limits Prowler to it; for "all regions" it asks EC2 which are enabled, and
moto says 17. `auditor` has no such limit: it finds what lies in other regions from any of them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.aws.account import Account, serving
from tests.benchmarks.measuring import Cost, cost_of, table, usual
from tests.benchmarks.one_account import build_plain

_ALARMS = "cloudwatch_log_metric_filter_"
CHECKS = (
    f"{_ALARMS}unauthorized_api_calls",
    f"{_ALARMS}sign_in_without_mfa",
    f"{_ALARMS}root_usage",
    f"{_ALARMS}policy_changes",
    f"{_ALARMS}and_alarm_for_cloudtrail_configuration_changes_enabled",
    f"{_ALARMS}authentication_failures",
    f"{_ALARMS}disable_or_scheduled_deletion_of_kms_cmk",
    f"{_ALARMS}for_s3_bucket_policy_changes",
    f"{_ALARMS}and_alarm_for_aws_config_configuration_changes_enabled",
    f"{_ALARMS}security_group_changes",
    "cloudwatch_changes_to_network_acls_alarm_configured",
    "cloudwatch_changes_to_network_gateways_alarm_configured",
    "cloudwatch_changes_to_network_route_tables_alarm_configured",
    "cloudwatch_changes_to_vpcs_alarm_configured",
    f"{_ALARMS}aws_organizations_changes",
    "cloudtrail_multi_region_enabled",
    "cloudtrail_multi_region_enabled_logging_management_events",
    "cloudtrail_log_file_validation_enabled",
    "cloudtrail_kms_encryption_enabled",
    "cloudtrail_cloudwatch_logging_enabled",
    "cloudtrail_logs_s3_bucket_access_logging_enabled",
    "cloudtrail_logs_s3_bucket_is_not_publicly_accessible",
    "cloudtrail_s3_dataevents_read_enabled",
    "cloudtrail_s3_dataevents_write_enabled",
    "cloudtrail_insights_exist",
)


@dataclass
class Measured:
    """What the runs of a tool cost."""

    costs: list[Cost] = field(default_factory=list)
    calls: set[int] = field(default_factory=set)

    def row(self) -> tuple[str, str, float, int]:
        """Gives wall time, processor time, memory and calls."""
        return (
            usual([cost.wall for cost in self.costs]),
            usual([cost.cpu for cost in self.costs]),
            median(cost.memory for cost in self.costs),
            max(self.calls),
        )


def installed(environment: Path) -> Path:
    """Gives Prowler's command; it is installed where it is not there yet."""
    command = environment / "bin" / "prowler"
    if not command.exists():
        print(f"Installing Prowler into {environment}; this takes a while.", flush=True)
        venv.create(environment, with_pip=True)
        pip = [environment / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, "prowler>=5,<6"], check=True)
    return command


def measured(account: Account, command: list[str], folder: Path, into: Measured) -> None:
    """Runs a command once on the account."""
    account.controls.forget_calls()
    cost = cost_of(command, account.environment(folder), folder)
    assert cost.code in (0, 3), (folder / "output.log").read_text()
    into.costs.append(cost)
    into.calls.add(sum(account.controls.calls().values()))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="how often each is run")
    kept = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "trail-auditor" / "prowler"
    parser.add_argument("--environment", type=Path, default=kept, help="where Prowler is kept")
    asked = parser.parse_args()
    prowler = str(installed(asked.environment))
    version = subprocess.run([prowler, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    ours = ["auditor", "scan", "--format", "json", "--out", "-", "--fail-on", "never"]
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as name, serving() as account:
        folder = Path(name)
        build_plain(account)
        theirs = [prowler, "aws", "--no-banner", "--no-color", "-M", "json-ocsf", "-o", name, "--checks", *CHECKS]
        for where, narrowed in (("one region", ["-f", account.region]), ("all regions", [])):
            by_us, by_them = Measured(), Measured()
            for run in range(asked.runs + 1):
                for command, into in ((ours, by_us), ([*theirs, *narrowed], by_them)):
                    # The first run of each writes its bytecode.
                    measured(account, command, folder, into if run else Measured())
            rows += compared(where, version, by_us, by_them)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors; times in s, median (best).")
    print(table(("regions", "tool", "wall", "processor", "memory MB", "API calls"), rows))


def compared(where: str, version: str, ours: Measured, theirs: Measured) -> list[tuple[object, ...]]:
    """Gives the rows of both tools and how many times as much the other takes."""
    mine, other = ours.row(), theirs.row()
    times = [
        median(cost.wall for cost in theirs.costs) / median(cost.wall for cost in ours.costs),
        median(cost.cpu for cost in theirs.costs) / median(cost.cpu for cost in ours.costs),
        other[2] / mine[2],
        other[3] / mine[3],
    ]
    return [
        (where, "auditor", mine[0], mine[1], f"{mine[2]:.0f}", mine[3]),
        (where, version, other[0], other[1], f"{other[2]:.0f}", other[3]),
        (where, "ratio", *(f"{ratio:.1f}" for ratio in times)),
    ]


if __name__ == "__main__":
    main()
