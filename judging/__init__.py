"""Rounds, panels, assignment, blind scoring and rankings (评审); nothing here yet, see docs/architecture.md."""
