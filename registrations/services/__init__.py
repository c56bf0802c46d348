"""Every write of units, places and the 推荐表."""
