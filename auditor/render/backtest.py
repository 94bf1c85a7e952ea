"""A backtest for a reader: the view that its HTML and its PDF share, with the chart over time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from auditor.backtest.result import Backtest, Bucket, Control, Outcome
from auditor.render.exchange import as_json
from auditor.render.templates import environment

FORMATS = ("html", "pdf", "json")

# The chart's measures, in its own units.
_LEFT, _TOP, _LANE, _TALLEST = 236, 24, 46, 21
_ON_SCREEN, _ON_PAPER = 716, 480
_NARROWEST, _MOST_TICKS = 1.6, 8
_STEPS_OF_HOURS = (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 720, 1440, 2160, 4320, 8760)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bucket of a lane as it is drawn; heights are of what lies on top of one another from the baseline up."""

    bucket: Bucket
    x: float
    width: float
    told: float
    open: float
    lost: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One control over time."""

    control: Control
    y: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis of time."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart: controls one below the other, time from left to right."""

    width: int
    height: float
    left: int
    top: int
    plot: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class View:
    """All that a template shows.

    Attributes:
        chart: The chart; None where no event should have rung.
        named: The controls that had events, in the order of their numbers.
        quiet: The others.
        counts: How many controls have each outcome.
        totals: The events of all controls that should have rung, rang, joined, got lost, are open, and were caught.
    """

    found: Backtest
    chart: Chart | None
    named: tuple[Control, ...]
    quiet: tuple[Control, ...]
    counts: dict[Outcome, int]
    totals: dict[str, int]


def arranged(found: Backtest, plot: int = _ON_SCREEN) -> View:
    """Arranges a backtest for a reader; `plot` is the width of the chart beside its labels."""
    named = tuple(one for one in found.controls if one.should)
    return View(
        found=found,
        chart=_chart(found, named, plot) if named else None,
        named=named,
        quiet=tuple(one for one in found.controls if not one.should),
        counts={outcome: sum(one.outcome is outcome for one in found.controls) for outcome in Outcome},
        totals={
            name: sum(getattr(one, name) for one in found.controls)
            for name in ("should", "caught", "rang", "joined", "lost", "open", "ring_count")
        },
    )


def render_backtest(found: Backtest, name: str) -> bytes:
    """Gives a backtest in one of `FORMATS`; the same backtest gives the same bytes."""
    if name == "json":
        return as_json(found.model_dump(mode="json"))
    if name == "html":
        return environment().get_template("backtest/page.html").render(view=arranged(found)).encode()
    from auditor.render.pdf import VARIANTS, print_markup

    markup = environment().get_template("backtest/document.html").render(view=arranged(found, _ON_PAPER))
    return print_markup(markup, variant=VARIANTS[-1])


def _chart(found: Backtest, named: Sequence[Control], plot: int) -> Chart:
    length = timedelta(minutes=found.bucket_minutes)
    moments = [bucket.at for one in named for bucket in one.buckets]
    first, last = min(moments), max(moments) + length
    if found.logs.first is not None and found.logs.last is not None:
        first, last = min(first, _floor(found.logs.first, length)), max(last, found.logs.last)
    count = max(1, math.ceil((last - first) / length))
    width = plot / count
    lanes = tuple(
        Lane(one, _TOP + place * _LANE, tuple(_bars(one, first, length, width))) for place, one in enumerate(named)
    )
    end = first + count * length
    return Chart(
        width=_LEFT + plot + 14,
        height=_TOP + len(named) * _LANE + 34,
        left=_LEFT,
        top=_TOP,
        plot=plot,
        lanes=lanes,
        ticks=tuple(_ticks(first, end, plot)),
    )


def _floor(moment: datetime, length: timedelta) -> datetime:
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return moment - (moment - start) % length


def _bars(one: Control, first: datetime, length: timedelta, width: float) -> Iterator[Bar]:
    most = max(bucket.should for bucket in one.buckets)
    drawn = max(_NARROWEST, min(width - 1, 26))
    for bucket in one.buckets:
        place = (bucket.at - first) / length
        # By the square root, so that one event beside a thousand is seen; each part keeps its share.
        tall = _TALLEST * math.sqrt(bucket.should / most) if bucket.should else 0.0
        tall = max(tall, 4.0) if bucket.should else 0.0
        share = tall / bucket.should if bucket.should else 0.0
        told = bucket.should - bucket.lost - bucket.open
        yield Bar(
            bucket=bucket,
            x=round(_LEFT + place * width + (width - drawn) / 2, 2),
            width=round(drawn, 2),
            told=round(told * share, 2),
            open=round(bucket.open * share, 2),
            lost=round(bucket.lost * share, 2),
        )


def _ticks(first: datetime, last: datetime, plot: int) -> Iterator[Tick]:
    hours = (last - first).total_seconds() / 3600
    step = next((one for one in _STEPS_OF_HOURS if hours / one <= _MOST_TICKS), _STEPS_OF_HOURS[-1])
    length = timedelta(hours=step)
    moment = _floor(first, length)
    form = "%H:%M" if step < 24 else "%b %d" if hours < 24 * 300 else "%b %Y"
    day = ""
    while moment <= last:
        if moment >= first:
            label = moment.strftime(form)
            if step < 24 and moment.strftime("%b %d") != day:
                day = moment.strftime("%b %d")
                label = f"{day} {label}"
            yield Tick(round(_LEFT + plot * ((moment - first) / (last - first)), 2), label)
        moment += length
