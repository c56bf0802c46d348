"""A month's prizes on the pages: the organiser makes and fills the round, a judge reads a record, prizes are given."""

import io
import re

import pytest
from django.urls import reverse

from core.jobs.services import drain_all
from judging.models import Assignment, Round
from judging.services import adoption, closing, opening
from seasons.models import PointEntry, PointFact
from seasons.services import posting, recording, reviewing
from tests.core import good_files
from tests.judging import build as judging
from tests.registrations.staff import signed_in
from tests.seasons.points import build as points
from tests.seasons.prizes import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return build.theme(points.edition())


@pytest.fixture
def staff():
    return signed_in(build.organiser())


def admin(page: str, theme) -> str:
    return reverse(f"admin:seasons_season_{page}", args=[theme.pk])


def photographed(theme, number: int):
    """An approved record with a photo, looked through and drawn."""
    made = points.record(points.entry(theme.edition, number), season=theme)
    by = points.lead(made.entry)
    recording.add_photo(made, io.BytesIO(good_files.png()), name=f"{by.real_name}.png", by=by)
    made = recording.submit(made, by=by)
    reviewing.pass_record(made, seen=reviewing.mark(made), by=build.contact(theme.edition))
    drain_all()
    return made


def test_a_month_from_the_round_to_the_passbook(theme, staff):
    record = photographed(theme, 1)
    build.passed(theme, 2)
    assert "还没有建立" in staff.get(admin("change", theme)).content.decode()
    staff.post(admin("prize_round", theme))
    assert "列入 2 条" in staff.get(admin("prize_pool", theme)).content.decode()
    staff.post(admin("prize_pool", theme))
    round_ = adoption.amend(Round.objects.get(theme=theme.name), {}, reason="沿用", by=build.organiser())
    seat = judging.judge(round_)
    held = judging.given(round_, [seat], round_.candidates.order_by("number"))
    opening.open_round(round_, by=build.organiser(), reason="一位评委")
    judge = signed_in(seat.user)
    one = next(a for a in held if a.candidate.key == f"record-{record.pk}")
    seen = judge.get(reverse("judge_work", args=[one.pk])).content.decode()
    assert all(words in seen for words in ("社区科普课", "60 人（签到表）", "照片 1"))
    assert not re.search(f"{points.lead(record.entry).real_name}|第 1 中学|example.test/report", seen)
    picture = re.search(rf'"(/judge/[^"]*{one.pk}[^"]*files?/[^"]+)"', seen) or re.search(r'src="(/judge/[^"]+)"', seen)
    answer = judge.get(picture[1])
    assert answer.headers["Content-Type"] == "image/webp"
    assert points.lead(record.entry).real_name not in str(answer.headers)
    judging.signed(held, [90 if a == one else 70 for a in held])
    closing.lock_round(Round.objects.get(pk=round_.pk), by=build.organiser())
    assert "还没有公布" in staff.get(admin("prizes", theme), follow=True).content.decode()
    closing.publish(Round.objects.get(pk=round_.pk), by=build.organiser())
    shown = staff.get(admin("prizes", theme)).content.decode()
    assert "授予示例：月度主题一等（T-0001，第 1 名）" in shown
    mark = re.search(r'name="seen" value="(\w+)"', shown)[1]
    done = staff.post(admin("prizes", theme), {"seen": mark, "reason": "公布名次"}, follow=True).content.decode()
    assert "已更正 2 项" in done
    posting.post(theme.edition)
    assert PointEntry.objects.get(entry=record.entry, rule="prize_first").points == 50
    book = signed_in(points.lead(record.entry)).get(reverse("passbook", args=[record.entry_id])).content.decode()
    assert "月度主题一等" in book
    assert PointFact.objects.filter(kind="prize").count() == 2
    public = judge.get(reverse("ranking", args=[round_.pk])).content.decode()
    assert "三月：健康科普月" in public
    assert "社区科普课" in public


def test_a_round_of_works_does_not_offer_records_nor_the_other_way(theme, staff):
    build.passed(theme, 1)
    round_ = build.round_of(theme)
    page = staff.get(reverse("admin:judging_round_pool", args=[round_.pk])).content.decode()
    assert "请在主题页" in page
    assert staff.get(reverse("admin:judging_round_changelist")).status_code == 200
    assert staff.get(reverse("admin:judging_candidate_changelist")).status_code == 200
    for candidate in round_.candidates.all():
        assert staff.get(reverse("admin:judging_candidate_change", args=[candidate.pk])).status_code == 200
    for name in ("change", "monitor", "plan", "invite", "amend"):
        assert staff.get(reverse(f"admin:judging_round_{name}", args=[round_.pk])).status_code == 200, name


def test_a_judge_of_a_theme_finds_it_on_the_desk(theme):
    build.passed(theme, 1)
    round_ = build.round_of(theme)
    seat = judging.judge(round_)
    judging.given(round_, [seat], round_.candidates.all())
    opening.open_round(round_, by=build.organiser(), reason="一位评委")
    page = signed_in(seat.user).get(reverse("judge")).content.decode()
    assert "三月：健康科普月 主题评审" in page
    assert Assignment.objects.get(judge=seat).code in page
