"""The states of training (培训), and the words for what is done."""

from core.states import States, Transition

COURSE = States(
    initial="draft",
    labels={"draft": "准备中", "published": "已发布", "cancelled": "已取消"},
    transitions=(
        Transition("publish", ("draft", "cancelled"), "published", "发布"),
        Transition("cancel", ("draft", "published"), "cancelled", "取消"),
    ),
)
# One meeting of a course (课次).
SESSION = States(
    initial="planned",
    labels={"planned": "按时上课", "cancelled": "已取消"},
    transitions=(Transition("cancel", ("planned",), "cancelled", "取消"),),
)
# Whether an entry goes on to the contest (推选参赛, G5): prepared by a contact, then published.
ADVANCE = States(
    initial="draft",
    labels={"draft": "待公布", "published": "已公布"},
    transitions=(Transition("publish", ("draft",), "published", "公布"),),
)

TRAINING_VERBS = {
    "course.saved": "设置培训课程",
    "course.published": "发布培训课程",
    "course.cancelled": "取消培训课程",
    "session.saved": "设置课次",
    "session.cancelled": "取消课次",
    "material.saved": "设置学习材料",
    "material.removed": "删去学习材料",
    "question.saved": "设置测验题",
    "question.removed": "删去测验题",
    "enrolment.made": "报名培训",
    "enrolment.left": "退出培训",
    "attendance.coded": "用签到码签到",
    "attendance.imported": "导入参会记录",
    "attendance.marked": "登记出勤",
    "material.seen": "学完材料",
    "quiz.tried": "做测验",
    "training.reminded": "提醒上课",
    "advance.adjusted": "调整推选",
    "advance.published": "公布推选名单",
    "advance.filled": "推选作品列入评审",
}
