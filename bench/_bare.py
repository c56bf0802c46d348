"""Bare views that write the rows which saving and submitting an entry, or a ballot, write; and do nothing else.

Nobody is asked who they are, no rule is looked at, no page is made; the database's triggers work as for the portal.
"""

import uuid

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path

from core.jobs.models import Job
from core.models import FormKey
from core.notices.models import Notice
from registrations.eligibility_models import EligibilityClaim
from registrations.entry_models import Entry, Member
from registrations.personal_models import Consent

LETTER = "您的报名已提交，等赛道联系人审核。" * 12  # a receipt's length


# The table is made by `bench_ballots.bare_inserts`.
BALLOT = """
    INSERT INTO bare_ballot (session_id, turn_id, identity, choices, cast_at, place, device)
    VALUES (0, NULL, %s, %s, clock_timestamp(), repeat('p', 64), repeat('d', 64))
"""


def save(request: HttpRequest, entry: int, user: int) -> HttpResponse:
    """What `entry_edit` writes."""
    with transaction.atomic():
        _form_key(user)
        Entry.objects.filter(pk=entry).update(organisation=request.POST["organisation"])
        Member.objects.filter(entry=entry, role="representative").update(name=request.POST["name"])
    return HttpResponseRedirect(f"/entries/{entry}/")


def submit(request: HttpRequest, entry: int, user: int) -> HttpResponse:
    """What `entry_submit` writes: a receipt for the person."""
    with transaction.atomic():
        _form_key(user)
        found = Entry.objects.get(pk=entry)
        Consent.objects.bulk_create(
            Consent(
                edition_id=found.edition_id,
                user_id=user,
                entry=found,
                code=code,
                version="1",
                sha256="0" * 64,
                given_at=Now(),
            )
            for code in ("privacy", "originality")
        )
        Entry.objects.filter(pk=entry).update(state="entered", entered_at=Now())
        EligibilityClaim.objects.filter(entry=entry).update(state="submitted", submitted_at=Now())
        _notice("entry-entered", found, user)
    return HttpResponseRedirect(f"/entries/{entry}/")


def ballot(request: HttpRequest) -> HttpResponse:
    """One INSERT, as a ballot's, into a table without triggers; nobody is asked who they are."""
    with connection.cursor() as cursor:
        cursor.execute(BALLOT, [request.POST["identity"], [int(request.POST["team"])]])
    return JsonResponse({"receipt": "9f3a-2c81-5d0e"})


def _form_key(user: int) -> None:
    FormKey.objects.create(user_id=user, key=uuid.uuid4(), request_hash="0" * 64, status=302)


def _notice(template: str, about: Entry, user: int) -> None:
    notice = Notice.objects.create(
        recipient_id=user,
        address="bench@example.test",
        channel="email",
        template=template,
        content_type=ContentType.objects.get_for_model(about),
        object_id=str(about.pk),
        occasion="bare",
        subject="报名已提交",
        text=LETTER,
        html=LETTER,
        message_id=f"<{uuid.uuid4()}@localhost>",
    )
    # Not due: a worker that delivered it would be measured too.
    Job.objects.create(kind="bench.bare", key=str(notice.pk), payload={"notice": notice.pk})


urlpatterns = [
    path("bare/ballot/", ballot),
    path("bare/<int:entry>/<int:user>/save/", save),
    path("bare/<int:entry>/<int:user>/submit/", submit),
]
