"""What the services of certificates leave behind; cases of `tests/test_traces.py`."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

from PIL import Image

from awards.models import Certificate, CertificateBatch
from awards.services import certifying, reprinting, sealing
from awards.services.certificate_lists import Asked
from core import clock
from core.jobs.services import drain_all
from core.states import move
from tests.awards.certificates import build
from tests.judging.traces import me
from tests.seasons.training import build as training


def asked(stage: Any) -> Asked:
    """Who took part: one entry."""
    training.accepted(stage.edition)
    return build.asked(stage.edition, "participation")


def planned(stage: Any) -> CertificateBatch:
    return certifying.make_batch(asked(stage), build.DAY, by=me())


def started(stage: Any) -> CertificateBatch:
    return certifying.start(planned(stage), by=me())


def held(stage: Any, verb: str) -> CertificateBatch:
    batch = started(stage)
    move(batch, verb)
    return batch


def printed(stage: Any) -> Certificate:
    started(stage)
    drain_all()
    return Certificate.objects.get()


def ungathered(stage: Any) -> CertificateBatch:
    """Its register went with somebody's data."""
    printed(stage)
    CertificateBatch.objects.update(register=None)
    return CertificateBatch.objects.get()


def red() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(drawn, "PNG")
    return drawn.getvalue()


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    certifying.make_batch: (
        "certificate.planned", lambda s: partial(certifying.make_batch, asked(s), clock.now().date())
    ),
    certifying.start: ("certificate.started", lambda s: partial(certifying.start, planned(s))),
    certifying.pause: ("certificate.paused", lambda s: partial(certifying.pause, started(s))),
    certifying.resume: ("certificate.resumed", lambda s: partial(certifying.resume, held(s, "pause"))),
    certifying.retry: ("certificate.retried", lambda s: partial(certifying.retry, held(s, "fail"))),
    certifying.gather_again: ("certificate.gathered", lambda s: partial(certifying.gather_again, ungathered(s))),
    reprinting.reprint: ("certificate.reprinted", lambda s: partial(reprinting.reprint, printed(s), reason="遗失")),
    reprinting.revoke: ("certificate.revoked", lambda s: partial(reprinting.revoke, printed(s), reason="抄袭")),
    sealing.set_seal: ("certificate.seal_set", lambda s: partial(sealing.set_seal, s.edition, "award", red())),
}  # fmt: skip
