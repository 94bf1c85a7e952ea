"""Tells what a verification found, in words."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model.integrity import ChainIntegrity, Count, Flaw, LogIntegrity, Span, Standing

_TIME = "%Y-%m-%d %H:%M:%S"


def time_range(span: Span) -> str:
    """Gives a span of time in words."""
    return f"{span.start:{_TIME}} to {span.end:{_TIME}} UTC"


def flaw_line(flaw: Flaw) -> str:
    """Gives a file and what is wrong with it."""
    return f"the {flaw.kind} {flaw.address} {flaw.told}"


def counted(found: LogIntegrity) -> str:
    """Gives how many files were looked at."""
    digests = sum(chain.digests.all + chain.backfills.all for chain in found.chains)
    logs = sum(chain.logs.all for chain in found.chains)
    return f"{_number(digests, 'digest file')} and {_number(logs, 'log file')}"


def unproved(found: LogIntegrity) -> str:
    """Gives the first reason why not all is proved, and how many more there are."""
    reasons = [f"no digest of the trail was found in {found.bucket or 'the copy'}"] if not found.chains else []
    reasons = [*found.unread] or reasons
    for chain in found.chains:
        reasons += [flaw_line(flaw) for flaw in chain.flaws if flaw.standing is Standing.UNKNOWN]
        reasons += [
            f"in {chain.region}, nothing covers {time_range(span)}, for {span.reason}" for span in chain.open_times
        ]
    more = len(reasons) - 1
    return f"{reasons[0]} (and {more} more)" if more else reasons[0]


def chain_summary(chain: ChainIntegrity) -> str:
    """Gives the counts of one chain as a sentence."""
    kinds = (("digest", chain.digests), ("backfill digest", chain.backfills), ("log", chain.logs))
    told = [_ratio(name, count) for name, count in kinds if count.all]
    return f"{chain.account_id} in {chain.region}: {'; '.join(told) or 'no digest files'}."


def _ratio(name: str, count: Count) -> str:
    text = f"{count.valid} of {_number(count.all, f'{name} file')} valid"
    text += f", {count.invalid} INVALID" if count.invalid else ""
    return text + (f", {count.unknown} UNKNOWN" if count.unknown else "")


def lines(found: LogIntegrity) -> Iterator[str]:
    """Gives all that was found, a line each: first every file that is not valid, then the sums."""
    yield f"The log of {found.trail_arn}, {time_range(found.asked)}"
    yield ""
    for chain in found.chains:
        yield from _chain_lines(chain)
    for why in found.unread:
        yield f"UNKNOWN  {why}"
    for chain in found.chains:
        yield chain_summary(chain)
        yield from (f"  covered: {time_range(span)}" for span in chain.covered)
    yield ""
    yield verdict(found)


def _chain_lines(chain: ChainIntegrity) -> Iterator[str]:
    for flaw in chain.flaws:
        word = "note" if flaw.standing is Standing.VALID else flaw.standing.value
        yield f"{word:<8} {flaw_line(flaw)}"
    for span in chain.uncovered:
        word = "note" if span.begins else "UNKNOWN"
        yield f"{word:<8} {chain.account_id} in {chain.region}: nothing covers {time_range(span)}: {span.reason}"
    for key in chain.unnamed:
        yield f"{'note':<8} no digest names the log file {key}: another trail delivered it, or somebody else"
    if chain.unnamed_count > len(chain.unnamed):
        yield f"{'note':<8} nor {chain.unnamed_count - len(chain.unnamed)} more"


def verdict(found: LogIntegrity) -> str:
    """Gives what it comes to, in one sentence."""
    if found.standing is Standing.INVALID:
        count = sum(chain.invalid for chain in found.chains)
        return f"INVALID: {_number(count, 'file')} {'is' if count == 1 else 'are'} not as CloudTrail delivered them."
    if found.standing is Standing.UNKNOWN:
        return f"UNKNOWN: not all is proved: {unproved(found)}."
    return f"Valid: all {counted(found)} are as CloudTrail delivered them."


def _number(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"
