"""Routes → their OpenAPI 3.1 description. Pure. https://spec.openapis.org/oas/v3.1.1.html"""

from __future__ import annotations

from collections.abc import Iterable

from ui.programs.schemas import COMPONENTS
from ui.records import Route
from ui.render import Json

VERSION = "1"  # of the addresses: a field may be added, none renamed or dropped
_INTRODUCTION = (
    "就政府公报提问，答案句句有出处。请求和回复都是 UTF-8 的 JSON（application/json）。"
    "不用登录；同一地址每分钟能问的次数有限。问题不记入日志。"
)


def described(routes: Iterable[Route]) -> Json:
    """The description of those routes that have a summary."""
    paths: dict[str, Json] = {}
    for route in routes:
        if route.summary:
            operation = {"summary": route.summary, "operationId": _name(route), **route.about}
            paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "问政", "version": VERSION, "description": _INTRODUCTION},
        "paths": paths,
        "components": {"schemas": COMPONENTS},
    }


def _name(route: Route) -> str:
    """get_api_notices: what a generated client calls it."""
    return "_".join([route.method.lower(), *filter(None, route.path.split("/"))])
