"""Asks the API; whatever it answers must be what its own OpenAPI document says."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from jsonschema import Draft202012Validator

from core.accounts.models import User
from core.api.services import issue

ROOT = "/api/v1"
SCOPES = ["entries", "works", "scores", "awards"]


def token(by: User, *scopes: str, label: str = "数据平台") -> str:
    return issue(label=label, scopes=scopes or SCOPES, days=30, by=by)[1]


def get(address: str, secret: str = "", **query: Any) -> HttpResponse:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return Client().get(f"{ROOT}{address}", query, headers=headers)


def asked(address: str, operation: str, secret: str = "", status: int = 200, **query: Any) -> Any:
    """The answer's content, checked. operation: the path as the document has it."""
    answer = get(address, secret, **query)
    assert answer.status_code == status, answer.content.decode()
    check(operation, status, answer.json())
    return answer.json()


def check(operation: str, status: int, content: Any) -> None:
    spec = Client().get(f"{ROOT}/openapi.json").json()
    responses = spec["paths"][f"{ROOT}{operation}"]["get"]["responses"]
    schema = responses[str(status)]["content"]["application/json"]["schema"]
    assert [fault.message for fault in Draft202012Validator({**spec, **schema}).iter_errors(content)] == []


def walk(address: str, operation: str, secret: str = "", **query: Any) -> list[Any]:
    """Every item of a long list, page by page."""
    items, after = [], 0
    while after is not None:
        found = asked(address, operation, secret, after=after, **query)
        items += found["items"]
        after = found["next"]
    return items
