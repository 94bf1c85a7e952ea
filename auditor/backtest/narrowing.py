"""Expressions narrowed to what events have in common, so that little is left to evaluate on each.

Nearly all events share their source, name, kind of identity and error code with many others. What these four decide is
decided once; only what hangs on other fields is evaluated on the event itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from auditor.backtest.plan import Plan
from auditor.pattern import (
    Always,
    And,
    Compare,
    Event,
    Expression,
    IsFalse,
    IsNull,
    IsTrue,
    JsonPattern,
    Never,
    Not,
    NotExists,
    Number,
    Or,
    Pattern,
    Regex,
    Selector,
    Text,
)
from auditor.pattern.evaluation import compile_expression, compile_pattern
from auditor.pattern.model import IsKind
from auditor.pattern.semantics import Semantics
from auditor.pattern.values import ABSENT, Found, holds

Check = Callable[[Event], bool]
Test = Expression | Check
Known = dict[Selector, Found]

_SOURCE, _NAME = Selector(("eventSource",)), Selector(("eventName",))
_IDENTITY, _ERROR = Selector(("userIdentity", "type")), Selector(("errorCode",))
_LIKELIEST = Semantics().settled()
# A log of hostile names must not fill the memory.
_MOST_NAMES, _MOST_KINDS = 20_000, 500


def narrowed(node: Expression, known: Known, semantics: Semantics) -> Expression:
    """Gives what is left of an expression once some fields are known; semantics must be settled."""
    if isinstance(node, And):
        return _joined(And, [narrowed(term, known, semantics) for term in node.terms], Never(), Always())
    if isinstance(node, Or):
        return _joined(Or, [narrowed(term, known, semantics) for term in node.terms], Always(), Never())
    if isinstance(node, Not):
        inner = narrowed(node.term, known, semantics)
        return Never() if inner == Always() else Always() if inner == Never() else Not(inner)
    if isinstance(node, Compare | IsNull | IsTrue | IsFalse | NotExists | IsKind) and node.selector in known:
        return Always() if holds(node, known[node.selector], semantics) else Never()
    return node


def _joined(
    kind: type[And] | type[Or], terms: list[Expression], decides: Expression, says_nothing: Expression
) -> Expression:
    left = tuple(dict.fromkeys(term for term in terms if term != says_nothing))
    if decides in left:
        return decides
    if not left:
        return says_nothing
    return left[0] if len(left) == 1 else kind(left)


@dataclass(frozen=True, slots=True)
class Answers:
    """What holds of an event, as bits by the places in the plan.

    Attributes:
        logged: The trails that log it, were it a management event.
        matched: The filters that match it.
        named: The controls that name it, in the reading that was proved.
        meant: The controls that name it in any reading.
    """

    logged: int
    matched: int
    named: int
    meant: int


@dataclass(frozen=True, slots=True)
class Otherwise:
    """How filters answer where a question that no source settles is settled in the less likely way.

    Attributes:
        filters: The filters that may answer otherwise.
        tests: Their checks, each with the filter's bit.
    """

    question: str
    filters: int
    tests: tuple[tuple[int, Check], ...]

    def matched(self, event: Event) -> int:
        """Gives the filters that match then."""
        return sum(bit for bit, check in self.tests if check(event))


@dataclass(slots=True)
class Program:
    """What is to be evaluated on the events of one source and name, or of one kind of them.

    Attributes:
        sure: The bits of what holds of all of them.
        left: What is left to evaluate, with the bits that it stands for.
        checks: The same, compiled.
        kinds: The programs for kinds of these events.
        otherwise: How filters answer in other readings; made when first asked for.
    """

    sure: int
    left: tuple[tuple[int, Test], ...]
    checks: tuple[tuple[int, Check], ...]
    kinds: dict[tuple[object, object], Program] = field(default_factory=dict)
    otherwise: tuple[Otherwise, ...] | None = None


class Programs:
    """Answers what holds of an event; what many events have in common is worked out once.

    Args:
        plan: The trails, filters and controls.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._made: dict[tuple[str, str], Program] = {}
        sizes = (len(plan.trails), len(plan.filters), len(plan.controls))
        self._filters, self._named = sizes[0], sizes[0] + sizes[1]
        self._meant = self._named + sizes[2]
        self._masks = tuple((1 << size) - 1 for size in sizes)
        self._tests: list[tuple[int, Test]] = []
        shared: dict[Expression, int] = {}
        for place, test in enumerate(_all_tests(plan)):
            if isinstance(test, Expression):
                shared[test] = shared.get(test, 0) | 1 << place
            else:
                self._tests.append((1 << place, test))
        self._tests += [(bits, test) for test, bits in shared.items()]
        self._questions = tuple(dict.fromkeys(name for one in plan.filters for name in _questions(one.pattern)))

    def of(self, source: str, name: str) -> Program:
        """Gives the program for a source and a name."""
        key = (source, name)
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= _MOST_NAMES:
                self._made.clear()
            found = self._made[key] = _program(self._tests, {_SOURCE: source, _NAME: name}, 0)
        return found

    def answers(self, program: Program, event: Event) -> Answers:
        """Gives what holds of an event."""
        bits = program.sure
        if program.left:
            kind = self._kind(program, event)
            bits = kind.sure
            for bit, check in kind.checks:
                if check(event):
                    bits |= bit
        trails, filters, controls = self._masks
        return Answers(
            bits & trails, bits >> self._filters & filters, bits >> self._named & controls, bits >> self._meant
        )

    def _kind(self, program: Program, event: Event) -> Program:
        """Gives the program for events that have the same kind of identity and error code as well."""
        identity = event.get("userIdentity")
        who = identity.get("type", ABSENT) if isinstance(identity, dict) else ABSENT
        error = event.get("errorCode", ABSENT)
        if not (isinstance(who, str) or who is ABSENT) or not (isinstance(error, str) or error is ABSENT):
            return program
        found = program.kinds.get((who, error))
        if found is None:
            if len(program.kinds) >= _MOST_KINDS:
                program.kinds.clear()
            made = _program(program.left, {_IDENTITY: who, _ERROR: error}, program.sure)
            found = program.kinds[who, error] = made
        return found

    def otherwise(self, program: Program, source: str, name: str) -> tuple[Otherwise, ...]:
        """Gives how filters answer in other readings of what no source settles."""
        if program.otherwise is None:
            known: Known = {_SOURCE: source, _NAME: name}
            asked = (self._asked(question, known) for question in self._questions)
            program.otherwise = tuple(one for one in asked if one.filters)
        return program.otherwise

    def _asked(self, question: str, known: Known) -> Otherwise:
        tests: list[tuple[int, Check]] = []
        filters = 0
        for place, one in enumerate(self.plan.filters):
            if question not in _questions(one.pattern):
                continue
            (_, other) = Semantics().readings((question,))
            left = _left(_test(one.pattern, other), known, other)
            if isinstance(left, Always | Never) and left == _left(_test(one.pattern, _LIKELIEST), known, _LIKELIEST):
                continue
            filters |= 1 << place
            tests.append((1 << place, _compiled(left, other)))
        return Otherwise(question, filters, tuple(tests))


def _all_tests(plan: Plan) -> Iterator[Test]:
    yield from (one.logged for one in plan.trails)
    yield from (_test(one.pattern, _LIKELIEST) for one in plan.filters)
    yield from (one.named for one in plan.controls)
    yield from (one.meant for one in plan.controls)


def _test(pattern: Pattern, semantics: Semantics) -> Test:
    return pattern.expression if isinstance(pattern, JsonPattern) else compile_pattern(pattern, semantics)


def _program(tests: Sequence[tuple[int, Test]], known: Known, sure: int) -> Program:
    shared: dict[Expression, int] = {}
    left: list[tuple[int, Test]] = []
    for bits, test in tests:
        found = _left(test, known, _LIKELIEST)
        if isinstance(found, Always):
            sure |= bits
        elif not isinstance(found, Expression):
            left.append((bits, found))
        elif not isinstance(found, Never):
            shared[found] = shared.get(found, 0) | bits
    left += [(bits, test) for test, bits in shared.items()]
    return Program(sure, tuple(left), tuple((bits, _compiled(test, _LIKELIEST)) for bits, test in left))


def _left(test: Test, known: Known, semantics: Semantics) -> Test:
    return narrowed(test, known, semantics) if isinstance(test, Expression) else test


def _compiled(test: Test, semantics: Semantics) -> Check:
    return compile_expression(test, semantics) if isinstance(test, Expression) else test


_NUMERIC = frozenset("0123456789+-.eE")


def _questions(pattern: Pattern) -> frozenset[str]:
    """Gives the open questions on which the answer of a pattern may hang, as far as its text tells."""
    if not isinstance(pattern, JsonPattern):
        return frozenset()
    found: set[str] = set()
    for one in _comparisons(pattern.expression):
        if one.op == "!=":
            found.add("not_equal_other_type")
        if isinstance(one.value, Text) and "*" in one.value.value.strip("*"):
            found.add("star_inside_word")
        if _may_be_number(one.value):
            found.add("string_number")
    return frozenset(found)


def _may_be_number(value: Text | Number | Regex) -> bool:
    if not isinstance(value, Text):
        return True
    parts = value.value.split("*")
    return all(set(part) <= _NUMERIC or part in "true" or part in "false" for part in parts)


def _comparisons(node: Expression) -> Iterator[Compare]:
    if isinstance(node, And | Or):
        for term in node.terms:
            yield from _comparisons(term)
    elif isinstance(node, Not):
        yield from _comparisons(node.term)
    elif isinstance(node, Compare):
        yield node
