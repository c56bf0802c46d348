"""The usual policy is django-csp's own, put together once; pages with a nonce or a policy of their own keep theirs."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.csp import ContentPolicy


def said(kind: type[CSPMiddleware], *, nonce: bool = False, **own: object) -> str:
    """The header; script-src's nonce left out."""

    def view(request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(str(request.csp_nonce) if nonce else "")  # type: ignore[attr-defined]
        for name, value in own.items():
            setattr(answer, name, value)
        return answer

    answer = kind(view)(RequestFactory().get("/"))
    return answer.headers.get(HEADER, "").replace(answer.content.decode() or "?", "NONCE")


def test_what_is_said_is_what_django_csp_says() -> None:
    extra = {"script-src": ["'unsafe-eval'"]}
    for own in ({}, {"nonce": True}, {"_csp_update": extra}, {"_csp_replace": extra}, {"_csp_exempt": True}):
        assert said(ContentPolicy, **own) == said(CSPMiddleware, **own)  # type: ignore[arg-type]
    assert "script-src 'self'" in said(ContentPolicy)


def test_an_answer_keeps_its_own_policy() -> None:
    answer = ContentPolicy(lambda _: HttpResponse(headers={HEADER: "sandbox"}))(RequestFactory().get("/"))
    assert answer.headers[HEADER] == "sandbox"
