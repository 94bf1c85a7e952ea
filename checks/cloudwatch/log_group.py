"""What is said of a log group that does not exist."""

from __future__ import annotations

from auditor.checking import Verdict, not_applicable
from auditor.model.logs import LogGroupFacts


def missing(facts: LogGroupFacts) -> Verdict:
    """Gives the verdict on the settings of a log group that is not there: one fault is told once."""
    return not_applicable(f"The log group {facts.name} does not exist; cloudwatch.integration judges that.")
