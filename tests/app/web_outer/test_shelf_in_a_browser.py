"""The knowledge base as supervisors meet it in a browser."""

import pytest
from playwright.sync_api import Browser, expect

from tests.app.axe import faults
from tests.app.web_outer.conftest import Live
from tests.app.web_outer.test_outer_in_a_browser import opened, sign_in

pytestmark = pytest.mark.slow

AT = "/conocimiento/restaurar-autofirma/es"


def test_supervisors_pages_are_accessible_and_the_preview_follows_what_is_typed(live: Live, browser: Browser) -> None:
    page, found = opened(browser), {}
    sign_in(page, live, "admin@mesa.example")
    page.goto(live.url + AT)
    page.fill("#body", "## Pasos\n1. Pulse **Enviar** en {{ayuntamiento}}.\n")
    expect(page.locator("#vista")).to_contain_text("Pulse Enviar en su ayuntamiento.")
    page.get_by_role("button", name="Guardar el borrador").click()
    expect(page.get_by_text("Publicado, con borrador")).to_be_visible()
    for path in ("/conocimiento", AT, AT + "/versiones", "/conocimiento/faltan", "/conocimiento/fiabilidad"):
        page.goto(live.url + path)
        found[path] = faults(page)

    assert {path: told for path, told in found.items() if told} == {}
