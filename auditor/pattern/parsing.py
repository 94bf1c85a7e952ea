"""Turns the text of a filter pattern into its tree."""

from __future__ import annotations

from auditor.pattern.errors import PatternError
from auditor.pattern.json_grammar import json_pattern
from auditor.pattern.lexer import Scanner
from auditor.pattern.line_grammar import delimited_pattern, term_pattern
from auditor.pattern.model import Pattern

MAX_LENGTH = 1024
MAX_REGEXES = 2


def parse(text: str, *, enforce_limits: bool = True) -> Pattern:
    """Gives the tree of a pattern: JSON if it opens with a brace, space-delimited with a bracket, else terms.

    Args:
        text: The pattern as `PutMetricFilter` takes it.
        enforce_limits: Whether a pattern of more than 1,024 characters or 2 regular expressions is an error,
            as it is to AWS.

    Raises:
        PatternError: The text is not a pattern; it says where and what was expected.

    Source: API reference, `PutMetricFilter` (the length), and the user guide, "Filter pattern syntax for
    metric filters" (the number of regular expressions and of wildcards):
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
    """
    if enforce_limits and len(text) > MAX_LENGTH:
        raise PatternError(text, MAX_LENGTH, f"at most {MAX_LENGTH:,} characters, not {len(text):,}")
    scan = Scanner(text)
    scan.space()
    opening = text[scan.at : scan.at + 1]
    found: Pattern
    if opening == "{":
        found = json_pattern(scan)
    elif opening == "[":
        found = delimited_pattern(scan)
    else:
        found = term_pattern(scan)
    if enforce_limits and scan.regexes > MAX_REGEXES:
        raise PatternError(text, 0, f"at most {MAX_REGEXES} regular expressions in a pattern")
    return found
