"""The pages of recommending units."""

from django.urls import path, re_path

from . import views

urlpatterns = [
    path("units/<int:unit>/recommendation/", views.recommendation, name="recommendation"),
    path("units/<int:unit>/recommendation/rows/new/", views.row_new, name="row_new"),
    path("units/<int:unit>/recommendation/paste/", views.paste, name="paste"),
    path("units/<int:unit>/places/return/", views.return_places, name="return_places"),
    path("units/<int:unit>/stamp/", views.stamp, name="stamp"),
    path("units/<int:unit>/stamp/form.pdf", views.stamp_pdf, name="stamp_pdf"),
    path("units/<int:unit>/stamp/form.docx", views.stamp_word, name="stamp_word"),
    path("scans/<int:scan>/", views.scan, name="scan"),
    path("units/<int:unit>/recommendation/workbooks/", views.workbook_new, name="workbook_new"),
    path("units/<int:unit>/recommendation/template.xlsx", views.row_template_download, name="row_template"),
    path("units/<int:unit>/recommendation/export.xlsx", views.row_export_download, name="row_export"),
    path("workbooks/<int:workbook>/", views.workbook, name="workbook"),
    path("workbooks/<int:workbook>/marked.xlsx", views.workbook_marked, name="workbook_marked"),
    path("units/<int:unit>/colleagues/", views.colleagues, name="colleagues"),
    path("invitations/<str:token>/", views.OfficerInvitationView.as_view(), name="officer_invitation"),
    path("rows/<int:row>/", views.row_edit, name="row_edit"),
    path("rows/<int:row>/phone/", views.row_phone, name="row_phone"),
    re_path(r"^rows/(?P<row>\d+)/(?P<verb>delete|withdraw|restore)/$", views.row_do, name="row_do"),
]
