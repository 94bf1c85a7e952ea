"""What mends a failure, step by step, each with what undoes it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import JsonValue

from auditor.model.fact import Frozen


class Target(StrEnum):
    """What a step of a remediation is done to, in the order of mending: each leans on those before."""

    BUCKET = "bucket"
    TOPIC = "topic"
    SUBSCRIPTION = "subscription"
    LOG_GROUP = "log group"
    ROLE = "role"
    TRAIL = "trail"
    FILTER = "filter"
    ALARM = "alarm"
    SERVICE = "service"

    @property
    def rank(self) -> int:
        """0 for what is mended first."""
        return list(Target).index(self)


Kind = Literal["bucket policy", "basic event selectors", "advanced event selectors"]


class Document(Frozen):
    """A document that AWS puts whole, with what a step adds to it: steps of several findings are put as one.

    Attributes:
        kind: What it is.
        name: The name of the bucket or trail that it belongs to.
        region: Where that is.
        base: The document as it was read, as JSON; empty where there was none.
        adds: What is added, each a statement or a selector.
        narrows: The places of Deny statements from which CloudTrail is excepted.
    """

    kind: Kind
    name: str
    region: str
    base: str
    adds: tuple[dict[str, JsonValue], ...]
    narrows: tuple[int, ...] = ()


class Resource(Frozen):
    """A resource that is new, as CloudFormation describes it.

    Attributes:
        type: Such as `AWS::SNS::Topic`.
        arn: Its ARN once it is there, or for what has none a name of its own.
        partial: Whether these are only some properties of one that may be there already.
        properties: Its properties; where one is the ARN of another resource, a template refers to that.
    """

    type: str
    arn: str
    properties: dict[str, JsonValue]
    partial: bool = False


class Step(Frozen):
    """One thing that mends, with what undoes it.

    Attributes:
        does: What the commands do, as a phrase that follows "The commands".
        target: What it is done to.
        commands: Shell commands for the `aws` command line, to be run in this order.
        rollback: Commands that bring back what was there before, to be run in this order.
        cost: What it costs or risks, in one sentence.
        asks: Shell variables that only a person can set, such as `EMAIL`.
        document: What the commands add to a document that is put whole; None where they do not put one.
        resources: What the commands make, where all that they do is to make something new.
    """

    does: str
    target: Target
    commands: tuple[str, ...]
    rollback: tuple[str, ...] = ()
    cost: str = ""
    asks: tuple[str, ...] = ()
    document: Document | None = None
    resources: tuple[Resource, ...] = ()


class Remediation(Frozen):
    """What mends a failure.

    Attributes:
        summary: What to do, in a sentence or two.
        commands: Shell commands for the `aws` command line, to be run in this order: those of all steps.
        references: Pages that say more.
        steps: The commands one thing at a time, each with its rollback; empty where whoever wrote the check gave
            commands only.
        instead: Resources that, all new, mend what the steps named in `replaced` mend by changing what is there.
        replaced: The places of those steps.
    """

    summary: str
    commands: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    instead: tuple[Resource, ...] = ()
    replaced: tuple[int, ...] = ()

    @classmethod
    def of(cls, summary: str, *steps: Step, references: Iterable[str] = ()) -> Remediation:
        """Gives the remediation that these steps are."""
        commands = tuple(command for step in steps for command in step.commands)
        return cls(summary=summary, commands=commands, references=tuple(references), steps=steps)

    def in_account(self, account_id: str) -> Remediation:
        """Gives what to say of it in the report of an account whose own rights do not mend what is another's."""
        where = f"It is mended in account {account_id}, whose own report has the commands if it fails there too"
        return Remediation(summary=f"{where}: {self.summary}", references=self.references)

    @property
    def costs(self) -> tuple[str, ...]:
        """What the steps cost or risk, each sentence once."""
        return tuple(dict.fromkeys(step.cost for step in self.steps if step.cost))

    @property
    def rollback(self) -> tuple[str, ...]:
        """Commands that undo all steps, the last one first."""
        return tuple(command for step in reversed(self.steps) for command in step.rollback)
