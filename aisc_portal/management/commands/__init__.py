"""manage.py edition, demo, rehearse, invariants."""
