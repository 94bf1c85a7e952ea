r"""Makes characters visible that would otherwise hide, reorder or break a text.

Names and tags are chosen by whoever may create a resource. What they hold of control characters, of marks that
change the direction of writing, and of code points that are no text at all is shown as an escape: ESC as `\u001b`.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # what formats and is not seen
    "\ud800-\udfff\ufffe\uffff"  # halves of pairs, and no characters
    "\U000e0000-\U000e007f"  # tags: a whole alphabet that is not seen
    "]"
)


def visible(text: str) -> str:
    r"""Gives the text with every hidden character as an escape; tabs and line feeds stay.

    >>> visible("\u001b[31mred")
    '\\u001b[31mred'
    """
    return _HIDDEN.sub(_escape, text)


def one_line(text: str) -> str:
    """Gives the text on one line, with every hidden character as an escape and runs of blanks as one."""
    return visible(" ".join(text.split()))


def encodable(text: str, encoding: str) -> str:
    """Gives the text with whatever an encoding lacks as an escape."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


def shortened(text: str, limit: int) -> str:
    """Gives the text with its middle left out where it is longer than the limit."""
    if len(text) <= limit:
        return text
    tail = limit // 3
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
