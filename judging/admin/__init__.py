"""Judging in the admin: rounds with pool, distribution, monitor and freeze; works, judges, recusals."""

from . import people, pool, rounds  # noqa: F401  # each registers its own
