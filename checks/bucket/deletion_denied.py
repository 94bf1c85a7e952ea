"""Whether a bucket's policy denies everyone the deletion of log files."""

from __future__ import annotations

import re
from dataclasses import replace

from auditor.checking import known, observed
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Unreadable
from auditor.policy import Denial, Extent, Policy, deny_for_everyone
from auditor.policy.denial import weakest
from checks.bucket.claim import Claim, not_known
from checks.bucket.log_files import ANY_ORGANIZATION

DELETE = "s3:DeleteObject"
DELETE_VERSION = "s3:DeleteObjectVersion"
_ORGANIZATION_ID = re.compile(r"/AWSLogs/(o-[a-z0-9]{10,32})")
# The question is what people can do; no person calls as a service principal.
_BY_PEOPLE = {"aws:PrincipalIsAWSService": "false"}
_ONLY_OF_SERVICES = ("aws:PrincipalServiceName",)
_LIMITS = (
    "A Deny in the bucket policy refuses requests: whoever may change the policy can lift it first, and lifecycle "
    "rules expire objects in spite of it."
)


def denied_to_people(policy: Policy | None, action: str, objects: tuple[str, ...]) -> Denial:
    """Gives how far an action is denied to people on all of the objects.

    What is surely allowed on some of them settles the question, whatever the others hang on.
    """
    each = {pattern: _denied(policy, action, pattern) for pattern in objects}
    lacking = [found for found in each.values() if found.extent in (Extent.EXCEPT, Extent.NOT_DENIED)]
    found = weakest(lacking or list(each.values()))
    left = [pattern for pattern, its in each.items() if its.extent is not Extent.EVERYONE]
    if 0 < len(left) < len(each):
        return replace(found, notes=(*found.notes, f"{action} is denied to everyone except on {', '.join(left)}"))
    return found


def deletion_denied(facts: BucketFacts, policy: Policy | None, objects: tuple[str, ...]) -> Claim:
    """Judges the Deny statements on deletion.

    Where the bucket has, or had, versioning, the deletion of a version is an action of its own that must be denied
    as well: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
    """
    versioning = facts.versioning
    plain = {DELETE: denied_to_people(policy, DELETE, objects)}
    both = {**plain, DELETE_VERSION: denied_to_people(policy, DELETE_VERSION, objects)}
    if not isinstance(versioning, Unreadable) and versioning.status:
        return _claim(facts, both)
    without, within = _claim(facts, plain), _claim(facts, both)
    if without.holds == within.holds:
        return within
    if isinstance(versioning, Unreadable):
        left = not_known(f"{without.words}; versioning, which decides whether {DELETE_VERSION} matters,", versioning)
        return Claim(None, left.words, (*without.evidence, *left.evidence), without.notes)
    more = f"{DELETE_VERSION} is not denied to everyone, which matters as soon as versioning is turned on."
    return Claim(without.holds, without.words, without.evidence, (*without.notes, more))


def _denied(policy: Policy | None, action: str, pattern: str) -> Denial:
    """Gives the denial on a pattern of objects.

    The id of the organization is in no fact. Where it would do if the one that the policy names were it, the answer
    hangs on that.
    """
    found = deny_for_everyone(policy, action, pattern, context=_BY_PEOPLE, absent=_ONLY_OF_SERVICES)
    if found.extent is Extent.EVERYONE or policy is None or f"/{ANY_ORGANIZATION}/" not in pattern:
        return found
    named = {
        name for item in policy.statements for text in item.resources or () for name in _ORGANIZATION_ID.findall(text)
    }
    for name in sorted(named):
        its = deny_for_everyone(
            policy,
            action,
            pattern.replace(f"/{ANY_ORGANIZATION}/", f"/{name}/", 1),
            context=_BY_PEOPLE,
            absent=_ONLY_OF_SERVICES,
        )
        if its.extent is Extent.EVERYONE:
            return Denial(Extent.DEPENDS, because=its.because, hangs_on=(f"whether the organization's id is {name}",))
    return found


def _claim(facts: BucketFacts, denials: dict[str, Denial]) -> Claim:
    shown = (observed(known(facts.policy), facts.arn),)
    notes = tuple(f"Of the policy: {note}." for note in weakest(list(denials.values())).notes)
    lacking = _lacking(denials)
    if lacking:
        return Claim(False, lacking, shown, notes)
    hanging = {action: found for action, found in denials.items() if found.extent is Extent.DEPENDS}
    if hanging:
        keys = "; ".join(dict.fromkeys(key for found in hanging.values() for key in found.hangs_on))
        words = (
            f"the bucket policy ({_by(hanging)}) denies {' and '.join(hanging)} to everyone or not, hanging on {keys}"
        )
        return Claim(None, words, shown, notes)
    words = f"the bucket policy ({_by(denials)}) denies everyone {' and '.join(denials)} on them"
    return Claim(True, words, shown, (_LIMITS,))


def _lacking(denials: dict[str, Denial]) -> str:
    """Says which actions are surely not denied to everyone, and to whom."""
    free = [action for action, found in denials.items() if found.extent is Extent.NOT_DENIED]
    partly = {action: found for action, found in denials.items() if found.extent is Extent.EXCEPT}
    words = [f"the bucket policy does not deny {' or '.join(free)} to everyone"] if free else []
    if partly:
        let = "; ".join(dict.fromkeys(word for found in partly.values() for word in found.exceptions))
        words.append(f"the bucket policy ({_by(partly)}) denies {' and '.join(partly)}, but with exceptions: {let}")
    return "; ".join(words)


def _by(denials: dict[str, Denial]) -> str:
    return ", ".join(dict.fromkeys(sid for found in denials.values() for sid in found.because))
