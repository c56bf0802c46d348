"""The clerk's pages."""

from .grid import recommendation, row_phone
from .paste import paste
from .sheet import OfficerInvitationView, colleagues, return_places, row_do, row_edit, row_new
from .stamp import scan, stamp, stamp_pdf, stamp_word
from .workbooks import row_export_download, row_template_download, workbook, workbook_marked, workbook_new

__all__ = [
    "OfficerInvitationView",
    "colleagues",
    "paste",
    "recommendation",
    "return_places",
    "row_do",
    "row_edit",
    "row_export_download",
    "row_new",
    "row_phone",
    "row_template_download",
    "scan",
    "stamp",
    "stamp_pdf",
    "stamp_word",
    "workbook",
    "workbook_marked",
    "workbook_new",
]
