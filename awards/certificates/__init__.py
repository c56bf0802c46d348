"""Certificates outside the database: keys and signatures, fonts, the printed page."""
