"""Whether a trail's log files are as CloudTrail delivered them: digests, their signatures, their chain, log files.

It knows nothing of AWS clients: a `Shelf` gives it files, a `KeyRing` public keys.
"""

from __future__ import annotations

from auditor.integrity.folder import Folder
from auditor.integrity.keys import StoredKeys
from auditor.integrity.place import TrailPlace, arn_parts
from auditor.integrity.search import Search
from auditor.integrity.shelf import KeyRing, MissingError, NotReadError, Shelf, Stored
from auditor.integrity.times import how_long, span
from auditor.integrity.verification import Verification

__all__ = [
    "Folder",
    "KeyRing",
    "MissingError",
    "NotReadError",
    "Search",
    "Shelf",
    "Stored",
    "StoredKeys",
    "TrailPlace",
    "Verification",
    "arn_parts",
    "how_long",
    "span",
]
