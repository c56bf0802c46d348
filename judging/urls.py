"""The pages of judging."""

from django.urls import path

from . import views

urlpatterns = [
    path("judge/", views.judge, name="judge"),
    path("judge/invitations/<str:token>/", views.JudgeInvitationView.as_view(), name="judge_invitation"),
    path("judge/works/<int:assignment>/recuse/", views.judge_recuse, name="judge_recuse"),
    path("judge/<int:judge>/sign/", views.judge_sign, name="judge_sign"),
    path("results/", views.rankings, name="rankings"),
    path("results/<int:round>/", views.ranking, name="ranking"),
    path("results/<int:round>/bundle.zip", views.ranking_bundle, name="ranking_bundle"),
    path("results/<int:round>/scores.csv", views.ranking_scores, name="ranking_scores"),
    path("results/<int:round>/ranking.xlsx", views.ranking_sheet, name="ranking_sheet"),
]
