"""Template tags that know nothing of a contest."""
