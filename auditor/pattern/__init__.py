"""The CloudWatch Logs filter-pattern language: parse a pattern, match events, compare it, say it in other languages.

    >>> required = parse('{ $.eventName = "DeleteTrail" || $.eventName = "StopLogging" }')
    >>> compare(required, [parse('{ $.eventName = "*Trail" }')])  # Misses, with a StopLogging record

The package knows nothing of AWS clients or of checks. Its parts are loaded when they are first asked for, so
that a command which needs none of them starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.pattern.comparison import Comparison, Covers, Misses, compare, intersects, noise
    from auditor.pattern.errors import CannotExpressError, PatternError
    from auditor.pattern.evaluation import compile_pattern, evaluate
    from auditor.pattern.eventbridge import EventBridgePattern, eventbridge_pattern
    from auditor.pattern.finding import Undecided
    from auditor.pattern.insights import InsightsQuery, insights_condition, insights_field, insights_query
    from auditor.pattern.model import (
        Always,
        And,
        AnyFields,
        Compare,
        DelimitedPattern,
        Event,
        Expression,
        FieldTest,
        IsFalse,
        IsNull,
        IsTrue,
        JsonPattern,
        JsonValue,
        Never,
        Not,
        NotExists,
        Number,
        Op,
        Or,
        Pattern,
        Regex,
        Role,
        Selector,
        Slot,
        Term,
        TermPattern,
        Text,
        Value,
        Wild,
    )
    from auditor.pattern.parsing import parse
    from auditor.pattern.printing import expression_text
    from auditor.pattern.semantics import QUESTIONS, Semantics
    from auditor.pattern.streams import Batch, LogEvent, Skipped, Tally, batches, tally
    from auditor.pattern.world import CLOUDTRAIL, Fact, World

_PLACES = {
    "comparison": ("Comparison", "Covers", "Misses", "compare", "intersects", "noise"),
    "errors": ("CannotExpressError", "PatternError"),
    "evaluation": ("compile_pattern", "evaluate"),
    "eventbridge": ("EventBridgePattern", "eventbridge_pattern"),
    "finding": ("Undecided",),
    "insights": ("InsightsQuery", "insights_condition", "insights_field", "insights_query"),
    "parsing": ("parse",),
    "printing": ("expression_text",),
    "semantics": ("QUESTIONS", "Semantics"),
    "streams": ("Batch", "LogEvent", "Skipped", "Tally", "batches", "tally"),
    "world": ("CLOUDTRAIL", "Fact", "World"),
}

__all__ = [
    "CLOUDTRAIL",
    "QUESTIONS",
    "Always",
    "And",
    "AnyFields",
    "Batch",
    "CannotExpressError",
    "Compare",
    "Comparison",
    "Covers",
    "DelimitedPattern",
    "Event",
    "EventBridgePattern",
    "Expression",
    "Fact",
    "FieldTest",
    "InsightsQuery",
    "IsFalse",
    "IsNull",
    "IsTrue",
    "JsonPattern",
    "JsonValue",
    "LogEvent",
    "Misses",
    "Never",
    "Not",
    "NotExists",
    "Number",
    "Op",
    "Or",
    "Pattern",
    "PatternError",
    "Regex",
    "Role",
    "Selector",
    "Semantics",
    "Skipped",
    "Slot",
    "Tally",
    "Term",
    "TermPattern",
    "Text",
    "Undecided",
    "Value",
    "Wild",
    "World",
    "batches",
    "compare",
    "compile_pattern",
    "evaluate",
    "eventbridge_pattern",
    "expression_text",
    "insights_condition",
    "insights_field",
    "insights_query",
    "intersects",
    "noise",
    "parse",
    "tally",
]

_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_PLACE_OF.get(name, 'model')}"), name)
    globals()[name] = found
    return found
