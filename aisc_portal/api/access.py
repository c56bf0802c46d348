"""Who may ask how often: everybody by address, programs by token; and what caches may keep."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page
from ninja.decorators import decorate_view
from ninja.errors import HttpError
from ninja.security import HttpBearer

from core.accounts.limits import consume, seconds_until_free
from core.accounts.models import User
from core.api.models import ApiToken
from core.api.services import holder_of

FRESH = 60  # seconds that browsers and proxies may go on showing a public answer
NO_TOKEN = "请在请求头里带上有效的令牌：Authorization: Bearer 令牌。令牌由组委会在后台“接口令牌”里新建"  # noqa: S105
NO_SCOPE = "这个令牌不能读取这项内容，请组委会新建一个勾选了它的令牌"

View = Callable[..., HttpResponse]


class TooOften(Exception):
    """Somebody asked more than the limit allows; `seconds` until the next answer."""

    def __init__(self, seconds: int) -> None:
        self.seconds = max(seconds, 1)


class Token(HttpBearer):
    """A live token that opens one scope. A wrong one counts against the address it came from."""

    openapi_description = "组委会新建的接口令牌"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """The token's row, from then on `request.auth`. Raises TooOften, HttpError 401 or 403."""
        return admitted(request, token, self.scope)


def admitted(request: HttpRequest, secret: str, scope: str) -> ApiToken:
    """The live token of a secret, if it opens the scope. Raises TooOften, HttpError 401 or 403."""
    found = holder_of(secret)
    if found is None:
        count(request, "api")
        raise HttpError(401, NO_TOKEN)
    count(request, "api_token", f"token-{found.pk}")
    if scope not in found.scopes:
        raise HttpError(403, NO_SCOPE)
    return found


def count(request: HttpRequest, action: str, key: str | None = None) -> None:
    """One request against a limit of the settings. Raises TooOften."""
    if not consume(request, app="allauth.account", action=action, key=key, limit_get=True):
        raise TooOften(seconds_until_free(request, action, key=key))


def user_of(request: HttpRequest) -> User:
    """For whom a token sees: whoever made it."""
    return request.auth.created_by  # type: ignore[attr-defined]


def public(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Counted by address; kept for FRESH seconds, with an ETag by which to ask again. Put it below `@router.get`."""
    return decorate_view(_fresh, conditional_page, _counted)(operation)


def private(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Kept by nobody."""
    return decorate_view(_unkept)(operation)


def _counted(view: View) -> View:
    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            count(request, "api")
        except TooOften as refused:
            return too_often(refused)
        return view(request, *args, **kwargs)

    return counted


def _fresh(view: View) -> View:
    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        if answer.status_code == 200:
            patch_cache_control(answer, public=True, max_age=FRESH)
        return answer

    return kept


def _unkept(view: View) -> View:
    @wraps(view)
    def unkept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        patch_cache_control(answer, private=True, no_store=True)
        return answer

    return unkept


def too_often(refused: TooOften) -> HttpResponse:
    """429 with the wait."""
    said = f'{{"code": "too_often", "detail": "请求太频繁，请 {refused.seconds} 秒后再试"}}'
    answer = HttpResponse(said, status=429, content_type="application/json; charset=utf-8")
    answer["Retry-After"] = str(refused.seconds)
    return answer
