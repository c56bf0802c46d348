"""What the points season keeps of a person: gathered for them, deleted at their request (PIPL 45, 47)."""

from collections import Counter

from django.db.models import Q

from core.accounts.models import User
from core.audit.redaction import REDACTED, redact
from core.files.services import erase
from core.personal import Person, Section

from .models import Dispute, PointEntry, PointFact, ServiceHours, ServicePhoto, ServiceRecord

TEXTS = ("title", "place", "basis", "feedback", "review_note")


def gather(user: User) -> list[Section]:
    """Hours served, records written, points of one's own entries, disputes."""
    return [_hours(user), _records(user), _points(user), _disputes(user)]


def purge(person: Person) -> Counter[str]:
    """An individual's records lose their words, links and photos; a team's lose those that name the person.

    Hours and points stay, since they are counted; in the caller's transaction and `recorded(…)`.
    """
    done = Counter[str]()
    mine = ServiceRecord.objects.filter(entry__people__user=person.user).distinct()
    records = [r for r in mine.select_related("entry") if r.entry.kind == "individual" or _names(person, r)]
    for record in records:
        for name in TEXTS:
            if getattr(record, name):
                setattr(record, name, REDACTED)
        record.links, record.hashtags = [], []
        record.save(update_fields=[*TEXTS, "links", "hashtags"])
    redact(ServiceRecord, [record.pk for record in records])
    done["服务记录（个人的清空文字和链接，队伍的清空提到本人的）"] = len(records)
    alone = [record.pk for record in records if record.entry.kind == "individual"]
    photos = list(ServicePhoto.objects.filter(Q(record__in=alone) | Q(added_by=person.user), file__isnull=False))
    files = [photo.file for photo in photos if photo.file]
    ServicePhoto.objects.filter(pk__in=[photo.pk for photo in photos]).update(file=None)
    done["活动照片"] = erase(files)
    disputes = [d.pk for d in Dispute.objects.filter(by=person.user)]
    Dispute.objects.filter(pk__in=disputes).update(words=REDACTED)
    redact(Dispute, disputes)
    done["积分异议（清空文字）"] = len(disputes)
    named = PointFact.objects.filter(entry__people__user=person.user).exclude(reason="").distinct()
    facts = [fact.pk for fact in named if person.is_named_in(fact.reason)]
    PointFact.objects.filter(pk__in=facts).update(reason=REDACTED)
    redact(PointFact, facts)
    return done


def statistics() -> Counter[tuple[object, ...]]:
    """What no deletion changes: records by state, lines and their sum."""
    found = Counter[tuple[object, ...]]()
    for state in ServiceRecord.objects.values_list("state", flat=True):
        found["service", state] += 1
    found["points", "lines"] = PointEntry.objects.count()
    return found


def _names(person: Person, record: ServiceRecord) -> bool:
    return person.is_named_in([getattr(record, name) for name in TEXTS] + list(record.links))


def _hours(user: User) -> Section:
    served = ServiceHours.objects.filter(user=user).select_related("record__edition").order_by("pk")
    rows = [
        (h.record.number, h.record.title, h.record.starts_at, h.length, h.record.get_state_display()) for h in served
    ]
    return Section("我的服务时长", ("记录编号", "活动名称", "开始", "分钟", "状态"), rows)


def _records(user: User) -> Section:
    records = ServiceRecord.objects.filter(entry__people__user=user).select_related("edition").distinct()
    rows = [
        (
            r.number, r.title, r.place, r.starts_at, r.ends_at, r.audience, r.basis, "\n".join(r.links), r.feedback,
            r.get_state_display(), r.review_note,
        )
        for r in records.order_by("pk")
    ]  # fmt: skip
    columns = (
        "记录编号", "活动名称", "地点", "开始", "结束", "受众人数", "统计方式", "链接", "反馈与效果", "状态",
        "审核意见",
    )  # fmt: skip
    photos = ServicePhoto.objects.filter(added_by=user, file__isnull=False).select_related("file")
    return Section("服务记录", columns, rows, [photo.file for photo in photos])


def _points(user: User) -> Section:
    lines = PointEntry.objects.filter(entry__people__user=user).select_related("entry__edition").distinct()
    rows = [(p.entry.number, p.month, p.said, str(p.points), p.reason, p.posted_at) for p in lines.order_by("pk")]
    return Section("积分账目", ("报名编号", "月份", "怎么算的", "积分", "理由", "入账时间"), rows)


def _disputes(user: User) -> Section:
    disputes = Dispute.objects.filter(by=user).select_related("line").order_by("pk")
    rows = [(d.line.said, d.words, d.get_state_display(), d.answer, d.asked_at, d.answered_at) for d in disputes]
    return Section("积分异议", ("账目", "异议", "状态", "答复", "提出时间", "答复时间"), rows)
