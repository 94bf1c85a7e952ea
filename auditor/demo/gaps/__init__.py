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
from auditor.demo.gaps.s3 import S3Gaps
from auditor.demo.gaps.sns import SnsGaps
from auditor.demo.gaps.sts import StsGaps
from auditor.demo.mirrors import Mirrors

__all__ = ["Gaps"]


class Gaps:
    """All gaps, with the state that moto has no place for.

    Args:
        callers: Who calls, by the access key.
        mirrors: Which account is answered from which.

    Attributes:
        cloudtrail: The gaps of CloudTrail.
        logs: The gaps of CloudWatch Logs.
        sns: The gaps of SNS.
    """

    def __init__(self, callers: Callers, mirrors: Mirrors) -> None:
        self.cloudtrail = CloudTrailGaps()
        self.logs = LogsGaps()
        self.sns = SnsGaps()
        sts = StsGaps(callers, mirrors)
        services = (self.cloudtrail, self.logs, self.sns, CloudWatchGaps(), S3Gaps(), sts)
        self._handlers: Mapping[str, Handler] = {
            name: handler for service in services for name, handler in service.handlers().items()
        }

    def handler(self, call: Call) -> Handler | None:
        """Gives what answers a call in moto's place, or None where moto may."""
        return self._handlers.get(call.name)
