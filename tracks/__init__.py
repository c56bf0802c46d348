"""The contest as data: editions, their rulebook, tracks, categories and milestones."""
