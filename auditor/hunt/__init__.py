"""Hunting: named queries that the logs answer, as Logs Insights at AWS and as SQL over files of one's own.

A query is defined once, in `library`; `insights` and `sql` write the two texts from that one definition.
"""
