"""An edition's archive (归档): every row that belongs to it, a JSON line each, with a manifest of their SHA-256.

For the organiser, with a reason, noted among the exports. Phones, mailboxes, secrets of links and whatever is sealed
stay out; names are in it. Files of works are not: they have their own SHA-256 in
the rows, and lie in the storage's backup.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Field, ForeignKey, Model

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, refuse_if
from core.sealed.fields import BlindIndexField, SealedTextField
from judging.access import still_judges
from registrations.models import SummaryExport
from tracks.models import Edition

APPS = ("tracks", "registrations", "judging", "seasons", "awards")
SECRET = {"phone", "email", "nonce", "confirmed_phone"}
SECRET_OF = {"registrations.RowClaim": {"code"}}  # a claim code is good for a sign-in with the row's phone
LEFT_OUT = {"judging.BallotKey", "judging.Ballot", "judging.BallotMark"}  # the hall's votes have a bundle of their own
HOPS = 4  # foreign keys between a row and its edition


def archive(edition: Edition, *, reason: str, now: datetime, by: User) -> IO[bytes]:
    """The ZIP, at its beginning. Raises Refused without a reason, and for whoever judges in a round not yet published,
    who would read colleagues' scores (R12)."""
    problems = [] if reason.strip() else [Problem("archive.reason", "请写明归档的理由，会记入导出记录", "reason")]
    if still_judges(by, edition):
        problems.append(Problem("archive.judge", "您是本届未公布轮次的评委，不能取走含评分的归档"))
    refuse_if(problems)
    out = tempfile.SpooledTemporaryFile(max_size=32 << 20)  # noqa: SIM115 - the answer reads and closes it
    with transaction.atomic(), recorded("edition.archived", by=by, reason=reason.strip()):
        rows = _write(out, edition, now)
        SummaryExport.objects.create(
            edition=edition, by=by, scope="届次归档", rows=rows, whole_phones=False, reason=reason.strip()
        )
    out.seek(0)
    return out


def models_of_an_edition() -> Iterator[tuple[type[Model], str]]:
    """Every model that belongs to an edition, with the way there; histories are left out."""
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            passed_over = model._meta.proxy or hasattr(model, "pgh_tracked_model") or model._meta.label in LEFT_OUT
            if not passed_over and (way := _way(model)) is not None:
                yield model, way


def columns_of(model: type[Model]) -> list[str]:
    """What of a row is told."""
    hidden = SECRET | SECRET_OF.get(model._meta.label, set())
    return [
        f.attname
        for f in model._meta.concrete_fields
        if f.name not in hidden and not isinstance(f, SealedTextField | BlindIndexField)
    ]


def _write(out: IO[bytes], edition: Edition, now: datetime) -> int:
    said: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("rules.toml", edition.text)
        for model, way in models_of_an_edition():
            digest, count = hashlib.sha256(), 0
            found = model._default_manager.filter(**{way: edition.pk}).order_by("pk").values(*columns_of(model))
            with packed.open(f"{model._meta.label_lower}.jsonl", "w") as file:
                for row in found.iterator():
                    line = (json.dumps(row, ensure_ascii=False, cls=DjangoJSONEncoder) + "\n").encode()
                    digest.update(line)
                    file.write(line)
                    count += 1
            said[f"{model._meta.label_lower}.jsonl"] = {"rows": count, "sha256": digest.hexdigest()}
        manifest = {"edition": edition.slug, "rules_sha256": edition.sha256, "at": now.isoformat(), "files": said}
        packed.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    return sum(one["rows"] for one in said.values())


def _way(model: type[Model], hops: int = HOPS) -> str | None:
    """The shortest way to the edition by foreign keys that are always set: `entry__edition`; `pk` for itself."""
    if model is Edition:
        return "pk"
    ahead: list[tuple[str, Any]] = [("", model)]
    for _ in range(hops):
        further = []
        for path, at in ahead:
            for field in (f for f in at._meta.concrete_fields if _leads_on(f)):
                if field.related_model is Edition:
                    return f"{path}{field.name}"
                further.append((f"{path}{field.name}__", field.related_model))
        ahead = further
    return None


def _leads_on(field: Field) -> bool:
    return isinstance(field, ForeignKey) and not field.null and field.related_model._meta.app_label in APPS
