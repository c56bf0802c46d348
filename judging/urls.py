"""The pages of judging."""

from django.urls import path

from . import views

urlpatterns = [
    path("judge/", views.judge, name="judge"),
    path("judge/invitations/<str:token>/", views.JudgeInvitationView.as_view(), name="judge_invitation"),
    path("judge/works/<int:assignment>/recuse/", views.judge_recuse, name="judge_recuse"),
    path("judge/<int:judge>/sign/", views.judge_sign, name="judge_sign"),
]
