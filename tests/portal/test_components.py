"""The component library: what it counts, what it escapes, what its style sheet may hold."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django_cotton.compiler_regex import CottonCompiler

from aisc_portal.counting import Countdown, QuotaBar
from core.clock import BEIJING
from core.problems import Problem

CSS = Path(__file__).parents[2] / "static/css"
MORNING = datetime(2024, 12, 10, 9, tzinfo=BEIJING)


def render(markup: str, **context: Any) -> str:
    return Template(CottonCompiler().process("{% load portal %}" + markup)).render(Context(context))


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=5, hours=8, seconds=1), "5 天 8 小时 0 分"),
        (timedelta(hours=3, minutes=3, seconds=1), "3 小时 3 分 1 秒"),
        (timedelta(days=-1), "0 小时 0 分 0 秒"),
    ],
)
def test_countdown_words(left: timedelta, words: str) -> None:
    assert Countdown.between(MORNING, MORNING + left).words == words


def test_countdown_works_without_script() -> None:
    html = render(
        '<c-countdown :until="until" :now="now" name="报送截止" />', now=MORNING, until=MORNING + timedelta(days=2)
    )
    assert 'aria-label="距报送截止还有 2 天 0 小时 0 分"' in html
    assert 'data-left="172800"' in html


@pytest.mark.parametrize(
    ("taken", "limit", "draft", "kinds"),
    [
        (18, 25, 8, {"used": 18, "draft": 7, "over": 1}),
        (1, 3, 0, {"used": 1, "free": 2}),
        (0, 1, 3, {"draft": 1, "over": 2}),
        (200, 300, 120, {"used": 1, "draft": 1, "over": 1}),  # lengths, not places
        (0, None, 2, {}),
        (0, 0, 1, {"over": 1}),
    ],
)
def test_quota_bar_cells(taken: int, limit: int | None, draft: int, kinds: dict[str, int]) -> None:
    cells = [cell.kind for cell in QuotaBar.of(taken, limit, draft).cells]
    assert {kind: cells.count(kind) for kind in dict.fromkeys(cells)} == kinds


def test_quota_bar_says_it_in_words() -> None:
    html = render('<c-quota-bar :taken="18" :limit="25" :draft="8" />')
    assert 'aria-label="名额 25 个：已用 18 个，草稿 7 行，超出 1 行"' in html
    assert "还可推荐 7 个" in html


class Sheet(forms.Form):
    phone = forms.CharField(label="联系电话", help_text="手机号，11 位。")
    categories = forms.MultipleChoiceField(label="报名类别", choices=[("A", "A")], widget=forms.CheckboxSelectMultiple)


def test_error_summary_uses_the_field_s_own_words_and_leads_to_it() -> None:
    html = render('<c-form :form="form" />', form=Sheet({}))
    said = re.findall(r'<a href="#(id_\w+)">(.*?)</a>', html)
    beside = re.findall(r'id="(id_\w+)_error"><span class="vh">错误：</span>(.*?)</p>', html)
    assert said == beside
    assert [field for field, _ in said if f'id="{field}"' not in html] == []
    assert 'role="alert" autofocus data-focus tabindex="-1"' in html


def test_field_names_its_hint_and_error() -> None:
    html = render('<c-field :field="form.phone" />', form=Sheet({}))
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described is not None
    assert [name for name in described[1].split() if f'id="{name}"' not in html] == []


def test_problems_become_lines_with_links() -> None:
    problems = [Problem("a", "队名应叫“分队”", "team"), Problem("b", "电话与第 19 行相同", level="warning")]
    html = render('<c-error-summary :problems="problems" />', problems=problems)
    assert '<a href="#id_team">队名应叫“分队”</a>' in html
    assert "有 2 处要处理" in html


@pytest.mark.parametrize(
    "markup",
    [
        '<c-button :value="evil">x</c-button>',
        '<c-button :href="evil">x</c-button>',
        "<c-tag>{{ evil }}</c-tag>",
        '<c-alert :title="evil">x</c-alert>',
        '<c-card :title="evil" id="a">x</c-card>',
        '<c-input name="a" label="b" :value="evil" :placeholder="evil" />',
        '<c-empty :title="evil">x</c-empty>',
        '<c-bar :say="evil" :note="evil">x</c-bar>',
    ],
)
def test_components_escape(markup: str) -> None:
    html = render(markup, evil='"><script>alert(1)</script>')
    assert "<script" not in html
    assert '"">' not in html


def test_colours_live_in_the_tokens() -> None:
    sheets = [file for file in CSS.glob("*.css") if file.name != "tokens.css"]
    found = {file.name: re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl", file.read_text()) for file in sheets}
    assert {name: colours for name, colours in found.items() if colours} == {}


@pytest.mark.parametrize("name", ["tokens.css", "components.css", "staff.css"])
def test_style_sheets_suit_old_browsers(name: str) -> None:
    modern = r"oklch|color-mix|@layer|@container|:is\(|:where\(|:has\(|aspect-ratio|inset:|url\("
    without_comments = re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.DOTALL)
    assert re.findall(modern, without_comments) == []
