"""Units, places and the 推荐表: who may recommend whom, and who entered."""
