"""Databases on a PostgreSQL: the two roles, what each may do, and bringing a database to the newest schema."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

from tools.machine import PYTHON, ROOT, digest
from tools.servers import Servers

OWNER = "portal_owner"  # owns every table and migrates
BLANK = "blank"  # the migrated, empty database that others are copied from
MIGRATIONS = "django_migrations"
# What a migrated database depends on. Permissions and content types follow models, so these count too.
MADE_FROM = (
    *(f"{app}/{files}" for app in ("*", "*/*") for files in ("migrations/*.py", "models.py", "models/*.py")),
    "core/audit/*.py",
    "aisc_portal/settings.py",
    "uv.lock",
    "tools/*.py",
)
APP = "portal_app"  # what web, worker, beat and the tests connect as: rows only (architecture, decision 5)


class MigrationFailed(Exception):
    """`migrate` stopped; the message is what it printed."""


@dataclass(frozen=True)
class Database:
    """One database, by the addresses of its two roles."""

    app: str
    owner: str

    @property
    def name(self) -> str:
        """Its name on the server."""
        return urlsplit(self.owner).path.removeprefix("/")


def database(servers: Servers, name: str) -> Database:
    """The database `name` on a private server."""
    return Database(app=servers.database_url(APP, name), owner=servers.database_url(OWNER, name))


def sibling(of: Database, name: str) -> Database:
    """Another database on the same server, with the same roles."""
    return Database(*(urlsplit(url)._replace(path=f"/{name}").geturl() for url in (of.app, of.owner)))


def execute(url: str, *statements: sql.Composable | str) -> list[tuple[object, ...]]:
    """Run statements outside a transaction; the rows of the last one."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def ensure_roles(servers: Servers) -> None:
    """Create the two roles on a private server, once."""
    superuser = servers.database_url("postgres", "postgres")
    known = {name for (name,) in execute(superuser, "SELECT rolname FROM pg_roles")}
    for role, rights in ((OWNER, "LOGIN CREATEDB"), (APP, "LOGIN")):
        if role not in known:
            execute(superuser, f"CREATE ROLE {role} {rights}")
    execute(superuser, f"GRANT pg_signal_backend TO {OWNER}")  # so that tests can end the application's connections


def ensure_database(target: Database, *, fresh: bool = False) -> bool:
    """Create a database as its owner, when it is missing or a `fresh` one is asked for; whether it was created."""
    maintenance = sibling(target, "postgres").owner
    name = sql.Identifier(target.name)
    if fresh:
        execute(maintenance, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    known = sql.SQL("SELECT 1 FROM pg_database WHERE datname = {}").format(sql.Literal(target.name))
    if execute(maintenance, known):
        return False
    execute(maintenance, sql.SQL("CREATE DATABASE {}").format(name))
    return True


def copy_blank(target: Database, env: dict[str, str]) -> None:
    """Make a database anew as a copy of `blank`, which is itself made anew when its schema is not the newest.

    Copying takes a second, migrating half a minute. One at a time on a server. Raises MigrationFailed.
    """
    blank, maintenance = sibling(target, BLANK), sibling(target, "postgres").owner
    ensure_database(blank)
    if not is_newest(blank):
        ensure_database(blank, fresh=True)
        migrate(blank, env, quiet=True)
    name, source = sql.Identifier(target.name), sql.Identifier(BLANK)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
    execute(maintenance, drop, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, source))


def _role(url: str) -> str:
    return urlsplit(url).username or APP


def is_newest(target: Database) -> bool:
    """Whether a database has the newest schema, as `migrate` left it: its table of migrations says what it is of."""
    said = sql.SQL("SELECT obj_description(to_regclass({}), 'pg_class')").format(sql.Literal(MIGRATIONS))
    return execute(target.owner, said) == [(_newest(target),)]


def unmark(target: Database) -> None:
    """Have `migrate` look at a database again: somebody changed its schema by hand."""
    if execute(target.owner, sql.SQL("SELECT to_regclass({})").format(sql.Literal(MIGRATIONS))) != [(None,)]:
        _mark(target, "")


def _mark(target: Database, text: str) -> None:
    table = sql.Identifier(MIGRATIONS)
    execute(target.owner, sql.SQL("COMMENT ON TABLE {} IS {}").format(table, sql.Literal(text)))


def _newest(target: Database) -> str:
    return f"{digest(*MADE_FROM)} {_role(target.app)}"  # the role has been granted its rows


def migrate(target: Database, env: dict[str, str], *, quiet: bool = False) -> None:
    """Bring a database to the newest schema, as its owner; `core.audit` then grants the application its rows.

    Raises MigrationFailed.
    """
    env = env | {"DATABASE_URL": target.owner, "DATABASE_APP_ROLE": _role(target.app)}
    done = subprocess.run(
        [PYTHON, "manage.py", "migrate", "--noinput", "--verbosity=0"],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=quiet,
        text=True,
    )
    if done.returncode != 0:
        raise MigrationFailed(f"{done.stdout}{done.stderr}" if quiet else "migrate 没有成功，原因见上 / see above")
    _mark(target, _newest(target))
