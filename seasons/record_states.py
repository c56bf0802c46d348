"""The states of service records and of disputes about points, and the words for what is done with them."""

from core.states import States, Transition

# A service record (服务记录).
RECORD = States(
    initial="draft",
    labels={
        "draft": "草稿",
        "submitted": "已提交，待审核",
        "returned": "退回补正",
        "passed": "审核通过",
        "rejected": "审核不通过",
        "withdrawn": "已撤回",
    },
    transitions=(
        Transition("submit", ("draft", "returned"), "submitted", "提交"),
        Transition("pass", ("submitted",), "passed", "通过"),
        Transition("return", ("submitted",), "returned", "退回补正"),
        Transition("reject", ("submitted", "returned"), "rejected", "不通过"),
        Transition("reconsider", ("passed", "rejected"), "submitted", "重新审核"),
        Transition("withdraw", ("draft", "submitted", "returned"), "withdrawn", "撤回"),
        Transition("restore", ("withdrawn",), "draft", "恢复为草稿"),
    ),
)
RECORD_SEEN = ("submitted", "returned", "passed", "rejected")  # by the contact
RECORD_HANDED_IN = ("submitted", "returned", "passed")  # counts, or still may
RECORD_HELD = ("submitted", "passed")  # takes its people's time: nobody is at two places at once

# A question about a line of the passbook (积分异议).
DISPUTE = States(
    initial="asked",
    labels={"asked": "待答复", "kept": "维持原计分", "corrected": "已更正"},
    transitions=(
        Transition("keep", ("asked",), "kept", "维持"),
        Transition("correct", ("asked",), "corrected", "更正"),
    ),
)

VERBS = {
    "record.begun": "开始填写服务记录",
    "record.saved": "修改服务记录",
    "record.photo_added": "上传活动照片",
    "record.photo_removed": "移出活动照片",
    "record.submitted": "提交服务记录",
    "record.withdrawn": "撤回服务记录",
    "record.restored": "服务记录恢复为草稿",
    "record.passed": "服务记录审核通过",
    "record.returned": "退回服务记录补正",
    "record.rejected": "服务记录审核不通过",
    "record.reconsidered": "重新审核服务记录",
    "points.posted": "积分入账",
    "points.changed_rules": "按新规则更正积分",
    "points.awarded": "登记主题奖项或加分",
    "points.revoked": "取消主题奖项或加分",
    "points.disputed": "对积分提出异议",
    "points.answered": "答复积分异议",
    "points.frozen": "冻结积分",
    "points.thawed": "解除积分冻结",
}
