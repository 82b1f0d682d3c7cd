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


def moving(page: Page) -> list[str]:
    """What moves or fades although the reader has asked for stillness."""
    told: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((one) => {
            const style = getComputedStyle(one);
            const lengths = `${style.transitionDuration},${style.animationDuration}`.split(",");
            return lengths.some((length) => parseFloat(length) > 0.01);
        }).map((one) => "moves: " + one.outerHTML.slice(0, 120))"""
    )
    return told[:3]


def hidden_marks(page: Page) -> list[str]:
    """What the keyboard reaches without anything to show that it is there."""
    page.keyboard.press("Tab")
    told: list[str] = page.evaluate(
        """() => {
            // The mark may stand on what is around it: the label of a pick, the row of a link.
            const near = (one) => [one, one.nextElementSibling, one.parentElement, one.closest("tr, li")];
            const parts = ["", "::after", "::before"];
            const look = (one) => near(one).filter(Boolean).flatMap((each) => parts.map((part) => {
                const s = getComputedStyle(each, part);
                return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor];
            })).join();
            const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
            const reached = [...all].filter((one) => one.tabIndex >= 0 && !one.disabled && one.getClientRects().length);
            return reached.filter((one) => {
                document.activeElement.blur();
                const before = look(one);
                one.focus();
                return document.activeElement === one && look(one) === before;
            }).map((one) => "no mark of the keyboard: " + one.outerHTML.slice(0, 120));
        }"""
    )
    return told[:3]


def _open(page: Page, folds: str) -> int:
    opened: int = page.evaluate(
        f"[...document.querySelectorAll('{folds}')].map((one) => {{ one.open = true; }}).length"
    )
    return opened


def _seen(page: Page, scheme: str, rules: list[str]) -> set[str]:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    # What passes is not asked for, and films are not waited for: half the time.
    found = page.evaluate(
        f"axe.run(document, {{runOnly: {rules}, iframes: false, preload: false, resultTypes: ['violations']}})"
    )
    return {f"{scheme}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]}
