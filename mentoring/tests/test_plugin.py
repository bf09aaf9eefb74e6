"""Where a browser is required, a browser test that was skipped has failed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

@pytest.mark.browser
def test_in_a_browser(): pytest.skip("no Chromium here")

def test_elsewhere(): pytest.skip("another reason")
"""


@pytest.mark.parametrize(("required", "outcome"), [("1", "1 failed, 1 skipped"), ("", "2 skipped")])
def test_a_skipped_browser_test_fails_only_where_a_browser_is_required(tmp_path, required, outcome):
    (tmp_path / "test_pages.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "UPWELL_REQUIRE_BROWSER": required,
    }
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "mentoring.tests.plugin", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    ).stdout
    assert outcome in said
