"""What staff write is shown, and can neither run a script nor fetch from outside."""

import re

import pytest

from core.markdown import pictures_in, plain, render

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[点我](javascript:alert(1))",
    "[点我](data:text/html;base64,PHNjcmlwdD4=)",
    "[点我](vbscript:x)",
    "![图](https://example.org/track.png)",
    "![图](//example.org/track.png)",
    "![图](javascript:alert(1))",
    '![图"onerror="alert(1)](现场.png)',
    "<iframe src='https://example.org'></iframe>",
    "<style>@import 'https://example.org/x.css'</style>",
    "<a href='x' onclick='alert(1)'>x</a>",
    "|a|\n|:-:|\n|<svg onload=alert(1)>|",
    "[x]: javascript:alert(1)\n\n[x]",
    "```<img src=//example.org>\n</code><script>\n```",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched(text: str) -> None:
    html = render(text, pictures={"现场.png": "/news/1/pictures/2/"})
    assert re.findall(r"<(?:script|iframe|style|svg|object|link)|<[^>]*\s(?:on\w+|style)\s*=", html) == []
    assert [src for src in re.findall(r'src="([^"]*)"', html) if not src.startswith("/news/")] == []
    assert re.findall(r'href="(?!https?:|mailto:|tel:|/|#)[^"]*"', html) == []


def test_headings_come_under_the_pages_own() -> None:
    assert render("# 一\n\n## 二\n\n###### 六") == "<h2>一</h2>\n<h3>二</h3>\n<h4>六</h4>\n"
    assert render("## 二\n\n### 三") == "<h2>二</h2>\n<h3>三</h3>\n"


def test_an_attached_picture_is_drawn() -> None:
    html = render("![现场 & 人](现场%20图.png)", pictures={"现场 图.png": "/news/1/pictures/2/"})
    assert html == '<p><img src="/news/1/pictures/2/" alt="现场 &amp; 人"></p>\n'
    assert pictures_in("![一](a.png) 和 ![二](b.png)") == ["a.png", "b.png"]


def test_a_table_has_heads_and_no_inline_style() -> None:
    html = render("| 类别 | 名额 |\n|:--|--:|\n| 县级 | 25 |")
    assert '<th scope="col">类别</th>' in html
    assert "style" not in html


def test_the_beginning_is_plain() -> None:
    text = "# 通知\n\n**报名** < 今天 & 明天\n[看这里](https://example.org)\n\n| 表 |\n|---|\n| 25 |\n\n![图](a.png)完"
    assert plain(text) == "报名 < 今天 & 明天 看这里 完"
    assert plain("长" * 200, 10) == "长" * 9 + "…"
