"""The home page: its weight on the wire and its time in the server (peers.md: landing 76 ms there)."""

import gzip
import statistics
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client, override_settings

from aisc_portal import demo_data

RUNS = 40
LINKED = (
    "css/tokens.css",
    "css/components.css",
    "js/focus.js",
    "js/countdown.js",
    "icons/favicon.svg",
    "icons/icons.svg",
)


def run() -> list[dict[str, Any]]:
    """Rows: kilobytes gzipped with styles and scripts, median milliseconds, queries' share left to tests."""
    demo_data.prepare()
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=storages):
        client, times = Client(headers={"host": "127.0.0.1"}), []
        for _ in range(RUNS):
            began = time.perf_counter()
            page = client.get("/").content
            times.append((time.perf_counter() - began) * 1000)
    parts = [page, *(Path(str(finders.find(name))).read_bytes() for name in LINKED)]
    weight = sum(len(gzip.compress(part)) for part in parts) / 1024
    milliseconds = statistics.median(times)
    return [
        {"name": "home page gzipped", "value": round(weight, 1), "unit": "KB", "target": "≤100", "ok": weight <= 100},
        {
            "name": "home page in the server, median",
            "value": round(milliseconds, 1),
            "unit": "ms",
            "target": "≤15",
            "ok": milliseconds <= 15,
        },
    ]
