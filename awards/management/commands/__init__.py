"""manage.py certificate."""
