"""Rules of the house that no single app can keep: classified columns, constraints that speak, words that are ours."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from privacy import classes

OURS = [
    config
    for config in apps.get_app_configs()
    if Path(config.path).is_relative_to(settings.BASE_DIR) and "site-packages" not in config.path
]
COLUMNS = [
    pytest.param(field, id=f"{model._meta.label}.{field.name}")
    for config in OURS
    for model in config.get_models()
    for field in model._meta.local_concrete_fields
    if not isinstance(field, models.AutoField)
]


def test_there_are_columns_to_look_at():
    assert len(COLUMNS) > 100


@pytest.mark.parametrize("field", COLUMNS)
def test_every_column_is_classified(field):
    assert field.db_comment in classes.ALL


def test_no_relation_hides_in_an_implicit_table():
    implicit = [
        field
        for config in OURS
        for model in config.get_models()
        for field in model._meta.local_many_to_many
        if (through := field.remote_field.through) is not None and through._meta.auto_created
    ]
    assert implicit == []


def test_text_that_is_sealed_is_kept_in_columns_that_cannot_be_read_as_text():
    fields: list[Any] = [param.values[0] for param in COLUMNS]
    sealed = [field for field in fields if field.db_comment == classes.SEALED]
    assert sealed
    assert all(isinstance(field, models.BinaryField) for field in sealed)


def test_an_answer_has_no_column_that_says_who_or_when():
    from surveys.models import Answer

    assert {field.name for field in Answer._meta.get_fields()} == {"id", "survey", "side", "values", "receipt"}


def test_no_page_trusts_words_that_somebody_wrote():
    """What is HTML says so itself where it is made; a page that calls words safe would call what people typed safe."""
    pages = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
    assert len(pages) > 100
    trusting = re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b")
    assert [str(each) for each in pages if trusting.search(each.read_text())] == []


@pytest.mark.parametrize("word", ["junior", "senior", "reverse_mentor", "mentorship"])
def test_the_code_uses_the_words_of_the_glossary(word):
    """Mentor and mentee are sides; nobody is called junior or senior in code (comments and texts for people may)."""
    identifier = re.compile(rf"(?:def|class)\s+\w*{word}\w*|\b\w*{word}\w*\s*[:=]\s", re.IGNORECASE)
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{number}"
        for path in sorted(Path(settings.BASE_DIR).glob("*/**/*.py"))
        if not {"tests", ".venv", "node_modules", ".var"} & set(path.relative_to(settings.BASE_DIR).parts)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if identifier.search(line.split("#")[0].split('"')[0])
    ]
    assert found == []


def start_with(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "missing", ["UPWELL_SECRET_KEY", "UPWELL_HOSTS", "UPWELL_BASE_URL", "UPWELL_SEALING_KEYS", "DATABASE_URL"]
)
def test_a_missing_setting_is_a_sentence_and_not_a_traceback(missing):
    import os

    environment = {name: value for name, value in os.environ.items() if name != missing}
    outcome = start_with(environment)
    assert outcome.returncode == 78
    assert outcome.stderr.startswith(f"Upwell cannot start: {missing} is not set.")
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("UPWELL_SMALLEST_GROUP", "2", "It may not be under 3."),
        ("UPWELL_SMALLEST_GROUP", "many", "Write a whole number."),
        ("UPWELL_DEMO", "perhaps", "Write 1 or 0."),
        ("UPWELL_SEALING_KEYS", "k1:c2hvcnQ=", "32 bytes"),
        ("UPWELL_PUBLIC_HOLIDAYS", "2026-12-25,Easter", "has “Easter”. Write days as 2026-12-25"),
        ("UPWELL_PUBLIC_HOLIDAYS", "2027-01-01..2026-12-24", "which ends before it begins."),
        ("UPWELL_PUBLIC_HOLIDAYS", "2026-12-24..2072-01-01", "which is more than 60 days. Is the year right?"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_words(name, value, sentence):
    import os

    outcome = start_with({**os.environ, name: value})
    assert outcome.returncode == 78
    assert sentence in outcome.stderr
    assert "Traceback" not in outcome.stderr
