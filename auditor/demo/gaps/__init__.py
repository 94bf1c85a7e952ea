"""What moto lacks of AWS, one module for each service.

A gap is filled by a handler: it gets the call and a function that asks moto, and gives the response.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.demo.call import Call, Handler
from auditor.demo.callers import Callers
from auditor.demo.gaps.cloudtrail import CloudTrailGaps
from auditor.demo.gaps.cloudwatch import CloudWatchGaps
from auditor.demo.gaps.logs import LogsGaps
from auditor.demo.gaps.organizations import OrganizationsGaps
from auditor.demo.gaps.s3 import S3Gaps
from auditor.demo.gaps.sns import SnsGaps
from auditor.demo.gaps.sts import StsGaps
from auditor.demo.mirrors import Mirrors
from auditor.demo.paging import Pages

__all__ = ["Gaps"]


class Gaps:
    """All gaps, with the state that moto has no place for.

    Args:
        callers: Who calls, by the access key.
        mirrors: Which account is answered from which.
        pages: How lists are cut into pages.

    Attributes:
        cloudtrail: The gaps of CloudTrail.
        logs: The gaps of CloudWatch Logs.
        organizations: The gaps of Organizations.
        s3: The gaps of S3.
        sns: The gaps of SNS.
    """

    def __init__(self, callers: Callers, mirrors: Mirrors, pages: Pages) -> None:
        self.organizations = OrganizationsGaps(pages)
        self.cloudtrail = CloudTrailGaps(self.organizations)
        self.logs = LogsGaps()
        self.s3 = S3Gaps(self.organizations, mirrors)
        self.sns = SnsGaps()
        services = (
            self.cloudtrail,
            self.logs,
            self.organizations,
            self.s3,
            self.sns,
            CloudWatchGaps(),
            StsGaps(callers, mirrors, self.organizations),
        )
        self._handlers: Mapping[str, Handler] = {
            name: handler for service in services for name, handler in service.handlers().items()
        }

    def handler(self, call: Call) -> Handler | None:
        """Gives what answers a call in moto's place, or None where moto may."""
        return self._handlers.get(call.name) or self._handlers.get(f"{call.service}:*")
