"""The plan as a script for any POSIX shell, which mends, or with `--rollback` brings back what was there."""

from __future__ import annotations

from auditor.artefact.plan import Plan
from auditor.render.templates import plain_environment


def as_script(plan: Plan) -> str:
    """Gives the script. Names in it are data, whatever they hold: each word is quoted, and a comment is one line."""
    template = plain_environment().get_template("artefact/script.sh")
    return template.render(plan=plan, run=plan.report.run, tool=plan.report.tool) + "\n"
