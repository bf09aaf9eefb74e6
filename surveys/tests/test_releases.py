"""Results are let out once, kept as they were shown, and read without counting anything."""

from __future__ import annotations

import random
import traceback
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from programs.choices import Side
from surveys import actions, queries, releases, rules
from surveys.models import Answer, Release, ReleasedComment, Survey
from surveys.tests.factories import CLOSES_ON, READABLE_ON, SurveyFactory, one_of_each_kind, opened, released

AT = datetime.combine(READABLE_ON, time(0, 1), tzinfo=UTC)


def say(survey: Survey, people: int, *, words: str = "") -> None:
    """``people`` answers on each side to everything that ``one_of_each_kind`` asks."""
    chance = random.Random(people)
    keys = {each.kind: str(each.pk) for each in survey.questions.all()}
    for side in Side:
        for number in range(people):
            values: dict[str, object] = {
                keys["scale"]: chance.choice([1, 3, 4, 4, 5]), keys["ten"]: chance.choice([2, 7, 9, 10]),
                keys["choice"]: "Yes", keys["several"]: ["Time"], keys["ranking"]: ["Showing", "Learning"],
                keys["matrix"]: {"Mistakes are told.": chance.choice([2, 4, 5])},
            }  # fmt: skip
            if words:
                values[keys["comment"]] = f"{words} {side} {number}"
            Answer.objects.create(survey=survey, side=side, values=values)


@pytest.fixture
def wide(survey) -> Survey:
    """An opened survey with a question of every kind."""
    one_of_each_kind(survey)
    return opened(survey)


def test_there_are_no_results_before_everybody_everywhere_has_stopped_answering(wide):
    say(wide, 8)
    for on in (CLOSES_ON, CLOSES_ON + timedelta(days=1)):
        assert actions.release_due_results(at=datetime.combine(on, time(23, 59), tzinfo=UTC)) == 0
    with pytest.raises(rules.CanStillBeAnswered, match="released on 23 June 2027"):
        actions.release_results(wide, at=AT - timedelta(minutes=2))
    assert queries.released_results(wide) is None
    assert actions.release_due_results(at=AT) == 1
    assert queries.released_results(Survey.objects.get()) is not None
    assert wide.results_on == CLOSES_ON + timedelta(days=2) == READABLE_ON


def test_a_survey_that_cannot_be_counted_keeps_no_other_from_its_results(wide, program):
    """What cannot be answered, and stands there all the same."""
    choice = wide.questions.get(kind="choice")
    Answer.objects.create(survey=wide, side=Side.MENTOR, values={str(choice.pk): "Never an option"})
    others = [SurveyFactory(program=program), SurveyFactory(program=program)]
    for other in others:
        one_of_each_kind(other)
        say(opened(other), 8)
    with pytest.raises(ExceptionGroup, match="It failed for some of them"):
        actions.release_due_results(at=AT)
    assert {release.survey_id for release in Release.objects.all()} == {other.pk for other in others}


def test_an_error_that_quotes_an_answer_is_told_without_it(wide, caplog):
    with pytest.raises(ExceptionGroup) as told:
        actions.each_by_itself([wide], lambda survey: int("CANARY"))
    written = "".join(traceback.format_exception(told.value)) + caplog.text
    assert written.count(f"ValueError for survey {wide.pk}") == 2
    assert "invalid literal" not in written
    assert all(record.exc_info is None for record in caplog.records)


def test_the_database_refuses_results_of_a_survey_that_can_be_answered(wide):
    with pytest.raises(IntegrityError, match="released once it has closed everywhere"):
        Release.objects.create(survey=wide, released_at=AT - timedelta(minutes=2), results={})


@pytest.mark.parametrize("people", [2, 8, 14])
def test_what_is_read_is_what_was_counted_figure_for_figure_and_reason_for_reason(wide, people):
    say(wide, people, words="Thought")
    counted = releases.count(wide).results
    read = released(wide)
    for one, other in zip((*counted.scales, *counted.choices), (*read.scales, *read.choices), strict=True):
        assert (other.words, other.option, other.kind) == (one.words, one.option, one.kind)
        for part, again in zip(
            (one.released.total, *one.released.groups.values()),
            (other.released.total, *other.released.groups.values()),
            strict=True,
        ):
            assert (again.n, again.bars, again.reason) == (part.n, part.bars, part.reason)
    assert (read.answered, read.by_side, read.asked) == (counted.answered, counted.by_side, counted.asked)
    assert read.comments == counted.comments


def test_figures_are_let_out_once_whatever_becomes_of_the_answers(wide):
    say(wide, 8)
    before = released(wide)
    Answer.objects.filter(survey=wide, side=Side.MENTOR).delete()
    say(wide, 3)
    assert released(wide) == before
    assert actions.release_due_results(at=AT + timedelta(days=9)) == 0
    assert Release.objects.count() == 1


@pytest.mark.parametrize("change", [lambda rows: rows.update(results={}), lambda rows: rows.delete()])
def test_nobody_changes_or_removes_what_was_let_out(wide, change):
    released(wide)
    with pytest.raises(IntegrityError, match="were released and no longer change"), transaction.atomic():
        change(Release.objects.all())


def test_a_comment_can_go_and_cannot_be_rewritten(wide):
    say(wide, 12, words="Thought")
    released(wide)
    with pytest.raises(IntegrityError, match="no longer changes"), transaction.atomic():
        ReleasedComment.objects.update(words="Something else")
    one = ReleasedComment.objects.first()
    assert one is not None
    one.delete()
    assert ReleasedComment.objects.count() == 23


def test_texts_are_read_from_ten_on_and_closed_again_when_fewer_are_left(wide):
    say(wide, 5, words="Thought")
    [first, comments] = queries.released_comments(wide, released(wide))
    assert first.texts == ()
    assert first.closed.startswith("They open once 10 people have written one")
    assert len(comments.texts) == 10
    survey = Survey.objects.get()
    assert {queries.released_comments(survey, released(survey))[1].texts for _ in range(9)} != {comments.texts}
    one = ReleasedComment.objects.first()
    assert one is not None
    one.delete()
    assert queries.released_comments(survey, released(survey))[1].texts == ()


def test_how_few_wrote_nothing_cannot_be_counted_where_groups_are_larger(wide, settings):
    """Seven of 31 mentors wrote nothing; where groups are of ten and more, ten seem not to have."""
    settings.SMALLEST_GROUP = 10
    scale, comment = wide.questions.get(kind="scale"), wide.questions.get(kind="comment")
    for number in range(31):
        words = {str(comment.pk): f"Thought {number}"} if number < 24 else {}
        Answer.objects.create(survey=wide, side=Side.MENTOR, values={str(scale.pk): 4, **words})
    [_, comments] = queries.released_comments(wide, released(wide))
    assert len(comments.texts) == 21


def test_texts_open_for_as_many_as_a_group_must_have_where_that_is_more_than_ten(wide, settings):
    settings.SMALLEST_GROUP = 12
    say(wide, 11, words="Thought")
    results = released(wide)
    [first, comments] = queries.released_comments(wide, results)
    assert first.closed.startswith("They open once 12 people have written one")
    assert len(comments.texts) == 22
    ReleasedComment.objects.filter(pk__in=ReleasedComment.objects.values("pk")[:11]).delete()
    assert queries.released_comments(wide, results)[1].texts == (), "eleven are left"


def test_a_page_shows_a_hundred_texts_and_says_how_many_there_are_besides(wide):
    say(wide, 55, words="Thought")
    [_, comments] = queries.released_comments(wide, released(wide))
    assert (len(comments.texts), comments.more) == (100, 10)


def test_reading_takes_one_row_however_many_answered(wide):
    say(wide, 40)
    released(wide)
    with CaptureQueriesContext(connection) as asked:
        [survey] = Survey.objects.select_related("release")
        assert queries.released_results(survey) is not None
    assert len(asked) == 1
    assert "surveys_answer" not in asked[0]["sql"]


def test_no_key_of_an_answer_is_kept_with_the_results(wide):
    say(wide, 12, words="Thought")
    released(wide)
    kept = str(Release.objects.get().results)
    assert not any(str(each.pk) in kept for each in Answer.objects.all())
    assert "Thought" not in kept
    assert not {each.pk for each in Answer.objects.all()} & {each.pk for each in ReleasedComment.objects.all()}
