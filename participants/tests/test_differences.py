from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from participants.differences import Span, beside

LINES = st.lists(st.text("abc ", min_size=1, max_size=8).filter(str.strip), max_size=5)


def test_what_went_stands_with_the_former_words_and_what_came_with_the_present_ones():
    shown = beside(["Either of us may stop.", "No favours."], ["Either of us may stop at any time.", "No favours."])
    assert shown.former == (
        (Span("same", "Either of us may"), Span("gone", "stop.")),
        (Span("same", "No favours."),),
    )
    assert shown.present == (
        (Span("same", "Either of us may"), Span("come", "stop at any time.")),
        (Span("same", "No favours."),),
    )


def test_a_line_that_came_is_a_line_of_its_own():
    shown = beside(["One."], ["One.", "Two words."])
    assert shown.former == ((Span("same", "One."),),)
    assert shown.present == ((Span("same", "One."),), (Span("come", "Two words."),))


@given(LINES, LINES)
def test_no_word_is_lost_on_either_side(former, present):
    shown = beside(former, present)
    for lines, spans in ((former, shown.former), (present, shown.present)):
        assert [" ".join(line.split()) for line in lines] == [" ".join(span.words for span in line) for line in spans]


@given(LINES)
def test_the_same_words_differ_nowhere(lines):
    shown = beside(lines, lines)
    assert {span.kind for line in (*shown.former, *shown.present) for span in line} <= {"same"}
