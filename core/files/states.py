"""The states of an upload, of a stored file's check and of the making of its previews."""

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
    "file.derived": "生成预览",
}

WAITING, PASSED, REFUSED = "waiting", "passed", "refused"
WORKING, READY, FAILED = "working", "ready", "failed"

# A scanner that cannot be asked leaves the file waiting: an error is not “clean”.
CHECK = States(
    initial=WAITING,
    labels={WAITING: "未完成检查", PASSED: "检查通过", REFUSED: "未通过检查"},
    transitions=(
        Transition("pass", (WAITING,), PASSED, "通过检查"),
        Transition("refuse", (WAITING,), REFUSED, "检查后拒收"),
    ),
)

DERIVATION = States(
    initial=WAITING,
    labels={WAITING: "等待生成预览", WORKING: "正在生成预览", READY: "预览已生成", FAILED: "没有预览"},
    transitions=(
        Transition("begin", (WAITING, WORKING), WORKING, "开始生成"),  # working: its worker died
        Transition("finish", (WORKING,), READY, "生成完毕"),
        Transition("fail", (WORKING,), FAILED, "不能生成"),
        Transition("again", (FAILED, READY), WAITING, "重新生成"),
    ),
)
