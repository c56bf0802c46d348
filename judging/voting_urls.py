"""What the public's phones ask for, under `/vote/`; apart, so that a ballot is found before every other address."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.vote_enter, name="vote_enter"),
    path("<str:code>/", views.vote, name="vote"),
    path("<str:code>/code/", views.vote_code, name="vote_code"),
    path("<str:code>/verify/", views.vote_verify, name="vote_verify"),
    path("<str:code>/wechat/", views.vote_wechat, name="vote_wechat"),
    path("<str:code>/wechat/back/", views.vote_wechat_back, name="vote_wechat_back"),
    path("<str:code>/order/", views.live_order, name="live_order"),
]
