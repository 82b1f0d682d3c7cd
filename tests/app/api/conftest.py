"""Programs with tokens: one of the desk, one of a town hall."""

import pytest
from flask.testing import FlaskClient

from app.house import House
from app.models.people import Role
from tests.app.api.callers import Caller, token


@pytest.fixture
def desk(client: FlaskClient, house: House) -> Caller:
    token(house, "desk-word", Role.TECHNICIAN)
    return Caller(client, "desk-word")


@pytest.fixture
def hall(client: FlaskClient, house: House) -> Caller:
    token(house, "hall-word", Role.CLERK, "40041")
    return Caller(client, "hall-word")
