"""`/api/v1/`: the operations, their OpenAPI document, and a page that lists them in Chinese."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer

from . import organiser, public, views
from .access import NO_TOKEN, TooOften, too_often

CODES = {401: "no_token", 403: "forbidden", 404: "not_found"}


class Readable(JSONRenderer):
    """Chinese as Chinese."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="广东省“AI科普+”创意与应用大赛数据接口",
    version="1",
    description="只读。公开部分不需要账号；组委会部分凭令牌。时间都是北京时间。",
    urls_namespace="api",
    renderer=Readable(),
    openapi_url=None,  # ninja's own view answers every method
    docs_url=None,  # and its page loads scripts from elsewhere
)
api.add_router("", public.router)
api.add_router("", organiser.router)


def told(request: HttpRequest, status: int, said: str) -> HttpResponse:
    """A refusal as `schemas.Error`."""
    return api.create_response(request, {"code": CODES.get(status, "refused"), "detail": said}, status=status)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Not there, or not visible."""
    return told(request, 404, "没有这项内容，或者还没有公开")


@api.exception_handler(AuthenticationError)
def no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No header, or not a Bearer one."""
    return challenged(told(request, 401, NO_TOKEN))


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What `access` refuses."""
    answer = told(request, error.status_code, str(error))
    return challenged(answer) if error.status_code == 401 else answer


@api.exception_handler(TooOften)
def limited(request: HttpRequest, error: TooOften) -> HttpResponse:
    """A full window."""
    return too_often(error)


@api.exception_handler(ValidationError)
def wrong(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter that cannot be."""
    names = dict.fromkeys(str(one["loc"][-1]) for one in error.errors)
    return api.create_response(
        request, {"code": "parameters", "detail": f"参数 {'、'.join(names)} 不对，请照接口说明填写"}, status=422
    )


def challenged(answer: HttpResponse) -> HttpResponse:
    """401 says how to come in."""
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


urlpatterns = [
    path("", views.page(document), name="api"),
    path("openapi.json", views.schema(document), name="api_schema"),
    path("", api.urls),
]
