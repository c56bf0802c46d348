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
    "quota.returned_by_unit": "提前退回名额",
    "quota.extended": "延长报送时间",
    "quota.extension_ended": "取消延长",
    "unit.urged": "催报",
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
    "summary.exported": "导出汇总表",
    "phrase.added": "新增常用退回理由",
    "phrase.changed": "修改常用退回理由",
    "phrase.removed": "删除常用退回理由",
    "region.added": "新增行政区划",
    "region.changed": "修改行政区划与称号",
}
