"""Two database roles: the owner migrates, the application may only select and insert where history is kept."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections

from core.database import is_append_only


def grant(sender: AppConfig, using: str, **_: Any) -> None:
    """After an app's migration: let the application role use its tables, append-only ones without UPDATE or DELETE.

    Does nothing where the role does not exist or is itself the owner (a single-role development database).
    """
    role, connection = settings.APP_ROLE, connections[using]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user <> %s AND EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role, role])
        if not cursor.fetchone()[0]:
            return
        tables = set(connection.introspection.table_names(cursor))
        for model in sender.get_models(include_auto_created=True):
            table = model._meta.db_table
            if model._meta.proxy or table not in tables:
                continue
            verbs = "SELECT, INSERT" if is_append_only(model) else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"REVOKE ALL ON {quote(table)} FROM {quote(role)}")
            cursor.execute(f"GRANT {verbs} ON {quote(table)} TO {quote(role)}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}")
        for table in {"django_migrations", "core_cache"} & tables:
            verbs = "SELECT" if table == "django_migrations" else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"GRANT {verbs} ON {quote(table)} TO {quote(role)}")
