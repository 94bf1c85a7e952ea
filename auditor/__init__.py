"""trail-auditor: proves that an AWS account's CloudTrail alarms would reach a person."""

__version__ = "0.1.0"
