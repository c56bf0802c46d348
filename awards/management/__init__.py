"""manage.py commands of awards."""
