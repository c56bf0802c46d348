"""The states of rows of the 推荐申报表, of entries and what belongs to them, and the words for what is done."""

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

# An entry (报名). Whether it may take part follows from its eligibility claims; the service moves it along.
ENTRY = States(
    initial="draft",
    labels={
        "draft": "填写中",
        "entered": "已提交，待审核",
        "accepted": "资格已通过",
        "rejected": "资格未通过",
        "withdrawn": "已退出",
    },
    transitions=(
        Transition("enter", ("draft",), "entered", "提交报名"),
        Transition("accept", ("entered",), "accepted", "资格通过"),
        Transition("reject", ("entered",), "rejected", "资格不通过"),
        Transition("reconsider", ("accepted", "rejected"), "entered", "重新审核"),
        Transition("withdraw", ("draft", "entered", "accepted", "rejected"), "withdrawn", "退出比赛"),
    ),
)
ENTRY_IN = ("entered", "accepted")  # takes part, as far as is known
ENTRY_LIVE = ("draft", "entered", "accepted", "rejected")  # whoever is in one cannot begin another

# One eligibility condition that an entry claims, with its evidence (G24–G26).
CLAIM = States(
    initial="draft",
    labels={
        "draft": "未提交",
        "submitted": "待审核",
        "returned": "退回补正",
        "accepted": "已认可",
        "rejected": "不认可",
    },
    transitions=(
        Transition("submit", ("draft", "returned"), "submitted", "提交审核"),
        Transition("accept", ("submitted",), "accepted", "认可"),
        Transition("return", ("submitted",), "returned", "退回补正"),
        Transition("reject", ("submitted", "returned"), "rejected", "不认可"),
        Transition("reconsider", ("accepted", "rejected"), "submitted", "重新审核"),
    ),
)
CLAIM_EDITABLE = ("draft", "returned")

# A work (作品). Handing in again before the deadline is the same verb; a passed work then waits for review anew.
WORK = States(
    initial="draft",
    labels={
        "draft": "填写中",
        "submitted": "已提交，待审核",
        "returned": "退回补正",
        "passed": "审核通过",
        "rejected": "审核不通过",
        "withdrawn": "已撤回",
    },
    transitions=(
        Transition("submit", ("draft", "submitted", "returned", "passed"), "submitted", "提交作品"),
        Transition("pass", ("submitted",), "passed", "通过"),
        Transition("return", ("submitted",), "returned", "退回补正"),
        Transition("reject", ("submitted", "returned"), "rejected", "不通过"),
        Transition("reconsider", ("passed", "rejected"), "submitted", "重新审核"),
        Transition("withdraw", ("draft", "submitted", "returned", "passed"), "withdrawn", "撤回作品"),
        Transition("restore", ("withdrawn",), "draft", "恢复为草稿"),
    ),
)
WORK_HANDED_IN = ("submitted", "returned", "passed")  # holds its topic for each of its people (N21)

# What a minor's guardian has said.
GUARDIAN = States(
    initial="asked",
    labels={
        "asked": "等待监护人同意",
        "given": "监护人已同意",
        "refused": "监护人未同意",
        "withdrawn": "监护人已撤回同意",
        "replaced": "已更换监护人",
    },
    transitions=(
        Transition("give", ("asked",), "given", "同意"),
        Transition("refuse", ("asked",), "refused", "不同意"),
        Transition("withdraw", ("given",), "withdrawn", "撤回同意"),
        Transition("replace", ("asked", "refused"), "replaced", "更换监护人"),
    ),
)

# A request that one's personal data be deleted (个人信息删除申请).
DELETION = States(
    initial="asked",
    labels={"asked": "待处理", "done": "已删除", "refused": "未予删除", "cancelled": "本人取消"},
    transitions=(
        Transition("do", ("asked",), "done", "删除"),
        Transition("refuse", ("asked",), "refused", "不予删除"),
        Transition("cancel", ("asked",), "cancelled", "取消申请"),
    ),
)

VERBS = {
    "unit.loaded": "载入单位名册",
    "unit.imported": "导入推荐单位",
    "unit.added": "新增推荐单位",
    "unit.changed": "修改推荐单位",
    "quota.set": "调整名额",
    "quota.returned_by_unit": "提前退回名额",
    "quota.extended": "延长报送时间",
    "quota.extension_ended": "取消延长",
    "unit.urged": "催报",
    "unit.claims_urged": "催认领",
    "unit.reminded": "自动提醒报送",
    "officer.invited": "发出邀请",
    "officer.invitation_resent": "重发邀请",
    "officer.joined": "接受邀请，成为填报人",
    "officer.removed": "撤销填报人",
    "form.opened": "开始填写推荐表",
    "row.added": "填写一行",
    "row.saved": "修改",
    "workbook.brought": "上传工作簿",
    "rows.imported": "从工作簿导入",
    "workbook.received": "代单位收下工作簿",
    "rows.imported_for_unit": "代单位从来件导入",
    "row.deleted": "删除草稿",
    "row.moved": "调整次序",
    "row.phone_confirmed": "确认电话没有填错",
    "row.phone_shown": "查看完整电话",
    "row.submitted": "提交推荐",
    "row.submitted_for_unit": "代单位提交推荐",
    "row.approved": "审核通过",
    "row.returned": "退回补正",
    "row.withdrawn": "撤回",
    "row.restored": "恢复为草稿",
    "form.printed": "打印推荐表",
    "scan.uploaded": "上传盖章扫描件",
    "scan.received": "代单位收下盖章扫描件",
    "edition.archived": "届次归档",
    "summary.exported": "导出汇总表",
    "phrase.added": "新增常用退回理由",
    "phrase.changed": "修改常用退回理由",
    "phrase.removed": "删除常用退回理由",
    "region.added": "新增行政区划",
    "region.changed": "修改行政区划与称号",
    "claim_code.issued": "发出认领码",
    "claim_code.revoked": "作废认领码",
    "entry.opened": "开始报名",
    "entry.claimed": "认领推荐名额",
    "entry.attached": "推荐并入已有报名",
    "entry.merged": "合并重复报名",
    "entry.saved": "修改报名信息",
    "entry.entered": "提交报名",
    "entry.withdrawn": "退出比赛",
    "entry.unlocked": "开放修改",
    "entry.reminded": "提醒参赛者",
    "entry.accepted": "报名资格通过",
    "entry.rejected": "报名资格不通过",
    "entry.reconsidered": "重新审核报名",
    "member.invited": "邀请队员或指导教师",
    "member.invitation_resent": "再发一次邀请",
    "member.joined": "确认加入队伍",
    "member.declined": "谢绝邀请",
    "member.removed": "移出队伍",
    "member.left": "退出队伍",
    "member.saved": "修改成员信息",
    "member.handed_over": "更换队伍代表",
    "member.phone_shown": "查看完整电话",
    "eligibility.saved": "填写参赛条件",
    "eligibility.removed": "删除参赛条件",
    "eligibility.submitted": "提交资格材料",
    "eligibility.accepted": "认可参赛资格",
    "eligibility.returned": "退回资格材料",
    "eligibility.rejected": "不认可参赛资格",
    "eligibility.reconsidered": "重新审核资格材料",
    "work.begun": "开始填写作品",
    "work.saved": "修改作品",
    "work.file_added": "上传作品文件",
    "work.file_removed": "移出作品文件",
    "work.file_moved": "调整作品文件次序",
    "work.submitted": "提交作品",
    "work.reminded": "提醒提交作品",
    "arrivals.told": "告知昨天新到的报名和作品",
    "work.withdrawn": "撤回作品",
    "work.restored": "作品恢复为草稿",
    "work.passed": "作品审核通过",
    "work.returned": "退回作品补正",
    "work.rejected": "作品审核不通过",
    "work.reconsidered": "重新审核作品",
    "work.unlocked": "开放修改作品",
    "work.anonymous_asked": "请参赛者提供匿名版",
    "work.anonymous_saved": "填写匿名版",
    "work.anonymous_given": "提交匿名版",
    "likeness.noted": "比对相似作品",
    "honour.saved": "登记荣誉",
    "honour.removed": "删除荣誉",
    "honour.imported": "导入荣誉名单",
    "birth.saved": "填写出生年月",
    "birth.shown": "查看出生年月",
    "guardian.asked": "请监护人同意",
    "guardian.resent": "再次请监护人同意",
    "guardian.given": "监护人同意",
    "guardian.refused": "监护人不同意",
    "guardian.withdrawn": "监护人撤回同意",
    "guardian.display_withdrawn": "监护人撤回展示同意",
    "guardian.shown": "查看监护人联系方式",
    "consent.given": "签署告知或承诺",
    "consent.withdrawn": "撤回同意",
    "deletion.asked": "申请删除个人信息",
    "deletion.cancelled": "取消删除申请",
    "deletion.refused": "不予删除个人信息",
    "personal.exported": "导出本人信息",
    "personal.purged": "删除个人信息",
    "personal.expired": "到期清理个人信息",
    "minors.audited": "导出未成年人信息年度审计表",
}
