"""CloudTrail Insights."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import JsonValue

from auditor.checking import Evidence, Severity, TrailsCheck, Verdict, failed, observed, passed, unknown
from auditor.checking.evidence import shown_unreadable
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import InsightSelectors, Trail, TrailFacts
from auditor.remediation import Target
from auditor.remedy import aws
from auditor.remedy.mending import NOTHING, Mending, as_json, page, step
from checks.trail.mending import mend_best, starting

_TYPES = {"ApiCallRateInsight": "call rates", "ApiErrorRateInsight": "error rates"}


class Insights(TrailsCheck):
    """Trails that are logging look, together, for unusual call rates and error rates. No benchmark asks for it."""

    id = "trail.insights"
    title = "CloudTrail Insights looks for unusual call and error rates"
    severity = Severity.INFO
    rationale = (
        "Alarms find what someone thought of beforehand. Insights learns what is usual in the account and tells of a "
        "sudden run of calls or of errors that no filter names."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html",
    )

    def judge(self, facts: tuple[TrailFacts, ...], account: Snapshot) -> Verdict:
        """Judges which insights the trails that are logging look for, all together."""
        able = [one for one in facts if isinstance(one.status, Unreadable) or one.status.logging]
        sure = [one for one in able if not isinstance(one.status, Unreadable)]
        evidence = tuple(shown for one in facts for shown in _shown(one))
        missing = _TYPES.keys() - _looked_for(sure)
        if not missing:
            names = ", ".join(one.trail.name for one in sure if _looked_for([one]))
            return passed(f"Insights looks for unusual call rates and error rates on {names}.", *evidence)
        words = " and ".join(name for kind, name in _TYPES.items() if kind in missing)
        unread = [fact for one in able for fact in (one.status, one.insights) if isinstance(fact, Unreadable)]
        unread += [account.unlisted] if account.unlisted else []
        if unread:
            doubts = "; ".join(fact.reason for fact in unread)
            return unknown(f"Whether Insights looks for unusual {words} is not known: {doubts}.", *evidence)
        reason = f"Insights looks for unusual {words} on no trail that is logging."
        return failed(reason, *evidence, remediation=mend_best(facts, account, _inquiring, starting))


def _looked_for(trails: Iterable[TrailFacts]) -> set[str]:
    return {
        selector.type
        for one in trails
        if isinstance(one.insights, InsightSelectors)
        for selector in one.insights.selectors
        if not selector.categories or "Management" in selector.categories
    }


def _inquiring(facts: TrailFacts) -> Mending:
    """Gives what has a trail look for both; putting selectors replaces those that are there, so they stay."""
    trail = facts.trail
    if isinstance(facts.insights, Unreadable) or _TYPES.keys() <= _looked_for([facts]):
        return NOTHING
    there = {selector.type: selector.categories for selector in facts.insights.selectors}
    wanted: list[JsonValue] = [_selector(kind, there.get(kind, ())) for kind in dict.fromkeys((*there, *_TYPES))]
    earlier: list[JsonValue] = [_stated(kind, categories) for kind, categories in there.items()]
    return step(
        f"let {trail.name} look for unusual call and error rates",
        Target.TRAIL,
        _put(trail, wanted),
        undo=[_put(trail, earlier)],
        cost="Insights is billed by the events that it looks at, and needs the trail to log management events.",
        pages=[page("cloudtrail", "put-insight-selectors")],
    )


def _put(trail: Trail, kinds: list[JsonValue]) -> str:
    here = {"region": trail.home_region, "trail_name": trail.name}
    return aws("cloudtrail", "put-insight-selectors", **here, insight_selectors=as_json(kinds))


def _stated(kind: str, categories: tuple[str, ...]) -> dict[str, JsonValue]:
    return {"InsightType": kind, **({"EventCategories": list(categories)} if categories else {})}


def _selector(kind: str, categories: tuple[str, ...]) -> dict[str, JsonValue]:
    """Gives a selector for management events, and for what it was for before."""
    return _stated(kind, tuple(dict.fromkeys(("Management", *categories))) if categories else ())


def _shown(facts: TrailFacts) -> tuple[Evidence, ...]:
    """Shows what was read of a trail; a trail without insights was not asked for them."""
    arn = facts.trail.arn
    status, insights = facts.status, facts.insights
    return (
        shown_unreadable(status) if isinstance(status, Unreadable) else observed(status, arn, "logging"),
        shown_unreadable(insights) if isinstance(insights, Unreadable) else observed(insights, arn, "selectors"),
    )
