"""Photograph every page of the demo at both widths and in both themes, to be looked at. Run: make screens.

`python -m bench.screens FOLDER [--pictures]` starts a demo of its own; `--pictures` renews those that the README shows.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from tests.flows.desk_process import DeskProcess
from tests.servers import chromium

WIDTHS = {1280: 900, 390: 844}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
SIGNED_IN = {
    "tomas.yague@example.es": (
        ("queue", "/consultas"),
        ("ticket", ""),
        ("call", "/llamadas/nueva"),
        ("account", "/cuenta"),
    ),
    "rosa.martin@example.es": (
        ("board", "/cuadro"),
        ("channels", "/cuadro/canales"),
        ("reports", "/informes"),
        ("weekly", "/informes/nota"),
        ("people", "/personas"),
        ("deadlines", "/ajustes/plazos"),
        ("day", "/dia"),
    ),
    "marta.sanz@cantimpalos.example.es": (("clerk", "/derivadas"), ("clerk-new", "/derivadas/nueva")),
}
PUBLIC = (
    ("help", "/"),
    ("search", "/buscar?q=no+conecta+autofirma"),
    ("topics", "/temas"),
    ("article", "/19"),
    ("simulator", "/simulador"),
    ("privacy", "/privacidad"),
    ("accessibility", "/accesibilidad"),
    ("sign-in", "/entrar"),
    ("missing", "/no-existe"),
)
PICTURES = ("queue", "ticket", "article")


def main() -> None:
    """Take every picture and say where they lie."""
    folder = Path(next((word for word in sys.argv[1:] if not word.startswith("-")), "screens"))
    folder.mkdir(parents=True, exist_ok=True)
    with _demo() as url, chromium.running() as browser:
        for width in WIDTHS:
            for theme in THEMES:
                _album(browser, url, folder, width, theme)
    if "--pictures" in sys.argv:
        kept = Path(__file__).resolve().parents[1] / "docs" / "pictures"
        kept.mkdir(parents=True, exist_ok=True)
        for name in PICTURES:
            shutil.copyfile(folder / f"{name}-1280-light.png", kept / f"{name}.png")
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


def _album(browser: Browser, url: str, folder: Path, width: int, theme: Theme) -> None:
    """Every page at one width and theme, first as nobody, then as each kind of user."""
    for email in ("", *SIGNED_IN):
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]},
            color_scheme=theme,
            locale="es-ES",
        )
        page = context.new_page()
        if email:
            page.goto(f"{url}/entrar")
            page.fill("input[name=email]", email)
            page.fill("input[name=password]", "ventanilla")
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile("/(consultas|derivadas)"))
        for name, path in SIGNED_IN.get(email, PUBLIC):
            page.goto(url + (path or _busiest(page, url)))
            page.wait_for_timeout(250)
            page.screenshot(path=folder / f"{name}-{width}-{theme}.png")
        context.close()


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
