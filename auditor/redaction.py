"""A report without names: account ids, mail addresses and the names of resources, each masked alike throughout.

What AWS named stays: services, regions, actions, check ids. The masks are numbered by first appearance, so that the
same report gives the same masks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator

from pydantic import JsonValue

from auditor.changes import Changes
from auditor.model.arn import Arn
from auditor.report import Report

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ARN = re.compile(r"arn:[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:\d*:[^\s\"',;)}\]]+")
_ADDRESS = re.compile(r"https?://[^\s\"']+")
# Parts of an ARN's resource that AWS chose.
_KINDS = re.compile(
    r"^(?:trail|log-group|log-stream|alarm|alarm-mute-rule|role|assumed-role|user|group|policy|key|alias|function|rule"
    r"|stream|bucket|product|hub|default|root|table|AWSLogs|CloudTrail|CloudTrail-Digest|\*|)$"
)
_SHORTEST = 3
# The keys under which evidence and events hold a name of its own.
_NAMED = re.compile(r"(?:^|\.)(?:\w*[nN]ame|Bucket|\w*Group|Endpoint|\w*Alias\w*|owner|Owner|\w*Prefix)$")
_AWS_NAMED = re.compile(r"(?:eventName|ServiceName|DisplayName|policyName|OperationName|MetricNamespace)$")


def redacted(report: Report) -> Report:
    """Gives a report in which no account id, mail address, web address of a subscriber or resource name is left."""
    dumped = report.model_dump(mode="json")
    masks = _Masks((*_names(report), *_in_texts([dumped["findings"], dumped["changes"], dumped["hunts"]])))
    masked = Report.model_validate(_mapped(dumped, masks.masked))
    # What people did in the account is theirs; how often it was done stays.
    hunts = tuple(hunt.model_copy(update={"rows": ()}) for hunt in masked.hunts)
    findings = tuple(
        after.model_copy(update={"id": _hidden(before.id)})
        for before, after in zip(report.findings, masked.findings, strict=True)
    )
    changes = _hidden_changes(report.changes, masked.changes)
    return masked.model_copy(update={"findings": findings, "changes": changes, "hunts": hunts})


def _hidden_changes(before: Changes | None, masked: Changes | None) -> Changes | None:
    """Gives changes whose ids are those of the masked findings."""
    if before is None or masked is None:
        return None
    pairs = zip(before.items, masked.items, strict=True)
    return masked.model_copy(
        update={"items": tuple(after.model_copy(update={"finding": _hidden(one.finding)}) for one, after in pairs)}
    )


def _hidden(finding_id: str) -> str:
    """Gives an id from which the account and the resource cannot be guessed, the same from run to run."""
    return hashlib.sha256(f"redacted\n{finding_id}".encode(errors="surrogatepass")).hexdigest()[:16]


def _names(report: Report) -> Iterator[str]:
    """Gives the names that people chose, as far as their place tells that they are names."""
    yield from report.run.aliases
    yield from _of_arn(report.run.caller_arn)
    for change in report.changes.items if report.changes else ():
        yield from _of_resource(change.resource)
    for finding in report.findings:
        yield from _of_resource(finding.resource)
        for link in finding.chain:
            yield from _of_resource(link.resource)
        yield from (candidate.name for candidate in finding.candidates)
        if finding.waiver is not None:
            yield finding.waiver.owner
        for evidence in finding.evidence:
            yield from _of_resource(evidence.resource)
            yield from _within(evidence.observed, "")


def _in_texts(value: JsonValue) -> Iterator[str]:
    """Gives the names in the ARNs that texts hold."""
    for text in _texts(value):
        for arn in _ARN.findall(text):
            yield from _of_arn(arn)


def _of_resource(resource: str) -> Iterator[str]:
    if resource.startswith("arn:"):
        yield from _of_arn(resource)
    elif resource and not resource.isdigit():
        # A metric is written with its namespace: both are names.
        yield from resource.split("/") if resource.count("/") == 1 else (resource,)


def _of_arn(text: str) -> Iterator[str]:
    arn = Arn.parse(text)
    if arn is None:
        return
    for part in re.split(r"[/:]", arn.resource):
        if not _KINDS.match(part):
            yield part


def _within(value: JsonValue, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _within(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner, path)
    elif isinstance(value, str) and _NAMED.search(path) and not _AWS_NAMED.search(path):
        yield from _of_resource(value)


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _mapped(value: JsonValue, change: Callable[[str], str], key: str = "") -> JsonValue:
    """Gives a value with its texts changed; what is the product's own vocabulary stays."""
    if isinstance(value, dict):
        # A step and a change have words of their own, under names that evidence may give to anything.
        kept = _KEPT | _KEPT_WITHIN.get(key, frozenset())
        return {
            (change(name) if key == "observed" else name): inner if name in kept else _mapped(inner, change, name)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_mapped(inner, change, key) for inner in value]
    return change(value) if isinstance(value, str) else value


_KEPT_WITHIN = {
    "steps": frozenset(("target", "asks")),
    "document": frozenset(("kind",)),
    "items": frozenset(("kind", "before", "after")),
    "hunts": frozenset(("query", "answers", "columns", "start", "end")),
}
_KEPT = frozenset(
    ("schema_version", "tool", "benchmark", "checks", "api_calls", "check_id", "controls", "security_hub", "status",
     "severity", "link", "breaks_at", "references", "source", "started_at", "finished_at", "partition", "region",
     "assessment", "rationale", "title", "expires", "check")
)  # fmt: skip


class _Masks:
    """What stands for what."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: dict[str, str] = {}
        for name in names:
            self._add(name)
        longest = sorted(self.names, key=lambda name: (-len(name), name))
        self.pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in longest) or r"(?!)")
        self.accounts: dict[str, str] = {}
        self.mails: dict[str, str] = {}
        self.addresses: dict[str, str] = {}

    def _add(self, name: str) -> None:
        bare = name.strip().removesuffix(":*").strip("*")
        if len(bare) >= _SHORTEST and not _ACCOUNT.fullmatch(bare) and "@" not in bare and bare not in self.names:
            self.names[bare] = f"name-{len(self.names) + 1:03d}"

    def masked(self, text: str) -> str:
        told = _ADDRESS.sub(lambda found: self._address(found[0]), text)
        told = _MAIL.sub(lambda found: _numbered(self.mails, found[0], "person-{}@redacted.example"), told)
        told = self.pattern.sub(lambda found: self.names[found[0]], told)
        return _ACCOUNT.sub(lambda found: _numbered(self.accounts, found[0], "{:0>12}"), told)

    def _address(self, address: str) -> str:
        """AWS's own pages stay; where a subscriber listens does not."""
        own = re.match(r"https://(?:docs\.aws|[\w.-]+\.amazonaws|console\.aws|repost\.aws)", address)
        return address if own else _numbered(self.addresses, address, "https://address-{}.redacted.example")


def _numbered(known: dict[str, str], text: str, form: str) -> str:
    return known.setdefault(text, form.format(len(known) + 1))
