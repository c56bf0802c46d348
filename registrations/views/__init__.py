"""The clerk's pages."""

from .sheet import OfficerInvitationView, colleagues, recommendation, row_do, row_edit, row_new, submit

__all__ = ["OfficerInvitationView", "colleagues", "recommendation", "row_do", "row_edit", "row_new", "submit"]
