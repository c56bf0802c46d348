"""重算包: a ZIP with anonymised scores, the rules, and a program that finds the same ranking with Python alone.

The program is `judging/rules/ranking` itself, copied in: the rule lives once.
"""

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

from judging.rules.ranking import LABELS, Inputs, Ranking, digest_of, explained, rank
from judging.rules.ranking.files import RESULT, RULES, SCORES, TABLE, files_of
from judging.rules.ranking.votes import FILE as BALLOTS

PROGRAM = Path(__file__).parents[1] / "rules" / "ranking"
SCRIPT = Path(__file__).parent / "recompute.txt"  # a program only where it is unpacked, beside `ranking`
README = "说明.txt"
_EPOCH = (2025, 1, 1, 0, 0, 0)  # of every file in the ZIP: the same inputs give the same bytes


def anonymised(inputs: Inputs) -> Inputs:
    """The same round with judges as 评委 01, 评委 02 … in an order that tells nothing; the order of sheets is dropped.

    The order follows a hash over all inputs, which nobody can try out who does not know who gave which score. Works
    keep the codes they have: the public number.
    """
    salt = digest_of(inputs)
    judges = {sheet.judge for sheet in inputs.sheets}
    mixed = sorted(judges, key=lambda judge: hashlib.sha256(f"{salt}/{judge}".encode()).digest())
    width = max(2, len(str(len(mixed))))
    names = {judge: f"评委 {number:0{width}}" for number, judge in enumerate(mixed, 1)}
    sheets = (replace(sheet, judge=names[sheet.judge], order=0) for sheet in inputs.sheets)
    return replace(inputs, sheets=tuple(sheets))


def write_bundle(inputs: Inputs, *, title: str) -> bytes:
    """The ZIP's bytes, the same for the same inputs. `inputs` are anonymised already (`anonymised`).

    title: the round, as 说明.txt names it. Raises ValueError when the inputs cannot be ranked.
    """
    ranking = rank(inputs)
    texts = {README: readme_of(inputs, ranking, title), **files_of(inputs, ranking)}
    texts["recompute.py"] = SCRIPT.read_text(encoding="utf-8")
    for module in sorted(PROGRAM.glob("*.py")):
        texts[f"{PROGRAM.name}/{module.name}"] = module.read_text(encoding="utf-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name, text in texts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            bundle.writestr(info, text)
    return out.getvalue()


def readme_of(inputs: Inputs, ranking: Ranking, title: str) -> str:
    """说明.txt: what is in the ZIP, how it is run, how it is reckoned, what was special."""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(explained.steps_of(inputs.rules), 1))
    notes = "\n".join(f"· {note.message}" for note in ranking.notes) or "· 无"
    return f"""{title}　重算包

这个压缩包里有匿名的评分、排名规则和程序。任何人都可以用它重新算一遍，结果应与公布的名次逐字相同。

怎么用
先解压。需要 Python 3.11 或更新的版本，不需联网，不需安装别的东西。在解压出的文件夹里运行：
    python recompute.py
程序先列出名次，最后说明与公布的名次是否相同。

有什么
    {SCORES}    匿名评分，一份一行，Excel 可打开
    {RULES}    规则、作品的提交时间、大众评审的票数、主办单位对同分的决定
    {BALLOTS}  大众选票：选了什么、有几张、是否计入；没有大众投票时无此文件。票数由它重新数出
    {TABLE}   公布的名次
    {RESULT}  同上，另有同分比较的每一步、特殊情况、各评委的松紧
    recompute.py、{PROGRAM.name}/   程序，与网站排名所用的是同一份

怎么算（{LABELS[inputs.rules.method]}）
{steps}

本轮的特殊情况
{notes}

输入的指纹（SHA-256）
{digest_of(inputs)}
"""
