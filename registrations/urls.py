"""The pages of recommending units."""

from django.urls import path, re_path

from . import views

urlpatterns = [
    path("units/<int:unit>/recommendation/", views.recommendation, name="recommendation"),
    path("units/<int:unit>/recommendation/submit/", views.submit, name="recommendation_submit"),
    path("units/<int:unit>/recommendation/rows/new/", views.row_new, name="row_new"),
    path("units/<int:unit>/colleagues/", views.colleagues, name="colleagues"),
    path("invitations/<str:token>/", views.OfficerInvitationView.as_view(), name="officer_invitation"),
    path("rows/<int:row>/", views.row_edit, name="row_edit"),
    re_path(r"^rows/(?P<row>\d+)/(?P<verb>delete|withdraw|restore)/$", views.row_do, name="row_do"),
]
