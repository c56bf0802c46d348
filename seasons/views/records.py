"""An entry's service records for its people: the list, one record with its photos, hand in, take back."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_cookie

from core.accounts.access import signed_in
from core.files.models import StoredFile
from core.files.serving import FileAnswer, serve, show
from core.files.states import PASSED
from core.idempotency import once
from core.problems import Refused
from registrations.access import acts_for
from registrations.entry_models import Member
from registrations.services.dossier import title_of
from registrations.views.keeping import forget, kept, login_or_keep
from registrations.views.team import own_entry
from tracks.current import about, contest_time

from ..models import ServicePhoto, ServiceRecord
from ..record_forms import PhotoForm, RecordForm
from ..services import ladder, recording
from ..services.record_facts import RecordFacts, season_closed

FOLDER = "seasons/records"
ACTS = "只有队伍代表可以办理，请把需要修改的地方告诉代表"


def own_record(request: HttpRequest, pk: int, *, acting: bool = False) -> RecordFacts:
    """A record of one of the user's entries; 404 for strangers. acting: 403 for all but the representative."""
    user = signed_in(request)
    mine = ServiceRecord.objects.filter(entry__in=Member.objects.filter(user=user, left_at=None).values("entry"))
    found = get_object_or_404(mine.select_related("entry__edition", "entry__track", "entry__row", "season"), pk=pk)
    found.edition = found.entry.edition
    about(request, found.edition)
    if acting and not acts_for(user, found.entry):
        raise PermissionDenied(ACTS)
    return RecordFacts(found, contest_time(request))


@login_required
@require_safe
def records(request: HttpRequest, entry: int) -> HttpResponse:
    """Every record of the entry, the latest activity first."""
    found = own_entry(request, entry)
    about(request, found.edition)
    rows = list(ServiceRecord.objects.filter(entry=found).select_related("season").order_by("-starts_at", "-pk"))
    for row in rows:
        row.edition = found.edition
    kinds = {kind.code: kind.name for kind in found.edition.rulebook.activity_types}
    probe = ServiceRecord(entry=found, edition=found.edition)
    page: dict[str, Any] = {"entry": found, "title": title_of(found), "acts": acts_for(signed_in(request), found)}
    page |= {"rows": [(row, kinds.get(row.activity, "")) for row in rows]}
    page |= {"closed": season_closed(probe, contest_time(request)), "last": ladder.freeze_date(found.edition)}
    return render(request, f"{FOLDER}/list.html", page)


@login_required
@require_POST
@once
def record_begin(request: HttpRequest, entry: int) -> HttpResponse:
    """A draft, then its page."""
    found = own_entry(request, entry)
    if not acts_for(signed_in(request), found):
        raise PermissionDenied(ACTS)
    try:
        begun = recording.begin(found, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("records", entry=entry)
    return redirect("record", record=begun.pk)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def record(request: HttpRequest, record: int) -> HttpResponse:
    """Fill in and hand in, as long as it may change; else what was handed in and what came of it."""
    facts = own_record(request, record, acting=request.method == "POST")
    waiting = kept(request)
    form = RecordForm(facts, request.POST if request.method == "POST" else waiting)
    if request.method == "POST" and form.is_valid():
        try:
            saved = recording.save(facts.record, form.values(), by=signed_in(request))
            forget(request)
            if "submit" not in request.POST:
                messages.success(request, "已保存")
                return redirect("record", record=record)
            recording.submit(saved, by=signed_in(request))
        except Refused as refused:
            form.refuse(refused.problems)
            facts = own_record(request, record)
        else:
            messages.success(request, "已提交，赛道联系人审核后会通知您")
            return redirect("record", record=record)
    return _page(request, facts, form, refused=request.method == "POST", kept=waiting is not None)


def _page(
    request: HttpRequest, facts: RecordFacts, form: RecordForm, *, refused: bool = False, kept: bool = False
) -> HttpResponse:
    form.ask()
    kinds = {kind.code: kind.name for kind in facts.rulebook.activity_types}
    acts = acts_for(signed_in(request), facts.entry)
    page: dict[str, Any] = {"facts": facts, "record": facts.record, "entry": facts.entry, "form": form, "acts": acts}
    page |= {"title": title_of(facts.entry), "kind": kinds.get(facts.record.activity, "")}
    page |= {"edits": acts and not facts.closed, "photo_form": PhotoForm(), "most": recording.PHOTOS_MAX}
    page |= {"flags": facts.flags() if facts.record.title else [], "kept": kept and not refused}
    page |= {"plain": [form[name] for name in form.fields if not name.startswith("hours_")]}
    return render(request, f"{FOLDER}/record.html", page, status=422 if refused else 200)


@login_required
@require_POST
@once
def record_withdraw(request: HttpRequest, record: int) -> HttpResponse:
    """Take it back."""
    return _move(request, record, recording.withdraw, "已撤回，内容都还在，可以恢复为草稿")


@login_required
@require_POST
@once
def record_restore(request: HttpRequest, record: int) -> HttpResponse:
    """Make a draft of it again."""
    return _move(request, record, recording.restore, "已恢复为草稿")


def _move(request: HttpRequest, record: int, act: Any, done: str) -> HttpResponse:
    facts = own_record(request, record, acting=True)
    try:
        act(facts.record, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("record", record=record)


@login_required
@require_POST
@once
def photo_add(request: HttpRequest, record: int) -> HttpResponse:
    """A photo, with an ordinary form."""
    facts = own_record(request, record, acting=True)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, str(form.errors["photo"][0]))
        return redirect("record", record=record)
    sent = form.cleaned_data["photo"]
    try:
        recording.add_photo(facts.record, sent, name=sent.name, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "照片已收到")
    return redirect("record", record=record)


@login_required
@require_POST
@once
def photo_remove(request: HttpRequest, photo: int) -> HttpResponse:
    """Take a photo out."""
    found = get_object_or_404(_visible(request), pk=photo)
    own_record(request, found.record_id, acting=True)
    with suppress(Refused):
        recording.remove_photo(found, by=signed_in(request))
        messages.success(request, "照片已移出")
    return redirect("record", record=found.record_id)


@login_required
@require_safe
def record_photo(request: HttpRequest, photo: int) -> FileAnswer:
    """The photo byte for byte, as a download: for its people and for whoever reviews it."""
    return serve(request, _passed(request, photo))


@login_required
@require_safe
@vary_on_cookie
def photo_page(request: HttpRequest, photo: int, derived: int) -> FileAnswer:
    """A picture of it, drawn anew."""
    return show(request, get_object_or_404(_passed(request, photo).derived.select_related("stored"), pk=derived))


def _passed(request: HttpRequest, photo: int) -> StoredFile:
    found = get_object_or_404(_visible(request).filter(file__check_result__state=PASSED), pk=photo)
    if found.file is None:
        raise Http404
    return found.file


def _visible(request: HttpRequest) -> Any:
    records = ServiceRecord.objects.visible_to(signed_in(request))
    return ServicePhoto.objects.filter(record__in=records, removed_at=None).select_related("file__check_result")
