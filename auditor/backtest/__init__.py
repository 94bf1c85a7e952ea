"""Replays real events through an account's chains: what should have rung, what would have, and when.

    log files --replay--> Tally (counts by minute) --ringing--> courses of the alarms --judging--> Backtest

Events are read once and never kept; all that grows is counts by minute and a few examples.
"""
