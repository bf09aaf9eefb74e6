"""Takes the pictures of the README from a running demo: ``make pictures``.

They are made by a script so that they cannot go stale: each is a page as a persona finds it.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")


@dataclass(frozen=True, slots=True)
class Picture:
    """``goes`` are the accessible names of links to follow after signing in; ``height`` cuts a long page."""

    name: str
    persona: str
    goes: tuple[str, ...] = ()
    width: int = 1280
    height: int = 1000
    dark: bool = False


PICTURES = (
    Picture("home", "Mina Okafor"),
    Picture("pair", "Mina Okafor", ("Open your pair page",), height=1400),
    Picture("pair-phone", "Mina Okafor", ("Open your pair page",), width=375, height=812, dark=True),
    Picture("desk", "Cora Oyelaran"),
    Picture("progress", "Eva Brandt", ("Progress", "Two-Way 2026"), height=1500),
)


def main() -> None:
    address = os.environ["UPWELL_BASE_URL"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=as_root)
        for picture in PICTURES:
            take(browser, address, picture)
        browser.close()


def take(browser: Browser, address: str, picture: Picture) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        locale="en-GB",
    )
    page = context.new_page()
    page.goto(f"{address}/sign-in/")
    page.get_by_role("button", name=f"Enter as {picture.persona}").click()
    for name in picture.goes:
        page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


if __name__ == "__main__":
    main()
