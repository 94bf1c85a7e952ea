"""Whether a file is what its format's own standard says, by the official schema or the library that takes it."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.model
import botocore.validate
import junitparser
import lxml.etree
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from markdown_it.token import Token
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from oscal_bindings.v1.models import AssessmentResultsDocument
from sarif_kit.validate import assert_valid

from auditor.render.visible import visible

HERE = Path(__file__).parent
BATCH = 100
OURS = {"<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>"}
# Source: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
ASFF_LENGTHS = {"Title": 256, "Description": 1024, "Id": 512, "GeneratorId": 512}


def sarif(content: bytes) -> Any:
    log = json.loads(content)
    assert_valid(log)
    (run,) = log["runs"]
    for result in run["results"]:
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"aws(/[A-Za-z0-9._~%-]+)+", uri)
        assert not re.search(r"/\.+(/|$)", uri)
        assert result["message"]["text"]
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["kind"] == "fail" or result["level"] == "none"
    return log


def junit(content: bytes) -> junitparser.JUnitXml:
    root = lxml.etree.fromstring(content)
    _junit_schema().assertValid(root)
    return junitparser.JUnitXml.fromstring(content)


def ocsf(content: bytes) -> Any:
    events = json.loads(content)
    for event in events:
        _ocsf_schema().validate(event)
    return events


def asff(content: bytes) -> Any:
    findings = json.loads(content)
    for start in range(0, len(findings), BATCH):
        botocore.validate.validate_parameters({"Findings": findings[start : start + BATCH]}, _asff_shape())
    for finding in findings:
        _no_blank(finding)
        assert all(len(finding[name]) <= longest for name, longest in ASFF_LENGTHS.items())
        assert len(finding["ProductFields"]) <= 50
        assert all(len(value) <= 2048 for value in finding["ProductFields"].values())
    return findings


def oscal(content: bytes) -> Any:
    AssessmentResultsDocument.model_validate_json(content)
    document = json.loads(content)
    for value in _values_of(document, "props"):
        assert all(re.fullmatch(r"\S(.*\S)?", prop["value"]) for prop in value)
    uuids = _values_of(document, "uuid")
    assert len(uuids) == len(set(uuids))
    return document["assessment-results"]


def table(content: bytes) -> list[dict[str, str]]:
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r\n]", cell)]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def markdown(content: bytes) -> list[Token]:
    assert len(content) < 2**20
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(content.decode())
    flat = [token for each in tokens for token in (each, *(each.children or ()))]
    assert not {token.type for token in flat} & {"link_open", "image", "em_open", "s_open", "code_inline"}
    tags = re.findall(r"<[^>]*>", "".join(token.content for token in flat if token.type.startswith("html_")))
    assert set(tags) <= OURS
    return tokens


VALID = {
    "sarif": sarif,
    "junit": junit,
    "ocsf": ocsf,
    "asff": asff,
    "oscal": oscal,
    "csv": table,
    "markdown": markdown,
}


def inert(content: bytes) -> bool:
    """Whether a file hides nothing: no control character, no mark that turns the direction of writing."""
    text = content.decode().replace("\r\n", "\n")
    return visible(text) == text


@cache
def _junit_schema() -> lxml.etree.XMLSchema:
    # junit-10.xsd is that of Jenkins' xUnit plugin (MIT), as pytest's source distribution holds it.
    return lxml.etree.XMLSchema(lxml.etree.parse(HERE / "schemas" / "junit-10.xsd"))


@cache
def _ocsf_schema() -> Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.8.0")).get_class_schema("compliance_finding", ["cloud"])
    return Draft202012Validator(schema)


@cache
def _asff_shape() -> botocore.model.Shape:
    described = botocore.loaders.create_loader().load_service_model("securityhub", "service-2")
    return botocore.model.ServiceModel(described).operation_model("BatchImportFindings").input_shape


def _no_blank(value: Any) -> None:
    """The service's own pattern for its strings, which botocore does not check: one mark that is no blank."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            _no_blank(each)
    elif isinstance(value, str):
        assert value.strip()


def _values_of(value: Any, name: str) -> list[Any]:
    if isinstance(value, dict):
        own = [value[name]] if name in value else []
        return own + [found for each in value.values() for found in _values_of(each, name)]
    if isinstance(value, list):
        return [found for each in value for found in _values_of(each, name)]
    return []
