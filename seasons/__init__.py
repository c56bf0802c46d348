"""Training, theme seasons, service records and points (主题赛季); nothing here yet, see docs/architecture.md."""
