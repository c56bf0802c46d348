"""The decisions of seasons: pure, no Django, no clock."""
