"""The API operations of a drill beyond those of a scan; `auditor policy --drill` adds their permissions."""

from __future__ import annotations

from auditor.collect.operations import Operation

TEST_METRIC_FILTER = Operation("logs", "TestMetricFilter", "logs:TestMetricFilter")
SET_ALARM_STATE = Operation("cloudwatch", "SetAlarmState", "cloudwatch:SetAlarmState")
DESCRIBE_ALARM_HISTORY = Operation("cloudwatch", "DescribeAlarmHistory", "cloudwatch:DescribeAlarmHistory")

DRILL = (TEST_METRIC_FILTER, SET_ALARM_STATE, DESCRIBE_ALARM_HISTORY)
