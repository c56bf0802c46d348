"""`/metrics`: in Prometheus' format, without names, for this machine or a token alone."""

import re

import pytest
from django.test import Client

from tests.portal.api.asking import token
from tests.registrations import staff

LINE = re.compile(r'(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{(?:\w+="[^"]*",?)+\})? -?(?:[\d.]+(?:e[+-]\d+)?))')
FAR = {"REMOTE_ADDR": "192.0.2.7"}


def test_every_line_is_one_that_prometheus_reads(db):
    staff.submitted(staff.contest(), 2)
    answer = Client().get("/metrics")
    lines = answer.content.decode().splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert 'portal_rows{state="submitted"} 2' in lines
    assert (answer["Content-Type"].startswith("text/plain"), "no-store" in answer["Cache-Control"]) == (True, True)
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("where", "headers", "status"),
    [
        ({}, {}, 200),
        ({}, {"X-Forwarded-For": "127.0.0.1"}, 401),
        (FAR, {}, 401),
        (FAR, {"X-Forwarded-For": "127.0.0.1"}, 401),
        (FAR, {"Authorization": "Bearer aikp_wrong"}, 401),
        ({"REMOTE_ADDR": ""}, {}, 403),  # nobody knows whence
    ],
)
def test_who_is_told(db, where, headers, status):
    assert Client(**where).get("/metrics", headers=headers).status_code == status


def test_a_token_of_its_scope_is_let_in(db):
    boss = staff.organiser()
    for scope, status in (("metrics", 200), ("works", 403)):
        headers = {"Authorization": f"Bearer {token(boss, scope, label=scope)}"}
        assert Client(**FAR).get("/metrics", headers=headers).status_code == status


def test_nobody_is_named(db):
    staff.submitted(staff.contest(), 1)
    text = Client().get("/metrics").content.decode()
    assert [word for word in ("王小芳", "始兴", "13800138", "@") if word in text] == []
