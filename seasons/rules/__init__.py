"""What the contest decides of seasons: pure, no Django, no clock."""
