"""Text inside Markdown: whatever it holds is shown, and nothing in it has an effect."""

from __future__ import annotations

import re
from html import escape

from auditor.render.visible import one_line

# What makes markup anywhere, what makes it at the beginning of a line, and what makes `www.` a link and `1.` a list.
_MARKS = re.compile(r"[!$*:@\[\\\]_`{|}~]|^[#=+-]|(?<=[w0-9])[.)]")


def plain(text: str) -> str:
    """Gives a text on one line that Markdown shows as it is: no markup, no tag, no link comes of it.

    Source: https://github.github.com/gfm/#backslash-escapes
    """
    return tagged(_MARKS.sub(r"\\\g<0>", one_line(text)))


def tagged(text: str) -> str:
    """Gives a text on one line for a place inside HTML, where Markdown is not read."""
    return escape(one_line(text), quote=False)


def fenced(text: str, language: str = "") -> str:
    """Gives a text as a block of code whose fence is longer than any that the text holds."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
