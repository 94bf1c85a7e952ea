"""Patterns built to blow up are answered at once, or refused with a reason."""

from __future__ import annotations

from contextlib import suppress

import pytest

from auditor.pattern import (
    CannotExpressError,
    Misses,
    Undecided,
    compare,
    eventbridge_pattern,
    insights_query,
    noise,
    parse,
)

MANY = range(1000)
HOSTILE = {
    "wildcards": " || ".join(f'$.a = "*N{at}*"' for at in MANY),
    "beginnings": " || ".join(f'$.a = "x{at}*"' for at in MANY),
    "exclusions": " && ".join(f'$.a != "x{at}*"' for at in MANY),
    "unequal endings": " || ".join(f'$.a != "*{at}"' for at in MANY),
    "numbers": " || ".join(f"$.a = {at}" for at in MANY),
    "numbers excluded": " && ".join(f"$.a != {at}" for at in MANY),
    "fields": " || ".join(f"($.a{at} = x && $.b = {at})" for at in MANY),
    "alternatives": " && ".join(f"($.a{at} = x || $.b{at} = y)" for at in range(200)),
    "beginnings and endings": " && ".join(
        "(" + " || ".join(f'$.a = "{glob.format(at)}"' for at in range(300)) + ")" for glob in ("x{}*", "*y{}")
    ),
    "stars": '$.a = "' + "a*" * 2000 + 'b" || $.a != "' + "*b*" * 2000 + '"',
    "groups": "(" * 500 + "$.a = x" + ")" * 500,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("translated", [insights_query, eventbridge_pattern], ids=["insights", "eventbridge"])
def test_translations_come_to_an_end(name: str, translated: object) -> None:
    pattern = parse(f"{{ {HOSTILE[name]} }}", enforce_limits=False)
    assert callable(translated)
    with suppress(CannotExpressError):
        translated(pattern)


@pytest.mark.parametrize("name", ["wildcards", "beginnings", "stars", "groups", "alternatives"])
def test_comparisons_come_to_an_end(name: str) -> None:
    pattern = parse(f"{{ {HOSTILE[name]} }}", enforce_limits=False)
    fewer = parse("{ $.a = Other }")
    assert isinstance(compare(pattern, [fewer]), Misses | Undecided)
    assert noise(pattern, [fewer]) is None or isinstance(noise(pattern, [fewer]), dict | Undecided)
