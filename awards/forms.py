"""What is typed about awards."""

from typing import Any

from django import forms

from core.files.kinds import JPEG, PDF, PNG
from core.problems import Problem

from .models import AwardLine, Objection
from .rules.publicity import WORDS_MAX


class ObjectionForm(forms.Form):
    """An objection to a published list."""

    kind = forms.ChoiceField(
        label="以谁的名义",
        choices=Objection.KINDS,
        initial="person",
        widget=forms.RadioSelect,
        help_text="个人用账号里的真实姓名和手机号；单位要上传加盖公章的异议书",
        error_messages={"required": "请选以个人还是单位的名义"},
    )
    unit = forms.CharField(label="单位全称（以单位名义时填）", max_length=100, required=False)
    about = forms.ChoiceField(label="对哪一项有异议", required=False)
    words = forms.CharField(
        label="异议内容和依据",
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"写明对什么有异议、依据是什么，最多 {WORDS_MAX} 个字",
        error_messages={"required": "请写明对什么有异议、依据是什么"},
    )
    evidence = forms.FileField(
        label="证据，或盖章的异议书",
        widget=forms.FileInput(attrs={"accept": ",".join((*PDF.extensions, *JPEG.extensions[:2], *PNG.extensions))}),
        help_text="PDF、JPG 或 PNG，不超过 20 MB；几页请合成一个 PDF",
        error_messages={"required": "请上传证据：说明问题的材料、截图或照片", "empty": "文件是空的，请另选一个"},
    )

    def __init__(self, lines: list[AwardLine], data: Any = None, files: Any = None, *, about: str = "") -> None:
        super().__init__(data, files, initial={"about": about, "kind": "person"})
        told = [(line.key, " ".join(filter(None, (line.level_name, line.name, line.title)))) for line in lines]
        self.fields["about"].choices = [("", "整份名单"), *told]  # type: ignore[attr-defined]

    def refuse(self, problems: list[Problem]) -> None:
        """Say what the rules found, at its field; what is wrong with a file is at the file."""
        for problem in problems:
            field = "evidence" if problem.code.startswith("file.") else problem.field
            self.add_error(field if field in self.fields else None, problem.message)


class VerifyForm(forms.Form):
    """A certificate's number and the name on it, as a stranger types them."""

    use_required_attribute = False

    number = forms.CharField(
        label="证书编号",
        max_length=60,
        help_text="在证书左下角，大小写、全角半角都可以",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "请填写证书编号", "max_length": "证书编号没有这么长，请对照证书左下角重新填写"},
    )
    name = forms.CharField(
        label="证书上的姓名",
        max_length=1000,
        help_text="团队的证书填其中任何一人，单位的证书填单位全称",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "请填写证书上的姓名", "max_length": "姓名没有这么长，只填一个人的姓名"},
    )
