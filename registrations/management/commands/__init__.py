"""manage.py register."""
