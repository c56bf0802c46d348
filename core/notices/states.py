"""A notice's states and the ways between them."""

from core.states import States, Transition

QUEUED, SENDING, SENT, FAILED, UNKNOWN = "queued", "sending", "sent", "failed", "unknown"

NOTICE = States(
    initial=QUEUED,
    labels={QUEUED: "待发送", SENDING: "发送中", SENT: "已发送", FAILED: "发送失败", UNKNOWN: "结果不明"},
    transitions=(
        Transition("begin", (QUEUED,), SENDING, "开始发送"),
        Transition("confirm", (SENDING, UNKNOWN), SENT, "已被接收"),  # unknown: the worker was slow, not dead
        Transition("defer", (SENDING,), QUEUED, "稍后再发"),
        Transition("fail", (QUEUED, SENDING), FAILED, "发送失败"),
        Transition("doubt", (SENDING,), UNKNOWN, "结果不明"),
        Transition("repeat", (UNKNOWN,), QUEUED, "自动重发"),
        Transition("resend", (SENT, FAILED, UNKNOWN), QUEUED, "重新发送"),
    ),
)

VERBS = {"notice.resent": "重新发送通知", "notice.tried": "试发通知"}
