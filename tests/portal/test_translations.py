"""Our own catalogue: every string is translated, and the compiled file is that of the source."""

import gettext
import re
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

FOLDER = Path(__file__).parents[2] / "locale/zh_Hans/LC_MESSAGES"
ENTRY = re.compile(r'^msgid "(.+)"\n(?:msgid_plural ".+"\n)?msgstr(?:\[0\])? "(.*)"$', re.MULTILINE)


def source() -> dict[str, str]:
    """The entries of the .po file."""
    text = (FOLDER / "django.po").read_text(encoding="utf-8")
    return {_plain(said): _plain(translated) for said, translated in ENTRY.findall(text)}


def _plain(quoted: str) -> str:
    return quoted.replace("\\n", "\n").replace('\\"', '"')


def test_every_string_is_translated() -> None:
    assert [said for said, translated in source().items() if not translated] == []


def test_the_compiled_catalogue_is_current() -> None:
    with open(FOLDER / "django.mo", "rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = {said for said, translated in source().items() if compiled.ngettext(said, said, 1) != translated}
    assert {said for said in stale if compiled.gettext(said) != source()[said]} == set()


def test_ours_is_said_before_django_s() -> None:
    with override("zh-hans"):
        assert (_("This field is required."), _("Apply Filters")) == ("请填写这一项。", "按条件筛选")
