"""Carries an event along the deployed settings, from the trail to a person, and says where it stops."""

from __future__ import annotations

from auditor.chain.alternatives import alternatives
from auditor.chain.possible import Possible, possible_in
from auditor.chain.proof import Proof, prove
from auditor.chain.route import Route, routes_of
from auditor.chain.writer import Member, member_of

__all__ = ["Member", "Possible", "Proof", "Route", "alternatives", "member_of", "possible_in", "prove", "routes_of"]
