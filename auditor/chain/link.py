"""Short ways to say how a link of a chain stands."""

from __future__ import annotations

from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.model.fact import Unreadable

ORDER = tuple(LinkName)


def sound(link: LinkName, resource: str, reason: str) -> ChainLink:
    """Gives a link that carries the event on."""
    return ChainLink(link=link, resource=resource, status=LinkStatus.SOUND, reason=reason)


def broken(link: LinkName, resource: str, reason: str) -> ChainLink:
    """Gives a link at which the event is lost."""
    return ChainLink(link=link, resource=resource, status=LinkStatus.BROKEN, reason=reason)


def unsure(link: LinkName, resource: str, reason: str | Unreadable) -> ChainLink:
    """Gives a link of which something could not be read or decided."""
    said = f"{reason.reason}." if isinstance(reason, Unreadable) else reason
    return ChainLink(link=link, resource=resource, status=LinkStatus.UNKNOWN, reason=said)


def rest(after: LinkName) -> tuple[ChainLink, ...]:
    """Gives the links behind one that leads nowhere."""
    return tuple(
        ChainLink(link=link, resource="", status=LinkStatus.NOT_REACHED, reason="Nothing leads here.")
        for link in ORDER[ORDER.index(after) + 1 :]
    )
