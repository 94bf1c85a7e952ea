"""CloudTrail's public keys as `aws cloudtrail list-public-keys` prints them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.errors import ConfigurationError

_ADVICE = "Give what this prints: aws cloudtrail list-public-keys --region REGION --start-time ... --end-time ..."


class StoredKeys:
    """Public keys by their fingerprints, from files; which region they are of does not matter."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)

    @classmethod
    def from_files(cls, paths: Sequence[Path]) -> StoredKeys:
        """Reads them from files.

        Raises:
            ConfigurationError: A file cannot be read, or is not what `aws cloudtrail list-public-keys` prints.
        """
        return cls({name: key for path in paths for name, key in _read(path).items()})

    def find(self, region: str, fingerprint: str, around: datetime | None) -> bytes | None:  # noqa: ARG002 - see above
        """Gives a public key in DER, or None where there is none of that fingerprint."""
        return self._keys.get(fingerprint)


def _read(path: Path) -> dict[str, bytes]:
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
        # AWS's own page shows the list under a name that begins small.
        listed = said.get("PublicKeyList", said.get("publicKeyList"))
        return {str(one["Fingerprint"]): base64.b64decode(one["Value"], validate=True) for one in listed}
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.", _ADVICE) from error
    except (ValueError, AttributeError, KeyError, TypeError, binascii.Error) as error:
        raise ConfigurationError(f"{path} holds no list of public keys.", _ADVICE) from error
