"""Work that must happen once: written in the transaction that causes it, claimed, leased, swept.

Postgres is the queue of record; Celery and Redis only wake workers (architecture, decision 8).
"""
