from __future__ import annotations

import pytest

from programs.training import Learner, piece_of, pieces


def test_there_is_guidance_for_everybody_who_is_asked_to_learn():
    assert len(pieces()) == 6
    for learner in Learner:
        assert any(learner in piece.learners for piece in pieces())


@pytest.mark.parametrize("piece", pieces(), ids=lambda piece: piece.name)
def test_a_piece_is_short_and_leaves_no_mark_up_in_its_words(piece):
    assert 150 <= len(piece.text.split()) <= 310
    assert piece.version >= 1
    assert piece.learners
    assert "**" not in piece.html
    assert "##" not in piece.html
    assert piece.html.count("<h2>") >= 2


def test_a_piece_is_read_with_its_facts_and_never_brings_html_of_its_own():
    head = "# Title\nFor: mentor, line manager\nVersion: 3"
    piece = piece_of("a", f"{head}\n\nOne **two** <b>three</b>\n\n## Head\n\n- a\n- b\n")
    assert (piece.title, piece.version, piece.minutes) == ("Title", 3, 1)
    assert piece.learners == {Learner.MENTOR, Learner.LINE_MANAGER}
    assert piece.html == (
        "<p>One <strong>two</strong> &lt;b&gt;three&lt;/b&gt;</p>\n<h2>Head</h2>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
    )
