"""Hardening of the buckets that trails write to."""
