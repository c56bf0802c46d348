"""What the services that tell the public leave behind; cases of `tests/test_traces.py`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from core import clock
from tests.tracks import build
from tracks import announcement_services as services

_SAID = {"kind": "news", "title": "开始报名", "body": "正文", "position": 0, "track": None}


def _coded(stage: Any) -> Callable[..., Any]:
    said = {"name": "客服一群", "expires_at": clock.now() + services.NEAR}
    return partial(services.add_group_code, stage.row.track, said, *build.picture("群.png"))


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    services.save_text: ("announcement.added", lambda s: partial(services.save_text, s.edition, _SAID)),
    services.publish: ("announcement.published", lambda s: partial(services.publish, build.draft(s.edition), None)),
    services.withdraw: (
        "announcement.withdrawn",
        lambda s: partial(services.withdraw, build.published(s.edition), reason="内容有误"),
    ),
    services.add_file: (
        "announcement.file_added",
        lambda s: partial(services.add_file, build.draft(s.edition), *build.picture()),
    ),
    services.remove_file: (
        "announcement.file_removed",
        lambda s: partial(services.remove_file, build.attached(build.draft(s.edition))),
    ),
    services.add_group_code: ("group_code.added", _coded),
    services.remove_group_code: (
        "group_code.removed",
        lambda s: partial(services.remove_group_code, build.group_code(s.row.track)),
    ),
}
