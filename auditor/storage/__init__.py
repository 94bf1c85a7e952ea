"""Where reports go: a local folder, or a prefix of an S3 bucket."""

from __future__ import annotations

from auditor.storage.folder import Folder
from auditor.storage.interface import Storage
from auditor.storage.opening import storage_at

__all__ = ["Folder", "Storage", "storage_at"]
