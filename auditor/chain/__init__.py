"""Carries an event along the deployed settings, from the trail to a person, and says where it stops."""

from __future__ import annotations

from auditor.chain.proof import Proof, prove
from auditor.chain.route import Route, routes_of

__all__ = ["Proof", "Route", "prove", "routes_of"]
