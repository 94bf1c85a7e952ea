"""Changes a trail, one setting at a time, with what changes it back."""

from __future__ import annotations

from auditor.model.trail import AdvancedSelector, BasicSelector, EventSelectors, Trail
from auditor.remediation import Target
from auditor.remedy.command import Option, aws
from auditor.remedy.document import adding
from auditor.remedy.mending import Mending, page, step
from auditor.remedy.selectors import add_selector

_UPDATE = page("cloudtrail", "update-trail")
_SELECTORS = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html"
_COPIES = "The first copy of management events in a region is free of charge, further trails are billed by the event"


def update(trail: Trail, **settings: Option) -> str:
    """Gives the command that changes settings of a trail; those that are not named stay."""
    return aws("cloudtrail", "update-trail", region=trail.home_region, name=trail.name, **settings)


def record_everywhere(trail: Trail) -> Mending:
    """Gives what has a trail record all regions and the global services.

    A trail of all regions records the global services; AWS refuses one that does not.
    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html
    """
    wider = update(trail, is_multi_region_trail=True, include_global_service_events=True)
    earlier = update(
        trail,
        is_multi_region_trail=trail.multi_region,
        no_is_multi_region_trail=not trail.multi_region,
        include_global_service_events=trail.global_events,
        no_include_global_service_events=not trail.global_events,
    )
    cost = f"{_COPIES}; the bucket takes in every region's files."
    return step(f"let {trail.name} record all regions", Target.TRAIL, wider, undo=[earlier], cost=cost, pages=[_UPDATE])


def start(trail: Trail) -> Mending:
    """Gives what starts a trail."""
    here = {"region": trail.home_region, "name": trail.name}
    return step(
        f"start the trail {trail.name}",
        Target.TRAIL,
        aws("cloudtrail", "start-logging", **here),
        undo=[aws("cloudtrail", "stop-logging", **here)],
        cost=f"{_COPIES}; what it logs is stored and billed.",
        pages=[page("cloudtrail", "start-logging")],
    )


def name_bucket_again(trail: Trail) -> Mending:
    """Gives what has CloudTrail check the bucket's policy, and try again to write there."""
    return step(
        f"name the bucket {trail.bucket} to {trail.name} again",
        Target.TRAIL,
        update(trail, s3_bucket_name=trail.bucket, s3_key_prefix=trail.key_prefix or None),
        cost="It changes nothing else, so that there is nothing to undo.",
        pages=[_UPDATE],
    )


def log_also(
    does: str,
    trail: Trail,
    selectors: EventSelectors,
    basic: BasicSelector,
    advanced: AdvancedSelector,
    cost: str = f"{_COPIES}.",
) -> Mending:
    """Gives what has a trail log more, by a selector beside those that it has."""
    pages = [_SELECTORS, page("cloudtrail", "put-event-selectors")]
    return adding(does, add_selector(trail, selectors, basic, advanced), cost=cost, pages=pages)
