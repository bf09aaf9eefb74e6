from __future__ import annotations

import pytest

from programs.training import Learner, Words, piece_of, pieces


def test_there_is_guidance_for_everybody_who_is_asked_to_learn():
    assert len(pieces()) == 6
    for learner in Learner:
        assert any(learner in piece.learners for piece in pieces())


@pytest.mark.parametrize("piece", pieces(), ids=lambda piece: piece.name)
def test_a_piece_is_short_and_leaves_no_mark_up_in_its_words(piece):
    text = " ".join(run.text for block in piece.blocks for item in block.items for run in item)
    assert 150 <= len(text.split()) <= 300
    assert piece.version >= 1
    assert piece.learners
    for mark in ("**", "##", "\n", "- "):
        assert mark not in text


def test_headings_lists_paragraphs_and_bold_words_are_told_apart():
    head = "# Title\nFor: mentor, line manager\nVersion: 3"
    piece = piece_of("a", f"{head}\n\nOne **two** three\n\n## Head\n\n- **a** b\n- c\n")
    assert (piece.title, piece.version, piece.minutes) == ("Title", 3, 1)
    assert piece.learners == {Learner.MENTOR, Learner.LINE_MANAGER}
    assert [block.kind for block in piece.blocks] == ["paragraph", "heading", "list"]
    assert piece.blocks[0].items == ((Words("One ", False), Words("two", True), Words(" three", False)),)
    assert len(piece.blocks[2].items) == 2
