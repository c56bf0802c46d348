"""公示, objections, 成绩单 over HTTP: what they say, who does not see them, and at what cost."""

import io
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from awards import personal
from awards.models import AwardLine, AwardList, Objection
from awards.services import drafting, objecting, publishing
from core.accounts.models import User
from core.personal import Person, remnants
from tests.awards import build
from tests.awards.build import organiser
from tests.judging import build as judging
from tracks.models import Edition
from tracks.wording import end


@pytest.fixture
def edition(db: None) -> Edition:
    """An edition with few prizes, all decided."""
    return build.edition()


@pytest.fixture
def found(edition: Edition) -> AwardList:
    """The list of category A over eight works, decided."""
    return build.decided(build.category(edition))


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(client: Client, name: str, **arguments: int) -> str:
    answer = client.get(reverse(name, kwargs=arguments))
    assert answer.status_code == 200
    return answer.content.decode()


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def representative(work: int) -> User:
    line = AwardLine.objects.filter(key=f"test-{work}").select_related("entry").first()
    return line.entry.people.get(role="representative").user


def test_nothing_leaks_before_publication(found: AwardList) -> None:
    """Not the list, its lines, the receipt, nor that there is one: not for winners, contacts, nor on the index."""
    winner, entry = representative(1), AwardLine.objects.first().entry_id
    for client in (Client(), as_user(winner), as_user(judging.contact(found.edition)), as_user(organiser())):
        for name in ("publicity_list", "publicity_sheet", "objection_new"):
            answer = client.get(reverse(name, kwargs={"award_list": found.pk}))
            assert answer.status_code == 404 or answer.url.startswith("/accounts/")
        assert "领军人物/领军队伍奖" not in body(client, "publicity")
    assert as_user(winner).get(reverse("receipt", kwargs={"entry": entry})).status_code == 404


def test_the_public_page_in_office_style(found: AwardList) -> None:
    release = publishing.publish_list(found, by=organiser())
    page = body(Client(), "publicity_list", award_list=found.pk)
    for words in ("获奖名单的公示", "2025年9月22日至", "5 个工作日", "匿名的、超过期限的不予受理", "一等奖（1 名）",
                  "作品 1", "得分 95.0000", "第 1 版", release.version.sha256):  # fmt: skip
        assert words in page, words
    assert "公示中" in body(Client(), "publicity")
    book = load_workbook(io.BytesIO(Client().get(reverse("publicity_sheet", kwargs={"award_list": found.pk})).content))
    assert book.active.max_row == 2 + 7


def test_a_correction_is_public_with_its_difference(found: AwardList) -> None:
    publishing.publish_list(found, by=organiser())
    objecting.decide(build.checked(build.again(found)), "cancelled", "内部：评委老师指出", by=organiser())
    page = body(Client(), "publicity_list", award_list=found.pk)
    assert "第 2 版的变动" in page
    assert "不再列入" in page
    assert "评委老师" not in page  # how it was found out stays inside
    assert build.citizen().real_name not in page  # who objected


@pytest.mark.parametrize("about", ["test-1", ""])
def test_what_an_accepted_objection_is_about_is_marked_and_who_objected_is_not(found: AwardList, about: str) -> None:
    publishing.publish_list(found, by=organiser())
    made = build.objection(build.again(found), about=about)
    shown = [body(Client(), "publicity_list", award_list=found.pk)]
    objecting.accept(made, by=organiser())
    shown.append(body(Client(), "publicity_list", award_list=found.pk))
    objecting.begin_check(made, by=organiser())
    objecting.decide(made, "kept", "比对不同", by=organiser())
    objecting.answer(made, "经核查，维持原结果", by=organiser())
    shown.append(body(Client(), "publicity_list", award_list=found.pk))
    assert [page.count("异议处理中") for page in shown] == [0, 1, 0]
    assert (made.by.real_name in "".join(shown), "对整份名单" in shown[1]) == (False, not about)


def test_an_objection_through_the_form(found: AwardList) -> None:
    publishing.publish_list(found, by=organiser())
    client, url = as_user(build.citizen()), reverse("objection_new", kwargs={"award_list": found.pk})
    key = AwardLine.objects.first().key
    sent = {"kind": "person", "about": key, "words": "与旧作雷同", "unit": ""}
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "请上传证据" in answer.content.decode()
    assert "与旧作雷同" in answer.content.decode()  # nothing typed is lost
    file, name = build.paper()
    file.name = name
    answer = client.post(url, sent | {"evidence": file})
    made = Objection.objects.get()
    assert answer.url == reverse("objection", kwargs={"objection": made.pk})
    assert "已提交，待受理" in body(client, "objection", objection=made.pk)
    assert as_user(build.citizen(2)).get(answer.url).status_code == 404
    assert client.get(reverse("objection_file", kwargs={"objection": made.pk})).status_code == 200


def test_the_receipt_tells_ones_own_and_no_judge(found: AwardList) -> None:
    publishing.publish_list(found, by=organiser())
    winner, entry = representative(2), AwardLine.objects.get(key="test-2").entry_id
    page = body(as_user(winner), "receipt", entry=entry)
    for words in ("第 2 名，共 8 件", "94.0000", "高于", "科学性", "二等奖", "名次怎么算的"):
        assert words in page, words
    for judge in User.objects.filter(judgeships__isnull=False):
        assert judge.real_name not in page
    assert "作品 1" not in page
    assert as_user(representative(3)).get(reverse("receipt", kwargs={"entry": entry})).status_code == 404


@pytest.mark.parametrize("page", ["publicity_list", "admin"])
def test_more_winners_cost_no_more_questions(edition: Edition, page: str) -> None:
    few, many = build.category(edition, 2, code="B"), build.category(edition, 7, code="C")
    for found in (few, many):
        publishing.publish_list(build.decided(found), by=organiser())
    client = as_user(organiser())
    url: Callable[[AwardList], str] = lambda one: (  # noqa: E731
        reverse("admin:awards_awardlist_change", args=[one.pk])
        if page == "admin"
        else reverse("publicity_list", kwargs={"award_list": one.pk})
    )
    queries(client, url(few))
    assert queries(client, url(few)) == queries(client, url(many))


def test_the_organiser_walks_through_the_pages(edition: Edition) -> None:
    found, client = build.category(edition), as_user(organiser())

    def post(page: str, *more: int, **values: str) -> None:
        answer = client.post(reverse(f"admin:awards_awardlist_{page}", args=[found.pk, *more]), values)
        assert answer.status_code == 302, answer.content.decode()

    post("draft")
    post("leave_out", key="test-1", reason="署名不实")
    post("count", level="second", count="1", reason="水平")
    ruling = found.rulings.get(kind="count")
    post("unrule", ruling.pk, reason="再议")
    post("draft")
    said = client.get(reverse("admin:awards_awardlist_change", args=[found.pk])).content.decode()
    assert "组委会决定不授奖：见决定第 1 号" in said
    tried = client.get(reverse("admin:awards_awardlist_what_if", args=[found.pk]), {"asked": "1", "count_first": "2"})
    assert "等次变动" in tried.content.decode()
    post("lock")
    post("publish")
    assert build.again(found).state == "published"
    build.after(found)
    post("finalise")
    assert build.again(found).state == "final"
    book = client.post(reverse("admin:awards_entitlement_exporting"), {"reason": "寄给协会"})
    assert load_workbook(io.BytesIO(book.content)).active["A1"].value.endswith("奖励权益")


def test_a_tie_is_ordered_on_its_page(edition: Edition) -> None:
    found = build.category(edition, final=[90, 90, 80, 79, 78, 77, 76, 75])
    client = as_user(organiser())
    url = reverse("admin:awards_awardlist_order", args=[found.pk, 0])
    assert client.post(url, {"place_0": "1", "place_1": "1", "reason": "复议"}).status_code == 422
    assert client.post(url, {"place_0": "2", "place_1": "1", "reason": "复议"}).status_code == 302
    drafting.draft(found, by=organiser())
    assert build.names(found)[0] == "一等奖 作品 2"


def test_a_deletion_leaves_the_prize_under_an_alias(found: AwardList) -> None:
    publishing.publish_list(found, by=organiser())
    made = build.checked(build.again(found))
    objecting.decide(made, "kept", f"{build.citizen().real_name}的材料不足", by=organiser())
    objecting.answer(made, "不成立", by=organiser())
    before = personal.statistics()
    winner, critic = representative(1), build.citizen()
    for user in (winner, critic):
        names = frozenset({user.real_name, *user.memberships.values_list("name", flat=True)})
        personal.purge(Person(user, names, str(user.phone or ""), user.email or ""))
        told = remnants(sorted(names))
        assert not {"获奖条目", "公示异议", "奖励权益", "组委会决定"} & set(told), told
    assert personal.statistics() == before
    assert AwardLine.objects.get(key="test-1").name.startswith("参赛者")


@pytest.mark.parametrize("codes", ["A", "ABC"])
def test_a_list_that_builds_on_others_asks_as_often_whatever_their_number(edition: Edition, codes: str) -> None:
    for code in codes:
        build.decided(build.category(edition, 2, code=code))
    AwardList.objects.filter(award="leader", state="draft").update(state="locked")
    found, client = build.award_list(edition, None, "outstanding"), as_user(organiser())
    page = reverse("admin:awards_awardlist_change", args=[found.pk])
    queries(client, page)
    assert queries(client, page) <= 20


# --- What a stranger stumbled over -----------------------------------------------------------------------------


def change_page(found: AwardList) -> str:
    answer = as_user(organiser()).get(reverse("admin:awards_awardlist_change", args=[found.pk]))
    return answer.content.decode()


def test_a_ruling_says_what_was_decided(edition: Edition) -> None:
    found = build.category(edition)
    drafting.draft(found, by=organiser())
    drafting.rule(found, "count", level="second", count=1, reason="水平", by=organiser())
    drafting.rule(found, "left_out", keys=["test-1"], reason="署名不实", by=organiser())
    page = change_page(found)
    assert "决定第 1 号（名额空缺）：二等奖取 1 名。理由：水平" in page
    assert re.search(r"决定第 2 号（不授奖）：\S+ 作品 1。理由：署名不实", page)


def test_a_list_that_is_open_again_is_not_called_decided(found: AwardList) -> None:
    assert "<dt>确定</dt>" in change_page(found)
    publishing.unlock_list(found, reason="单位写错", by=organiser("second@example.test"))
    assert "<dt>确定</dt>" not in change_page(found)


def test_announcing_says_until_when(found: AwardList) -> None:
    said = as_user(organiser()).get(reverse("admin:awards_awardlist_publish", args=[found.pk])).content.decode()
    release = publishing.publish_list(found, by=organiser())
    assert f"到 {end(release.award_list.closes_at)}为止" in said


def test_a_clerk_of_the_organiser_sees_the_last_day_for_an_answer(found: AwardList) -> None:
    publishing.publish_list(found, by=organiser())
    made = build.objection(build.again(found))
    listed = as_user(organiser()).get(reverse("admin:awards_objection_changelist")).content.decode()
    assert end(made.due_at) in listed


@pytest.mark.parametrize(("outcome", "status"), [("kept", 422), ("cancelled", 422), ("corrected", 302)])
def test_corrected_words_are_never_passed_over(found: AwardList, outcome: str, status: int) -> None:
    publishing.publish_list(found, by=organiser())
    made = build.checked(build.again(found))
    url = reverse("admin:awards_objection_decide", args=[made.pk])
    client = as_user(organiser())
    assert "现为：作品" in client.get(url).content.decode()
    answer = client.post(url, {"outcome": outcome, "title": "另一个名字", "note": "核实"})
    assert answer.status_code == status
    if status == 422:
        assert "请改选“更正”" in answer.content.decode()
        assert 'value="另一个名字"' in answer.content.decode()


def test_whoever_was_not_judged_finds_no_way_to_a_receipt(edition: Edition) -> None:
    found = build.decided(build.category(edition))
    publishing.publish_list(found, by=organiser())
    judged, other = AwardLine.objects.filter(key="test-1").get().entry, judging.entry(edition, 77)
    build.after(found)
    for entry, there in ((judged, True), (other, False)):
        user = entry.people.get(role="representative").user
        link = reverse("receipt", kwargs={"entry": entry.pk})
        assert (link in body(as_user(user), "entry", entry=entry.pk)) is there
        assert (as_user(user).get(link).status_code == 200) is there


def test_a_wrong_sum_of_weights_is_told(edition: Edition) -> None:
    found = build.category(edition)
    tried = as_user(organiser()).get(
        reverse("admin:awards_awardlist_what_if", args=[found.pk]), {"asked": "1", "criterion_science": "50"}
    )
    assert "现在加起来是 133.33，应为 100" in tried.content.decode()


def test_a_correction_shows_what_changed_and_nothing_else(found: AwardList) -> None:
    publishing.publish_list(found, by=organiser())
    made = build.checked(build.again(found))
    line = AwardLine.objects.get(key=made.about)
    objecting.decide(made, "corrected", "核实", words={"title": "另一个名字"}, by=organiser())
    page = body(Client(), "publicity_list", award_list=found.pk)
    assert f"<b>文字更正</b>：{line.name}（{line.title} → 另一个名字）" in page
