"""The states of venues' needs, of entries' offers and of placements (G32), and the words for what is done."""

from core.states import States, Transition

# What a venue asks for (服务需求).
NEED = States(
    initial="draft",
    labels={"draft": "草稿", "open": "征集中", "closed": "已停止征集", "cancelled": "已取消"},
    transitions=(
        Transition("open", ("draft", "closed"), "open", "发布"),
        Transition("close", ("open",), "closed", "停止征集"),
        Transition("cancel", ("draft", "open", "closed"), "cancelled", "取消"),
    ),
)

# What an entry would do (服务意向).
OFFER = States(
    initial="open",
    labels={"open": "可以安排", "withdrawn": "已撤回"},
    transitions=(
        Transition("withdraw", ("open",), "withdrawn", "撤回"),
        Transition("renew", ("withdrawn",), "open", "重新登记"),
    ),
)

# A visit of an entry to a venue (服务安排): put together by the organiser, then confirmed by both sides.
PLACEMENT = States(
    initial="waiting",
    labels={
        "waiting": "待双方确认",
        "confirmed": "双方已确认",
        "declined": "已谢绝",
        "expired": "逾期未答复",
        "cancelled": "已取消",
    },
    transitions=(
        Transition("confirm", ("waiting",), "confirmed", "确认"),
        Transition("decline", ("waiting",), "declined", "谢绝"),
        Transition("expire", ("waiting",), "expired", "逾期"),
        Transition("cancel", ("waiting", "confirmed"), "cancelled", "取消"),
    ),
)
PLACEMENT_HELD = ("waiting", "confirmed")  # takes one of the need's places, and the entry's day

PLACING_VERBS = {
    "venue.saved": "设置服务场所",
    "venue.invited": "邀请场所联系人",
    "venue.invitation_resent": "重发场所邀请",
    "venue.joined": "成为场所联系人",
    "venue.officer_removed": "撤销场所联系人",
    "need.saved": "填写服务需求",
    "need.opened": "发布服务需求",
    "need.closed": "停止征集",
    "need.cancelled": "取消服务需求",
    "offer.saved": "登记服务意向",
    "offer.withdrawn": "撤回服务意向",
    "placement.made": "安排服务",
    "placement.accepted": "确认服务安排",
    "placement.declined": "谢绝服务安排",
    "placement.cancelled": "取消服务安排",
    "placement.swept": "处理逾期的服务安排",
    "placement.visited": "确认到访",
}
