"""Photograph every page at both widths and in both themes, to be looked at. Run: make screens.

`python -m bench.screens FOLDER` walks every page that the routes have, on a busy morning; with `--pictures` it renews
instead those that the README shows, from a demo of its own.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from app import migrate
from app.factory import open_house
from tests.app.web_desk import everything, tour
from tests.app.web_desk.conftest import furnish
from tests.app_fixtures import close, environ, seed
from tests.flows.desk_process import DeskProcess
from tests.servers import chromium

WIDTHS = {1280: 900, 390: 844}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
# A long word in an address is a secret of its own, and another each time.
SECRET = re.compile(r"[\w-]{30,}")


def main() -> None:
    """Take every picture and say where they lie."""
    if "--pictures" in sys.argv:
        with _demo() as url, chromium.running() as browser:
            _readme(browser, url)
        return
    folder = Path(next(iter(sys.argv[1:]), "screens"))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, chromium.running() as browser:
        _album(browser, Path(home), folder)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


def _album(browser: Browser, home: Path, folder: Path) -> None:
    """Every stop of the tour, each kind of visitor in a window of her own."""
    database = f"sqlite:///{home}/desk.db"
    house, _ = open_house(environ(database, home))
    migrate.upgrade(house.db)
    seed(database, home)
    desk = furnish(house)
    close(house.db)
    with everything.listening(database, home) as (app, url):
        told = everything.furnish(app.extensions["ventanilla"], desk)
        visitors: dict[str, tuple[tour.Visitor, Page]] = {}
        for stop in tour.stops(app, told):
            if stop.who not in visitors:
                visitors[stop.who] = tour.Visitor(url, stop.who), _window(browser)
            visitor, page = visitors[stop.who]
            if (shown := visitor.see(stop)) is not None:
                tour.show(page, visitor, stop, shown)
                _shoot(page, folder, re.sub(r"\W+", "-", SECRET.sub("word", str(stop))).strip("-"))


def _shoot(page: Page, folder: Path, name: str) -> None:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.wait_for_timeout(100)
            page.screenshot(path=folder / f"{name}-{width}-{theme}.png")


def _window(browser: Browser) -> Page:
    screen = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", "locale": "es-ES"}
    return browser.new_context(**screen).new_page()  # type: ignore[arg-type]


def _readme(browser: Browser, url: str) -> None:
    """The queue, a ticket and an article as the demo shows them."""
    page = _window(browser)
    page.goto(f"{url}/entrar")
    page.fill("input[name=email]", "tomas.yague@example.es")
    page.fill("input[name=password]", "ventanilla")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/consultas"))
    for name, path in (("queue", "/consultas"), ("ticket", _busiest(page, url)), ("article", "/19")):
        page.goto(url + path)
        page.wait_for_timeout(1000)
        page.screenshot(path=PICTURES / f"{name}.png")


def _busiest(page: Page, url: str) -> str:
    """The address of a ticket in which much was said."""
    page.goto(f"{url}/consultas?vista=resueltas")
    link = page.locator("a[href^='/consultas/C-'], a[href^='/consulta/C-']").first
    return link.get_attribute("href") or "/consultas"


@contextmanager
def _demo() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        desk = DeskProcess(Path(folder), {"DEMO": "1"})
        del desk.environ["SECRET_KEY"]
        desk.start()
        desk.wait_for(lambda: "Listo." in desk.log.read_text(), "the samples", seconds=120)
        try:
            yield desk.url
        finally:
            desk.stop()


if __name__ == "__main__":
    main()
