"""The clerk's pages."""

from .claiming import ClaimView, claim_code, unit_codes_pdf, unit_entries, unit_entry_do
from .eligibility import entry_eligibility, evidence, evidence_page
from .entries import enter, entry_edit, entry_submit, entry_withdraw
from .grid import recommendation, row_phone
from .guardians import entry_birth, guardian
from .paste import paste
from .sheet import OfficerInvitationView, colleagues, return_places, row_do, row_edit, row_new
from .stamp import scan, scan_page, stamp, stamp_pdf, stamp_word
from .team import MemberInvitationView, entry_people, invitation_do, member_do, member_edit
from .work_files import work_file, work_file_add, work_file_do, work_preview, work_slot, work_upload, work_uploads
from .workbooks import row_export_download, row_template_download, workbook, workbook_marked, workbook_new
from .works import (
    work,
    work_anonymous,
    work_begin,
    work_keep,
    work_manifest,
    work_restore,
    work_submit,
    work_version,
    work_withdraw,
)

__all__ = [
    "ClaimView",
    "MemberInvitationView",
    "OfficerInvitationView",
    "claim_code",
    "colleagues",
    "enter",
    "entry_birth",
    "entry_edit",
    "entry_eligibility",
    "entry_people",
    "entry_submit",
    "entry_withdraw",
    "evidence",
    "evidence_page",
    "guardian",
    "invitation_do",
    "member_do",
    "member_edit",
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
    "scan_page",
    "stamp",
    "stamp_pdf",
    "stamp_word",
    "unit_codes_pdf",
    "unit_entries",
    "unit_entry_do",
    "work",
    "work_anonymous",
    "work_begin",
    "work_file",
    "work_file_add",
    "work_file_do",
    "work_keep",
    "work_manifest",
    "work_preview",
    "work_restore",
    "work_slot",
    "work_submit",
    "work_upload",
    "work_uploads",
    "work_version",
    "work_withdraw",
    "workbook",
    "workbook_marked",
    "workbook_new",
]
