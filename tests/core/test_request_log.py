"""A line a request without a word about anybody; counts over all processes."""

import io
import json
import logging
import os
import sys

import pytest
from django.test import Client
from django.urls import reverse

from core import request_counts
from core.logs import JsonFormatter
from tests.contest import load_guangdong

PRIVATE = ("13800138000", "沈敏", "secret-token", "zhang@example.test")


@pytest.fixture
def lines():
    """What is logged of requests, as JSON."""
    stream, log = io.StringIO(), logging.getLogger("core.requests")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    log.removeHandler(handler)
    log.setLevel(level)


def test_a_line_tells_the_route_and_what_it_cost(lines, db):
    load_guangdong()
    answer = Client().get(reverse("tracks"), headers={"X-Request-ID": "a1b2c3d4e5f6"})
    (line,) = lines()
    assert {key: line[key] for key in ("method", "route", "status", "request", "level")} == {
        "method": "GET", "route": "tracks/", "status": 200, "request": "a1b2c3d4e5f6", "level": "INFO",
    }  # fmt: skip
    assert (line["queries"] > 0, line["ms"] > 0, answer["X-Request-ID"]) == (True, True, "a1b2c3d4e5f6")


def test_nothing_that_was_typed_or_addressed_is_in_a_line(lines, db):
    load_guangdong()
    client = Client()
    client.get("/verify/沈敏.13800138000")
    client.get("/invitations/secret-token/")
    client.get(reverse("leaderboard"), {"q": "沈敏 13800138000"})
    client.post(reverse("account_login"), {"login": "zhang@example.test", "password": "secret-token"})
    client.get("/nowhere/zhang@example.test", headers={"X-Request-ID": "沈敏", "User-Agent": "zhang@example.test"})
    text = json.dumps(lines(), ensure_ascii=False)
    assert (len(lines()), [word for word in PRIVATE if word in text]) == (5, [])


def test_a_traceback_is_one_line_with_its_request_and_without_numbers():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        raise ValueError("Key (phone)=(+8613800138000) already exists")
    except ValueError:
        log.exception("save failed")
    (line,) = stream.getvalue().splitlines()
    said = json.loads(line)
    assert ("ValueError" in said["message"], "13800138000" in line, said["level"]) == (True, False, "ERROR")


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_what_is_asked_every_few_seconds_leaves_no_line(lines, db, path):
    Client().get(path)
    assert lines() == []


def total(text: str, name: str) -> float:
    return float(next(line for line in text.splitlines() if line.startswith(name)).split()[-1])


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_what_a_worker_counts_its_siblings_tell():
    before = total("\n".join(request_counts.lines()), "portal_request_seconds_count")
    if (child := os.fork()) == 0:
        request_counts.add(200, 0.02)
        request_counts.add(503, 9.0)
        os._exit(0)
    os.waitpid(child, 0)
    text = "\n".join(request_counts.lines())
    assert total(text, "portal_request_seconds_count") == before + 2
    assert total(text, 'portal_request_seconds_bucket{le="+Inf"}') == before + 2
