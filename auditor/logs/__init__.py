"""Opens log files, wherever they lie: a folder, a file, or a prefix in a bucket."""

from __future__ import annotations

from auditor.logs.files import LogFile, LogFileError, LogFiles, Unlisted
from auditor.logs.opening import opened
from auditor.logs.places import log_files

__all__ = ["LogFile", "LogFileError", "LogFiles", "Unlisted", "log_files", "opened"]
