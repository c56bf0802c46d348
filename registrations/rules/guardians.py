"""监护人: who may be one, and what they sign (PIPL 31)."""

from core.accounts.contacts import normalise_phone
from core.accounts.names import check_name
from core.problems import Problem

RELATIONS = ("父亲", "母亲", "祖父母或外祖父母", "其他法定监护人")


def check_guardian(name: str, phone: str, relation: str, child: str, child_phone: str) -> list[Problem]:
    """A guardian as typed: another person than the child, reachable at another number.

    phone, child_phone: E.164, "" for none. name, child: normal.
    """
    problems = check_name(name)
    try:
        normalise_phone(phone)
    except ValueError as error:
        problems.append(
            Problem("phone.form", str(error) if phone else "请填写监护人的手机号，确认链接会发到这里", "phone")
        )
    if name and name == child:
        problems.append(Problem("guardian.self", "监护人不能是参赛者本人，请填写父母或其他监护人的姓名", "name"))
    if phone and phone == child_phone:
        words = "这是参赛者自己账号的手机号，请填写监护人本人的手机号，由监护人自己确认"
        problems.append(Problem("guardian.own_phone", words, "phone"))
    if relation not in RELATIONS:
        problems.append(Problem("guardian.relation", "请选择监护人与参赛者的关系", "relation"))
    return problems


def check_signature(signed: str, name: str) -> list[Problem]:
    """The guardian types their own name under the text; it is the one that was given."""
    if signed == name:
        return []
    words = "姓名与邀请里填写的监护人不一致，请填您本人的真实姓名；邀请里写错了的，请参赛者更正后重新发送"
    return [Problem("guardian.signature", words, "signed")]
