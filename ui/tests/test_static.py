"""What is vendored is what the manifest says, and every file a style sheet names is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from static.vendor import refresh

VENDOR = Path(refresh.__file__).parent
PACKAGES = json.loads((VENDOR / "manifest.json").read_text())["packages"]
FILES = [file for package in PACKAGES for file in package["files"]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["path"])
def test_every_vendored_file_has_the_hash_on_record(file):
    assert refresh.digest((VENDOR / file["path"]).read_bytes()) == file["sha512"]


def test_nothing_is_vendored_that_is_not_on_record():
    there = {
        str(path.relative_to(VENDOR))
        for path in VENDOR.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there - {"manifest.json", "refresh.py"} == {file["path"] for file in FILES}


def test_every_package_names_its_version_and_licence_and_brings_its_text():
    for package in PACKAGES:
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert package["licence"]
        assert any(file["path"].endswith("LICENSE") for file in package["files"])


def test_comments_that_point_to_source_maps_are_cut():
    assert refresh.without_source_map("a.css", b"a{}\n/*# sourceMappingURL=a.css.map */\n") == b"a{}\n"
    assert refresh.without_source_map("a.js", b"x()\n//# sourceMappingURL=a.js.map") == b"x()\n"
    assert refresh.without_source_map("a.woff2", b"//# sourceMappingURL=a") == b"//# sourceMappingURL=a"


def test_the_hashed_storage_finds_every_file_the_style_sheets_name(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert {"css/tokens.css", "css/base.css", "css/components.css", "css/desk.css", "js/comforts.js"} <= set(named)


def test_style_sheets_use_no_other_site_and_no_data_pictures():
    for sheet in (VENDOR.parent / "css").glob("*.css"):
        assert re.findall(r"url\(\s*[\"']?(?:https?:|//|data:)", sheet.read_text()) == []


TEMPLATES = VENDOR.parent.parent / "templates"
PAGES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


ALONE = ("mail/", "people/my_data_file.html")
"""Read outside of the site, without its style sheets."""


@pytest.mark.parametrize("template", [name for name in PAGES if not name.startswith(ALONE)])
def test_no_template_has_inline_style_or_script(template):
    text = (TEMPLATES / template).read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "<style" not in text
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert "javascript:" not in text


def test_every_class_of_ours_that_a_template_names_has_a_rule():
    sheets = " ".join(sheet.read_text() for sheet in (VENDOR.parent / "css").glob("*.css"))
    ruled = set(re.findall(r"\.(uw-[\w-]+)", sheets))
    named = {
        name
        for template in TEMPLATES.rglob("*.html")
        for classes in re.findall(r'class="([^"]*)"', template.read_text())
        for name in re.findall(r"\buw-[\w-]*\w\b(?![-{])", classes)
    }
    assert named - ruled == set()
