"""Builders for the tests of recommending: units of each kind, who works on them, rows; all made by the services."""

import io
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max
from PIL import Image

from core.accounts.models import User
from registrations.models import (
    Recommendation,
    RecommendationRow,
    Region,
    RegionFlag,
    StampedScan,
    Unit,
    UnitQuota,
)
from registrations.services import recommending, stamping, units
from tracks.models import Edition
from tracks.services import appoint_contact

REGIONS = {  # code → name, level
    "440000": ("广东省", "province"),
    "440200": ("韶关市", "prefecture"),
    "440222": ("始兴县", "county"),
    "440307": ("龙岗区", "county"),
    "440100": ("广州市", "prefecture"),
}
UNITS = {  # kind → full name, name in team names, region
    "county": ("韶关市始兴县科学技术协会", "始兴县科协", "440222"),
    "pilot": ("深圳市龙岗区科学技术协会", "龙岗区科协", "440307"),
    "city": ("韶关市科学技术协会", "韶关市科协", "440200"),
    "society": ("广东省机械工程学会", "广东省机械工程学会", "440100"),
    "university": ("广州大学科学技术协会", "广州大学", "440100"),
    "base": ("东莞科学馆", "东莞科学馆", "440100"),
    "affiliate": ("广东省科协事业发展中心", "广东省科协事业发展中心", "440100"),
    "other": ("城南中学", "城南中学", "440222"),
}
SURNAMES = "王李张刘陈杨黄赵吴周"
GIVEN = "芳明华兰勇军燕平宁辉"


@dataclass
class Desk:
    """A unit at work in an edition: its form, and the officer who fills it in."""

    edition: Edition
    unit: Unit
    officer: User
    form: Recommendation = field(init=False)
    units_before: int = field(init=False)

    def __post_init__(self) -> None:
        self.units_before = Recommendation.objects.filter(edition=self.edition).exclude(unit=self.unit).count()
        self.form = recommending.form_of(self.unit, self.edition, by=self.officer)

    @property
    def quota(self) -> UnitQuota:
        """As it now stands in the database."""
        return UnitQuota.objects.get(unit=self.unit, edition=self.edition)

    @property
    def states(self) -> list[str]:
        """The states of all rows, in order."""
        return list(self.form.rows.order_by("pk").values_list("state", flat=True))

    def row(self, track: str = "worker", **values: Any) -> RecommendationRow:
        """A draft of a person of its own, right unless `values` says otherwise."""
        number = self.form.rows.aggregate(last=Max("position"))["last"] or 0
        right = {
            "name": f"{SURNAMES[number % 10]}小{GIVEN[self.units_before // 20 % 10]}",
            "organisation": "城南中学",
            "phone": f"13800138{(self.units_before * 50 + number) % 1000:03}",
            "categories": ["A"],
            "track": self.edition.tracks.get(code=track),
        }
        return recommending.save_row(self.form, right | values, by=self.officer)

    def rows(self, count: int) -> list[RecommendationRow]:
        """Several right drafts."""
        return [self.row() for _ in range(count)]

    def submit(self, *rows: RecommendationRow) -> list[RecommendationRow]:
        """Send rows in."""
        return recommending.submit_rows(self.form, rows, by=self.officer)

    def submitted(self, count: int = 1, **values: Any) -> list[RecommendationRow]:
        """Rows that were sent in."""
        return self.submit(*[self.row(**values) for _ in range(count)])

    def stamp(self) -> StampedScan:
        """The form as it stands comes back stamped."""
        return stamp(self.form, by=self.officer)

    def stamped(self, count: int = 1, **values: Any) -> list[RecommendationRow]:
        """Rows that were sent in, with the stamped form: they may pass."""
        rows = self.submitted(count, **values)
        self.stamp()
        return rows

    def mended(self, row: RecommendationRow, **values: Any) -> RecommendationRow:
        """A returned row, changed and sent in again."""
        changed = recommending.save_row(
            self.form, values or {"organisation": f"{row.organisation}（城南校区）"}, by=self.officer, row=row
        )
        return self.submit(changed)[0]


def stamp(form: Recommendation, *, by: User) -> StampedScan:
    """A form's stamped scan, as it stands: an empty page, whose 版本码 is typed; no PDF is drawn."""
    printed, _ = stamping.print_form(form, by=by)
    page = io.BytesIO()
    Image.new("L", (40, 40), 255).save(page, "png")
    upload = stamping.Upload("盖章.png", page)
    return stamping.upload_scan(form, [upload], by=by, typed=stamping.code_of(printed))[0]


def unit(kind: str = "county", name: str = "") -> Unit:
    """A unit with its places in the current edition. kind: a key of UNITS; `pilot` is a county with 50 places."""
    for code, (region, level) in REGIONS.items():
        Region.objects.get_or_create(code=code, defaults={"name": region, "level": level, "version": "test"})
    if kind == "pilot":
        RegionFlag.objects.get_or_create(region_id="440307", kind="demonstration", source="示例")
    full_name, team_name, region = UNITS[kind]
    kind = "county" if kind == "pilot" else kind
    made = Unit(full_name=name or full_name, team_name=name or team_name, kind=kind, region_id=region)
    units.save_unit(made, by=None)
    return made


def officer(of: Unit, email: str = "officer@example.test") -> User:
    """Who fills in for a unit, having come by invitation."""
    user = User.objects.filter(email=email).first() or User.objects.create_user("经办人", email=email)
    units.join(units.invite_officer(of, by=None, email=email), by=user)
    return user


def contact(edition: Edition, track: str = "worker") -> User:
    """Who answers for a track."""
    user = User.objects.create_user(f"联系人{track}", email=f"{track}@example.test")
    appoint_contact(edition.tracks.get(code=track), user, by=None)
    return user


def desk(edition: Edition, kind: str = "county", name: str = "", email: str = "officer@example.test") -> Desk:
    """A unit at work."""
    made = unit(kind, name)
    return Desk(edition, made, officer(made, email))
