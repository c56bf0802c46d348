"""R14: files that mean harm are refused with a sentence that helps; whatever is stored is never served to be run."""

import io
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import RequestFactory

from core.files.inspection.inspecting import inspect
from core.files.kinds import KINDS, MP4, WEBP
from core.files.models import Derived
from core.files.services import keep
from core.files.serving import serve, show
from core.problems import Problem, Refused
from tests.core.hostile_files import SCRIPT, Hostile, hostile_files, mutated

SOAK_SEEDS, SEEDS = 5000, 16
SHOWN = {WEBP.content_type, MP4.content_type}  # what the portal draws itself


def refusal(file: Hostile) -> Problem | None:
    """Why it is refused; None when it is accepted."""
    try:
        inspect(io.BytesIO(file.content), file.name)
    except Refused as refused:
        return refused.problems[0]
    return None


def test_every_one_is_refused_with_a_sentence_that_helps():
    """Named, in Chinese, with a way out, without what it wanted to smuggle in; and never only because it was slow."""
    files = hostile_files()
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        problems = list(threads.map(refusal, files))
    assert len(files) > 450
    assert [(f.name, f.why) for f, found in zip(files, problems, strict=True) if found is None] == []
    said = [problem for problem in problems if problem]
    assert [p.message for p in said if not re.search(r"^“.+”.*(请|不能接收)", p.message)] == []
    assert [p.message for p in said if "{" in p.message or SCRIPT in p.message or p.code == "file.too_heavy"] == []


@pytest.mark.django_db
def test_even_one_that_was_stored_is_never_shown_as_something_that_runs(settings, tmp_path):
    settings.MEDIA_ROOT, settings.PRIVATE_FILES_ACCEL = tmp_path, ""
    files = [file for file in hostile_files() if file.content]
    kept = [keep(io.BytesIO(file.content), name=file.name, owner=None, limit=10**9) for file in files]
    request = RequestFactory().get("/")
    for stored in kept:  # no queries from here on: the end of a response ends the connection
        for response in (serve(request, stored), show(request, Derived(stored=stored))):
            response.close()
            inline = response["Content-Disposition"].startswith("inline")
            assert not inline or response["Content-Type"] in SHOWN, stored
            assert response["Content-Type"] in {kind.content_type for kind in KINDS}
            assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
            assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.soak
def test_whatever_becomes_of_a_sound_file_the_answer_is_a_verdict(soak):
    """Nothing but Refused ever comes out, and nothing takes longer than its child may."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        answers = list(threads.map(refusal, map(mutated, range(SOAK_SEEDS if soak else SEEDS))))
    assert {problem.code.partition(".")[0] for problem in answers if problem} <= {"file"}
