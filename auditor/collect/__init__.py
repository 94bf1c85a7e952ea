"""Reads an account: the only room that speaks to AWS. It reads, it never writes."""

from __future__ import annotations

from auditor.collect.account import collect
from auditor.collect.alternatives import collect_alternatives
from auditor.collect.connection import Connection, connect
from auditor.collect.operations import OPERATIONS, Operation
from auditor.collect.ownership import own_buckets
from auditor.collect.sharing import resolved, with_shared

__all__ = [
    "OPERATIONS",
    "Connection",
    "Operation",
    "collect",
    "collect_alternatives",
    "connect",
    "own_buckets",
    "resolved",
    "with_shared",
]
