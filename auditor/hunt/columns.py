"""Columns that several queries have."""

from __future__ import annotations

from auditor.hunt.model import Column

TIME = Column("eventTime", "eventTime")
EVENT = Column("eventName", "eventName")
SOURCE = Column("eventSource", "eventSource")
REGION = Column("awsRegion", "region")
KIND = Column("userIdentity.type", "identityType")
IDENTITY = Column("userIdentity.arn", "identity")
USER = Column("userIdentity.userName", "userName")
ROLE = Column("userIdentity.sessionContext.sessionIssuer.arn", "role")
KEY = Column("userIdentity.accessKeyId", "accessKeyId")
FOR = Column("userIdentity.invokedBy", "invokedBy")
ADDRESS = Column("sourceIPAddress", "sourceAddress")
AGENT = Column("userAgent", "userAgent")
ERROR = Column("errorCode", "errorCode")
MESSAGE = Column("errorMessage", "errorMessage")
# The event can be looked up by it.
ID = Column("eventID", "eventID")


def listed(*more: Column) -> tuple[Column, ...]:
    """Gives the columns of a list of events: when, what and who, then those given, then from where and its id."""
    return (TIME, SOURCE, EVENT, IDENTITY, *more, ADDRESS, ERROR, ID)


def parameter(path: str, name: str) -> Column:
    """Gives a column for a parameter of the request, such as `policyArn`."""
    return Column(f"requestParameters.{path}", name)
