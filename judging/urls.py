"""The pages of judging."""

from django.urls import path

from . import views

urlpatterns = [
    path("judge/", views.judge, name="judge"),
    path("judge/invitations/<str:token>/", views.JudgeInvitationView.as_view(), name="judge_invitation"),
    path("judge/works/<int:assignment>/", views.judge_work, name="judge_work"),
    path("judge/works/<int:assignment>/sheet/", views.judge_sheet, name="judge_sheet"),
    path("judge/works/<int:assignment>/files/<int:derived>/", views.judge_file, name="judge_file"),
    path("judge/works/<int:assignment>/abstain/", views.judge_abstain, name="judge_abstain"),
    path("judge/works/<int:assignment>/recuse/", views.judge_recuse, name="judge_recuse"),
    path("judge/<int:judge>/criteria/", views.judge_criteria, name="judge_criteria"),
    path("judge/<int:judge>/sign/", views.judge_sign, name="judge_sign"),
    path("judge/live/<str:code>/", views.judge_live, name="judge_live"),
    path("stage/<str:code>/", views.stage, name="stage"),
    path("live/<str:code>/state.json", views.live_state, name="live_state"),
    path("live/<int:roadshow>/setup/", views.live_setup, name="live_setup"),
    path("live/<str:code>/run/", views.live_run, name="live_run"),
    path("live/<str:code>/ballots/", views.live_ballots, name="live_ballots"),
    path("live/<str:code>/ballots.xlsx", views.live_evidence, name="live_evidence"),
    path("live/<str:code>/tokens/", views.live_tokens, name="live_tokens"),
    path("results/", views.rankings, name="rankings"),
    path("results/<int:round>/", views.ranking, name="ranking"),
    path("results/<int:round>/bundle.zip", views.ranking_bundle, name="ranking_bundle"),
    path("results/<int:round>/scores.csv", views.ranking_scores, name="ranking_scores"),
    path("results/<int:round>/ranking.xlsx", views.ranking_sheet, name="ranking_sheet"),
]
