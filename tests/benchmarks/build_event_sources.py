"""Writes auditor/pattern/event_sources.json: which services have the operations that the benchmarks name.

Run it after an update of botocore:

    python tests/benchmarks/build_event_sources.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import botocore
from botocore.loaders import Loader

PACKAGE = Path(__file__).parents[2] / "auditor" / "pattern"
NAMES = Path(__file__).with_name("event_names.txt")
# Services whose records carry another source than their endpoint's name, or may.
OTHER = {
    "s3control": ["s3", "s3-outposts"],
    "wickr": ["wickr"],
    "bedrock-agentcore-control": ["bedrock-agentcore", "bedrock-agentcore-control"],
}
# The sources that most records come from are named first, as the likeliest for an example.
FAMILIAR = ["ec2", "iam", "s3", "organizations", "kms", "config", "cloudtrail", "iot"]


def sources(loader: Loader, service: str) -> list[str]:
    metadata = loader.load_service_model(service, "service-2")["metadata"]
    names = {metadata["endpointPrefix"], metadata.get("signingName", metadata["endpointPrefix"])}
    return OTHER.get(service, sorted(names))


def main() -> None:
    loader = Loader()
    wanted = set(NAMES.read_text(encoding="utf-8").split())
    found: dict[str, set[str]] = {name: set() for name in wanted}
    for service in loader.list_available_services("service-2"):
        operations = loader.load_service_model(service, "service-2")["operations"]
        for name in wanted & set(operations):
            found[name].update(sources(loader, service))
    rank = {name: at for at, name in enumerate(FAMILIAR)}
    content = {
        "source": f"service models of botocore {re.sub(r'[^0-9.]', '', botocore.__version__)}",
        "names": {
            name: [
                f"{prefix}.amazonaws.com"
                for prefix in sorted(found[name], key=lambda prefix: (rank.get(prefix, len(rank)), prefix))
            ]
            for name in sorted(wanted)
            if found[name]
        },
    }
    path = PACKAGE / "event_sources.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"{len(content['names'])} names of {len(wanted)} written to {path.name}")


if __name__ == "__main__":
    main()
