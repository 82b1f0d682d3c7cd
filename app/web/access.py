"""Who may open what: every route carries its decision, and a route without one stays shut."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.models.people import Role, User

View = TypeVar("View", bound=Callable[..., Any] | type)

# A supervisor may what a technician may, and an admin what a supervisor may; a clerk stands apart.
ABOVE = {
    Role.CLERK: frozenset({Role.CLERK}),
    Role.TECHNICIAN: frozenset({Role.TECHNICIAN, Role.SUPERVISOR, Role.ADMIN}),
    Role.SUPERVISOR: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Role.ADMIN: frozenset({Role.ADMIN}),
}
DESK = ABOVE[Role.TECHNICIAN]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who may open a route: these roles; nobody's role is asked when it is open, or kept by a token of its own."""

    roles: frozenset[Role] = frozenset()
    open: bool = False
    token: bool = False


PUBLIC = Decision(open=True)
TOKEN = Decision(token=True)


def allow(*roles: Role) -> Callable[[View], View]:
    """The route is for people signed in with one of these roles, or with a role above it."""
    decision = Decision(roles=frozenset().union(*(ABOVE[role] for role in roles)))
    return lambda view: _mark(view, decision)


def public(view: View) -> View:
    """The route is for everybody, signed in or not."""
    return _mark(view, PUBLIC)


def by_token(view: View) -> View:
    """The route checks a bearer token by itself, and knows no session."""
    return _mark(view, TOKEN)


def decide(app: Flask, endpoints: Iterable[str], decision: Decision) -> None:
    """Decide for routes that are not ours to decorate."""
    app.extensions.setdefault("decisions", {}).update(dict.fromkeys(endpoints, decision))


def decision_of(app: Flask, endpoint: str) -> Decision | None:
    """The decision about a route; None where nobody has taken one."""
    told: Decision | None = app.extensions.get("decisions", {}).get(endpoint)
    if told is not None:
        return told
    view = app.view_functions.get(endpoint)
    found: Decision | None = getattr(view, "decision", None) or getattr(
        getattr(view, "view_class", None), "decision", None
    )
    return found


def guard() -> Response | None:
    """Before every request: let it in, ask for a sign-in, or refuse."""
    if request.endpoint is None:
        return None
    decision = decision_of(current_app, request.endpoint)
    if decision is not None and (decision.open or decision.token):
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if decision is None or current_user.user.role not in decision.roles:
        abort(403)
    return None


def me(session: Session) -> User:
    """The person who is signed in, as a row of this session."""
    return session.get_one(User, current_user.user.id)


def _ask_to_sign_in() -> Response:
    if request.headers.get("HX-Request") or request.headers.get("X-Live"):
        abort(401)
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.page", siguiente=here), 303)


def _mark(view: View, decision: Decision) -> View:
    view.decision = decision  # type: ignore[union-attr]  # functions and classes both take attributes
    return view
