"""The forms of venues, needs, offers and answers (G32)."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms

from core.clock import BEIJING
from core.forms import show_problems
from core.problems import Problem
from registrations.region_models import Region
from tracks.models import Edition

from .models import Need, Offer, Venue
from .rules.placing import AGES, WEEKDAYS
from .services.placing_needs import topics_of
from .venue_models import FIXED

DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
TIME = "%H:%M"
NO_DAY = "请写成 2025-03-15 这样"


def choices_of(regions: Iterable[Region]) -> list[tuple[str, Any]]:
    """Cities, each with its counties, for a select box."""
    counties: dict[str, list[Region]] = defaultdict(list)
    cities = []
    for region in regions:
        if region.level == "county" and region.parent_id:
            counties[region.parent_id].append(region)
        elif region.level == "prefecture":
            cities.append(region)
    return [
        (city.name, [(city.pk, f"{city.name}（市本级）"), *((one.pk, one.name) for one in counties[city.pk])])
        for city in cities
    ]


class VenueForm(forms.Form):
    """A venue's facts."""

    use_required_attribute = False

    name = forms.CharField(label="场所名称", max_length=100, help_text="写全称，如“龙岗区龙城街道党群服务中心”")
    kind = forms.ChoiceField(label="类型", choices=[("", "请选择"), *Venue.KINDS])
    region = forms.ModelChoiceField(
        label="所在市、县（市、区）", queryset=Region.objects.exclude(level="province"), empty_label="请选择"
    )
    street = forms.CharField(label="地址", max_length=200, help_text="写到门牌号，参赛者照着找过去")
    contact_name = forms.CharField(label="联系人", max_length=60)
    contact_phone = forms.CharField(
        label="联系电话", max_length=40, help_text="只给双方确认以后要过来的队伍看",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, venue: Venue | None, data: Any = None) -> None:
        names = ("name", "kind", "region", "street", "contact_name", "contact_phone")
        super().__init__(data, initial={name: getattr(venue, name) for name in names} if venue else {})
        grouped = choices_of(Region.objects.exclude(level="province"))
        self.fields["region"].choices = [("", "请选择"), *grouped]  # type: ignore[attr-defined]


class NeedForm(forms.Form):
    """A need, as it is typed: everything may be left open in a draft."""

    use_required_attribute = False

    day = forms.CharField(
        label="日期", required=False, max_length=20, widget=forms.DateInput(attrs={"type": "date"}),
        help_text="一条需求只写一天，几天都要的分开填",
    )  # fmt: skip
    begins = forms.TimeField(label="开始", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format=TIME))
    until = forms.TimeField(label="结束", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format=TIME))
    place = forms.CharField(label="地点", max_length=120, required=False, help_text="写到楼层或教室")
    topic = forms.ChoiceField(label="题材", required=False)
    activity = forms.ChoiceField(label="服务类型", required=False, help_text="按科技志愿服务的七类范围选最接近的一类")
    age = forms.ChoiceField(label="受众年龄段", choices=list(AGES.items()), required=False)
    heads = forms.IntegerField(
        label="预计多少人", required=False, min_value=0, max_value=2_000_000_000,
        error_messages={"invalid": "请填整数，如 60", "min_value": "人数不能是负数"},
    )  # fmt: skip
    capacity = forms.IntegerField(
        label="需要几支队伍", required=False, min_value=0, max_value=30_000, help_text="个人参赛者也算一支",
        error_messages={"invalid": "请填整数，如 1", "min_value": "不能是负数", "max_value": "数目太大，请核对"},
    )  # fmt: skip
    remark = forms.CharField(
        label="备注", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如设备、停车、着装；不要写手机号，联系电话在场所信息里",
    )  # fmt: skip

    def __init__(self, need: Need | None, edition: Edition, venue: Venue, data: Any = None) -> None:
        super().__init__(data, initial=_initial(need) if need else {"place": venue.street[:120], "capacity": 1})
        topics = topics_of(edition)
        self.fields["topic"].choices = [("", "不限题材"), *((one, one) for one in topics)]  # type: ignore[attr-defined]
        kinds = [("", "由参赛者选"), *((kind.code, kind.name) for kind in edition.rulebook.activity_types)]
        self.fields["activity"].choices = kinds  # type: ignore[attr-defined]
        if need and need.taken:  # who was asked was asked for this
            for name in set(self.fields) - {"capacity", "remark"}:
                del self.fields[name]

    def clean_day(self) -> date | None:
        """However it is written."""
        text = str(self.cleaned_data["day"]).strip()
        found = read_day(text)
        if text and found is None:
            raise forms.ValidationError(NO_DAY)
        return found

    def values(self) -> dict[str, Any]:
        """What the service takes; the form is valid."""
        said = self.cleaned_data
        found = {name: said[name] for name in (*FIXED, "capacity", "remark") if name in said}
        if "day" in said:
            found |= {"starts_at": _at(said["day"], said["begins"]), "ends_at": _at(said["day"], said["until"])}
        if "age" in found:
            found["age"] = found["age"] or "all"
        return found

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Say what the rules found, at its field."""
        begins = "begins" if "day" in self.fields and self["day"].value() else "day"
        show_problems(self, problems, called={"starts_at": begins, "ends_at": "until"})

    def ask(self) -> None:
        """Before it is shown: say what publishing will need, which keeping a draft does not."""
        if self.is_bound:
            self.is_valid()
        for name in {"day", "begins", "until", "place", "age", "heads", "capacity"} & self.fields.keys():
            self.fields[name].required = True


class OfferForm(forms.Form):
    """What an entry would do."""

    use_required_attribute = False

    topics = forms.MultipleChoiceField(
        label="题材", required=False, widget=forms.CheckboxSelectMultiple, help_text="不勾就是都可以"
    )
    cities = forms.MultipleChoiceField(
        label="愿意去的市（全市都可以）", required=False, widget=forms.CheckboxSelectMultiple
    )
    weekdays = forms.MultipleChoiceField(
        label="星期几可以", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(str(number), name) for number, name in enumerate(WEEKDAYS)],
    )  # fmt: skip
    dates = forms.CharField(
        label="另外哪几天可以", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一个日期，如 2025-03-15",
    )  # fmt: skip
    ages = forms.MultipleChoiceField(
        label="适合的受众", required=False, widget=forms.CheckboxSelectMultiple, choices=list(AGES.items())
    )
    heads = forms.IntegerField(
        label="一次最多面向多少人", required=False, min_value=0, max_value=2_000_000_000,
        error_messages={"invalid": "请填整数，如 60", "min_value": "人数不能是负数"},
    )  # fmt: skip
    a_month = forms.IntegerField(
        label="每月最多去几次", required=False, min_value=0, max_value=30_000,
        error_messages={"invalid": "请填整数，如 2", "min_value": "次数不能是负数"},
    )  # fmt: skip
    note = forms.CharField(
        label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如需要的设备、场地；不要写手机号",
    )  # fmt: skip

    def __init__(self, offer: Offer | None, edition: Edition, data: Any = None) -> None:
        regions = list(Region.objects.exclude(level="province"))
        chosen = offer.regions if offer else []
        initial: dict[str, Any] = {"a_month": 2, "ages": ["all"]}
        if offer:
            initial = {name: getattr(offer, name) for name in ("topics", "ages", "heads", "a_month", "note")}
            initial |= {"weekdays": [str(number) for number in offer.weekdays], "cities": chosen}
            initial |= {"dates": "\n".join(f"{day:%Y-%m-%d}" for day in offer.dates)}
        super().__init__(data, initial=initial)
        self.fields["topics"].choices = [(one, one) for one in topics_of(edition)]  # type: ignore[attr-defined]
        grouped = choices_of(regions)
        self.fields["cities"].choices = [(own[0][0], name) for name, own in grouped]  # type: ignore[attr-defined]
        for name, own in grouped:
            if len(own) > 1:
                self.fields[f"counties_{own[0][0]}"] = forms.MultipleChoiceField(
                    label=name, required=False, widget=forms.CheckboxSelectMultiple, choices=own[1:], initial=chosen
                )
        if not topics_of(edition):
            del self.fields["topics"]

    @property
    def counties(self) -> list[forms.BoundField]:
        """A field for each city."""
        return [self[name] for name in self.fields if name.startswith("counties_")]

    @property
    def counties_chosen(self) -> bool:
        """Whether the folded part holds something."""
        return any(
            set(field.value() or ()) & {key for key, _ in field.field.choices}  # type: ignore[attr-defined]
            for field in self.counties
        )

    @property
    def plain(self) -> list[forms.BoundField]:
        """What comes after the regions."""
        first = ("topics", "cities")
        return [self[name] for name in self.fields if name not in first and not name.startswith("counties_")]

    def clean_dates(self) -> list[date]:
        """Each once, in order."""
        found = []
        for word in re.split(r"[\s,，、;；]+", self.cleaned_data["dates"].strip()):
            if not word:
                continue
            day = read_day(word)
            if day is None:
                raise forms.ValidationError(f"“{word[:20]}”不是日期，{NO_DAY}")
            found.append(day)
        return sorted(set(found))

    def values(self) -> dict[str, Any]:
        """What the service takes; the form is valid."""
        said = self.cleaned_data
        counties = [code for name in said if name.startswith("counties_") for code in said[name]]
        return {
            "topics": said.get("topics", []), "regions": [*said["cities"], *counties],
            "weekdays": sorted(int(number) for number in said["weekdays"]), "dates": said["dates"],
            "ages": said["ages"], "heads": said["heads"], "a_month": said["a_month"], "note": said["note"],
        }  # fmt: skip

    def ask(self) -> None:
        """Before it is shown: say what is needed."""
        if self.is_bound:
            self.is_valid()
        for name in ("ages", "heads", "a_month"):
            self.fields[name].required = True


class WhyForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text="双方和组委会都会看到",
        error_messages={"required": "请写明理由，双方都会看到", "max_length": "理由最多 200 个字，请缩短"},
    )  # fmt: skip


class VisitForm(forms.Form):
    """How the visit went."""

    use_required_attribute = False

    heads = forms.IntegerField(
        label="实际到场人数", min_value=0, max_value=100_000,
        error_messages={
            "required": "请填实际到场人数", "invalid": "请填整数，如 60", "min_value": "人数不能是负数",
            "max_value": "人数太大，请核对",
        },
    )  # fmt: skip
    word = forms.CharField(
        label="一句话评价", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="审核服务记录的赛道联系人能看到",
    )  # fmt: skip


def read_day(text: str) -> date | None:
    """A date as people write it; None for what is none."""
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return None


def _at(day: date | None, time: Any) -> datetime | None:
    return datetime.combine(day, time, BEIJING) if day and time is not None else None


def _initial(need: Need) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: getattr(need, name) for name in ("place", "topic", "activity", "age", "heads", "capacity", "remark")
    }
    if need.starts_at:
        begins = need.starts_at.astimezone(BEIJING)
        found |= {"day": f"{begins:%Y-%m-%d}", "begins": f"{begins:{TIME}}"}
    if need.ends_at:
        found["until"] = f"{need.ends_at.astimezone(BEIJING):{TIME}}"
    return found
