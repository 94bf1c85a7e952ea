"""What mends a failure: commands with the account's own names, safely quoted."""

from __future__ import annotations

from auditor.remedy.chain import mend_chain
from auditor.remedy.command import Variable, aws, capture

__all__ = ["Variable", "aws", "capture", "mend_chain"]
