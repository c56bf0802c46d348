"""Adopting the defaults of undecided points: one line of the edition's text changes, nothing else."""

import re
from collections.abc import Iterable

from .loader import parse

_ADOPTED = re.compile(r"^adopted\s*=\s*\[[^\]]*\][^\n]*$", re.MULTILINE)
_SCHEMA = re.compile(r"^schema\s*=[^\n]*$", re.MULTILINE)


def adopt_defaults(text: str, questions: Iterable[str] | None = None) -> str:
    """The text with the defaults of these questions (all that are open, when None) made the rule.

    The answer is a valid edition again, with `adopted = ["Q1", …]` near its top. Raises ValueError when the text
    is not a valid edition, or a question is not open in it.
    """
    rulebook = parse(text).rulebook
    if rulebook is None:
        raise ValueError("届次文件有错误，请先用 edition check 查看并改正")
    open_questions = {point.question for point in rulebook.undecided}
    chosen = open_questions if questions is None else set(questions)
    if unknown := chosen - open_questions:
        raise ValueError(f"{'、'.join(sorted(unknown))} 不是待定项，请从采纳清单中去掉")
    if not chosen:
        return text
    adopted = sorted({*rulebook.adopted, *chosen}, key=_by_number)
    names = ", ".join(f'"{question}"' for question in adopted)
    line = f"adopted = [{names}]"
    first_table = re.search(r"^\s*\[", text, re.MULTILINE)
    at = first_table.start() if first_table else len(text)
    head, rest = text[:at], text[at:]
    if _ADOPTED.search(head):
        head = _ADOPTED.sub(lambda _: line, head, count=1)
    else:
        head = _SCHEMA.sub(lambda match: f"{match[0]}\n{line}", head, count=1)
    answer = head + rest
    after = parse(answer).rulebook
    if after is None or {point.question for point in after.undecided} & chosen:
        raise ValueError("无法自动写入 adopted，请在文件开头手工写上：" + line)
    return answer


def _by_number(question: str) -> tuple[str, int]:
    return question.rstrip("0123456789"), int(re.search(r"\d*$", question)[0] or 0)  # type: ignore[index]
