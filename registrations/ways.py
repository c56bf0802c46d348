"""The two ways in, as a participant meets them: a recommended place is claimed, or one registers (G29)."""

from datetime import datetime

from tracks.channels import REGISTER, Channel
from tracks.models import Edition
from tracks.wording import cite

CLAIM = "claim"
WAYS = {
    CLAIM: ("单位推荐了我", "科协、学会、高校、科普基地等推荐的，用单位发的认领码或链接认领名额。"),
    REGISTER: ("自己报名", "没有单位推荐的个人和团队代表，在这里报名，不占推荐名额。"),
}


class Way(Channel):
    """One of them."""

    @property
    def name(self) -> str:
        """In the participant's words."""
        return WAYS[self.action][0]

    @property
    def note(self) -> str:
        """Who goes this way."""
        return WAYS[self.action][1]


def ways(edition: Edition, now: datetime) -> dict[str, Way]:
    """claim and, where the edition has it (G18), register."""
    actions = [CLAIM, REGISTER] if edition.rulebook.entry.open_registration else [CLAIM]
    sources = {milestone.code: milestone.source for milestone in edition.calendar}
    found = {}
    for action in actions:
        window = edition.window(action)
        clauses = [sources[code] for code in (window.closed_by, window.opened_by) if code]
        found[action] = Way(action, window, now, cite(clauses))
    return found
