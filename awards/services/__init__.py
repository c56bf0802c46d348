"""Every write of awards."""
