"""Command-line tools of the jobs app."""
