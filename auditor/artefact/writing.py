"""Writes the plan in the form that is asked for; what people read of it stands in `report_templates/artefact`."""

from __future__ import annotations

from auditor.artefact.cloudformation import as_cloudformation
from auditor.artefact.plan import Plan
from auditor.artefact.resources import Template, template
from auditor.artefact.script import as_script
from auditor.artefact.terraform import as_terraform
from auditor.remediation import Step
from auditor.render.templates import plain_environment
from auditor.render.visible import one_line


def written(plan: Plan, form: str, region: str | None = None) -> tuple[str, tuple[Step, ...]]:
    """Gives the artefact, and the steps that it leaves out.

    Args:
        plan: What is to be done.
        form: `sh`, `cloudformation` or `terraform`.
        region: The region that a template is for.

    Raises:
        UsageError: What is to be made is in several regions, and none is named.
    """
    if form == "sh":
        return as_script(plan), ()
    made = template(plan, region)
    header, email = _text("header", plan, made), _text("email", plan, made)
    if form == "terraform":
        return as_terraform(made, header, email), made.besides
    return as_cloudformation(made, plan.report, one_line(header), email), made.besides


def _text(name: str, plan: Plan, made: Template) -> str:
    shown = plain_environment().get_template(f"artefact/{name}.txt")
    return shown.render(run=plan.report.run, tool=plan.report.tool, template=made).strip()
