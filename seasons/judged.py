"""What judges see of a service record: what was done and for whom; nothing that says by whom (R12)."""

from collections.abc import Iterator

from core.clock import BEIJING
from judging.models import Candidate
from judging.readers import Content, reads
from registrations.entry_models import Entry
from registrations.rules.leaks import Identity, Place, find_leaks
from registrations.services.leaks import identity_of

from .models import ServicePhoto, ServiceRecord

KIND = "record"
HIDDEN = "（含身份信息，评审时不显示）"
MASK = "〔略〕"


def key_of(record: ServiceRecord) -> str:
    """`record-12`."""
    return f"{KIND}-{record.pk}"


@reads(KIND)
def content(candidate: Candidate, blind: bool) -> Content:
    """Texts, and the photos as drawn anew. Links and hashtags lead to the owner and are left out when blind."""
    key = int(candidate.key.partition("-")[2])
    record = ServiceRecord.objects.select_related("edition", "entry__row__recommendation__unit").get(pk=key)
    identity = identity_of(record.entry) if blind else Identity()
    texts = [(label, masked(identity, words) if blind else words) for label, words in _texts(record, blind) if words]
    photos = ServicePhoto.objects.filter(record=record, removed_at=None).values_list("file", flat=True)
    return Content(texts, [(f"照片 {number}", file) for number, file in enumerate(photos, 1)])


def masked(identity: Identity, text: str) -> str:
    """A text without the names of its entry; where they hide in another guise, no text at all."""
    names = [*identity.organisations, *(person.name for person in identity.people)]
    for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
        text = text.replace(name, MASK)
    told = any(leak.strength == "strong" for leak in find_leaks(identity, [Place("text", "服务记录", text)]))
    return HIDDEN if told else text


def blind_title(record: ServiceRecord, entry: Entry) -> str:
    """The title under which a record is judged and, afterwards, listed."""
    return masked(identity_of(entry), record.title)


def _texts(record: ServiceRecord, blind: bool) -> Iterator[tuple[str, str]]:
    kinds = {kind.code: kind.name for kind in record.edition.rulebook.activity_types}
    yield "活动名称", record.title
    yield "服务类型", kinds.get(record.activity, "")
    if record.starts_at and record.ends_at:
        begins, ends = record.starts_at.astimezone(BEIJING), record.ends_at.astimezone(BEIJING)
        yield "时间", f"{begins:%Y-%m-%d %H:%M} 至 {ends:%H:%M}"
    yield "地点", record.place
    yield "受众人数", f"{record.audience or 0} 人" + (f"（{record.basis}）" if record.basis else "")
    yield "传播", f"浏览 {record.views}，转发 {record.reposts}，媒体报道 {record.media} 篇"
    yield "反馈与效果", record.feedback
    if not blind:
        yield "链接", "\n".join(record.links)
        yield "话题", " ".join(record.hashtags)
