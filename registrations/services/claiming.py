"""认领: a recommended participant takes the place that a unit's row holds for them (G18, Q8)."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from core import clock
from core.accounts import invitations
from core.accounts.contacts import mask_phone
from core.accounts.models import User
from core.accounts.names import normal_name
from core.audit.history import recorded
from core.links import link_to
from core.notices.models import Notice
from core.notices.services import Address, notify
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move
from tracks.models import Edition

from .. import states
from ..eligibility_models import EligibilityClaim
from ..entry_models import CODE_LENGTH, Entry, RowClaim
from ..models import Recommendation, RecommendationRow
from ..rules.claiming import Claimant, Claimed, check_attachment, check_claimant
from ..rules.pinyin import pinyin_of
from ..rules.places import check_window
from . import entering
from .dossier import claim_window, title_of

LASTS = timedelta(days=400)  # the contest's calendar closes claiming, not the code
UNKNOWN = Problem(
    "claim.unknown", f"没有这个认领码。认领码是 {CODE_LENGTH} 位字母和数字，请对照通知再输一次，或联系推荐单位"
)


def issue_codes(rows: Iterable[RecommendationRow], *, by: User) -> list[RowClaim]:
    """A code for each row that passed and was not claimed; a row that has one keeps it. Returns all of them."""
    with transaction.atomic(), recorded("claim_code.issued", by=by):
        return [code for row in rows if (code := _code_for(row, by))]


def revoke_code(claim: RowClaim, *, by: User, reason: str = "") -> None:
    """The code and its link no longer work; another can be issued. Raises Refused when it was used meanwhile."""
    with transaction.atomic(), recorded("claim_code.revoked", by=by, reason=reason):
        invitations.revoke(claim, by=by, reason=reason)


def send_code(claim: RowClaim, *, by: User) -> None:
    """Send the link to the row's phone, and mailbox if it has one; at most once a minute. Raises Refused when it
    can no longer be used."""
    invitations.refuse_unless_open(claim)
    row = claim.row
    with transaction.atomic(), recorded("entry.reminded", by=by):
        notify(
            Address(name=row.name, email=row.email, phone=row.phone),
            "claim-invited",
            about=claim,
            occasion=f"{timezone.now():%Y%m%d%H%M}",
            unit=row.recommendation.unit.full_name,
            contest=row.edition.rulebook.edition.short_name,
            title=row.team_name or row.name,
            code=shown(claim.code),
            deadline=claim_window(row).closes,
            link=invitations.link(claim),
        )


def send_codes(claims: Iterable[RowClaim], *, by: User) -> int:
    """Send every open code of these that was never sent, all at once; how many."""
    opened = [claim for claim in claims if claim.status == "open"]
    known = sent(opened)
    with transaction.atomic():
        fresh = [claim for claim in opened if claim.pk not in known]
        for claim in fresh:
            send_code(claim, by=by)
    return len(fresh)


def sent(claims: Iterable[RowClaim]) -> set[int]:
    """Keys of the codes that went to their phones, or are on their way; one query."""
    kind = ContentType.objects.get_for_model(RowClaim)
    keys = [str(claim.pk) for claim in claims]
    found = Notice.objects.filter(template="claim-invited", content_type=kind, object_id__in=keys)
    return {int(key) for key in found.values_list("object_id", flat=True)}


def remind_entry(entry: Entry, *, by: User) -> None:
    """The unit reminds a participant who has claimed and not yet entered; at most once a day."""
    if entry.state != "draft":
        raise Refused(Problem("remind.entered", "这份报名已经提交，不用提醒"))
    with transaction.atomic(), recorded("entry.reminded", by=by):
        said = {"title": title_of(entry), "deadline": claim_window(entry.row).closes if entry.row else None}
        for member in entry.people.filter(left_at=None, role="representative").select_related("user"):
            occasion = f"{clock.now():%Y%m%d}"
            page = link_to("entry", entry=entry.pk)
            notify(member.user, "entry-urged", about=entry, occasion=occasion, link=page, **said)


def find_code(typed: str) -> RowClaim:
    """The code as read out or typed, in whatever case and grouping. Raises Refused."""
    code = "".join(character for character in typed.upper() if character.isalnum())
    claim = RowClaim.objects.filter(code=code).first()
    if claim is None:
        raise Refused(UNKNOWN)
    invitations.refuse_unless_open(claim)
    return claim


def shown(code: str) -> str:
    """`XXXX-XXXX`."""
    return f"{code[:4]}-{code[4:]}"


def claimable(user: User, edition: Edition) -> list[RowClaim]:
    """The open codes that this account's phone may use: nothing needs to be typed."""
    if not user.phone:
        return []
    rows = RecommendationRow.objects.filter(edition=edition, phone=user.phone, state="approved")
    return list(RowClaim.objects.open().filter(row__in=rows).select_related("row__recommendation__unit"))


def claim_row(claim: RowClaim, *, by: User) -> Entry:
    """Take the place: a draft entry of the row's values, or the recommendation joins an open entry that `by`
    represents already (Q8).

    Raises Refused: the code is used, revoked; the row no longer stands; the window is closed; another phone or name
    than the row's; an open entry of another track or form.
    """
    with transaction.atomic(), recorded("entry.claimed", by=by):
        row = _lock_row(claim.row_id)
        refuse_if(_problems(row, by))
        invitations.accept(claim, by=by)
        own = Entry.objects.filter(
            edition=row.edition_id, row=None, state__in=states.ENTRY_LIVE, people__user=by, people__left_at=None,
            people__role="representative",
        ).first()  # fmt: skip
        if own:
            return _attach(row, own, by)
        values = {
            "kind": _kind_of(row),
            "team_name": row.team_name,
            "organisation": row.organisation,
            "categories": row.categories,
            "track": row.track,
            "name": row.name,
        }
        return entering.make_entry(row.edition, values, representative=by, row=row)


def merge(keep: Entry, drop: Entry, *, by: User, reason: str) -> Entry:
    """The organiser makes one entry of two of the same person (Q8): recommendation and eligibility go over, the other
    one is withdrawn and says into which it went.

    Raises Refused without a reason, for entries of two editions, where both are recommended, where the recommendation
    is for another track or form than the one to keep, or where the one to drop has further people, a work, or anything
    that a later app keeps under it (records, points, prizes …): none of that goes over.
    """
    if not reason.strip():
        raise Refused(Problem("reason.missing", "请写明合并的理由，会记入办理记录", "reason"))
    with transaction.atomic(), recorded("entry.merged", by=by, reason=reason.strip()):
        keep, drop = sorted((entering.lock(e) for e in sorted((keep, drop), key=_key)), key=lambda e: e.pk != keep.pk)
        refuse_if(_unmergeable(keep, drop))
        row = drop.row
        entering.withdraw_entry(drop, by=by, reason=f"并入 {keep.number}")
        Entry.objects.filter(pk=drop.pk).update(merged_into=keep)
        if row:
            entering.attach_row(keep, row)
        _carry_claims(drop, keep)
    return keep


def _key(entry: Entry) -> int:
    return entry.pk


def _unmergeable(keep: Entry, drop: Entry) -> list[Problem]:
    if keep.pk == drop.pk or keep.edition_id != drop.edition_id:
        return [Problem("merge.other", "请选择同一届的另一份报名", "drop")]
    if "withdrawn" in (keep.state, drop.state):
        return [Problem("merge.withdrawn", "其中一份已退出，不用合并", "drop")]
    if keep.row_id and drop.row_id:
        return [Problem("merge.both", "两份都占了推荐名额，请先请其中一个单位撤回推荐", "drop")]
    if drop.row and (drop.row.track_id, _kind_of(drop.row)) != (keep.track_id, keep.kind):
        words = "推荐的赛道或参赛形式与保留的一份不同，不能并入。请保留推荐的那一份，或先请推荐单位更正"
        return [Problem("merge.differs", words, "drop")]
    if drop.people.filter(left_at=None).exclude(role="representative").exists():
        return [Problem("merge.people", "要并入的那份还有别的成员，请先请他们退出，再由保留的一份重新邀请", "drop")]
    if held := _held(drop):
        words = f"要并入的那份已有{'、'.join(held)}，不会跟着过来。请保留有这些的一份；两份都有的，请先处理其中一份的"
        return [Problem("merge.held", words, "drop")]
    return []


def _held(entry: Entry) -> list[str]:
    """What stands under an entry beside its people and papers, in words; asked of the schema, since later apps are not
    known here."""
    found = ["作品"] if entry.works.exclude(state="withdrawn").exists() else []
    for link in Entry._meta.related_objects:
        model = link.related_model
        later = model._meta.app_label != Entry._meta.app_label
        if later and model._base_manager.filter(**{link.field.name: entry}).exists():
            found.append(str(model._meta.verbose_name))
    return found


def _carry_claims(drop: Entry, keep: Entry) -> None:
    """What the dropped entry had shown and the other had not, as far as its track asks for it; judged anew."""
    if keep.state not in ("draft", "entered"):
        return
    asked = {condition.code for condition in keep.edition.rulebook.track(keep.track.code).conditions}
    wanting = asked - set(keep.claims.values_list("condition", flat=True))
    for claim in drop.claims.filter(condition__in=wanting):
        copy = EligibilityClaim(entry=keep, condition=claim.condition, statement=claim.statement, link=claim.link)
        copy.dated, copy.file, copy.honour = claim.dated, claim.file, claim.honour
        copy.save(force_insert=True)
        if keep.state != "draft":
            move(copy, "submit", submitted_at=clock.now())


def _code_for(row: RecommendationRow, by: User) -> RowClaim | None:
    row = _lock_row(row.pk)
    if row.state != "approved" or row.entries.filter(state__in=states.ENTRY_LIVE).exists():
        return None
    if claim := row.claims.filter(accepted_at=None, revoked_at=None, declined_at=None).first():
        return claim
    claim = RowClaim(row=row, name=row.name, phone=row.phone, expires_at=timezone.now() + LASTS)
    invitations.issue(claim, by=by)
    return claim


def _kind_of(row: RecommendationRow) -> str:
    return "team" if row.team_name else "individual"


def _lock_row(pk: int) -> RecommendationRow:
    rows = RecommendationRow.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("recommendation__unit", "edition", "track__edition").filter(pk=pk).first()
    if row is None:
        raise StaleState("已删除")
    return row


def _problems(row: RecommendationRow, user: User) -> list[Problem]:
    claimed = Claimed(
        state=row.state,
        phone=row.phone,
        shown_phone=mask_phone(row.phone),
        name=row.name,
        unit=row.recommendation.unit.full_name,
    )
    person = Claimant(str(user.phone or ""), normal_name(user.real_name))
    return check_claimant(claimed, person) or check_window(claim_window(row), clock.now())


def _attach(row: RecommendationRow, entry: Entry, by: User) -> Entry:
    """The recommendation joins the person's own open entry."""
    with recorded("entry.attached", by=by):
        entry = entering.lock(entry)
        refuse_if(check_attachment(entry.track_id == row.track_id, entry.kind == _kind_of(row), row.track.name))
        entering.attach_row(entry, row)
        here = entry.people.filter(left_at=None, role="representative")
        here.update(name=row.name, pinyin=pinyin_of(row.name))
    return entry


def codes_of(form: Recommendation) -> dict[int, RowClaim]:
    """The latest code of each of a form's rows: row → code."""
    return {claim.row_id: claim for claim in RowClaim.objects.filter(row__recommendation=form).order_by("pk")}
