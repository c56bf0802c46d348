"""The rules of training and advancement: pure."""

from datetime import datetime, timedelta

import pytest

from seasons.rules import training
from seasons.rules.advancing import NOT_ENROLLED, CourseShare, check_pick, verdict
from seasons.rules.meetings import Known, Window, belongs, minutes, moment, who
from seasons.rules.training import Screen, check_code, check_question, minutes_of, passes, right_answers
from tracks.rulebook.contest import Training

RULE = Training(required=True, attendance_percent=60, organiser_may_pick=True, source="Q9")
STARTS = datetime.fromisoformat("2025-01-05T19:30:00+08:00")
SCREEN = Screen("第 1 讲", b"one", 45, STARTS, STARTS + timedelta(minutes=90))
OTHER = Screen("第 2 讲", b"two", 45, STARTS, STARTS + timedelta(minutes=90))


@pytest.mark.parametrize(
    ("after", "codes"),
    [(0, []), (89, []), (90, ["code.late"]), (600, ["code.late"])],
)
def test_a_code_is_good_on_its_screen_and_one_step_longer(after: int, codes: list[str]) -> None:
    shown = datetime.fromisoformat("2025-01-05T20:00:00+08:00")  # a step begins here
    problems = check_code(SCREEN.shows(shown), SCREEN, [], shown + timedelta(seconds=after))
    assert [p.code for p in problems] == codes


@pytest.mark.parametrize(
    ("typed", "minutes", "code"),
    [
        ("12 34", 5, "code.form"),
        ("１２３４５６", 5, "code.form"),
        ("", 5, "code.form"),
        ("000000", -1, "code.early"),
        ("000000", 90, "code.closed"),
    ],
)
def test_what_else_is_wrong_with_a_code_is_said(typed: str, minutes: int, code: str) -> None:
    assert check_code(typed, SCREEN, [], STARTS + timedelta(minutes=minutes))[0].code == code


def test_the_code_of_another_session_is_named() -> None:
    now = STARTS + timedelta(minutes=10)
    problem = check_code(OTHER.shows(now), SCREEN, [OTHER], now)[0]
    assert (problem.code, "第 2 讲" in problem.message) == ("code.other", True)


def test_a_code_may_be_typed_with_a_gap() -> None:
    now = STARTS + timedelta(minutes=10)
    code = SCREEN.shows(now)
    assert check_code(f" {code[:3]} {code[3:]}", SCREEN, [], now) == []


def test_a_contact_counts_before_the_file_and_the_file_before_the_code() -> None:
    told = {"code": 90, "file": 20}
    assert [
        minutes_of(told, 90),
        minutes_of(told | {"hand": 90}, 90),
        minutes_of({"file": 300}, 90),
        minutes_of({}, 90),
    ] == [
        20,
        90,
        90,
        0,
    ]


@pytest.mark.parametrize(
    ("shares", "goes"),
    [([(108, 180)], True), ([(107, 180)], False), ([(0, 180), (60, 90)], True), ([], False), ([(0, 0)], False)],
)
def test_sixty_percent_is_enough_in_one_of_parallel_courses(shares: list[tuple[int, int]], goes: bool) -> None:
    assert verdict(RULE, [CourseShare(*share) for share in shares]).goes is goes


def test_the_reason_stands_beside_the_verdict() -> None:
    said = verdict(RULE, [CourseShare(90, 180)])
    assert (said.why, verdict(RULE, []).why) == ("出勤 90/180 分钟（50%），要求 60%", NOT_ENROLLED)


def test_where_training_is_not_required_everybody_goes_on() -> None:
    free = Training(required=False, attendance_percent=60, organiser_may_pick=False, source="")
    assert (verdict(free, []).goes, verdict(None, []).goes) == (True, True)


def test_a_pick_needs_a_reason_and_a_rule_that_lets_it() -> None:
    strict = Training(required=True, attendance_percent=60, organiser_may_pick=False, source="")
    asked = {"by_rule": False, "goes": True}
    found = [
        check_pick(RULE, **asked, reason=" "),
        check_pick(strict, **asked, reason="优秀"),
        check_pick(RULE, **asked, reason="优秀"),
    ]
    assert [[p.code for p in problems] for problems in found] == [["reason.missing"], ["advance.no_pick"], []]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1小时2分30秒", 63),
        ("01:02:29", 62),
        ("62分钟", 62),
        ("62", 62),
        ("45:10", 45),
        ("５０分", 50),
        ("一小时", None),
        ("", None),
        ("3600秒", 60),
    ],
)
def test_durations_as_meeting_tools_write_them(text: str, expected: int | None) -> None:
    assert minutes(text) == expected


@pytest.mark.parametrize(
    "text", ["2025-01-05 19:31:02", "2025/1/5 19:31:02", "2025年1月5日 19:31:02", "2025-01-05T19:31:02"]
)
def test_moments_as_meeting_tools_write_them(text: str) -> None:
    assert moment(text) == datetime.fromisoformat("2025-01-05T19:31:02")


def test_no_moment_is_none() -> None:
    assert [moment("昨天"), moment("2025-13-45 19:00"), moment("")] == [None, None, None]


PEOPLE = [
    Known(1, "王芳", ("GDAIKP1-000001", "", "城南中学")),
    Known(2, "王芳", ("GDAIKP1-000002", "", "城北中学")),
    Known(3, "李明", ("GDAIKP1-000003", "晨光队", "")),
    Known(4, "李明远", ("GDAIKP1-000004", "", "")),
]


@pytest.mark.parametrize(
    ("nickname", "keys"),
    [
        ("李明", [3]),
        ("晨光队-李明", [3]),
        ("李明远（韶关）", [4]),
        ("王芳", [1, 2]),
        ("城北中学 王芳", [2]),
        ("路人", []),
        (" ", []),
        ("李", []),
    ],
)
def test_whom_a_nickname_means(nickname: str, keys: list[int]) -> None:
    assert [one.key for one in who(nickname, PEOPLE)] == keys


def test_minutes_outside_the_session_do_not_count() -> None:
    window = Window(STARTS, STARTS + timedelta(minutes=90))
    early, late = STARTS - timedelta(minutes=30), STARTS + timedelta(minutes=150)
    assert [window.within(early, late, 180), window.within(early, STARTS, 30), window.within(None, None, 40)] == [
        90,
        0,
        40,
    ]


def test_a_file_is_of_the_meeting_that_most_joined() -> None:
    window = Window(STARTS, STARTS + timedelta(minutes=90))
    day = timedelta(days=1)
    assert [belongs([STARTS, STARTS, STARTS + day], window), belongs([STARTS + day], window), belongs([], window)] == [
        True,
        False,
        True,
    ]


def test_a_question_says_what_is_wrong_with_it() -> None:
    def codes(options: list[str], right: list[int], *, multiple: bool = False, text: str = "题") -> list[str]:
        return [p.code for p in check_question(text, options, right, multiple=multiple)]

    assert [codes(["a"], [0]), codes(["a", "a"], [0]), codes(["a", "b"], []), codes(["a", "b"], [0, 1])] == [
        ["question.options"],
        ["question.same"],
        ["question.right"],
        ["question.multiple"],
    ]
    assert codes(["a", "b"], [0, 1], multiple=True, text="") == ["question.text"]


def test_only_the_whole_answer_is_right() -> None:
    assert right_answers({1: [0], 2: [0, 2]}, {1: [0], 2: [0]}) == 1
    assert [passes(3, 5, 60), passes(2, 5, 60), passes(0, 0, 60)] == [True, False, False]


def test_the_longest_session_is_half_a_day() -> None:
    assert [p.code for p in training.check_times(STARTS, STARTS + timedelta(hours=13))] == ["session.long"]
    assert [p.code for p in training.check_times(STARTS, STARTS)] == ["session.dates"]
