"""What happens to tokens, in words."""

VERBS = {
    "token.issued": "新建接口令牌",
    "token.revoked": "停用接口令牌",
}

# A token's state is read off its times, never stored.
LABELS = {"live": "有效", "expired": "已过期", "revoked": "已停用"}
