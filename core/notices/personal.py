"""Notices: what was written to somebody, and taking their name and address out of it again."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Func, Model, Q, QuerySet, TextField, Value

from core.accounts.models import User
from core.audit.redaction import redact
from core.jobs.models import Job
from core.personal import CLOSED, Person, Section

from . import states
from .models import Notice
from .services import JOB

ON_ITS_WAY = (states.QUEUED, states.SENDING)
TEXTS = ("name", "subject", "text", "html")


def gather(user: User) -> list[Section]:
    """What was written to them, newest first."""
    rows = [
        (
            notice.created,
            notice.get_channel_display(),
            notice.label,
            notice.subject,
            notice.get_state_display(),
            notice.read_at,
        )
        for notice in Notice.objects.filter(recipient=user)
    ]
    return [Section("发给我的通知", ("时间", "渠道", "种类", "主题", "状态", "在站内打开于"), rows)]


def purge(person: Person, about: Iterable[Model]) -> Counter[str]:
    """Blank what was written to a person; in what others were told about these things, the alias takes the name's
    place. What is still on its way goes out first: `blank_closed` comes back for it."""
    mine = Notice.objects.filter(Q(recipient=person.user) | Q(address__in=person.contacts))
    others = _about(about).exclude(pk__in=mine.values("pk"))
    renamed = [n.pk for n in others if any(person.is_named_in(getattr(n, text)) for text in TEXTS)]
    for word in person.words:
        Notice.objects.filter(pk__in=renamed).update(
            **{text: _replaced(text, word, person.alias) for text in TEXTS},
        )
    redact(Notice, renamed)
    return Counter({"发给本人的通知": blank(mine), "提到本人的通知": len(renamed)})


def blank(notices: QuerySet[Notice]) -> int:
    """Take address, name and words out of notices that have gone out, or never will. Returns how many."""
    done = list(
        notices.exclude(state__in=ON_ITS_WAY).exclude(text="", address="", name="").values_list("pk", flat=True)
    )
    Notice.objects.filter(pk__in=done).update(name="", address="", subject="", text="", html="", last_error="")
    Job.objects.filter(kind=JOB, payload__notice__in=done).update(last_error="")
    redact(Notice, done)
    return len(done)


def blank_closed() -> int:
    """Blank what has meanwhile gone out to people whose account is closed (nightly). Returns how many."""
    return blank(Notice.objects.filter(recipient__email__endswith=CLOSED))


def _about(things: Iterable[Model]) -> QuerySet[Notice]:
    keys: dict[type[Model], list[str]] = defaultdict(list)
    for thing in things:
        keys[type(thing)].append(str(thing.pk))
    about = Q(pk__in=())
    for model, pks in keys.items():
        about |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=pks)
    return Notice.objects.filter(about)


def _replaced(column: str, word: str, alias: str) -> Func:
    return Func(F(column), Value(word), Value(alias), function="REPLACE", output_field=TextField())
