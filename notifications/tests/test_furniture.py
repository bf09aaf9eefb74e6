"""What stands around a message is in the language of its words, where we can say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from notifications.furniture import FOOTNOTE, GREETING, greeting, in_language
from notifications.kinds import Message
from notifications.mail import as_email
from notifications.models import Notice
from people.tests.factories import PersonFactory

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


def mailed(*messages):
    mina = PersonFactory.build(given_name="Mina", email="mina@example.org")
    said = [(Notice(kind="tests.none", person=mina), message) for message in messages]
    email = as_email(said, message_id="<a@b>", at=AT)
    return str(email.body), str(email.alternatives[0][0])


GERMAN = Message(
    "Betreff", "Wie läuft es?", ("Gut?",), "/a/", "Ja", language="de", footnote=FOOTNOTE["de"], footnote_language="de"
)
ARABIC = Message("A", "كيف الحال؟", ("…",), "/a/", "نعم", language="ar")
ENGLISH = Message("Subject", "How is it?", ("Well?",), "/b/", "Yes")


def test_a_message_is_greeted_and_marked_in_its_own_language():
    text, html = mailed(GERMAN)
    assert "Hallo Mina," in text
    assert "Postfächer" in text
    assert '<div lang="de" dir="ltr"><h1>Wie läuft es?</h1>' in html
    text, html = mailed(ARABIC)
    assert "\nMina,\n" in text
    assert html.count('<div lang="ar" dir="rtl">') == 2


def test_what_stands_in_another_language_than_the_rest_is_marked_as_such():
    mixed = replace(GERMAN, paragraphs=("Gut?", "Erased on Monday."), in_english=("Erased on Monday.",))
    _, html = mailed(mixed)
    assert "<p>Gut?</p>" in html
    assert '<p lang="en" dir="ltr">Erased on Monday.</p>' in html
    assert f'<p lang="de" dir="ltr">{FOOTNOTE["de"]}</p>' in html
    _, html = mailed(GERMAN, ENGLISH)
    for language in ("de", "en"):
        assert f'<p lang="{language}" dir="ltr">{FOOTNOTE[language]}</p>' in html, "several stand in one mail"


def test_several_in_different_languages_are_greeted_in_english_and_marked_one_by_one():
    text, html = mailed(GERMAN, ENGLISH)
    assert "Hello Mina," in text
    assert '<div lang="en" dir="ltr"><h1>Two things for you</h1>' in html
    assert '<div lang="de" dir="ltr"><h2>Wie läuft es?</h2>' in html
    assert '<div lang="en" dir="ltr"><h2>How is it?</h2>' in html


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "nl"])
def test_what_we_say_in_one_language_we_say_in_all_of_these(language):
    assert set(GREETING) == set(FOOTNOTE)
    assert greeting("{name}", language) == GREETING[language].format(name="{name}")
    assert in_language(FOOTNOTE, language) != in_language(FOOTNOTE, "pl") == FOOTNOTE["en"]
