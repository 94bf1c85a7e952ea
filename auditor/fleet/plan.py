"""What is asked of every account of a run; it travels to whatever runs them, and is kept for whoever resumes."""

from __future__ import annotations

import secrets
from datetime import datetime

from auditor import __version__
from auditor.findings import Waiver
from auditor.model.fact import Frozen

# What `RoleSessionName` takes at most.
_LONGEST_SESSION = 64


class Plan(Frozen):
    """What is asked of every account.

    Attributes:
        run_id: A name for the run.
        started_at: When it began.
        version: The auditor's version; accounts of one run are judged by one version.
        source: Where the accounts came from, in words.
        caller_arn: Who ran it.
        caller_account: The account whose credentials take on the roles.
        organization_id: The organization, such as `o-exampleorgid`, where it is known.
        management_account: The organization's management account, where it is known.
        role_name: The role to take on in each account, with its path if it has one.
        external_id: What the roles' trust policies ask for; empty for nothing.
        region: Where each account is read from.
        checks: The ids of the checks.
        formats: The formats of each account's own report.
        overview: The formats of the overview.
        templates: The folder of templates that take the place of the shipped ones, where there is one.
        findings: How findings are stored, `jsonl` or `parquet`.
    """

    run_id: str
    started_at: datetime
    version: str = __version__
    source: str
    caller_arn: str
    caller_account: str
    partition: str
    organization_id: str = ""
    management_account: str = ""
    role_name: str
    external_id: str = ""
    region: str
    endpoint_url: str | None = None
    profile: str | None = None
    benchmark: str
    checks: tuple[str, ...]
    waivers: tuple[Waiver, ...] = ()
    formats: tuple[str, ...]
    overview: tuple[str, ...]
    pdf_variant: str | None = None
    templates: str | None = None
    findings: str = "jsonl"

    @property
    def session_name(self) -> str:
        """The name of the role sessions, by which CloudTrail in each account shows which run it was."""
        return f"trail-auditor-{self.run_id}"[:_LONGEST_SESSION]


def run_id(started_at: datetime) -> str:
    """Gives a name for a run that no other run has."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
