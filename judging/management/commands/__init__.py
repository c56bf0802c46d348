"""manage.py judging."""
