"""A CloudFormation template with its references filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cfnlint.decode import decode

_REFERENCE = re.compile(r"\$\{([\w:.]+)\}")


def load(path: Path) -> dict[str, Any]:
    """Gives a template as CloudFormation reads it, the short forms of functions written out."""
    content, problems = decode(path)
    assert not problems
    return content


def resolved(value: Any, names: Mapping[str, Any]) -> Any:
    """Gives a value with what it refers to: parameters, `AWS::Partition` and the like, `Bucket`, `Bucket.Arn`."""
    match value:
        case {"Ref": str(name)}:
            return names[name]
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return names[f"{name}.{attribute}"]
        case {"Fn::Sub": str(text)}:
            return _REFERENCE.sub(lambda found: names[found[1]], text)
        case dict():
            assert not any(str(key).startswith("Fn::") for key in value), value
            return {str(key): resolved(inner, names) for key, inner in value.items()}
        case list():
            return [resolved(inner, names) for inner in value]
        case str():
            return str(value)
    return value
