# 前门：`make run` 运行演示，`make test` 运行全部测试。Everything is done by tools/ (plain Python).
#   make manage ARGS="edition check tracks/editions/guangdong-2024.toml"
#   make test ARGS="tests/core -k clock"      make rehearse ARGS="--units 300 --seed 7"
PYTHON ?= python3
COMMANDS := run test lint format soak bench rehearse manage

.DEFAULT_GOAL := run
.PHONY: $(COMMANDS)
$(COMMANDS):
	@exec $(PYTHON) -m tools $@ $(ARGS)
