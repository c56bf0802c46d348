"""Every write of seasons, by what it is about."""
