"""Signing in and out of the desks."""

from __future__ import annotations

import re

from ui.accounts import AccountError, Accounts
from ui.markup import plain_page, text_html
from ui.records import Account, Reply, Role, Route, Visit, Who, moved

_HOME = {Role.AGENT: "/desk", Role.EVALUATOR: "/eval", Role.ADMIN: "/desk"}
_INSIDE = re.compile(r"/(?:desk|eval)(?:/[\w.~-]+)*")  # where one may be led after signing in


def routes(accounts: Accounts) -> tuple[Route, ...]:
    """/login and /logout."""

    def form(visit: Visit) -> Reply:
        account = accounts.of_session(visit.session)
        if account:
            return moved(_goes_to(account, visit.query.get("next", "")))
        return Reply(_page(visit.query.get("next", "")))

    def enter(visit: Visit) -> Reply:
        name, wanted = visit.form.get("name", "").strip(), visit.form.get("next", "")
        try:
            token = accounts.enter(name, visit.form.get("password", ""), visit.peer)
        except AccountError as exc:
            return Reply(_page(wanted, name, str(exc)), 403)
        account = accounts.of_session(token)
        return moved(_goes_to(account, wanted), session=token)

    def leave(visit: Visit) -> Reply:
        if visit.session:
            accounts.leave(visit.session)
        return moved("/login", session="")

    return (
        Route("GET", "/login", Who.ANYONE, form),
        Route("POST", "/login", Who.ANYONE, enter, max_bytes=10_000),
        Route("POST", "/logout", Who.ANYONE, leave, max_bytes=10_000),
    )


def _goes_to(account: Account | None, wanted: str) -> str:
    """Where one wanted to go, if it is one of our own desks; else one's own desk."""
    if _INSIDE.fullmatch(wanted):
        return wanted
    return _HOME[account.role] if account else "/login"


def _page(wanted: str, name: str = "", wrong: str = "") -> str:
    said = f'<p class="wrong" role="alert">{text_html(wrong)}</p>' if wrong else ""
    body = (
        '<main class="login"><h1><img src="/ui/favicon.svg" alt="" width="40" height="40">问政工作台</h1>'
        f'{said}<form method="post" action="/login"><input type="hidden" name="next" value="{text_html(wanted)}">'
        f'<label>用户名<input name="name" value="{text_html(name)}" autocomplete="username" required '
        f"{'' if name else 'autofocus'}></label>"
        '<label>密码<input name="password" type="password" autocomplete="current-password" required '
        f"{'autofocus' if name else ''}></label>"
        '<button type="submit" class="primary">登录</button></form>'
        '<p class="hint">账号由管理员开通。市民提问不用登录，<a href="/">请到首页</a>。</p></main>'
    )
    return plain_page("登录", body, styles=("desk.css",))
