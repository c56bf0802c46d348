"""A person's unfinished uploads: shown to them, deleted at their request. Kept files are their apps' business."""

from collections import Counter

from core.accounts.models import User
from core.audit.redaction import redact
from core.personal import Person, Section

from . import states
from .models import Upload
from .uploads import forget


def gather(user: User) -> list[Section]:
    """What they began to upload and have not finished."""
    columns = ("文件名", "字节数", "已收到", "状态", "声明时间", "SHA-256")
    uploads = Upload.objects.visible_to(user).exclude(state=states.COMPLETE).order_by("created_at")
    rows = [(u.name, u.size, u.offset, u.get_state_display(), u.created_at, u.sha256) for u in uploads]
    return [Section("未传完的文件", columns, rows)] if rows else []


def purge(person: Person) -> Counter[str]:
    """Forget every upload of theirs, the bytes of unfinished ones too; before the account, in its transaction."""
    uploads = list(Upload.objects.filter(owner=person.user))
    for upload in uploads:
        forget(upload)
    redact(Upload, [upload.pk for upload in uploads])
    return Counter({"上传记录": len(uploads)})
