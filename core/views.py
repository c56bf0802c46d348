"""Pages that belong to no app: refusals in plain Chinese and the text size."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from .context import TEXT_SIZE_COOKIE


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long or cookies are off; says how to go on."""
    return render(request, "403_csrf.html", status=403)


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Switch 大字版 on or off and go back."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    size = "normal" if request.COOKIES.get(TEXT_SIZE_COOKIE) == "large" else "large"
    response.set_cookie(TEXT_SIZE_COOKIE, size, max_age=365 * 86400, samesite="Lax")
    return response
