"""Builds whole CloudTrail records around the values that a search found."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import cast

from auditor.pattern.model import Event, JsonValue, Selector
from auditor.pattern.problem import Assignment
from auditor.pattern.separation import TooHardError
from auditor.pattern.splitting import GHOST
from auditor.pattern.values import ABSENT, Found
from auditor.pattern.world import Example, customs

_LONGEST_ARRAY = 10_000
_MOST_NEARLY = 4
_NAME = Selector(("eventName",))
_SOURCE = Selector(("eventSource",))
_IDENTITY_TYPE = Selector(("userIdentity", "type"))
_LEAST: Event = {
    "eventVersion": "1.09",
    "userIdentity": {},
    "eventTime": "2025-06-02T09:14:05Z",
    "eventSource": "ec2.amazonaws.com",
    "eventName": "RunInstances",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "203.0.113.10",
    "userAgent": "aws-cli/2.17.0",
    "requestParameters": None,
    "responseElements": None,
    "requestID": "7a1f4c52-3d0e-4f5b-9c86-0e2b5d9a1c34",
    "eventID": "c2b8e1f0-64a7-4d39-8f15-9ab3d7e6f201",
    "readOnly": False,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": "111122223333",
    "eventCategory": "Management",
}
_SIGN_IN = {"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "No"}


def records(assignment: Assignment) -> Iterator[Event]:
    """Gives records that have the values of an assignment, the most natural first.

    Fields that the assignment leaves open are filled as real records have them. None comes out for an assignment
    with a class that no value was found for.

    Raises:
        TooHardError: An index lies beyond any array that could be built.
    """
    if any(members[0] is GHOST for members in assignment.values()):
        return
    wanted = {
        selector: [member for member in members if member is not GHOST] for selector, members in assignment.items()
    }
    for example in _fitting(wanted):
        yield _record(example, wanted)
    for example in itertools.islice(_nearly_fitting(wanted), _MOST_NEARLY):
        yield _record(example, wanted)
    # No familiar record fits. An invented name comes last among its like, and no fact speaks of it.
    names = wanted.get(_NAME, [])
    for name in dict.fromkeys(names[::-1][:1] + names[:1]) if all(isinstance(n, str) for n in names) else ():
        yield _record({_NAME: name}, wanted)
    yield _record({}, wanted)


def _fitting(wanted: dict[Selector, list[Found]]) -> Iterator[Example]:
    known = customs()
    examples = known.examples
    names = wanted.get(_NAME)
    if names is not None and len(names) < 4:
        examples = tuple(example for name in names for example in known.of_name(name))
    for example in examples:
        if all(_among(value, wanted[selector]) for selector, value in example.items() if selector in wanted):
            yield example


def _nearly_fitting(wanted: dict[Selector, list[Found]]) -> Iterator[Example]:
    """Gives familiar records of a fitting name and source, without what is wanted otherwise."""
    for example in customs().examples:
        fits = {selector: value for selector, value in example.items() if _among(value, wanted.get(selector, [value]))}
        if _NAME in fits and _SOURCE in fits:
            yield fits


def _among(value: Found, members: list[Found]) -> bool:
    return any(member is value or (member == value and type(member) is type(value)) for member in members)


def _record(example: Example, wanted: dict[Selector, list[Found]]) -> Event:
    event = copy.deepcopy(_LEAST)
    event["userIdentity"] = _identity(wanted)
    if example.get(_NAME) == "ConsoleLogin":
        event["additionalEventData"] = dict(_SIGN_IN)
        event.pop("requestID")
        event["userAgent"] = "Mozilla/5.0"
    for selector, value in example.items():
        _put(event, selector, value)
    for selector in sorted(wanted, key=lambda found: len(found.steps)):
        if selector not in example:
            _put(event, selector, wanted[selector][0])
    return event


def _identity(wanted: dict[Selector, list[Found]]) -> Event:
    identities = customs().identities
    kind = wanted.get(_IDENTITY_TYPE, ["IAMUser"])[0]
    return copy.deepcopy(identities.get(kind if isinstance(kind, str) else "", identities["IAMUser"]))


def _put(event: Event, selector: Selector, value: Found) -> None:
    """Sets a field, or takes it away, and makes the objects and arrays on the way to it."""
    at: JsonValue = event
    *way, last = selector.steps
    for step, after in zip(way, selector.steps[1:], strict=True):
        child = _child(at, step)
        fitting: JsonValue = [] if isinstance(after, int) else {}
        if type(child) is not type(fitting):
            if value is ABSENT:
                return
            child = fitting
            _set(at, step, child)
        at = child
    if value is ABSENT:
        if isinstance(at, dict) and isinstance(last, str):
            at.pop(last, None)
        return
    if isinstance(value, dict | list):
        if type(_child(at, last)) is type(value):
            return
        value = copy.deepcopy(value)
    _set(at, last, value)


def _child(at: JsonValue, step: object) -> JsonValue:
    if isinstance(at, dict) and isinstance(step, str):
        return at.get(step)
    if isinstance(at, list) and isinstance(step, int) and step < len(at):
        return at[step]
    return None


def _set(at: JsonValue, step: object, value: JsonValue) -> None:
    if isinstance(at, dict):
        at[cast("str", step)] = value
    elif isinstance(at, list):
        index = cast("int", step)
        if index > _LONGEST_ARRAY:
            raise TooHardError(f"an index of {index} lies beyond any array of an event")
        at.extend([None] * (index + 1 - len(at)))
        at[index] = value
