"""积分重算包: a ZIP with rules, facts and ledger, and a program that finds the same standings with Python alone.

The program is `seasons/rules/points.py` and `standings.py` themselves, copied in: each rule lives once. No names.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

RULES = Path(__file__).parents[1] / "rules"
PROGRAM = ("points.py", "standings.py")
SCRIPT = Path(__file__).parent / "recompute.txt"  # a program only where it is unpacked, beside `rules`
_EPOCH = (2025, 1, 1, 0, 0, 0)  # of every file in the ZIP: the same inputs give the same bytes
HEADS = {
    "facts.csv": ("事实", "报名编号", "种类", "月份", "取得时间", "分钟", "受众", "等级", "加分规则", "作废"),
    "ledger.csv": ("账目", "报名编号", "事实", "规则", "规则版本", "月份", "取得时间", "积分", "冲正的账目"),
    "standings.csv": ("名次", "报名编号", "积分", "达到时间"),
}
README = """{title}　积分重算包

这个压缩包里有积分规则、计分事实、全部账目和冻结时的名次，没有姓名。任何人都可以用它重新算一遍。

怎么用
先解压。需要 Python 3.11 或更新的版本，不需联网，不需安装别的东西。在解压出的文件夹里运行：
    python recompute.py
程序由账目重新累加、排名，与 standings.csv 逐行比较；再由事实和规则重新计分，与账目逐笔比较。

有什么
    rules.json      用过的积分规则，按规则文件的版本（SHA-256）
    facts.csv       计分事实，一条一行：时间、时长、受众、奖项
    ledger.csv      账目，一笔一行；冲正的账目指向它冲掉的那一笔
    standings.csv   冻结时的名次
    recompute.py、rules/   程序，与网站计分所用的是同一份

怎么排
积分高的在前；积分相同，先达到的在前；再相同，名次相同。正好在第 {cut} 名分不开的，由组委会决定。

standings.csv 的指纹（SHA-256）
{sha256}
"""


def write_bundle(
    out: IO[bytes],
    *,
    title: str,
    cut: int,
    sha256: str,
    rules: Mapping[str, Sequence[Mapping[str, object]]],
    tables: Mapping[str, Iterable[str]],
) -> None:
    """Write the ZIP.

    cut: the last place that wins. rules: version → rules. tables: file name → its lines, heads first, each with its
    line end.
    """
    program = {f"rules/{name}": (RULES / name).read_text(encoding="utf-8") for name in PROGRAM}
    texts = {
        "说明.txt": README.format(title=title, sha256=sha256, cut=cut),
        "recompute.py": SCRIPT.read_text(encoding="utf-8"),
        "rules/__init__.py": "",
        "rules.json": json.dumps(rules, ensure_ascii=False, indent=1),
        **program,
    }
    with zipfile.ZipFile(out, "w") as bundle:
        for name, text in texts.items():
            bundle.writestr(_info(name), text)
        for name, lines in tables.items():
            with bundle.open(_info(name), "w", force_zip64=True) as file, io.TextIOWrapper(file, "utf-8") as text_file:
                text_file.writelines(lines)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
