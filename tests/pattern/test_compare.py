from __future__ import annotations

import pytest

from auditor.pattern import (
    CLOUDTRAIL,
    Always,
    And,
    Compare,
    Comparison,
    Covers,
    IsFalse,
    Misses,
    Never,
    Not,
    Or,
    Selector,
    Semantics,
    Undecided,
    World,
    compare,
    evaluate,
    intersects,
    noise,
    parse,
)

TRAIL = "{ $.eventName = CreateTrail || $.eventName = UpdateTrail || $.eventName = DeleteTrail }"


def compared(required: str, *deployed: str, world: World | None = CLOUDTRAIL) -> Comparison:
    return compare(parse(required), [parse(text) for text in deployed], world=world)


@pytest.mark.parametrize(
    ("required", "deployed"),
    [
        (TRAIL, ['{ $.eventName = "*Trail" }']),
        (
            TRAIL,
            [
                '{ $.eventName = "Create*" }',
                "{ $.eventName = UpdateTrail }",
                '{ $.eventName = "De*il" }',
                '{ $.eventName = "De*" }',
            ],
        ),
        (
            TRAIL,
            ["{ $.eventName = %^(Create)% }".replace("(", "").replace(")", ""), "{ $.eventName = %^[UD].+Trail$% }"],
        ),
        (
            "{ $.a = x }",
            [
                "{ $.a = x && $.b = y }",
                '{ $.a = "*" && ($.b != y || $.b NOT EXISTS || $.b IS NULL || $.b IS TRUE || $.b IS FALSE) }',
                "{ $.a = x && $.b = 1 }",
                "{ $.a = x }",
            ],
        ),
        ("{ $.a = x && $.b = y }", ["{ $.b = y && $.a = x }"]),
        ("{ $.a = x && ($.b = y || $.c = z) }", ["{ ($.a = x && $.b = y) || ($.a = x && $.c = z) }"]),
        ("{ $.a = x && $.a = y }", []),
        ("{ $.n > 5 && $.n < 5 }", []),
        ("{ $.n > 5 }", ["{ $.n > 5 && $.n <= 7 }", "{ $.n > 7 && $.n < 9.5 }", "{ $.n >= 9.5 }"]),
        ("{ $.a.b = x }", ["{ $.a.b = x && $.a != y }", "{ $.a.b = x && $.a NOT EXISTS }", "{ $.a.b = x }"]),
        ("{ $.l[1] = x }", ["{ $.l[1] = x && $.l[0] NOT EXISTS }", "{ $.l[1] = x }"]),
        ("{ $.l[*] = x }", ["{ $.l[*] = x || $.b = y }"]),
        ('{ $.a = "AccessDenied*" }', ['{ $.a = "Access*" }']),
        ("{ $.a = x }", [""]),
        ("{ $.a = x }", ['" "']),
        ("{ $.a = x }", ["[]"]),
        ("ERROR -x", ["ERROR -x"]),
        ("", ['" "']),
    ],
)
def test_covered_by_logic_alone(required: str, deployed: list[str]) -> None:
    assert compared(required, *deployed, world=None) == Covers()
    assert compared(required, *deployed) == Covers()


@pytest.mark.parametrize(
    ("required", "deployed"),
    [
        (TRAIL, ['{ $.eventName = "Create*" }']),
        (TRAIL, ["{ $.eventName = CreateTrail && $.eventName = UpdateTrail }"]),
        (TRAIL, []),
        ("{ $.a = x }", ["{ $.a.b = x }"]),
        ("{ $.a = x }", ["{ $.a = X }"]),
        ('{ $.a = "x*" }', ["{ $.a = x }"]),
        ("{ $.n >= 5 }", ["{ $.n > 5 }"]),
        ("{ $.n > 5 && $.n < 6 }", ["{ $.n > 5.5 }"]),
        ("{ $.a NOT EXISTS }", ["{ $.a IS NULL }"]),
        ("{ $.l[0] = x }", ["{ $.l = x }"]),
        ("{ $.b = y }", ["{ $.l[*] = x }"]),
        ("{ $.a = %^x% }", ["{ $.a = %x$% }"]),
    ],
)
def test_missed(required: str, deployed: list[str]) -> None:
    for world in (None, CLOUDTRAIL):
        answer = compared(required, *deployed, world=world)
        assert isinstance(answer, Misses)
        assert evaluate(parse(required), answer.witness)
        assert not any(evaluate(parse(text), answer.witness) for text in deployed)


@pytest.mark.parametrize(
    ("required", "deployed", "facts"),
    [
        (
            "{ $.eventName = CreateTrail }",
            "{ $.eventName = CreateTrail && $.eventSource = cloudtrail.amazonaws.com }",
            ("CreateTrail comes only from cloudtrail.amazonaws.com",),
        ),
        (
            '{ $.eventName = ConsoleLogin && $.errorMessage = "Failed authentication" }',
            '{ $.eventName = "ConsoleLogin" && $.responseElements.ConsoleLogin = "Failure" }',
            ("a ConsoleLogin with an errorMessage has responseElements.ConsoleLogin Failure",),
        ),
        (
            "{ $.eventName = ConsoleLogin && $.additionalEventData.MFAUsed != Yes }",
            "{ $.eventName = ConsoleLogin && $.additionalEventData.MFAUsed = No }",
            ("ConsoleLogin has additionalEventData.MFAUsed Yes or No, or lacks it",),
        ),
        (
            "{ $.eventName = PutRolePolicy }",
            "{ $.eventName = PutRolePolicy && $.awsRegion = us-east-1 }",
            (
                "PutRolePolicy comes only from iam.amazonaws.com",
                "IAM, Organizations and CloudFront events are recorded in us-east-1",
            ),
        ),
        (
            "{ $.eventName = StopLogging }",
            "{ $.eventName = StopLogging && $.readOnly IS FALSE }",
            ("StopLogging has readOnly false, as it changes something",),
        ),
        (
            "{ $.eventName = StopLogging }",
            '{ $.eventName = StopLogging && $.awsRegion = "*" }',
            ("awsRegion is a text in every record",),
        ),
    ],
)
def test_covered_by_facts_about_cloudtrail(required: str, deployed: str, facts: tuple[str, ...]) -> None:
    answer = compared(required, deployed)
    assert isinstance(answer, Covers)
    assert set(answer.facts_used) == set(facts)
    assert isinstance(compared(required, deployed, world=None), Misses)


def test_a_name_of_several_services_is_missed_from_the_others() -> None:
    answer = compared(
        "{ $.eventName = DeletePolicy }", "{ $.eventName = DeletePolicy && $.eventSource = iam.amazonaws.com }"
    )
    assert isinstance(answer, Misses)
    assert answer.witness["eventSource"] == "organizations.amazonaws.com"
    assert isinstance(
        compared("{ $.eventName = CreateTrail }", "{ $.eventName = CreateTrail && $.eventSource = ec2.amazonaws.com }"),
        Misses,
    )


def test_the_region_of_global_services_is_known_of_the_aws_partition_only() -> None:
    required, deployed = (
        "{ $.eventSource = iam.amazonaws.com }",
        '{ $.eventSource = iam.amazonaws.com && $.awsRegion = "us-east-1" }',
    )
    assert isinstance(compared(required, deployed), Covers)
    assert isinstance(compared(required, deployed, world=World("aws-us-gov")), Misses)


def test_expressions_can_be_compared_as_patterns_are() -> None:
    selection = And((Not(Compare.of("$.eventSource", "=", "kms.amazonaws.com")), IsFalse(Selector.of("$.readOnly"))))
    deployed = And((selection, Compare.of("$.eventName", "=", "DisableKey")))
    answer = compare(parse("{ $.eventName = DisableKey }"), [deployed])
    assert isinstance(answer, Misses)
    assert answer.witness["eventSource"] == "kms.amazonaws.com"
    stop = parse("{ $.eventName = StopLogging }")
    assert isinstance(compare(stop, [And((selection, Compare.of("$.eventName", "=", "StopLogging")))]), Covers)
    assert compare(Never(), []) == Covers()
    assert isinstance(compare(Always(), []), Misses)
    assert compare(Always(), [Always()]) == Covers()
    assert compare(Always(), [Or((deployed, Not(deployed)))]) == Covers()


@pytest.mark.parametrize(
    ("required", "deployed", "setting"),
    [
        ('{ $.a = "x*y*z" }', '{ $.a = "x*z" }', None),
        ('{ $.a = "x-y" }', '{ $.a = "x*y" }', "star_inside_word"),
        ("{ $.a = 3 }", '{ $.a = "3" }', None),
        ("{ $.recipientAccountId = 111122223333 }", '{ $.recipientAccountId = "111122223333" }', None),
        ('{ $.recipientAccountId = "111122223333" }', "{ $.recipientAccountId = 111122223333 }", "string_number"),
        ("{ $.a IS NULL }", "{ $.a != x }", "not_equal_other_type"),
        ("{ $.b = y && $.a NOT EXISTS }", "{ $.b = y && $.a != x }", None),
    ],
)
def test_an_open_question_is_named_where_the_answer_hangs_on_it(
    required: str, deployed: str, setting: str | None
) -> None:
    pair = (parse(required), [parse(deployed)])
    answer = compare(*pair)
    if setting is None:
        assert not isinstance(answer, Covers)
        return
    assert isinstance(answer, Undecided)
    assert setting in answer.reason
    assert {type(compare(*pair, semantics=Semantics(**{setting: value}))) for value in (True, False)} == {
        Covers,
        Misses,
    }


def test_the_absent_field_can_be_opened_too() -> None:
    pair = (parse("{ $.b = y && $.a NOT EXISTS }"), [parse("{ $.b = y && $.a != x }")])
    assert isinstance(compare(*pair), Misses)
    opened = compare(*pair, semantics=Semantics(not_equal_absent=None))
    assert isinstance(opened, Undecided)
    assert "not_equal_absent" in opened.reason


@pytest.mark.parametrize(
    ("required", "deployed"),
    [
        ("{ $.a = x }", ["x"]),
        ("{ $.a = x }", ["[a = x]"]),
        ("ERROR", ["{ $.a = x }"]),
        ("{ $.l[*] = x }", ["{ $.l[0] = x }"]),
        ("{ $.l[999999999] = x }", []),
    ],
)
def test_what_cannot_be_compared_is_said_to_be_undecided(required: str, deployed: list[str]) -> None:
    answer = compared(required, *deployed)
    assert isinstance(answer, Undecided)
    assert answer.reason


def test_text_patterns_do_not_hinder_a_json_pattern_that_covers() -> None:
    assert compared("{ $.a = x }", "x", "{ $.a = x }") == Covers()


def test_noise() -> None:
    required, wider = parse(TRAIL), parse('{ $.eventName = "*Trail" }')
    event = noise(required, [parse(TRAIL), wider])
    assert isinstance(event, dict)
    assert str(event["eventName"]).endswith("Trail")
    assert noise(required, [parse("{ $.eventName = CreateTrail }")]) is None
    assert isinstance(noise(required, [parse("")]), dict)
    assert isinstance(noise(required, [parse("Trail")]), Undecided)
    assert noise(parse(""), [wider]) is None
    assert noise(required, []) is None


def test_intersection() -> None:
    assert intersects(parse(TRAIL), parse("{ $.eventSource = s3.amazonaws.com }")) is None
    assert intersects(parse(TRAIL), parse("{ $.eventSource = s3.amazonaws.com }"), world=None) is not None
    event = intersects(parse('{ $.a = "x*" }'), parse('{ $.a = "*y" }'))
    assert isinstance(event, dict)
    assert event["a"] == "xy"
    assert isinstance(intersects(parse("x"), parse(TRAIL)), Undecided)
    assert intersects(parse(""), parse(TRAIL)) is not None


def test_a_witness_is_a_whole_record() -> None:
    answer = compared("{ $.userIdentity.type = Root }", "{ $.userIdentity.type = RootX }")
    assert isinstance(answer, Misses)
    record = answer.witness
    for name in ("eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent"):
        assert isinstance(record[name], str)
    assert record["userIdentity"] == {
        "type": "Root",
        "principalId": "111122223333",
        "arn": "arn:aws:iam::111122223333:root",
        "accountId": "111122223333",
        "accessKeyId": "",
    }
    assert record["readOnly"] is False
    assert answer == compared("{ $.userIdentity.type = Root }", "{ $.userIdentity.type = RootX }")


HOSTILE = [
    (
        "{" + "||".join(f"$.eventName=Name{at}" for at in range(200)) + "}",
        "{" + "||".join(f"$.eventName=Name{at}" for at in range(199)) + "}",
    ),
    (
        "{" + "&&".join(f"$.f{at}=1" for at in range(200)) + "}",
        "{" + "&&".join(f"$.f{at}=1" for at in range(199, -1, -1)) + "}",
    ),
    (
        "{" + "||".join(f'$.a="*N{at}*"' for at in range(90)) + "}",
        "{" + "||".join(f'$.a="*N{at}*"' for at in range(89)) + "}",
    ),
    ('{ $.a = "a*a*a*a*b" }', '{ $.a = "a*a*a*b" }'),
    ('{ $.a = "' + "*a*b" * 30 + '" }', '{ $.a = "' + "a*b*" * 30 + '" }'),
    ("{ $.a = %a.{30}b% }", "{ $.a = %b.{30}a% }"),
    (
        "{"
        + "&&".join("(" + "||".join(f"$.p{pigeon}h{hole} IS TRUE" for hole in range(7)) + ")" for pigeon in range(8))
        + "}",
        "{"
        + "||".join(
            f"($.p{one}h{hole} IS TRUE&&$.p{two}h{hole} IS TRUE)"
            for hole in range(7)
            for one in range(8)
            for two in range(one)
        )
        + "}",
    ),
]


@pytest.mark.parametrize(("required", "deployed"), HOSTILE)
def test_hostile_patterns_are_answered(required: str, deployed: str) -> None:
    """Without a bound on the work these would run for years, and the test with them."""
    pair = [parse(text, enforce_limits=False) for text in (required, deployed)]
    assert isinstance(compare(pair[0], pair[1:]), Covers | Misses | Undecided)


def test_wildcards_too_many_to_combine_are_still_compared_where_that_is_plain() -> None:
    words = [f'$.a = "*{one}{two}*"' for one in "abcdef" for two in "uvwxyz"]
    pattern = parse("{ " + " || ".join(words) + " }", enforce_limits=False)
    turned = parse("{ " + " || ".join(reversed(words)) + " }", enforce_limits=False)
    fewer = parse("{ " + " || ".join(words[1:]) + " }", enforce_limits=False)
    assert compare(pattern, [turned]) == Covers()
    assert isinstance(compare(pattern, [fewer]), Misses)
