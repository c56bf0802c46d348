"""Regions (行政区划) and the titles that counties have."""

from django.db import models

from core.audit.history import tracked


@tracked()
class Region(models.Model):
    """A province, city or county (行政区划), by its code; editable, with the version of the list it came from."""

    code = models.CharField("行政区划代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=40)
    level = models.CharField(
        "级别", max_length=12, choices=[("province", "省"), ("prefecture", "地级市"), ("county", "县（市、区）")]
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="上级")
    pinyin = models.CharField("拼音", max_length=80, blank=True)
    version = models.CharField("名录版本", max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@tracked()
class RegionFlag(models.Model):
    """A county's title with its dates (试点、示范): it decides whether 50 or 25 places are given (G7, Q4)."""

    KINDS = [("pilot", "新时代文明实践试点县"), ("demonstration", "全国科普示范县")]

    region = models.ForeignKey(Region, models.CASCADE, related_name="flags", verbose_name="县（市、区）")
    kind = models.CharField("称号", max_length=20, choices=KINDS)
    since = models.DateField("自", null=True, blank=True)
    until = models.DateField("至", null=True, blank=True)
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "县（市、区）称号"
        constraints = [models.UniqueConstraint(fields=["region", "kind", "since"], name="one_flag_a_start")]

    def __str__(self) -> str:
        return f"{self.region} {self.get_kind_display()}"
