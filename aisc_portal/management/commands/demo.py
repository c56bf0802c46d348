"""manage.py demo: the demo's edition, register and accounts; run again, it changes nothing and is quick."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aisc_portal import demo_data


class Command(BaseCommand):
    help = "准备演示：届次、单位名册、演示账号与时间"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("正式环境不能装入演示数据")
        demo_data.prepare()
        self.stdout.write("\n演示账号（密码都是 " + demo_data.PASSWORD + "）")
        for account in demo_data.ACCOUNTS:
            self.stdout.write(f"  {account.role:　<14}{account.email}")
        self.stdout.write("  参赛者请先在页面顶部的演示栏跳到“报名”：那时自主报名开放")
        if link := demo_data.invitation_link():
            self.stdout.write("  从头体验填报：始兴县科协的邀请邮件在 /dev/mail/ 最上面，也可以直接打开")
            self.stdout.write(f"  {link}")
        self.stdout.write("\n接口令牌（请求头 Authorization: Bearer …，说明在 /api/v1/；每次启动换一个）")
        self.stdout.write(f"  {demo_data.api_secret()}")
