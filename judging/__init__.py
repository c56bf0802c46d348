"""Rounds, judges, blind scoring, fair ranking and the live final."""
