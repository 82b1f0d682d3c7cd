"""A Chromium without a window that reaches this machine and nothing else."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.servers.process import ServerError, folder

NAMES = ("chromium", "chromium-browser", "google-chrome")
DOWNLOADED = Path(__file__).parents[2] / ".venv" / "browsers"
ARGUMENTS = (
    # Root has no sandbox to go into, and a container has little shared memory.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-background-networking",
    "--force-color-profile=srgb",
)


def executable() -> str:
    """The browser of this machine, or the one that Playwright fetched; raises ServerError when there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    downloaded = sorted(DOWNLOADED.glob("chromium-*/chrome-linux*/chrome"))
    if not downloaded:
        raise ServerError("chromium is not installed; `make servers` installs it or says how.")
    return str(downloaded[-1])


@contextmanager
def running() -> Iterator[Browser]:
    """A browser that is closed whatever happens."""
    home = folder("browser")
    try:
        with sync_playwright() as playwright:
            environ: dict[str, str | float | bool] = {"HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "Europe/Madrid"}
            browser = playwright.chromium.launch(executable_path=executable(), args=[*ARGUMENTS], env=environ)
            yield browser
            browser.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)
