"""The look, in a real browser: every component, a form in each state, charts."""

from __future__ import annotations

import os

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.urls("ui.tests.urls")]


def keep_picture(page, name):
    """For people who work on the look: UPWELL_PICTURES names a folder for screenshots."""
    folder = os.environ.get("UPWELL_PICTURES")
    if folder:
        for width in (1280, 375):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("where", ["", "form/", "charts/"])
def test_every_component_is_accessible_in_light_and_dark_and_fits_a_phone(live_server, page, good_page, where):
    page.goto(f"{live_server.url}/{where}")
    keep_picture(page, where.strip("/") or "components")
    good_page()
