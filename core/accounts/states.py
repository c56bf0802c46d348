"""What happens to accounts and invitations, in words."""

VERBS = {
    "account.created": "建立账号",
    "account.signed_up": "注册账号",
    "account.verified": "验证手机号或邮箱",
    "account.changed": "修改账号资料",
    "invitation.issued": "发出邀请",
    "invitation.revoked": "撤销邀请",
    "invitation.accepted": "接受邀请",
    "invitation.declined": "谢绝邀请",
}

# An invitation's state is read off its three times, never stored.
INVITATION_LABELS = {
    "open": "等待接受",
    "accepted": "已接受",
    "declined": "已谢绝",
    "revoked": "已撤销",
    "expired": "已过期",
}
