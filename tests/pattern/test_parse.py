from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.pattern import (
    And,
    Compare,
    IsNull,
    JsonPattern,
    NotExists,
    Number,
    Or,
    Pattern,
    PatternError,
    Regex,
    Role,
    Selector,
    Term,
    TermPattern,
    Text,
    Wild,
    parse,
)

NAMES = st.text(alphabet="abcXYZ019_-", min_size=1, max_size=6)
QUOTED_NAMES = st.text(alphabet="ab.c d:", min_size=1, max_size=5)
STEPS = st.one_of(NAMES, QUOTED_NAMES, st.integers(0, 99))
SELECTORS = st.builds(lambda first, rest: Selector((first, *rest)), NAMES, st.lists(STEPS, max_size=3))
NUMBERS = st.from_regex(r"\A[+-]?[0-9]{1,4}(\.[0-9]{1,2})?(e[+-]?[0-9])?\Z").map(Number)
BARE = st.from_regex(r"\A[A-Za-z_.*:/-][A-Za-z_.*:/-]{0,8}\Z").filter(lambda word: word not in ("-", "."))
TEXTS = st.one_of(
    st.text(max_size=12).map(Text),
    st.text(alphabet='a"\\*', max_size=8).map(Text),
    BARE.map(lambda word: Text(word, quoted=False)),
)
REGEXES = st.sampled_from([Regex("^a.*b$"), Regex(r"\d{2,3}|x+"), Regex("[^a-c]?")])
EQUALITIES = st.builds(Compare, SELECTORS, st.sampled_from(["=", "!="]), TEXTS | NUMBERS)
ORDERS = st.builds(Compare, SELECTORS, st.sampled_from(["<", ">", "<=", ">="]), NUMBERS)
ATOMS = st.one_of(EQUALITIES, ORDERS, st.builds(IsNull, SELECTORS), st.builds(NotExists, SELECTORS))
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.builds(
        lambda kind, terms: kind(tuple(terms)), st.sampled_from([And, Or]), st.lists(inner, min_size=2, max_size=3)
    ),
    max_leaves=8,
)
SYNTAX = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "$",
    ".",
    "$.a",
    " = ",
    "!=",
    "&&",
    "||",
    '"x"',
    "%a%",
    "*",
    "...",
    ",",
    "?",
    "-",
]


def parsed(text: str) -> Pattern | PatternError:
    try:
        return parse(text)
    except PatternError as error:
        return error


@given(EXPRESSIONS)
@settings(max_examples=300, deadline=None)
def test_a_printed_tree_parses_to_itself(expression: And | Or | Compare) -> None:
    pattern = JsonPattern(expression)
    assert parse(str(pattern), enforce_limits=False) == pattern


@given(st.lists(st.one_of(st.sampled_from(SYNTAX), st.text(max_size=3)), max_size=25).map("".join))
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_pattern_or_an_error(text: str) -> None:
    found = parsed(text)
    if isinstance(found, PatternError):
        assert 0 <= found.offset <= len(text)
        assert found.drawing.splitlines()[-1].lstrip().startswith("^ expected ")
    else:
        assert parse(str(found)) == found


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("{ $.a = }", 1, 9, "a number, a word, a text in double quotes or a %regular expression%"),
        ('{ $.a = "x }', 1, 13, "a closing double quote"),
        ("{ $eventName = x }", 1, 4, "'.' and a field's name"),
        ("{ ($.a = 1 }", 1, 12, "'&&', '||' or ')'"),
        (
            "{ $.a = 1 ||\n  $.b EXISTS }",
            2,
            7,
            "a comparison (= != < > <= >=), IS NULL, IS TRUE, IS FALSE or NOT EXISTS",
        ),
        ("{ $.a > x }", 1, 9, "a number after >"),
        ("{ $.a IS EMPTY }", 1, 10, "NULL, TRUE or FALSE"),
        ("{ $.a = %x(y)% }", 1, 11, "a letter, a digit, one of : _ # = @ / ; , - or an operator"),
        ("{ $.a = 1 } x", 1, 13, "the end of the pattern"),
        (
            "{ $.userIdentity.invokedByNOT EXISTS }",
            1,
            31,
            "a comparison (= != < > <= >=), IS NULL, IS TRUE, IS FALSE or NOT EXISTS",
        ),
        ("x" * 1025, 1, 1025, "at most 1,024 characters, not 1,025"),
    ],
)
def test_an_error_says_where_and_what(text: str, line: int, column: int, expected: str) -> None:
    with pytest.raises(PatternError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column, caught.value.expected) == (line, column, expected)


def test_an_error_draws_its_place() -> None:
    with pytest.raises(PatternError) as caught:
        parse("{ $.eventName = 'Root' }")
    first, second = caught.value.drawing.splitlines()
    assert first == "{ $.eventName = 'Root' }"
    assert second.index("^") == first.index("'")


def test_conjunction_binds_tighter_than_choice() -> None:
    def comparison(name: str) -> Compare:
        return Compare.of(f"$.{name}", "=", 1)

    flat = parse("{ $.a = 1 || $.b = 1 && $.c = 1 }")
    assert flat == JsonPattern(Or((comparison("a"), And((comparison("b"), comparison("c"))))))
    grouped = parse("{ ($.a = 1 || $.b = 1) && $.c = 1 }")
    assert grouped == JsonPattern(And((Or((comparison("a"), comparison("b"))), comparison("c"))))


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$.a.b", ("a", "b")),
        ("$.a[0][1]", ("a", 0, 1)),
        ("$.['cluster.name'].x", ("cluster.name", "x")),
        ("$['a'][*]", ("a", Wild.INDEX)),
        ("$.*", (Wild.NAME,)),
    ],
)
def test_selectors(text: str, steps: tuple[str | int | Wild, ...]) -> None:
    assert Selector.of(text) == Selector(steps)
    assert Selector.of(str(Selector(steps))) == Selector(steps)


def test_terms_keep_their_roles() -> None:
    assert parse('ERROR ?"a b" -x') == TermPattern(
        (
            Term(Text("ERROR", quoted=False)),
            Term(Text("a b"), Role.OPTIONAL),
            Term(Text("x", quoted=False), Role.EXCLUDED),
        )
    )
    assert parse("") == TermPattern(())


@pytest.mark.parametrize(
    "text",
    [
        "{" + "(" * 500 + "$.a=1" + ")" * 500 + "}",
        "{" * 1000,
        "(" * 1000,
        "[" + "a," * 500,
        "{" + "$.a=1&&(" * 110 + "$.b=1" + ")" * 110 + "}",
        "{ $.a = %" + "a*" * 400 + "% }",
        "{ $.a = %" + "a{1,999}" * 100 + "% }",
        "{ $.a = " + "9" * 900 + " }",
        "{$" + ".a" * 500 + "=1}",
    ],
)
def test_hostile_texts_are_answered_at_once(text: str) -> None:
    found = parsed(text)
    assert isinstance(found, PatternError) or parse(str(found)) == found


def test_limits_can_be_lifted() -> None:
    text = "{ " + " || ".join(f"$.eventName = Name{at}" for at in range(200)) + " }"
    with pytest.raises(PatternError):
        parse(text)
    pattern = parse(text, enforce_limits=False)
    assert isinstance(pattern, JsonPattern)
    assert isinstance(pattern.expression, Or)
    assert len(pattern.expression.terms) == 200
