"""manage.py rotate_data_keys."""
