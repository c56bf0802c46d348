"""Who gets which kind: those who took part, who finished a training, who served; and what each paper says."""

from typing import Any

import pypdfium2
import pytest

from aisc_portal import editions
from awards.certificates.rendering import MINOR_NOTE
from awards.services import certifying
from awards.services.certificate_lists import Asked
from seasons.services import training_facts
from tests.awards import build as awards
from tests.awards.build import organiser
from tests.awards.certificates import build
from tests.awards.certificates.build import DAY, asked
from tests.contest import GUANGDONG
from tests.seasons.points import build as points
from tests.seasons.training import build as training
from tracks.models import Edition


@pytest.fixture
def edition(db: None, settings: Any, tmp_path: Any) -> Edition:
    settings.MEDIA_ROOT = tmp_path
    return awards.edition()


def names(of: Asked) -> list[str]:
    plan = certifying.plan(of, DAY)
    assert plan.problems == []
    return [one.name for one in plan.recipients]


def said(of: Asked) -> str:
    """The text of the first paper."""
    row = build.done(of).certificates.get(place=1)
    with pypdfium2.PdfDocument(build.content(row.file)) as pdf:
        return pdf[0].get_textpage().get_text_bounded().replace("\r\n", "")


def test_whoever_took_part_and_the_note_for_pupils(edition: Edition) -> None:
    training.accepted(edition)
    of = asked(edition, "participation")
    assert names(of) == ["参训甲"]
    text = said(of)
    assert ("参训甲参加了首届" in text, MINOR_NOTE in text) == (True, True)


def test_whoever_attended_enough_by_themselves(edition: Edition) -> None:
    entries = [training.accepted(edition, number) for number in (1, 2)]
    course = training.course(edition)
    first, second = (training.seat(course, entry) for entry in entries)
    for session in training.all_of(course):
        training.attend(session, first)
    training.attend(training.all_of(course)[0], second)  # half of it
    training.end(course)
    of = asked(edition, "training", season=training.theme(edition))
    assert training_facts.held(course) == 180
    assert names(of) == ["参训甲"]
    assert "完成全部学习，准予结业" in said(of)


def test_verified_hours_with_the_four_groups(edition: Edition) -> None:
    one, other = points.entry(edition, 1), points.entry(edition, 2)
    points.passed(one, by=organiser(), hours=2)
    points.submitted(other)  # not verified
    of = asked(edition, "volunteer", handler="陈工", phone="020-00000000")
    person = points.lead(one).real_name
    assert names(of) == [person]
    text = said(of)
    for group in (
        person,
        "志愿者编号：____",
        "志愿服务2小时",
        "经办人：陈工",
        "020-00000000",
        "不是“i志愿”系统",
        "-V-000001-",
    ):
        assert group in text


def test_a_kind_asks_for_what_it_needs(edition: Edition) -> None:
    for code, problem in (("training", "no_season"), ("volunteer", "handler"), ("award", "no_list")):
        plan = certifying.plan(asked(edition, code), DAY)
        assert [one.code for one in plan.problems] == [f"certificate.{problem}"]


def test_an_open_question_about_the_issuers_stands_in_the_way(edition: Edition) -> None:

    editions.load(GUANGDONG.read_text(encoding="utf-8"), reason="未决定", by=organiser())
    plan = certifying.plan(asked(Edition.objects.get(pk=edition.pk), "award"), DAY)
    assert [one.code for one in plan.problems] == ["certificate.undecided", "certificate.no_list"]
