"""Every write of judging."""
