"""How answers of each kind become figures, and that none of them tells of a few."""

from __future__ import annotations

from programs.choices import Side
from surveys import charts, releases
from surveys.choices import QuestionKind
from surveys.models import Answer, Survey
from surveys.tests.factories import one_of_each_kind, opened, released


def answered(survey: Survey, kinds: dict[str, int], side: Side, times: int, **said: object) -> None:
    values = {str(kinds[kind]): value for kind, value in said.items()}
    Answer.objects.bulk_create(Answer(survey=survey, side=side, values=values) for _ in range(times))


def test_every_kind_of_question_comes_out_in_words_and_figures(survey):
    kinds = {each.kind: each.pk for each in one_of_each_kind(survey)}
    opened(survey)
    order = ["Showing", "Learning"]
    for side in Side:
        answered(survey, kinds, side, 8, scale=5, ten=10, choice="Yes", several=["Time", "Tea"], ranking=order,
                 matrix={"Mistakes are told.": 4})  # fmt: skip
        answered(survey, kinds, side, 6, scale=2, ten=3, choice="No", short="An hour", ranking=order[::-1],
                 matrix={"Mistakes are told.": 2, "Questions are asked.": 5})  # fmt: skip
    answered(survey, kinds, Side.MENTOR, 1, ten=8, comment="I alone.")
    found = released(survey)
    assert [(each.words, each.option) for each in found.scales] == [
        ("Mistakes are told.", "Mistakes are told."),
        ("Questions are asked.", "Questions are asked."),
    ]
    by_kind = {each.kind: each for each in found.choices}
    told = {kind: [bar.label for bar in each.released.total.bars] for kind, each in by_kind.items()}
    assert told[QuestionKind.SCALE][0].startswith("1 ")
    assert "Hardly" in told[QuestionKind.SCALE][0]
    assert by_kind[QuestionKind.RANKING].words == "What matters most? (put first)"
    words = str(found)
    assert "I alone." not in words
    assert [(each.words, each.is_open) for each in found.comments] == [
        ("What would it take?", True),
        ("Anything else?", False),
    ]
    several = [each for each in found.choices if each.kind is QuestionKind.SEVERAL]
    assert [each.option for each in several] == ["Time", "Trust", "Tea"]
    assert {each.released.groups["Mentors"].n.is_shown for each in several} == {False}, "it hangs on another answer"
    drawn = charts.of(found)
    assert drawn[0].title == "How true is it for you?"
    assert len([chart for chart in drawn if chart.title == "What helped?"]) == 1


def test_the_net_promoter_score_rests_on_what_is_shown(survey):
    kinds = {each.kind: each.pk for each in one_of_each_kind(survey)}
    opened(survey)

    def score() -> str:
        found = releases.count(survey).results
        return next(each for each in found.choices if each.kind is QuestionKind.TEN).net_promoters.words

    for side in Side:
        for points, people in ((10, 10), (9, 6), (7, 8), (2, 8)):
            answered(survey, kinds, side, people, ten=points)
    assert score() == "25"
    answered(survey, kinds, Side.MENTEE, 2, scale=4)
    assert score() == "hidden to protect others", "two who skipped it are counted with those at the low end"
