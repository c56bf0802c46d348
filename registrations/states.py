"""The states of a row of the 推荐申报表, and the words for what is done to it."""

from core.states import States, Transition

ROW = States(
    initial="draft",
    labels={
        "draft": "草稿",
        "submitted": "已提交",
        "returned": "退回补正",
        "approved": "已通过",
        "withdrawn": "已撤回",
    },
    transitions=(
        Transition("submit", ("draft", "returned"), "submitted", "提交"),
        Transition("approve", ("submitted",), "approved", "通过"),
        Transition("return", ("submitted",), "returned", "退回补正"),
        Transition("withdraw", ("submitted", "returned", "approved"), "withdrawn", "撤回"),
        Transition("restore", ("withdrawn",), "draft", "恢复为草稿"),
    ),
)
HOLDS_A_PLACE = ("submitted", "returned", "approved")  # G17; a returned row keeps its place within 补正 (Q32)
EDITABLE = ("draft", "returned")
SEEN_BY_CONTACT = (*HOLDS_A_PLACE, "withdrawn")  # drafts are the unit's own affair

VERBS = {
    "unit.loaded": "载入单位名册",
    "unit.imported": "导入推荐单位",
    "unit.added": "新增推荐单位",
    "unit.changed": "修改推荐单位",
    "quota.set": "调整名额",
    "officer.invited": "发出邀请",
    "officer.invitation_resent": "重发邀请",
    "officer.joined": "接受邀请，成为填报人",
    "officer.removed": "撤销填报人",
    "form.opened": "打开推荐表",
    "row.saved": "保存一行",
    "row.deleted": "删除一行草稿",
    "row.submitted": "提交推荐",
    "row.approved": "审核通过",
    "row.returned": "退回补正",
    "row.withdrawn": "撤回",
    "row.restored": "恢复为草稿",
    "region.added": "新增行政区划",
    "region.changed": "修改行政区划与称号",
}
