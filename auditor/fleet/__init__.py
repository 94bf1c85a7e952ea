"""Audits many accounts: which they are, what is read once for all, what runs them, and what a run leaves on disk."""
