"""What the demo tells the public: announcements, one of them scheduled, answered questions, a customer group's code."""

from datetime import timedelta
from io import BytesIO

import segno
from django.db import transaction

from core import clock
from core.accounts.models import User
from core.files.derived.making import derive
from tracks import announcement_services as services
from tracks.models import Announcement, Edition, GroupCode

NEWS = (
    (
        -8,
        "",
        "系统开放试用",
        "推荐单位的填报人请用邀请链接登录，先在**推荐表**里试填一行，再看“此刻提交会怎样”。\n\n有问题请看[常见问题](/questions/)。",
    ),
    (
        -5,
        "youth",
        "青少年赛道：未成年人报名须监护人同意",
        "未满 18 周岁的参赛者，请在报名时填写监护人。监护人会在手机上收到短信，由本人打开链接确认。\n\n"
        "- 未满 14 周岁：监护人同意之前不能提交\n- 参赛不收任何费用",
    ),
    (
        -1,
        "",
        "推荐报送进入最后一周",
        "推荐表**打印盖章后上传扫描件**，才算报送完成。各步骤：\n\n"
        "1. 填写推荐表\n2. 打印盖章\n3. 上传扫描件\n4. 等待赛道联系人审核",
    ),
    (12, "", "自主报名开放", "没有单位推荐的个人和团队，现在可以在线自主报名。"),
)
QUESTIONS = (
    ("不会用 AI 能参加吗？", "能。不要求提前掌握 AI 技能，报名以后统一培训。"),
    ("单位推荐了我，还要自己报名吗？", "不用重报。登录后打开“认领推荐名额”，输入单位发给您的认领码。"),
    ("一个名额可以报几个类别？", "可以多选，报几个类别都只占一个推荐名额。"),
    ("收费吗？", "不收任何费用。"),
    (
        "用 AI 做的作品要说明吗？",
        "要。交作品时如实写明用了什么工具、用在哪一步。获奖展出时，作品带有“本作品含人工智能生成内容”的标识。",
    ),
    ("培训一定要参加吗？", "参赛作品从参加培训的队伍里推荐，请先在[培训课程](/training/)报课，按时签到。全程不收费。"),
    ("怎样查证书真假？", "打开[证书查验](/verify/)，扫证书上的二维码，或填编号和姓名。"),
    ("截止以后发现填错了怎么办？", "请联系所在赛道的联系人。被退回补正的，在补正期限内改好再交。"),
)


@transaction.atomic  # whole or not at all
def prepare(edition: Edition, contact: User, organiser: User) -> None:
    """Make it, once."""
    if Announcement.objects.filter(edition=edition).exists():
        return
    now = clock.now()
    for days, track, title, body in NEWS:
        clock.set_now(now + timedelta(days=min(days, 0)))
        of = edition.tracks.filter(code=track).first()
        said = {"kind": "news", "track": of, "title": title, "body": body, "position": 0}
        made = services.save_text(edition, said, by=organiser)
        services.publish(made, now + timedelta(days=days) if days > 0 else None, by=organiser)
    clock.set_now(now)
    for position, (title, body) in enumerate(QUESTIONS, 1):
        said = {"kind": "faq", "track": None, "title": title, "body": body, "position": position}
        services.publish(services.save_text(edition, said, by=organiser), None, by=organiser)
    if not GroupCode.objects.exists():
        picture = BytesIO()
        segno.make("演示用的客服群，不能加入").save(picture, kind="png", scale=8, border=4)
        worker = edition.tracks.get(code="worker")
        values = {"name": "科普工作者客服一群", "expires_at": now + timedelta(days=6)}
        derive(services.add_group_code(worker, values, picture, "客服群.png", by=contact).file)
