"""Random pairs of expressions, and what the z3 oracle says of the answer that `compare` gives."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from auditor.pattern import CLOUDTRAIL, Covers, Expression, Fact, Misses, Not, Selector, Semantics, compare, evaluate

from .random_patterns import A_B, ITEM, LIST, NUMBERS, REGEXES, A, B, Shape, expression
from .z3_oracle import Oracle

READINGS = [Semantics(star, absent, False, other) for star, absent, other in itertools.product((True, False), repeat=3)]
SHAPES = [
    Shape((A,), numbers=NUMBERS),
    Shape((A, B), numbers=("7", "0")),
    Shape((A, B), regexes=REGEXES, depth=1),
    Shape((A, A_B, LIST, ITEM), numbers=("7",)),
]
RECORD = Shape(
    tuple(
        Selector.of(path)
        for path in (
            "$.eventName",
            "$.eventName",
            "$.eventSource",
            "$.eventType",
            "$.readOnly",
            "$.awsRegion",
            "$.errorMessage",
            "$.responseElements.ConsoleLogin",
            "$.additionalEventData.MFAUsed",
        )
    ),
    words=(
        *("ConsoleLogin", "CreateTrail", "DeletePolicy", "StopLogging", "*Trail", "Delete*"),
        *("iam.amazonaws.com", "cloudtrail.amazonaws.com", "signin*", "us-east-1", "us-*"),
        *("Success", "Failure", "Yes", "No", "*"),
        *("AwsApiCall", "Aws*", "AwsCloudTrailInsight"),
    ),
)
NAMED = ("ConsoleLogin", "CreateTrail", "DeletePolicy", "StopLogging")


@dataclass(frozen=True)
class Pair:
    """A required and a deployed expression, to be compared in one reading."""

    required: Expression
    deployed: Expression
    semantics: Semantics
    of_records: bool


def pair(seed: int) -> Pair:
    rng = random.Random(seed)
    of_records = seed % 3 == 0
    shape = RECORD if of_records else rng.choice(SHAPES)
    required, deployed = expression(rng, shape), expression(rng, shape)
    return Pair(required, deployed, rng.choice(READINGS), of_records)


def judged(case: Pair) -> str:
    """Compares a pair, checks the answer against z3 and the witness against both, and names the outcome."""
    world = CLOUDTRAIL if case.of_records else None
    answer = compare(case.required, [case.deployed], world=world, semantics=case.semantics)
    if isinstance(answer, Misses):
        assert evaluate(case.required, answer.witness, case.semantics), case
        assert not evaluate(case.deployed, answer.witness, case.semantics), case
        assert world is None or not world.broken(answer.witness), case
    goal = [case.required, Not(case.deployed)]
    if world is not None:
        goal += [fact.expression for fact in world.facts if _bears(fact)]
    has_event = Oracle(case.semantics).has_event(goal)
    if has_event is None:
        return "z3 gave up"
    assert not (isinstance(answer, Covers) and has_event), case
    assert not (isinstance(answer, Misses) and not has_event), case
    return type(answer).__name__


def _bears(fact: Fact) -> bool:
    """Leaves out facts on names that no pair mentions: an event may always have yet another name."""
    return not fact.source.startswith("service models") or any(name in fact.says for name in NAMED)
