"""Puts documents that AWS takes whole only: what several steps add to one is put at once."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.remediation import Document, Step, Target
from auditor.remedy.mending import Mending
from auditor.remedy.policy import put_bucket_policy, put_bucket_policy_back
from auditor.remedy.selectors import put_selectors, put_selectors_back


def put(document: Document) -> str:
    """Gives the command that puts a document with what is added."""
    return put_bucket_policy(document) if document.kind == "bucket policy" else put_selectors(document)


def put_back(document: Document) -> str:
    """Gives the command that puts a document as it was when it was read."""
    return put_bucket_policy_back(document) if document.kind == "bucket policy" else put_selectors_back(document)


def adding(does: str, document: Document, *, cost: str, pages: Iterable[str] = ()) -> Mending:
    """Gives what adds to a document."""
    return Mending((_step(does, document, cost),), (), tuple(pages))


def joined(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Gives steps in which each document is put once, with all that any of them adds, in the place of the first."""
    kept: dict[object, Step] = {}
    for step in steps:
        document = step.document
        if document is None:
            kept.setdefault(step.commands, step)
            continue
        key = (document.kind, document.name, document.region)
        there = kept.get(key)
        kept[key] = _both(there, step) if there else step
    return tuple(kept.values())


def _both(one: Step, other: Step) -> Step:
    assert one.document is not None  # noqa: S101 - told to the type checker
    assert other.document is not None  # noqa: S101
    new = tuple(added for added in other.document.adds if added not in one.document.adds)
    does = one.does if other.does in one.does else f"{one.does}, {other.does}"
    cost = one.cost if other.cost in one.cost else f"{one.cost} {other.cost}".strip()
    narrows = tuple(sorted({*one.document.narrows, *other.document.narrows}))
    adds = (*one.document.adds, *new)
    return _step(does, one.document.model_copy(update={"adds": adds, "narrows": narrows}), cost)


def _step(does: str, document: Document, cost: str) -> Step:
    target = Target.BUCKET if document.kind == "bucket policy" else Target.TRAIL
    return Step(
        does=does,
        target=target,
        commands=(put(document),),
        rollback=(put_back(document),),
        cost=cost,
        document=document,
    )
