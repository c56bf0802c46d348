"""The maths in words, for the round's page and the recompute bundle: one text, so that they cannot differ."""

from collections.abc import Mapping

from .facts import Rules
from .methods import JUDGE_MIN, TRIM_FROM
from .numbers import plain
from .ties import EARLIER, ORGANISER

FORMULAS: Mapping[str, tuple[str, ...]] = {
    "mean": ("原始均分 = 各评委分数之和 ÷ 评委人数。",),
    "trimmed_mean": (
        "去掉一个最高分和一个最低分，其余分数取平均。",
        f"不足 {TRIM_FROM} 份评分的作品不去分，取全部分数的平均，并注明。",
    ),
    "zscore": (
        "标准分：每位评委的每个分数，减去这位评委自己的均分，除以他自己的标准差（总体标准差，除以 n）。",
        "一件作品的得分 = 它各份标准分的平均。",
        f"不足 {JUDGE_MIN} 份评分的评委，用全体评分的均分和标准差折算；分数完全相同的评委，标准分按 0 计。都会注明。",
    ),
    "severity_adjusted": (
        "松紧 = Σ（这位评委的分数 − 那件作品的校正分）÷（份数 + k）。正数偏松，负数偏严；k 使份数少的评委少被校正。",
        "校正分 =（各评委分数 − 该评委松紧）的平均。",
        "两式互相依赖，等于求使 Σ（分数 − 校正分 − 松紧）² + k·Σ松紧² 最小的一组数，程序解方程一次得出。",
        "评委之间的共同作品没有连成一片时，各组分别校正，并注明。",
    ),
}


def steps_of(rules: Rules) -> list[str]:
    """How a round is ranked, sentence by sentence, in the order of reckoning."""
    return [
        *_totals(rules),
        *FORMULAS[rules.method],
        *([f"k = {plain(rules.k)}。"] if rules.method == "severity_adjusted" else []),
        *_panels(rules),
        rounding_of(rules),
        *_ties(rules),
    ]


def rounding_of(rules: Rules) -> str:
    """The rounding rule of every figure."""
    severities = f"松紧四舍五入到 {rules.places + 2} 位小数，校正分由公布的松紧算出；"
    return (
        f"计算保留 50 位有效数字。{severities if rules.method == 'severity_adjusted' else ''}"
        f"每份评分的总分、每件作品的得分四舍五入到 {rules.places} 位小数，按四舍五入后的得分比较名次。"
    )


def _totals(rules: Rules) -> list[str]:
    counted = [criterion for criterion in rules.criteria if criterion.counts]
    left_out = [criterion.name for criterion in rules.criteria if not criterion.counts]
    if not counted:
        return []
    shares = "，".join(f"{criterion.name} {criterion.weight}" for criterion in counted)
    said = [f"一份评分的总分 = Σ（要点分 × 权重）÷ 权重之和，满分 {rules.points_max}。权重：{shares}。"]
    return said + ([f"{'、'.join(left_out)}只评分、不计入总分。"] if left_out else [])


def _panels(rules: Rules) -> list[str]:
    if len(rules.panels) < 2:
        return []
    said = ["各评审团的权重：" + "，".join(f"{panel.name} {panel.weight}%" for panel in rules.panels) + "。"]
    said += [
        f"{panel.name}得分 = 得票 ÷ 有效票数 × {rules.points_max}；"
        f"有效票不足 {panel.ballots_min} 张时不计入，其余评审团按 100% 计。"
        for panel in rules.panels
        if panel.ballots_min is not None
    ]
    if rules.normalise_panels or rules.method == "zscore":
        said.append(
            "合成前换成同一尺度：各团得分减去该团均分、除以该团标准差，再乘以权重最大一团的标准差、加上它的均分。"
        )
    return said


def _ties(rules: Rules) -> list[str]:
    names = {criterion.code: f"{criterion.name}均分较高" for criterion in rules.criteria}
    names |= {EARLIER: "提交较早", ORGANISER: "主办单位决定"}
    if not rules.tie_chain:
        return ["得分相同，名次并列，其后的名次相应空出。"]
    chain = " → ".join(names.get(key, key) for key in rules.tie_chain)
    return [f"得分相同时依次比较：{chain}。仍相同则并列，其后的名次相应空出。"]
