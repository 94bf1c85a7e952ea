"""What mends a failure: commands with the account's own names, safely quoted."""

from __future__ import annotations

from auditor.remediation import Target
from auditor.remedy.chain import mend_chain
from auditor.remedy.command import Variable, aws, capture
from auditor.remedy.document import adding
from auditor.remedy.mending import Mending, page, step

__all__ = ["Mending", "Target", "Variable", "adding", "aws", "capture", "mend_chain", "page", "step"]
