"""Pages of awards."""

from django.urls import path

from .views import certificates, objections, public, receipts, verification, wall

urlpatterns = [
    path("awards/", public.publicity, name="publicity"),
    path("awards/<int:award_list>/", public.publicity_list, name="publicity_list"),
    path("awards/<int:award_list>/list.xlsx", public.publicity_sheet, name="publicity_sheet"),
    path("awards/<int:award_list>/list.csv", public.publicity_csv, name="publicity_csv"),
    path("awards/<int:award_list>/objection/", objections.objection_new, name="objection_new"),
    path("gallery/", wall.wall, name="wall"),
    path("gallery/<int:prize>/", wall.wall_work, name="wall_work"),
    path("gallery/<int:prize>/pictures/<int:derived>/", wall.wall_picture, name="wall_picture"),
    path("objections/<int:objection>/", objections.objection, name="objection"),
    path("objections/<int:objection>/file/", objections.objection_file, name="objection_file"),
    path("objections/<int:objection>/pages/<int:derived>/", objections.objection_page, name="objection_page"),
    path("verify/", verification.verify, name="verify"),
    path("verify/offline.html", verification.verify_offline, name="verify_offline"),
    path("verify/<str:payload>", verification.verify_code, name="verify_code"),  # as the QR codes have it: no slash
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/<int:certificate>/", certificates.certificate, name="certificate"),
    path("certificates/<int:certificate>/file/", certificates.certificate_file, name="certificate_file"),
    path("certificates/<int:certificate>/picture.png", certificates.certificate_picture, name="certificate_picture"),
    path("units/<int:unit>/certificates/", certificates.unit_certificates, name="unit_certificates"),
    path("units/<int:unit>/certificates/zip/", certificates.unit_certificates_zip, name="unit_certificates_zip"),
    path("entries/<int:entry>/receipt/", receipts.receipt, name="receipt"),
]
