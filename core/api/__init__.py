"""Keys of other programs (数据接口的令牌): hashed, with scopes and an end, shown once."""
