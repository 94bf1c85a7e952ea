"""Drills: an event for each control, its way through the account, and on demand a real alarm that rings.

Apart from collecting and hunting, this is the only room that speaks to AWS, and the only one that changes anything
there: the state of one alarm, for a moment, where a person asks for it.
"""
