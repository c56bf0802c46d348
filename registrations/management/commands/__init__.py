"""manage.py register, recommendation."""
