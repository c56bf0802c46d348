"""回避: before and at any time; and a conflicted judge learns nothing of the work (R12)."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from core.jobs.services import drain_all
from core.notices.models import Notice
from core.problems import Refused
from judging.models import Assignment, Candidate, Judge, Recusal, Round, ScoreSheet
from judging.services import assigning, opening, pool, recusing
from judging.services.pool import Thing
from registrations.entry_models import Entry
from registrations.services import entering
from tests.judging import build
from tests.registrations.staff import signed_in

PAGES = ("judge", "desk", "rankings")


def conflicted(review: Round) -> tuple[Judge, Candidate, list[Assignment]]:
    """Four judges, three works; the first judge recuses from the first work after scoring it."""
    made = build.opened(review, works=3, seats=4)
    mine = made[0]
    build.score(mine, 97)
    recusing.recuse(mine, reason="作者是本人学生", by=mine.judge.user)
    return mine.judge, mine.candidate, made


def test_one_click_takes_the_work_away_and_voids_the_score(review: Round) -> None:
    judge, work, _ = conflicted(review)
    assert (Assignment.objects.of(judge.user).filter(candidate=work).count(), ScoreSheet.objects.get().state) == (
        0,
        "void",
    )
    with pytest.raises(Refused):
        build.score(judge.assignments.get(candidate=work))


def test_the_work_goes_to_somebody_else(review: Round) -> None:
    works, seats = build.candidates(review, 2), [build.judge(review, n) for n in range(1, 7)]
    assigning.give(review, [(seat.pk, work.pk) for seat in seats[:5] for work in works])
    opening.open_round(review, by=build.organiser())
    first = Assignment.objects.of(seats[0].user).select_related("judge__user").first()
    assert first
    recusing.recuse(first, reason="同单位", by=seats[0].user)
    drain_all()
    held = Assignment.objects.filter(candidate=first.candidate, state="active").values_list("judge", flat=True)
    assert set(held) == {seat.pk for seat in seats[1:]}


def test_where_nobody_is_left_the_organiser_is_told(review: Round) -> None:
    boss = build.organiser()
    made = build.opened(review, works=1, seats=2)
    for one in made:
        recusing.recuse(one, reason="同单位", by=one.judge.user)
    drain_all()
    assert not Assignment.objects.filter(state="active").exists()
    assert Notice.objects.filter(recipient=boss, template="work-unassigned").exists()


def taught(review: Round, teacher: User) -> Entry:
    """An entry with this instructor."""
    entry = build.entry(review.edition, 9)
    entering.add_person(entry, teacher, "instructor", name=teacher.real_name)
    return entry


def test_the_rules_find_colleagues_and_members(review: Round) -> None:
    work = build.candidates(review, 1)[0]
    colleague = build.judge(review, 1, organisation=work.entry.organisation)
    other = build.judge(review, 2, organisation="另一所大学")
    own = pool.add(review, [Thing(taught(review, other.user), "test-9", "第九件")], by=None)[0]
    found = {(one.judge, one.candidate) for one in recusing.find(review)}
    assert found == {(colleague, work), (other, own)}
    assert recusing.find(review) == []


def test_what_the_organiser_lifted_is_not_found_again(review: Round) -> None:
    work = build.candidates(review, 1)[0]
    build.judge(review, 1, organisation=work.entry.organisation)
    recusal = recusing.find(review)[0]
    recusing.lift(recusal, reason="同名的另一所学校", by=build.organiser())
    assert recusing.find(review) == []
    assert Recusal.objects.get().lifted_at


# --- Non-interference (R12) -------------------------------------------------------------------------------


def pages(client: Client, judge: Judge) -> Iterator[tuple[str, str]]:
    """Everything that a judge can open: own pages, those of works before them, results, searches."""
    for name in PAGES:
        yield name, client.get(reverse(name), follow=True).content.decode()
    yield "sign", client.get(reverse("judge_sign", args=[judge.pk])).content.decode()
    for assignment in Assignment.objects.of(judge.user):
        yield f"recuse {assignment.pk}", client.get(reverse("judge_recuse", args=[assignment.pk])).content.decode()
    for name in ("ranking", "ranking_bundle", "ranking_scores", "ranking_sheet"):
        answer = client.get(reverse(name, args=[judge.round_id]), {"q": "作品"})
        yield name, str(answer.status_code)
    for path in ("/admin/judging/round/", "/admin/judging/candidate/"):
        yield path, str(client.get(path).status_code)


VARYING = re.compile(
    r'(name="(csrfmiddlewaretoken|form_key)" value="[^"]*"|datetime="[^"]*"|data-now="[^"]*"|\d\d:\d\d(:\d\d)?)'
)


def seen(judge: Judge) -> dict[str, str]:
    """What the judge sees, without what differs from one moment to the next."""
    client = signed_in(judge.user)
    return {name: VARYING.sub("", text) for name, text in pages(client, judge)}


@pytest.mark.parametrize(
    "deed",
    [
        lambda work, made: [
            build.score(one, 11) for one in made if one.candidate == work and one.judge_id != made[0].judge_id
        ],
        lambda work, made: pool.withdraw(work, reason="退出", by=build.organiser()),
    ],
    ids=["scored by others", "withdrawn"],
)
def test_a_conflicted_judge_sees_the_same_with_and_without(
    review: Round, deed: Callable[[Candidate, list[Assignment]], object]
) -> None:
    judge, work, made = conflicted(review)
    before = seen(judge)
    with transaction.atomic():
        deed(work, made)
        after = seen(judge)
        transaction.set_rollback(True)
    assert after == before
    assert work.title not in "".join(before.values())


def test_the_test_sees_what_it_should(review: Round) -> None:
    """Its twin: the judge's own score does change the pages."""
    judge, _, made = conflicted(review)
    before = seen(judge)
    build.score(next(one for one in made if one.judge_id == judge.pk and one.pk != made[0].pk))
    assert seen(judge) != before


def test_the_organiser_who_judges_does_not_oversee(review: Round) -> None:
    boss = build.organiser()
    seat = build.judge(review)
    seat.user.is_superuser = seat.user.is_staff = True
    seat.user.save()
    assert not Round.objects.visible_to(seat.user).filter(pk=review.pk).exists()
    assert Round.objects.visible_to(boss).filter(pk=review.pk).exists()
