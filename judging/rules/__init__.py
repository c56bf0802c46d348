"""The judging's decisions: pure functions on frozen dataclasses; no Django, no clock, `Decimal` in and out.

ranking/     scores → ranking (standard library only: the recompute bundle ships these very files)
rounds       a round of the edition → the ranking's rules
advancing    ranking → who goes on
assignment/  works × judges → who judges what
conflicts    who may not judge what, and why
ballots      public ballots → votes that count
"""
