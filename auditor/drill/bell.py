"""The alarm that a live drill rings: what it is, and whether it may be rung.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect import Connection
from auditor.collect.operations import DESCRIBE_ALARMS, Operation
from auditor.errors import AuditorError, UsageError
from auditor.model.alarm import Alarm, CompositeAlarm
from auditor.model.arn import Arn
from auditor.model.fact import Frozen, Source

ALARM = "ALARM"
# An alarm that was never evaluated has no data yet.
_NO_DATA = "INSUFFICIENT_DATA"
# Actions on these start, stop or end machines; a drill must not.
# Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_MACHINERY = frozenset({"automate", "autoscaling", "swf"})


class DrillError(AuditorError):
    """The drill could not be held, or not be ended."""


class RefusedError(DrillError):
    """AWS refused a call, which therefore changed nothing."""


class Bell(Frozen):
    """An alarm that is to be rung.

    Attributes:
        region: Where it is.
        back: What it does when its state is set back to what it is now.
    """

    region: str
    alarm: Alarm | CompositeAlarm
    back: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The alarm's type, as DescribeAlarmHistory names it."""
        return "CompositeAlarm" if isinstance(self.alarm, CompositeAlarm) else "MetricAlarm"

    @property
    def state(self) -> str:
        """The state to set it back to."""
        return self.alarm.state or _NO_DATA

    def check(self) -> None:
        """Sees to it that ringing the alarm would tell someone, and do nothing but tell.

        Raises:
            UsageError: It would not.
        """
        name = self.alarm.name
        if self.alarm.state == ALARM:
            raise UsageError(f"{name} is in ALARM already, so that it would tell nobody.", "Try again later.")
        if not self.alarm.actions_enabled or not self.alarm.actions:
            raise UsageError(f"{name} has no actions that are switched on.", "`auditor drill` says what is missing.")
        acting = [action for action in (*self.alarm.actions, *self.back) if _is_machinery(action)]
        if acting:
            raise UsageError(
                f"{name} does more than tell: its action {acting[0]} would really change machines.",
                "Drill an alarm that has only topics, functions or tickets for actions.",
            )


def find_bell(connection: Connection, name: str) -> Bell:
    """Gives the alarm of a name or an ARN.

    Raises:
        UsageError: There is no such alarm.
        DrillError: It cannot be read.
    """
    arn = Arn.parse(name)
    is_alarm = arn is not None and arn.service == "cloudwatch" and arn.resource.startswith("alarm:")
    region = arn.region if arn and is_alarm else connection.region
    bare = arn.resource.removeprefix("alarm:") if arn and is_alarm else name
    kinds = ["MetricAlarm", "CompositeAlarm"]
    answer = call(connection, region, DESCRIBE_ALARMS, AlarmNames=[bare], AlarmTypes=kinds)
    source = Source(service="cloudwatch", operation="DescribeAlarms", region=region, at=datetime.now(UTC))
    models: tuple[tuple[str, type[Alarm] | type[CompositeAlarm]], ...]
    models = (("MetricAlarms", Alarm), ("CompositeAlarms", CompositeAlarm))
    for key, model in models:
        for found in answer.get(key) or ():
            alarm = model.model_validate({**found, "source": source})
            on = "OKActions" if alarm.state == "OK" else "InsufficientDataActions"
            return Bell(region=region, alarm=alarm, back=tuple(found.get(on) or ()) if alarm.actions_enabled else ())
    raise UsageError(f"There is no alarm {bare} in {region}.", "Give --region, or the alarm's ARN.")


def call(connection: Connection, region: str, operation: Operation, **asked: Any) -> dict[str, Any]:
    """Gives the answer to a call.

    Raises:
        RefusedError: AWS refuses.
        DrillError: No answer came; what was asked for may have been done.
    """
    try:
        client: Any = connection.client(operation.service, region)
        answer: dict[str, Any] = getattr(client, xform_name(operation.name))(**asked)
    except ClientError as error:
        told = error.response.get("Error", {})
        what = f"{operation.name} in {region} failed with {told.get('Code')}: {str(told.get('Message')).rstrip('.')}."
        raise RefusedError(what, "`auditor policy --drill` prints the rights that a drill needs.") from error
    except (BotoCoreError, ValueError) as error:
        what = f"{operation.name} in {region} failed: {str(error).rstrip('.')}."
        raise DrillError(what, "Check the region, the network and the credentials.") from error
    return answer


def _is_machinery(action: str) -> bool:
    arn = Arn.parse(action)
    return arn is not None and arn.service in _MACHINERY
