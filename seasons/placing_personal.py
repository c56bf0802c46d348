"""What placing keeps of a person: gathered for them, deleted at their request (PIPL 45, 47)."""

from collections import Counter

from django.db.models import OuterRef, Q, QuerySet, Subquery

from core.accounts.models import User
from core.audit.redaction import REDACTED, redact
from core.clock import BEIJING
from core.personal import Person, Section
from tracks.models import Edition

from .models import Need, Offer, Placement, Venue, VenueInvitation, VenueOfficer


def gather(user: User) -> list[Section]:
    """Venues posted for, invitations, own entries' offers, placements on either side."""
    return [_venues(user), _invitations(user), _offers(user), _placements(user)]


def purge(person: Person) -> Counter[str]:
    """Name and phone leave the venues, the person posts no more; what was written about them is blanked.

    Placements stay, since they are counted; in the caller's transaction and `recorded(…)`.
    """
    done = Counter[str]()
    numbers = [contact for contact in (person.phone, person.phone.removeprefix("+86")) if contact]
    venues = _forget_venues(Venue.objects.filter(Q(contact_name__in=person.names) | Q(contact_phone__in=numbers)))
    done["服务场所的联系人和电话"] = len(venues)
    done["场所联系人身份"] = VenueOfficer.objects.filter(user=person.user).delete()[0]
    to_them = VenueInvitation.objects.filter(_to(person.user, person.phone, person.email))
    done["场所邀请（清空称呼和联系方式）"] = _forget_invitations(to_them)
    offers = Offer.objects.filter(entry__people__user=person.user).exclude(note="").select_related("entry").distinct()
    notes = [o.pk for o in offers if o.entry.kind == "individual" or person.is_named_in(o.note)]
    Offer.objects.filter(pk__in=notes).update(note=REDACTED)
    redact(Offer, notes)
    done["服务意向的说明"] = len(notes)
    mine = Q(entry__people__user=person.user) | Q(need__venue__in=venues)
    mine |= Q(venue_by=person.user) | Q(visited_by=person.user)
    placements = Placement.objects.filter(mine).select_related("entry").distinct()
    for name in ("reason", "word"):
        keys = [p.pk for p in placements if person.is_named_in(getattr(p, name))]
        Placement.objects.filter(pk__in=keys).update(**{name: REDACTED})
        redact(Placement, keys)
        done["服务安排的理由和评价（提到本人的）"] += len(keys)
    needs = [n.pk for n in Need.objects.exclude(remark="", reason="") if person.is_named_in([n.remark, n.reason])]
    for need in Need.objects.filter(pk__in=needs):
        said = {name: REDACTED for name in ("remark", "reason") if getattr(need, name)}
        Need.objects.filter(pk=need.pk).update(**said)
    redact(Need, needs)
    return done


def expire_venues(edition: Edition) -> int:
    """Whom to reach at the venues that last asked for help in this edition; what they asked for stays.

    Runs in the caller's transaction, when the term of contacts has run out; the number of venues cleared now.
    """
    last = Need.objects.filter(venue=OuterRef("pk")).order_by("-pk").values("edition")[:1]
    venues = _forget_venues(Venue.objects.alias(last=Subquery(last)).filter(last=edition.pk).exclude(contact_phone=""))
    _forget_invitations(VenueInvitation.objects.filter(venue__in=venues))
    return len(venues)


def statistics() -> Counter[tuple[object, ...]]:
    """What no deletion changes: needs and placements by state, heads."""
    found = Counter[tuple[object, ...]]()
    for state in Need.objects.values_list("state", flat=True):
        found["need", state] += 1
    for state, heads in Placement.objects.values_list("state", "heads"):
        found["placement", state] += 1
        found["placement", "heads"] += heads or 0
    return found


def _forget_venues(found: QuerySet[Venue]) -> list[int]:
    """Blank their contacts, in history too; the venues' keys."""
    keys = list(found.values_list("pk", flat=True))
    Venue.objects.filter(pk__in=keys).update(contact_name=REDACTED, contact_phone="")
    redact(Venue, keys)
    return keys


def _forget_invitations(found: QuerySet[VenueInvitation]) -> int:
    """Blank whom they went to, in history too; how many."""
    keys = list(found.values_list("pk", flat=True))
    VenueInvitation.objects.filter(pk__in=keys).update(name="", phone=None, email=None)
    redact(VenueInvitation, keys)
    return len(keys)


def _to(user: User, phone: str, email: str) -> Q:
    wanted = Q(accepted_by=user)
    wanted |= Q(phone=phone) if phone else Q(pk__in=())
    return wanted | (Q(email=email) if email else Q(pk__in=()))


def _venues(user: User) -> Section:
    posts = VenueOfficer.objects.filter(user=user).select_related("venue__region")
    rows = [(one.venue.name, str(one.venue.region), one.venue.contact_name, one.venue.contact_phone) for one in posts]
    return Section("我联系的服务场所", ("场所", "所在地", "联系人", "联系电话"), rows)


def _invitations(user: User) -> Section:
    found = VenueInvitation.objects.filter(_to(user, str(user.phone or ""), user.email or "")).select_related("venue")
    rows = [(i.venue.name, i.name, i.masked_contact, i.status_label, i.created_at) for i in found]
    return Section("场所邀请", ("场所", "称呼", "发往", "状态", "发出时间"), rows)


def _offers(user: User) -> Section:
    offers = Offer.objects.filter(entry__people__user=user).select_related("entry__edition").distinct()
    rows = [
        (o.entry.number, o.topics_said, "、".join(o.regions), o.days_said, o.ages_said, o.heads, o.a_month, o.note,
         o.get_state_display())
        for o in offers
    ]  # fmt: skip
    columns = ("报名编号", "题材", "市县代码", "哪天可以", "受众", "一次最多人数", "每月次数", "说明", "状态")
    return Section("服务意向", columns, rows)


def _placements(user: User) -> Section:
    mine = Q(entry__people__user=user) | Q(venue_by=user) | Q(visited_by=user)
    found = Placement.objects.filter(mine).select_related("need__venue", "need__edition").distinct().order_by("pk")
    rows = [
        (p.number, p.need.venue.name, p.need.starts_at and p.need.starts_at.astimezone(BEIJING), p.need.place,
         p.get_state_display(), p.reason, p.heads, p.word)
        for p in found
    ]  # fmt: skip
    return Section("服务安排", ("编号", "场所", "时间", "地点", "状态", "理由", "到场人数", "场所评价"), rows)
