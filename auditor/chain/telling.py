"""Says in words how a filter and a trail serve one control."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.chain.link import broken, rest
from auditor.chain.route import Route
from auditor.findings import ChainLink, Event, LinkName, LinkStatus


def described(event: Event) -> str:
    """Gives an event in a phrase, such as `ec2.amazonaws.com RunInstances by an IAMUser, refused with ...`."""
    said = f"{event.get('eventSource', 'an event')} {event.get('eventName', '')}".strip()
    identity = event.get("userIdentity")
    kind = identity.get("type") if isinstance(identity, dict) else None
    if kind:
        said += f" by {kind}"
    if event.get("errorCode"):
        said += f", refused with {event['errorCode']}"
    return said


def with_filter(
    route: Route, verb: str, status: LinkStatus, *, together: Sequence[Route] = ()
) -> tuple[ChainLink, ...]:
    """Gives a route's links with what its filter does for a control.

    Args:
        route: The route.
        verb: What the filter does.
        status: How it stands for that; a filter that could not be read stays UNKNOWN.
        together: The routes whose filters do it together, where it is more than one.
    """
    names = [one.name for one in together] if len(together) > 1 else [route.name]
    said = verb.replace("matches", "match together") if len(names) > 1 else verb

    def told(link: ChainLink) -> ChainLink:
        # Where it is open what else hides events from the filter, a pattern that misses some breaks it all the same.
        open_to = (LinkStatus.SOUND, LinkStatus.UNKNOWN) if status is LinkStatus.BROKEN else (LinkStatus.SOUND,)
        if link.link is not LinkName.FILTER or link.status not in open_to:
            return link
        return link.model_copy(update={"status": status, "reason": f"The pattern of {' and '.join(names)} {said}."})

    return tuple(told(link) for link in route.links)


def with_blind_trail(route: Route, links: tuple[ChainLink, ...], event: Event | None) -> tuple[ChainLink, ...]:
    """Gives the links with the trail broken, since its event selectors leave the control's events out."""
    trail = route.trail.trail
    if links[0].status is LinkStatus.BROKEN:
        return links
    lost = f", such as {described(event)}" if event else ""
    why = f"The event selectors of {trail.name} leave out events that the control names{lost}."
    return (broken(LinkName.TRAIL, trail.arn, why), *links[1:])


def with_blind_alarm(links: tuple[ChainLink, ...], blind: ChainLink, event: Event | None) -> tuple[ChainLink, ...]:
    """Gives the links with the one broken at which an event is lost that the alarm does not see."""
    lost = f", such as {described(event)}" if event else ""
    told = blind.model_copy(update={"reason": f"{blind.reason}{lost}."})
    whole = {LinkStatus.SOUND, LinkStatus.UNKNOWN}
    return tuple(told if link.link is blind.link and link.status in whole else link for link in links)


def without_route(routes: Sequence[Route]) -> tuple[tuple[ChainLink, ...], str]:
    """Gives the links and the reason where no filter was meant for a control: the best trail's, then a gap."""
    best = max(routes, key=lambda route: route.reach)
    links = best.links[: list(LinkName).index(LinkName.FILTER)]
    lost = next((link for link in links if link.status is LinkStatus.BROKEN), None)
    if lost is not None:
        return (*links, *rest(LinkName.LOG_GROUP)), lost.reason
    group = links[-1].resource
    gap = broken(
        LinkName.FILTER, group, "No metric filter of the trail's log group is made for what the control names."
    )
    return (*links, gap, *rest(LinkName.FILTER)), gap.reason
