"""A job's states and the ways between them."""

from core.states import States, Transition

WAITING, RUNNING, DONE, DEAD = "waiting", "running", "done", "dead"

JOB = States(
    initial=WAITING,
    labels={WAITING: "等待", RUNNING: "执行中", DONE: "完成", DEAD: "已放弃"},
    transitions=(
        Transition("claim", (WAITING, RUNNING), RUNNING, "领取"),  # running: its lease ran out
        Transition("finish", (RUNNING,), DONE, "完成"),
        Transition("put_back", (RUNNING,), WAITING, "放回"),
        Transition("give_up", (WAITING, RUNNING), DEAD, "放弃"),
        Transition("retry", (DEAD,), WAITING, "重新执行"),
    ),
)

VERBS = {"job.retried": "重新执行后台任务"}
