"""The states of award lists, objections, entitlements and certificates, and the words for what is done with them."""

from core.states import States, Transition

# An award list (获奖名单). Deciding (lock) and announcing (publish) are two deeds.
LIST = States(
    initial="draft",
    labels={"draft": "拟定中", "locked": "已确定", "published": "公示中", "final": "已生效"},
    transitions=(
        Transition("lock", ("draft",), "locked", "确定名单"),
        Transition("unlock", ("locked",), "draft", "重新拟定"),  # a second person
        Transition("publish", ("locked",), "published", "公示"),
        Transition("finalise", ("published",), "final", "生效"),
    ),
)
PUBLIC = ("published", "final")
DECIDED = ("locked", "published", "final")

# An objection (异议): 受理 → 核查 → 维持 / 更正 / 取消 → 答复 (practice 4).
OBJECTION = States(
    initial="filed",
    labels={
        "filed": "已提交，待受理",
        "declined": "不予受理",
        "accepted": "已受理",
        "checking": "核查中",
        "decided": "已有结论，待答复",
        "answered": "已答复",
    },
    transitions=(
        Transition("accept", ("filed",), "accepted", "受理"),
        Transition("decline", ("filed",), "declined", "不予受理"),
        Transition("check", ("accepted",), "checking", "开始核查"),
        Transition("decide", ("checking",), "decided", "作出结论"),
        Transition("answer", ("decided",), "answered", "答复"),
    ),
)
OPEN = ("filed", "accepted", "checking", "decided")  # the award it is about is frozen
HANDLED = ("accepted", "checking", "decided")  # of these the public page says that something is being looked into
OUTCOMES = [("kept", "维持"), ("corrected", "更正"), ("cancelled", "取消奖项")]

# An entitlement (奖励权益): “有机会” is a candidate until whoever offers it has chosen (G38).
ENTITLEMENT = States(
    initial="candidate",
    labels={"candidate": "候选", "granted": "已授予"},
    transitions=(Transition("grant", ("candidate",), "granted", "授予"),),
)

# One version of a certificate (证书). A reprint is the next version under the same number and ends this one.
CERTIFICATE = States(
    initial="valid",
    labels={"valid": "有效", "corrected": "已更正", "revoked": "已撤销"},
    transitions=(
        Transition("correct", ("valid",), "corrected", "更正重印"),
        Transition("revoke", ("valid",), "revoked", "撤销"),
    ),
)

# A batch (证书批次): planned from a list as it stood; numbers and rows when it starts; then every file is printed.
BATCH = States(
    initial="draft",
    labels={"draft": "待制作", "running": "制作中", "paused": "已暂停", "failed": "有未完成的", "done": "已完成"},
    transitions=(
        Transition("start", ("draft",), "running", "开始制作"),
        Transition("pause", ("running",), "paused", "暂停"),
        Transition("resume", ("paused",), "running", "继续"),
        Transition("fail", ("running",), "failed", "有未完成的"),
        Transition("retry", ("failed",), "running", "重试未完成的"),
        Transition("finish", ("running",), "done", "完成"),
    ),
)

VERBS = {
    "awards.lists_made": "列出各奖项名单",
    "awards.drafted": "生成名单草案",
    "awards.ruled": "组委会决定名单事项",
    "awards.unruled": "撤回名单事项的决定",
    "awards.locked": "确定获奖名单",
    "awards.unlocked": "第二人同意，重新拟定名单",
    "awards.published": "公示获奖名单",
    "awards.corrected": "更正公示名单",
    "awards.final": "获奖名单生效",
    "objection.filed": "提出公示异议",
    "objection.accepted": "受理公示异议",
    "objection.declined": "不予受理公示异议",
    "objection.checking": "开始核查公示异议",
    "objection.decided": "公示异议作出结论",
    "objection.answered": "答复公示异议",
    "entitlement.granted": "授予奖励权益",
    "entitlement.carried": "权益转入下一届",
    "certificate.planned": "试制证书批次",
    "certificate.started": "开始制作证书，编号已分配",
    "certificate.paused": "暂停制作证书",
    "certificate.resumed": "继续制作证书",
    "certificate.retried": "重试没有印成的证书",
    "certificate.printed": "制作证书文件",
    "certificate.unprinted": "证书没有印成",
    "certificate.held": "自动暂停制作证书",
    "certificate.ended": "证书批次全部做过一遍",
    "certificate.gathered": "重新汇总证书批次",
    "certificate.reprinted": "更正重印证书",
    "certificate.revoked": "撤销证书",
    "certificate.seal_set": "更换证书印章",
}
