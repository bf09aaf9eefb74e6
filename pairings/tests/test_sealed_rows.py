"""Ciphertexts that are moved, cut or put back by somebody who can write to the database. None opens as another."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from pairings import actions
from pairings.models import Pairing, PrivateMessage, PrivateNote
from pairings.private_words import opened
from pairings.tests.conftest import DAY, pair_beside
from pairings.tests.factories import met, noon

pytestmark = pytest.mark.django_db
AT = noon(DAY)


@pytest.fixture
def rows(pairing):
    """Sealed texts of every kind in one pair, and their like in another pair: each with its pair and column."""
    found: list[tuple[Any, str, Pairing]] = []
    for each in (pairing, pair_beside(pairing)):
        for by in (each.mentor.person, each.mentee.person):
            for words in ("one", "two"):
                found.append((actions.write_message(each, by=by, at=AT, on=DAY, words=words), "words", each))
                found.append((actions.write_note(each, by=by, at=AT, on=DAY, words=words), "words", each))
        goal = actions.set_goal(each, by=each.mentor.person, at=AT, on=DAY, title="Depots", due_on=DAY)
        found.append((goal, "title", each))
        found.append((met(each, DAY, topics="Nights"), "topics", each))
    return found


def test_a_text_opens_in_its_own_place_and_in_no_other(rows):
    for here, column, pairing in rows:
        assert opened(getattr(here, column), pairing, here, column) not in ("", None)
        for there, other_column, other_pairing in rows:
            if there is not here:
                assert opened(getattr(here, column), other_pairing, there, other_column) is None
        assert opened(getattr(here, column), pairing, here, "another_column") is None
        for cut in (1, 16, 100):
            assert opened(bytes(getattr(here, column))[:-cut], pairing, here, column) is None


@pytest.mark.parametrize("model", [PrivateMessage, PrivateNote])
def test_a_text_does_not_become_the_partners_by_changing_who_wrote_it(model, rows, mina, pairing):
    mine = [row for row, _, of in rows if isinstance(row, model) and of == pairing]
    row = next(each for each in mine if each.written_by_id == pairing.mentee.person.pk)
    model.objects.filter(pk=row.pk).update(written_by=pairing.mentor.person)
    page = mina.get(reverse("pairings:room", args=[pairing.pk])).content.decode()
    assert page.count("cannot be read.") == 1


def test_a_text_that_is_put_into_another_pairs_room_does_not_open_there(rows, mina, pairing):
    [(elsewhere, *_), *_] = [row for row in rows if isinstance(row[0], PrivateMessage) and row[2] != pairing]
    PrivateMessage.objects.filter(pk=elsewhere.pk).update(pairing=pairing)
    page = mina.get(reverse("pairings:room", args=[pairing.pk])).content.decode()
    assert page.count("This message cannot be read.") == 1


def test_a_former_text_of_a_note_does_not_open_as_the_newest(pairing):
    by = pairing.mentor.person
    note = actions.write_note(pairing, by=by, at=AT, on=DAY, words="What I thought first")
    former = PrivateNote.objects.get().words
    actions.change_note(note, by=by, at=AT, on=DAY, based_on=1, words="What I think now")
    newest = PrivateNote.objects.get()
    assert opened(newest.words, pairing, newest, "words") == "What I think now"
    PrivateNote.objects.update(words=former)
    put_back = PrivateNote.objects.get()
    assert opened(put_back.words, pairing, put_back, "words") is None
