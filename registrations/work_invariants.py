"""What must always hold of works, their versions and files."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from core.audit.invariants import Finding, states_are_legal
from core.files.states import PASSED

from . import states
from .entry_models import Member
from .rules.manifest import sha256
from .services.work_dossier import content_of, files_of
from .work_models import VersionFile, Work, WorkAuthor, WorkVersion

SAMPLE = 2000  # versions whose receipts are worked out again, the latest


def invariants() -> Iterator[Finding]:
    """Versions say what their receipts say; what counts was handed in; each topic is held by those who take part."""
    yield states_are_legal(Work)
    stray = Work.objects.filter(~Q(entry__categories__contains=[F("category")]), state__in=states.WORK_HANDED_IN)
    yield "提交的作品属于报名的类别", [_named(work) for work in stray]
    wrong = Work.objects.filter(current__isnull=False).exclude(current__work=F("pk"))
    yield "以此为准的版本是本作品的", [_named(work) for work in wrong]
    without = Work.objects.filter(state__in=("submitted", "returned", "passed", "rejected"), current=None)
    yield "提交过的作品都有版本", [_named(work) for work in without]
    left = Work.objects.filter(entry__state="withdrawn").exclude(state__in=("withdrawn", "rejected"))
    yield "已退出的报名没有在评的作品", [_named(work) for work in left]
    yield "作品版本从 1 起连续编号", [f"作品 {key}" for key in _gaps()]
    yield f"最近 {SAMPLE} 个版本的内容与回执一致", list(_changed())
    refused = VersionFile.objects.filter(version__current_of__state="passed", file__file__isnull=False)
    unchecked = refused.exclude(file__file__check_result__state=PASSED)
    yield "审核通过的作品，文件都通过了检查", [f"版本 {one.version_id} 文件 {one.file_id}" for one in unchecked]
    yield "主题由参赛的人占有", list(_authors())


def _gaps() -> Iterator[int]:
    from_one = WorkVersion.objects.values("work").annotate(count=Count("pk")).order_by()
    for row in from_one:
        numbers = WorkVersion.objects.filter(work=row["work"]).values_list("number", flat=True)
        if row["count"] > 1 and set(numbers) != set(range(1, row["count"] + 1)):
            yield row["work"]


def _changed() -> Iterator[str]:
    versions = WorkVersion.objects.filter(erased_at=None).select_related("work__edition").order_by("-pk")[:SAMPLE]
    for version in versions:
        files = files_of(version)
        if any(one.file.file is None for one in files):
            continue
        content = content_of(version, files)
        text = content.manifest(number=version.work.number, version=version.number, at=version.submitted_at)
        if content.digest != version.digest or sha256(text) != version.receipt:
            yield f"作品 {version.work_id} 第 {version.number} 版"


def _authors() -> Iterator[str]:
    held = set(WorkAuthor.objects.values_list("work", "user"))
    people = Member.objects.participants().filter(entry__works__state__in=states.WORK_HANDED_IN)
    due = set(people.values_list("entry__works", "user").filter(entry__works__state__in=states.WORK_HANDED_IN))
    for work, user in held ^ due:
        yield f"作品 {work} 账号 {user}"


def _named(work: Work) -> str:
    return f"作品 {work.pk}"
