"""The judging's commands."""
