"""The production set-up: valid by the compose specification, one open door, no secrets, two database roles."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest
import yaml
from jsonschema import Draft202012Validator

from bench._servers import LINES
from tools import environment
from tools.servers import Servers, postgres_bin, private

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
FILLER = "fill3r-" * 9 + "abcdefghijklm.invalid"
SERVICES = COMPOSE["services"]
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")  # folders that nginx wants


def test_follows_the_compose_specification():
    schema = json.loads((ROOT / "tests/data/compose-spec.json").read_text())
    assert [error.message for error in Draft202012Validator(schema).iter_errors(COMPOSE)] == []


def test_services():
    assert set(SERVICES) == {"proxy", "web", "worker", "beat", "migrate", "postgres", "redis"}
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"migrate"}
    assert [name for name in ("web", "worker") if "REPLICAS" not in SERVICES[name]["deploy"]["replicas"]] == []


def test_only_the_migration_knows_the_owner():
    users = {
        name: re.findall(r"://(\w+):", str(s.get("environment", {}).get("DATABASE_URL")))
        for name, s in SERVICES.items()
    }
    assert users["migrate"] == ["portal_owner"]
    assert users["web"] == users["worker"] == users["beat"] == ["portal_app"]


def test_every_secret_comes_from_outside():
    named = re.compile(
        r"^ *(\w*(?:PASSWORD|SECRET_KEY|DATA_KEYS|DATA_INDEX_KEY|CERTIFICATE_KEY|EMAIL_URL)): *(.*)$", re.MULTILINE
    )
    assert [line for line in named.findall(TEXT) if line[1] != "${" + line[0] + ":?}"] == []
    asked = set(re.findall(r"\$\{(\w+)", TEXT)) - {"PORTAL_VERSION"}
    offered = dict(
        line.split("=", 1) for line in (ROOT / "deploy/env.example").read_text().splitlines() if line[0] != "#"
    )
    assert asked == set(offered)
    assert [name for name, value in offered.items() if value and not value.isdigit()] == []


def test_processes_are_those_of_the_procfile():
    procfile = [line.split(":")[0] for line in (ROOT / "Procfile").read_text().splitlines()]
    assert procfile == ["web", "worker", "beat"]
    assert [SERVICES[name]["command"] for name in procfile] == [["honcho", "start", name] for name in procfile]


@pytest.mark.parametrize("name", LINES)
def test_each_line_of_the_procfile_becomes_its_server(name, tmp_path):
    """`bench/_servers.py` hands a line to a shell as it is, and counts on the shell's process being the server's."""
    for program in ("gunicorn", "celery"):
        (tmp_path / program).write_text("#!/bin/sh\necho $$\n")
        (tmp_path / program).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(["sh", "-c", LINES[name]], env={"PATH": path}, stdout=subprocess.PIPE, text=True) as shell:
        assert shell.communicate()[0].strip() == str(shell.pid)


def test_the_settings_are_safe_to_deploy():
    given = {name: str(value) for name, value in SERVICES["web"]["environment"].items()}
    filled = {
        name: re.sub(r"\$\{\w+(:-)?.*?\}", "" if ":-" in value else FILLER, value) for name, value in given.items()
    }
    filled["EMAIL_URL"] = "smtp+tls://user:password@mail.invalid:587"
    filled |= {"DATA_KEYS": f"k1:{environment.data_key()}", "DATA_INDEX_KEY": environment.data_key()}
    filled["CERTIFICATE_KEY"] = f"c1:{environment.data_key()}"
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | filled,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_private_files_only_by_x_accel_redirect():
    nginx = (ROOT / "deploy/nginx.conf.template").read_text()
    (block,) = re.findall(r"location /protected/ \{(.*?)\}", nginx, re.DOTALL)
    assert "internal;" in block
    assert "alias /srv/files/;" in block
    assert SERVICES["web"]["environment"]["PRIVATE_FILES_ACCEL"] == "/protected/"
    assert "files:/srv/files:ro" in SERVICES["proxy"]["volumes"]


def test_the_proxy_passes_on_no_claim_of_the_client():
    nginx = (ROOT / "deploy/nginx.conf.template").read_text()
    assert re.findall(r"X-Forwarded-For (\S+);", nginx) == ["$remote_addr"]


def test_the_proxy_lets_pieces_of_uploads_through():
    """It takes a piece in whole before `web` sees it: slow lines hold no thread there."""
    nginx = (ROOT / "deploy/nginx.conf.template").read_text()
    (most,) = re.findall(r"client_max_body_size (\d+)m;", nginx)
    (piece,) = re.findall(r"LARGE = (\d+) \* 1024", (ROOT / "static/js/upload-transfer.js").read_text())
    assert int(most) > int(piece)
    assert not re.search(r"proxy_request_buffering\s+off", nginx)


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
def test_nginx_reads_its_template(tmp_path):
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=portal.invalid"]
    files = ["-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"]
    subprocess.run([*key, *files], check=True, capture_output=True)
    site = (ROOT / "deploy/nginx.conf.template").read_text().replace("${SERVER_NAME}", "portal.invalid")
    site = site.replace("/etc/nginx/certs", str(tmp_path)).replace("    http2 on;\n", "")  # Debian's is too old for it
    temporary = "".join(f"{name}_temp_path {tmp_path}/{name};" for name in TEMPORARY)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {temporary} {site} }}"
    )
    done = subprocess.run(
        ["nginx", "-t", "-e", "stderr", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def fresh_servers():
    folder = private(Path(tempfile.mkdtemp(dir=os.environ["PORTAL_TEST_RUN"])))
    with Servers(folder, parts=frozenset({"postgres"}), fast=True) as servers:
        yield servers
    shutil.rmtree(folder)


def test_the_init_script_makes_two_roles(fresh_servers):
    names = {"POSTGRES_USER": "postgres", "PORTAL_OWNER_PASSWORD": "one'", "PORTAL_APP_PASSWORD": "two"}
    path = f"{postgres_bin()}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [shutil.which("sh"), ROOT / "deploy/postgres-init.sh"],
        env={"PATH": path, "PGHOST": str(fresh_servers.run)} | names,
        check=True,
        capture_output=True,
    )
    owner, app = (fresh_servers.connect("portal", role) for role in ("portal_owner", "portal_app"))
    owner.cursor().execute("CREATE TABLE kept (id int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        app.cursor().execute("CREATE TABLE mine (id int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        app.cursor().execute("SELECT * FROM kept")
