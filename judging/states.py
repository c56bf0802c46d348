"""The states of rounds, candidates, assignments, score sheets and the live final, and the words for what is done."""

from core.states import States, Transition

# A round (轮次). `open` freezes its rules; whether a score is taken this minute follows from its window and the clock.
ROUND = States(
    initial="draft",
    labels={"draft": "准备中", "open": "评分中", "locked": "已封存", "published": "已公布"},
    transitions=(
        Transition("open", ("draft",), "open", "开始评分"),
        Transition("lock", ("open",), "locked", "封存评分"),
        Transition("unlock", ("locked",), "open", "重新开放"),  # two persons
        Transition("publish", ("locked",), "published", "公布结果"),
        Transition("retract", ("published",), "locked", "撤下公布"),
    ),
)
DECIDED = ("locked", "published")

# A work in a round's pool (参评作品). One that leaves stays with its trace.
CANDIDATE = States(
    initial="in",
    labels={"in": "参评", "out": "已退出"},
    transitions=(
        Transition("withdraw", ("in",), "out", "退出本轮"),
        Transition("restore", ("out",), "in", "恢复参评"),
    ),
)

JUDGE = States(
    initial="active",
    labels={"active": "在任", "removed": "已退出"},
    transitions=(
        Transition("remove", ("active",), "removed", "退出本轮"),
        Transition("return", ("removed",), "active", "恢复"),
    ),
)

# One work before one judge (分配). Released: by recusal, the judge's leaving or the work's withdrawal.
ASSIGNMENT = States(
    initial="active",
    labels={"active": "有效", "released": "已撤回"},
    transitions=(
        Transition("release", ("active",), "released", "撤回分配"),
        Transition("renew", ("released",), "active", "恢复分配"),
    ),
)

# A score sheet (评分表). What was signed changes only after the organiser has opened it again, with a reason.
SHEET = States(
    initial="draft",
    labels={
        "draft": "未提交",
        "submitted": "已提交",
        "abstained": "弃权",
        "signed": "已签名",
        "void": "作废",
    },
    transitions=(
        Transition("submit", ("draft",), "submitted", "提交本件"),
        Transition("edit", ("submitted", "abstained"), "draft", "继续修改"),
        Transition("abstain", ("draft", "submitted"), "abstained", "弃权"),
        Transition("sign", ("submitted", "abstained"), "signed", "签名确认"),
        Transition("reopen", ("signed",), "draft", "退回评委重看"),
        Transition("void", ("draft", "submitted", "abstained", "signed"), "void", "作废"),
        Transition("revive", ("void",), "draft", "恢复"),
    ),
)
WRITABLE = ("draft", "submitted")  # marks may change

# A proposed distribution of works to judges (分配方案), worked out by a job, published by the organiser.
PLAN = States(
    initial="queued",
    labels={
        "queued": "正在计算",
        "ready": "待确认",
        "failed": "无法分配",
        "published": "已发布",
        "discarded": "已放弃",
    },
    transitions=(
        Transition("finish", ("queued",), "ready", "算好"),
        Transition("fail", ("queued",), "failed", "算不出"),
        Transition("publish", ("ready",), "published", "发布分配"),
        Transition("discard", ("queued", "ready", "failed"), "discarded", "放弃方案"),
    ),
)

# Opening a locked round again (解封): one asks, another agrees.
UNLOCK = States(
    initial="asked",
    labels={"asked": "等第二人同意", "approved": "已同意", "used": "已解封", "refused": "不同意"},
    transitions=(
        Transition("approve", ("asked",), "approved", "同意解封"),
        Transition("use", ("approved",), "used", "解封"),
        Transition("refuse", ("asked", "approved"), "refused", "不同意"),
    ),
)

# The live final (终审现场) as a whole, and what the hall is doing now.
SESSION = States(
    initial="prepared",
    labels={"prepared": "未开场", "live": "进行中", "ended": "已结束"},
    transitions=(
        Transition("start", ("prepared",), "live", "开场"),
        Transition("end", ("live",), "ended", "结束"),
        Transition("resume", ("ended",), "live", "继续"),
    ),
)
PHASES = {
    "waiting": "候场",
    "pitch": "路演",
    "questions": "答辩",
    "scoring": "评分",
    "voting": "投票",
    "counting": "计票",
    "reveal": "揭晓",
}

VERBS = {
    "round.added": "建立主题评审轮次",
    "round.amended": "修订评审规则",
    "round.opened": "开始评分",
    "round.extended": "调整评分时间",
    "round.locked": "封存评分",
    "round.unlock_asked": "申请解封",
    "round.unlock_refused": "不同意解封",
    "round.unlocked": "两人同意，解封",
    "round.snapshot": "生成排名快照",
    "round.published": "公布结果",
    "round.retracted": "撤下公布",
    "advance.picked": "增补晋级",
    "tie.decided": "组委会决定同分次序",
    "candidates.added": "列入参评作品",
    "candidate.withdrawn": "退出本轮评审",
    "candidate.restored": "恢复参评",
    "candidate.anchored": "设为校准作品",
    "candidate.unanchored": "不再作校准作品",
    "pair.set": "指定或禁止分配",
    "pair.cleared": "取消指定或禁止",
    "judge.invited": "邀请评委",
    "judge.invitation_resent": "重发评委邀请",
    "judge.joined": "评委到任并承诺保密",
    "judge.removed": "评委退出",
    "judge.urged": "催评",
    "recusal.found": "查出应回避",
    "recusal.declared": "申报回避",
    "recusal.lifted": "撤销回避",
    "plan.asked": "计算分配方案",
    "plan.worked_out": "算出分配方案",
    "plan.published": "发布分配",
    "plan.discarded": "放弃分配方案",
    "sheet.saved": "暂存评分",
    "sheet.submitted": "提交评分",
    "sheet.abstained": "弃权",
    "sheet.edited": "继续修改评分",
    "sheets.signed": "签名确认全部评分",
    "sheet.reopened": "退回评委重看",
    "scores.exported": "导出评分",
    "session.saved": "设置终审现场",
    "session.seeded": "公布抽签种子",
    "session.drawn": "抽签定出场次序",
    "session.started": "终审开场",
    "session.moved": "切换现场环节",
    "session.timed": "调整现场计时",
    "session.voting": "开始或结束投票",
    "session.ended": "终审结束",
    "session.resumed": "终审继续",
    "session.revealed": "揭晓",
    "tokens.issued": "制作纸质投票码",
    "ballot.quarantined": "隔离可疑选票",
    "ballot.released": "恢复选票",
    "ballots.exported": "导出选票证据",
}
