"""The plan as a script for any POSIX shell, which mends, or with `--rollback` brings back what was there."""

from __future__ import annotations

import shlex

from auditor.artefact.plan import Plan
from auditor.render.templates import environment
from auditor.render.visible import one_line


def as_script(plan: Plan) -> str:
    """Gives the script. Names in it are data, whatever they hold: each word is quoted, and a comment is one line."""
    overlay = environment().overlay(autoescape=False, finalize=lambda value: value)
    overlay.filters.update(line=one_line, quoted=shlex.quote)
    template = overlay.get_template("artefact/script.sh")
    return template.render(plan=plan, run=plan.report.run, tool=plan.report.tool) + "\n"
