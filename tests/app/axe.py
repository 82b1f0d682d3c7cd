"""What axe has to say about a page at both widths and in both themes, from one load."""

from pathlib import Path

from playwright.sync_api import Page

AXE = next((Path(__file__).parents[1] / "vendor").glob("axe-core@*/axe.min.js")).read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# The other theme changes nothing but colours, and only these look at them.
COLOURS = ["color-contrast", "link-in-text-block"]
# As the page comes, then with every fold open, then with every menu open.
FOLDS = ("details.none", "details:not(.menu)", "details.menu")


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the screen."""
    # By the debugger's door: the page's own policy lets no foreign script in.
    page.evaluate(AXE)
    told: set[str] = set()
    for folds in FOLDS:
        if _open(page, folds) or folds == FOLDS[0]:
            for width in (390, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                told |= _seen(page, "light", TAGS) | _seen(page, "dark", COLOURS)
                told |= {f"sideways at {width}"} if sideways(page) else set()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return sorted(told)


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def _open(page: Page, folds: str) -> int:
    opened: int = page.evaluate(
        f"[...document.querySelectorAll('{folds}')].map((one) => {{ one.open = true; }}).length"
    )
    return opened


def _seen(page: Page, scheme: str, rules: list[str]) -> set[str]:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    found = page.evaluate(f"axe.run(document, {{runOnly: {rules}, iframes: false}})")
    return {f"{scheme}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]}
