r"""Compiles a filter pattern to a query of CloudWatch Logs Insights.

Sources: CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax" (`filter`, `like`, `in`),
"Boolean, comparison, numeric, datetime, and other functions" (`ispresent`), "Fields that contain special
characters" (backticks) and "Supported logs and discovered fields" (dots, elements of arrays, `@@`):
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html

Where the guide is silent, the query says the thing in full: `!=` comes with `ispresent`, and a text that quoting
could change is written as a regular expression. Booleans are found as 1 and 0, as users of Insights report:
https://github.com/aws-powertools/powertools-lambda-dotnet/issues/667
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from auditor.pattern.caveats import perhaps_nested
from auditor.pattern.errors import CannotExpressError
from auditor.pattern.model import (
    Always,
    And,
    Atom,
    Compare,
    DelimitedPattern,
    Expression,
    IsFalse,
    IsTrue,
    JsonPattern,
    Not,
    NotExists,
    Number,
    Or,
    Pattern,
    Regex,
    Role,
    Selector,
    Step,
    TermPattern,
    Text,
)
from auditor.pattern.printing import expression_text
from auditor.pattern.problem import atoms_of
from auditor.pattern.semantics import Semantics
from auditor.pattern.values import pieces

_DEFAULT = Semantics()
_PLAIN_FIELD = re.compile(r"@*[A-Za-z0-9.]+")
_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}/]")
_LIKE_NUMBER = re.compile(r"[0-9.eE+*-]*|true|false")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TYPES = (
    "Insights keeps no types: a boolean is 1 or 0 to it, and a number is told from a text of the same digits"
    " as little as null from a field that is not there, as far as is documented."
)
_FIELDS = "Insights reads at most 200 fields of an event; a condition on a later one sees no field there."


@dataclass(frozen=True, slots=True)
class InsightsQuery:
    """A query of CloudWatch Logs Insights.

    Attributes:
        text: The query.
        notes: Where its matches may differ from those of the filter pattern.
    """

    text: str
    notes: tuple[str, ...]


def insights_query(pattern: Pattern | Expression, semantics: Semantics = _DEFAULT) -> InsightsQuery:
    """Gives the query that finds the events that a filter pattern matches, the newest first.

    Args:
        pattern: A JSON pattern, a pattern of words, or an expression.
        semantics: How unsettled questions are read; open ones are read as is likeliest.

    Raises:
        CannotExpressError: No query says the same.
    """
    if isinstance(pattern, DelimitedPattern):
        raise CannotExpressError("Insights does not split an event at its spaces")
    if isinstance(pattern, TermPattern):
        return InsightsQuery(_query(["@message"], _terms(pattern)), ())
    expression = pattern.expression if isinstance(pattern, JsonPattern) else pattern
    condition = insights_condition(expression, semantics)
    fields = dict.fromkeys(insights_field(atom.selector) for atom in atoms_of([expression]))
    return InsightsQuery(_query([*fields, "@message"], condition.text), condition.notes)


def insights_condition(expression: Expression, semantics: Semantics = _DEFAULT) -> InsightsQuery:
    """Gives what stands behind `filter` alone; empty where every event is wanted.

    Raises:
        CannotExpressError: No condition says the same.
    """
    condition = _Writer(semantics.settled()).written(expression)
    return InsightsQuery(condition, tuple(_notes(list(atoms_of([expression])))))


def _query(fields: Sequence[str], condition: str) -> str:
    lines = [f"fields {', '.join(['@timestamp', *fields])}", f"filter {condition}" if condition else ""]
    return "\n| ".join([*(line for line in lines if line), "sort @timestamp desc"])


def _notes(atoms: Sequence[Atom]) -> Iterator[str]:
    if atoms:
        yield _FIELDS
    if any(_is_typed(atom) for atom in atoms):
        yield _TYPES
    looked_for = [atom for atom in atoms if isinstance(atom, NotExists) or _is_unequal(atom)]
    nested = perhaps_nested(atom.selector for atom in looked_for)
    if nested:
        yield f"Where {', '.join(map(str, nested))} holds an array or an object, Insights counts it as absent."


def _is_typed(atom: Atom) -> bool:
    if isinstance(atom, Compare):
        return atom.op == "!=" or not isinstance(atom.value, Text) or bool(_LIKE_NUMBER.fullmatch(atom.value.value))
    return not isinstance(atom, NotExists)


def _is_unequal(atom: Atom) -> bool:
    return isinstance(atom, Compare) and atom.op == "!="


@dataclass(frozen=True, slots=True)
class _Writer:
    semantics: Semantics

    def written(self, node: Expression, *, within: bool = False) -> str:
        """Gives the condition; an alternative or a row within another condition comes in parentheses."""
        if isinstance(node, And):
            text = " and ".join(self.written(term, within=True) for term in node.terms)
        elif isinstance(node, Or):
            parts = list(self._alternatives(node))
            if len(parts) == 1:
                return parts[0]
            text = " or ".join(parts)
        elif isinstance(node, Not):
            return f"not ({self.written(node.term)})"
        elif isinstance(node, Always):
            return "ispresent(@message)" if within else ""
        elif isinstance(node, Compare):
            return self._compare(node, within=within)
        elif isinstance(node, NotExists):
            return f"not ispresent({insights_field(node.selector)})"
        elif isinstance(node, IsTrue | IsFalse):
            return f"{insights_field(node.selector)} = {int(isinstance(node, IsTrue))}"
        else:
            raise CannotExpressError(f"{expression_text(node)}: Insights documents no test for that")
        return f"({text})" if within else text

    def _alternatives(self, node: Or) -> Iterator[str]:
        """Writes alternatives; plain texts for one field become one list."""
        groups: dict[Selector | int, list[str]] = {}
        for at, term in enumerate(node.terms):
            word = self._word(term)
            if word is not None and isinstance(term, Compare):
                groups.setdefault(term.selector, []).append(word)
            else:
                groups[at] = [self.written(term, within=True)]
        for key, found in groups.items():
            if isinstance(key, int):
                yield found[0]
            elif len(set(found)) == 1:
                yield f"{insights_field(key)} = {found[0]}"
            else:
                yield f"{insights_field(key)} in [{', '.join(dict.fromkeys(found))}]"

    def _word(self, term: Expression) -> str | None:
        """Gives the text in quotes, if it is an equal one without wildcards."""
        if not isinstance(term, Compare) or term.op != "=" or not isinstance(term.value, Text):
            return None
        parts = pieces(term.value.value, self.semantics.star_inside_word is not False)
        return _quoted(parts[0]) if len(parts) == 1 else None

    def _compare(self, node: Compare, *, within: bool) -> str:
        field = insights_field(node.selector)
        if node.op != "!=":
            return self._matched(field, node)
        unequal = self._matched(field, node)
        if self.semantics.not_equal_absent:
            text = f"not ispresent({field}) or {unequal}"
        else:
            text = f"ispresent({field}) and {unequal}"
        return f"({text})" if within else text

    def _matched(self, field: str, node: Compare) -> str:
        """Writes a comparison of a field that is there."""
        value, like = node.value, "like" if node.op == "=" else "not like"
        if isinstance(value, Number):
            return f"{field} {node.op} {_number(value)}"
        if isinstance(value, Regex):
            return f"{field} {like} /{_slashed(value.source)}/"
        parts = pieces(value.value, self.semantics.star_inside_word is not False)
        if len(parts) > 1:
            if not any(parts) and node.op == "!=":
                raise CannotExpressError(f"{node.selector}: any value but a text")
            if not any(parts):
                return f"ispresent({field})"
            return f"{field} {like} /{_wildcard(parts)}/"
        quoted = _quoted(parts[0])
        return f"{field} {like} /^{_escaped(parts[0])}$/" if quoted is None else f"{field} {node.op} {quoted}"


def insights_field(selector: Selector) -> str:
    """Gives a field's name as Insights discovers it."""
    name = ".".join(_name(selector, step) for step in selector.steps)
    if name.startswith("@"):
        name = "@" + name
    return name if _PLAIN_FIELD.fullmatch(name) else f"`{name}`"


def _name(selector: Selector, step: Step) -> str:
    if isinstance(step, int):
        return str(step)
    if not isinstance(step, str):
        raise CannotExpressError(f"{selector}: Insights has no wildcard in the name of a field")
    if "`" in step or "." in step:
        raise CannotExpressError(f"{selector}: to Insights the name {step} means something else")
    return step


def _quoted(text: str) -> str | None:
    """Gives a text in quotes; None if it holds what quoting might change."""
    if "\\" in text or _CONTROL.search(text):
        return None
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else None


def _wildcard(parts: tuple[str, ...]) -> str:
    first, last = parts[0], parts[-1]
    middle = ".*".join(_escaped(part) for part in parts if part)
    # Between parts there may be line breaks too.
    breaks = "(?s)" if ".*" in middle else ""
    return f"{breaks}{'^' if first else ''}{middle}{'$' if last else ''}"


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(lambda found: "\\" + found.group(), text)
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", escaped)


def _slashed(source: str) -> str:
    """Escapes the slashes of a regular expression that are not escaped yet."""
    return re.sub(r"(\\.)|/", lambda found: found.group(1) or r"\/", source, flags=re.DOTALL)


def _number(value: Number) -> str:
    return format(Decimal(repr(value.value)), "f")


def _terms(pattern: TermPattern) -> str:
    """Writes a pattern of words over the whole text of the event."""
    wanted = [_term(term.value, "like") for term in pattern.terms if term.role is Role.WANTED]
    excluded = [_term(term.value, "not like") for term in pattern.terms if term.role is Role.EXCLUDED]
    optional = [_term(term.value, "like") for term in pattern.terms if term.role is Role.OPTIONAL]
    if wanted or excluded:
        return " and ".join(found for found in (*wanted, *excluded) if found)
    return "" if "" in optional else " or ".join(optional)


def _term(value: Text | Regex, like: str) -> str:
    if isinstance(value, Regex):
        return f"@message {like} /{_slashed(value.source)}/"
    if not value.value.strip():
        if like == "like":
            return ""
        raise CannotExpressError("no event matches it")
    quoted = _quoted(value.value)
    return f"@message {like} {quoted if quoted is not None else f'/{_escaped(value.value)}/'}"
