"""An upload's states and the ways between them."""

from core.states import States, Transition

OPEN, COMPLETE, EXPIRED, CANCELLED = "open", "complete", "expired", "cancelled"

UPLOAD = States(
    initial=OPEN,
    labels={OPEN: "上传中", COMPLETE: "已传完", EXPIRED: "已过期", CANCELLED: "已取消"},
    transitions=(
        Transition("complete", (OPEN,), COMPLETE, "传完"),
        Transition("cancel", (OPEN,), CANCELLED, "取消"),
        Transition("expire", (OPEN,), EXPIRED, "过期"),
    ),
)

VERBS = {
    "upload.begun": "开始上传文件",
    "upload.completed": "传完文件",
    "upload.cancelled": "取消上传",
    "upload.refused": "没有收下文件",
    "upload.expired": "清除过期的上传",
}
