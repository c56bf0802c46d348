"""The units' commands."""
