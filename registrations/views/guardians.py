"""A participant's month of birth and guardian; and the page that a guardian opens from the text message."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.accounts.access import signed_in
from core.accounts.models import User
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused

from ..access import acts_for
from ..entry_models import Entry, Member
from ..guardian_forms import BirthForm, ConsentForm, GuardianForm
from ..rules.minors import band_of
from ..services import guardians
from ..services.dossier import Dossier
from .team import own_entry


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def entry_birth(request: HttpRequest, entry: int, member: int) -> HttpResponse:
    """出生年月与监护人, of oneself or, for the representative, of a participant: first the month, then whom to ask."""
    found = own_entry(request, entry)
    person = _participant(request, found, member)
    known = getattr(person, "birth", None)
    year, _, month = known.month.partition("-") if known else ("", "", "")
    initial = {"year": year, "month": month}
    birth = BirthForm(request.POST if request.POST.get("step") == "birth" else None, initial=initial)
    asked = GuardianForm(request.POST if request.POST.get("step") == "guardian" else None)
    if request.method == "POST":
        done = _act(request, person, birth, asked)
        if done:
            messages.success(request, done)
            return redirect("entry_birth", entry=found.pk, member=person.pk)
    band = band_of(known.month, found.edition.rulebook.minors, Dossier(found).now.date()) if known else None
    page = {
        "entry": found,
        "member": person,
        "birth": birth,
        "asked": asked,
        "month": known.month if known else "",
        "band": band,
        "guardian": person.guardians.exclude(state="replaced").order_by("asked_at").last(),
        "rule": found.edition.rulebook.minors,
    }
    status = 422 if birth.errors or asked.errors else 200
    return render(request, "registrations/entries/birth.html", page, status=status)


def _act(request: HttpRequest, person: Member, birth: BirthForm, asked: GuardianForm) -> str:
    """Do what was sent; "" when something is wrong with it, which then stands at its field."""
    user = signed_in(request)
    form: forms.Form = birth if birth.is_bound else asked
    try:
        if "resend" in request.POST:
            guardian = person.guardians.filter(state="asked").first()
            if guardian:
                guardians.resend(guardian, by=user)
            return "短信已再发一次"
        if birth.is_bound and birth.is_valid():
            guardians.save_birth(person, birth.value, by=user)
            return "出生年月已保存"
        if asked.is_bound and asked.is_valid():
            guardians.ask(person, by=user, **asked.cleaned_data)
            return "短信已发给监护人，等监护人确认"
    except Refused as refused:
        show_problems(form, refused.problems)
    return ""


def _participant(request: HttpRequest, entry: Entry, pk: int) -> Member:
    """Oneself, or any participant for the representative; only on a track for pupils; 404 otherwise."""
    user = signed_in(request)
    here = entry.people.participants().select_related("user", "birth", "entry__edition", "entry__track")
    person = get_object_or_404(here if acts_for(user, entry) else here.filter(user=user), pk=pk)
    rulebook = entry.edition.rulebook
    return get_object_or_404(here, pk=person.pk if rulebook.track(entry.track.code).minors else None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest, token: str) -> HttpResponse:
    """What the guardian reads and signs; later, the way to take it back. No account is needed."""
    user: User | None = signed_in(request) if request.user.is_authenticated else None
    try:
        found = guardians.find(token)
        if user and user.pk == found.member.user_id:
            raise Refused(guardians.BY_CHILD)
    except Refused as refused:
        status = 404 if refused.codes == ["guardian.unknown"] else 410
        return render(
            request, "registrations/entries/guardian_refused.html", {"problems": refused.problems}, status=status
        )
    form = ConsentForm(request.POST if "agree_now" in request.POST else None)
    if request.method == "POST":
        try:
            answer = _answer(request, found, form, user)
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            if answer:
                return render(
                    request, "registrations/entries/guardian_done.html", {"guardian": found, "answer": answer}
                )
    page = {"guardian": found, "form": form, "entry": found.member.entry}
    page |= {"texts": guardians.texts(found), "notices": guardians.notices(found)}
    return render(request, "registrations/entries/guardian.html", page, status=422 if form.errors else 200)


def _answer(request: HttpRequest, found: guardians.Guardian, form: ConsentForm, user: User | None) -> str:
    """given, refused, withdrawn or hidden (no longer shown); "" when the form is not yet right."""
    if "refuse" in request.POST:
        guardians.refuse(found, reader=user)
        return "refused"
    if "hide" in request.POST:
        guardians.withdraw_display(found, reader=user)
        return "hidden"
    if "withdraw" in request.POST:
        guardians.withdraw(found, reader=user)
        return "withdrawn"
    if form.is_bound and form.is_valid():
        signed, display = form.cleaned_data["signed"], form.cleaned_data["display"]
        guardians.give(found, signed=signed, display=display, reader=user)
        return "given"
    return ""
