"""The check of a film of 100 MB: time, memory of the child, and that the portal's own process does not grow."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from core.files.inspection.inspecting import inspect

_APART = """
import django, json, pathlib, sys
django.setup()
from bench.bench_checks import checked
print(json.dumps(checked(pathlib.Path(sys.argv[1]))))
"""
MEGABYTES, WIDTH, HEIGHT = 100, 1920, 1080


def run() -> list[dict[str, Any]]:
    """Rows: seconds from the stored file to its facts; peak memory of the child; growth of this process."""
    with tempfile.TemporaryDirectory() as folder:
        film = _film(Path(folder) / "film.mp4")
        # A child's peak begins with what its parent held, and making the film took this process 300 MB.
        apart = [sys.executable, "-c", _APART, str(film)]
        said = subprocess.run(apart, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, check=True).stdout
        seconds, grown, child = json.loads(said)
        what = f"check of a film of {film.stat().st_size // 10**6} MB"
    return [
        {"name": what, "value": round(seconds, 1), "unit": "s", "target": "≤10", "ok": seconds <= 10},
        {"name": f"{what}, memory of the child", "value": child, "unit": "MB", "target": "≤300", "ok": child <= 300},
        {"name": f"{what}, growth of the portal", "value": grown, "unit": "MB", "target": "≤10", "ok": grown <= 10},
    ]


def checked(film: Path) -> tuple[float, int, int]:
    """Seconds, growth of the process that asks and peak of the one that looks, in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    inspect(film, film.name)
    seconds = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    return seconds, grown, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def _film(path: Path) -> Path:
    """Noise, which no codec makes small."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=2, options={"preset": "ultrafast", "crf": "4"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        number = 0
        path.touch()
        while path.stat().st_size < MEGABYTES * 10**6:
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            for plane in frame.planes:
                plane.update(os.urandom(plane.buffer_size))
            frame.pts, frame.time_base, number = number, Fraction(1, 2), number + 1
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
