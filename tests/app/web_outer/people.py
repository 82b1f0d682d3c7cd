"""Who signs in on the outer pages' tests, and how."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models.people import Role, User, UserTownHall
from app.models.place import TownHall
from tests.app.web_desk.scenes import KEPT, PASSWORD

__all__ = ["KEPT", "PASSWORD", "clerk", "sign_in", "token_of", "worker"]


def worker(session: Session, *, role: Role = Role.TECHNICIAN, email: str = "tomas@mesa.example") -> User:
    """Somebody of the desk."""
    user = User(name="Tomás Yagüe", email=email, role=role, password_hash=KEPT, created_at=clock.now())
    session.add(user)
    session.flush()
    return user


def clerk(session: Session, *codes: str, email: str = "secretaria@pueblo.example") -> User:
    """The clerk of these town halls."""
    user = worker(session, role=Role.CLERK, email=email)
    user.name = "Nieves Gil"
    halls = session.scalars(select(TownHall).where(TownHall.code.in_(codes))).all()
    session.add_all(UserTownHall(user_id=user.id, town_hall_id=hall.id) for hall in halls)
    return user


def token_of(client: FlaskClient, path: str) -> str:
    """The CSRF token that a page holds."""
    page = client.get(path).text
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def sign_in(client: FlaskClient, email: str = "tomas@mesa.example") -> None:
    """Sign in as a browser does."""
    form = {"email": email, "password": PASSWORD, "csrf_token": token_of(client, "/entrar")}
    answer = client.post("/entrar", data=form, headers={"Referer": "https://consultas.example.es/entrar"})
    assert answer.status_code == 303, answer.text[:400]
