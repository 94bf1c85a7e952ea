"""The command `auditor`: a thin layer that calls the library. Each subcommand is imported when it is called."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

import click

from auditor import __version__
from auditor.errors import AuditorError

# Subcommand: (module, function, help). The help stands here so that `auditor --help` imports nothing else.
COMMANDS = {
    "demo": ("auditor.cli.demo", "demo", "Audit a made-up account, offline, and write its reports."),
    "scan": ("auditor.cli.scan", "scan", "Audit an AWS account and write reports."),
    "render": ("auditor.cli.render", "render", "Make any format from a stored report."),
    "diff": ("auditor.cli.diff", "diff", "Tell what changed between two stored reports."),
    "remediate": ("auditor.cli.remediate", "remediate", "Write what mends all failures of a stored report."),
    "verify": ("auditor.cli.render", "verify", "Verify an evidence bundle."),
    "checks": ("auditor.cli.checks", "checks", "List the checks."),
    "explain": ("auditor.cli.checks", "explain", "Say what a check wants, and why."),
    "drill": ("auditor.cli.drill", "drill", "Follow an event of each control, or ring one alarm."),
    "verify-logs": ("auditor.cli.verify_logs", "verify_logs", "Prove a trail's log files whole and unchanged."),
    "backtest": ("auditor.cli.backtest", "backtest", "Replay real events through the account's chains."),
    "hunt": ("auditor.cli.hunt", "hunt", "Ask the logs by named queries, at AWS or in files."),
    "pattern": ("auditor.cli.pattern", "pattern", "Work with CloudWatch Logs filter patterns."),
    "policy": ("auditor.cli.contract", "policy", "Print the least IAM policy that a scan needs."),
    "schema": ("auditor.cli.contract", "schema", "Print the JSON Schema of report.json."),
}


class _LazyGroup(click.Group):
    """A group that imports a subcommand when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="auditor")
def auditor() -> None:
    """Prove, link by link, that CloudTrail alarms of an AWS account would reach a person.

    Exit code: 0 all findings pass or are waived; 1 a finding fails; 2 usage or configuration;
    3 nothing failed, but something could not be read.
    """


INTERRUPTED = 130
BROKEN_PIPE = 141


def main() -> None:
    """Runs the command; our own errors become one line on stderr and exit code 2.

    Click itself would end with 1 on Ctrl-C or a closed pipe, which here means that a finding fails.
    """
    # The service models alone are a hundred thousand objects that live on; looking for rubbish among them took a tenth
    # of a scan.
    gc.set_threshold(50_000, 20, 50)
    try:
        code = auditor.main(standalone_mode=False)
    except AuditorError as error:
        click.echo(f"auditor: {error}", err=True)
        code = 2
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("auditor: Interrupted.", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        # What Python still holds back for stdout goes nowhere, so that it does not complain on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BROKEN_PIPE
    # Nor is there any use in looking for rubbish on the way out.
    gc.freeze()
    sys.exit(code)


__all__ = ["auditor", "main"]
