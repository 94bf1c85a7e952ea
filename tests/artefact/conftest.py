"""Accounts of which a report says that much fails.

bare      a trail that writes to its bucket, and nothing else
starting  an account with nothing in it, then that one
"""

from __future__ import annotations

import pytest

from auditor.artefact.plan import Plan, planned
from auditor.demo.trail_parts import allow_cloudtrail, make_bucket, make_trail, trail_arn_of
from auditor.report import Report
from auditor.scan import audit
from tests.aws.account import Account
from tests.remedy.closed_loop import BENCHMARK, CHECKS, Loop


@pytest.fixture
def bare(aws_account: Account) -> Account:
    """The account in which the lab begins."""
    statements = allow_cloudtrail(aws_account, "acme-logs", trail_arn_of(aws_account, "management-trail"))
    make_bucket(aws_account, "acme-logs", *statements, public_access_block=None, versioning=False)
    make_trail(aws_account, "management-trail", "acme-logs", validation=False)
    return aws_account


@pytest.fixture(params=["empty", "bare"])
def starting(request: pytest.FixtureRequest, aws_account: Account) -> Account:
    """An account from which a script or a template has to start."""
    return request.getfixturevalue("bare") if request.param == "bare" else aws_account


def report_of(loop: Loop) -> Report:
    """Gives the report on an account as it is now."""
    return audit(loop.read(), BENCHMARK, CHECKS)


def plan_of(loop: Loop, *checks: str) -> Plan:
    """Gives the plan that mends what is found in an account now."""
    return planned(report_of(loop), checks)
