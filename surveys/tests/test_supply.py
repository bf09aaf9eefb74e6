"""Supply and demand in an interest survey: by topic and by area, from what was let out."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from disclosure import Crossed, CrossedLine, Figure, Hidden, Reason, Shown
from people.models import Skill
from people.tests.factories import FunctionFactory, PersonFactory
from programs.choices import AskedOf, Side, Stage
from programs.models import Program
from programs.tests.factories import program_with
from surveys import actions, queries, releases
from surveys.choices import Interest, QuestionKind, SurveyKind
from surveys.interest import recommendation
from surveys.models import Answer, Survey
from surveys.supply import COLUMNS, SOMEWHERE_ELSE, Demand, Supply
from surveys.templates import AREA, LEARN, SHOW
from surveys.tests.factories import CLOSES_ON, OPENED_AT, OPENS_ON, opened, released
from surveys.tests.test_interest import answered

FEW, PROTECTS = Hidden(Reason.FEW), Hidden(Reason.PROTECTS)


@pytest.fixture
def program(cora) -> Program:
    return program_with(cora, name="Two-Way Northwind", stage=Stage.INTEREST)


def list_topics(program: Program, *names: str) -> None:
    program.topics.all().delete()
    for name in names:
        program.topics.create(skill=Skill.objects.get_or_create(name=name)[0])


def written(program: Program, cora) -> Survey:
    return actions.start_interest(program, by=cora, at=OPENED_AT, opens_on=OPENS_ON, closes_on=CLOSES_ON)


def put(survey: Survey) -> dict[str, list[str]]:
    return {each.words: each.options for each in survey.questions.all()}


# What is asked


def test_each_side_is_asked_about_the_topics_of_the_program(program, cora):
    list_topics(program, "Welding", "Chess")
    survey = written(program, cora)
    show, learn = survey.questions.get(words=SHOW), survey.questions.get(words=LEARN)
    assert (show.options, show.asked_of, show.kind) == (["Chess", "Welding"], AskedOf.MENTORS, QuestionKind.SEVERAL)
    assert (learn.options, learn.asked_of) == (["Chess", "Welding"], AskedOf.MENTEES)
    assert [each.position for each in survey.questions.all()] == list(range(1, survey.questions.count() + 1))


@pytest.mark.parametrize("names", [(), ("Chess",)])
def test_where_there_is_nothing_to_choose_between_topics_are_not_asked_about(program, cora, names):
    list_topics(program, *names)
    assert not {SHOW, LEARN, AREA} & put(written(program, cora)).keys()


def test_many_topics_are_asked_about_in_several_questions_and_none_is_left_out(program, cora):
    names = [f"Topic {number:02}" for number in range(25)]
    list_topics(program, *names)
    asked = put(written(program, cora))
    shows = {words: options for words, options in asked.items() if words.startswith(SHOW)}
    assert list(shows) == [f"{SHOW} ({number} of 3)" for number in (1, 2, 3)]
    assert [name for options in shows.values() for name in options] == names
    assert max(map(len, shows.values())) <= 12


def test_areas_that_are_too_small_are_not_listed_and_the_largest_are_where_they_are_many(program, cora):
    for size, name in [(4, "Legal"), (5, "Rail"), (9, "Road")]:
        PersonFactory.create_batch(size, rank=2, function=FunctionFactory(name=name))
    assert put(written(program, cora))[AREA] == ["Rail", "Road", SOMEWHERE_ELSE]
    for number in range(12):
        PersonFactory.create_batch(6, rank=2, function=FunctionFactory(name=f"Function {number:02}"))
    listed = put(written(program, cora))[AREA]
    assert len(listed) == 12
    assert {"Road", SOMEWHERE_ELSE} < set(listed)
    assert not {"Rail", "Legal"} & set(listed)


def test_a_survey_put_to_one_side_asks_what_that_side_can_say_and_conditions_follow_their_question(program, cora):
    list_topics(program, "Welding", "Chess")
    survey = Survey.objects.create(
        program=program, kind=SurveyKind.INTEREST, title="Interest", opens_on=OPENS_ON, closes_on=CLOSES_ON,
        asks_side=AskedOf.MENTEES,
    )  # fmt: skip
    actions.put_our_questions(survey, SurveyKind.INTEREST)
    asked = list(survey.questions.all())
    assert SHOW not in [each.words for each in asked]
    assert [each.position for each in asked] == list(range(1, len(asked) + 1))


# What is told


def answer(
    survey: Survey, people: int, side: Side, wish: Interest | None, *, topics=(), area: str | None = None
) -> None:
    by_words = {each.words: str(each.pk) for each in survey.questions.all()}
    said = {
        "Would you take part?": wish, AREA: area, SHOW if side == Side.MENTOR else LEARN: list(topics) or None,
    }  # fmt: skip
    values = {by_words[words]: value for words, value in said.items() if value is not None and words in by_words}
    Answer.objects.bulk_create(Answer(survey=survey, side=side, values=values) for _ in range(people))


@pytest.fixture
def draft(program, cora) -> Survey:
    """With two topics and two areas."""
    list_topics(program, "Welding", "Chess")
    for name in ("Rail", "Road"):
        PersonFactory.create_batch(6, rank=2, function=FunctionFactory(name=name))
    return written(program, cora)


@pytest.fixture
def survey(draft) -> Survey:
    return opened(draft)


def lopsided(survey: Survey) -> None:
    """Welding is wanted by 12 and could be shown by 3; chess the other way round."""
    answer(survey, 3, Side.MENTOR, Interest.MENTOR, topics=["Chess", "Welding"], area="Rail")
    answer(survey, 6, Side.MENTOR, Interest.MENTOR, topics=["Chess"], area="Rail")
    answer(survey, 6, Side.MENTOR, Interest.NOT_NOW, area="Rail")
    answer(survey, 12, Side.MENTEE, Interest.MENTEE, topics=["Welding"], area="Road")
    answer(survey, 7, Side.MENTEE, Interest.NOT_NOW, topics=["Chess"], area="Road")


def told(survey: Survey) -> Supply:
    found = queries.supply_and_demand(Survey.objects.get(pk=survey.pk), released(survey))
    assert found is not None
    return found


def test_what_is_wanted_stands_against_what_could_be_shown_with_few_in_words(survey):
    lopsided(survey)
    found = told(survey)
    assert found.topics == (
        Demand("Welding", FEW, Shown(12)), Demand("Chess", Shown(9), Shown(7)),
    )  # fmt: skip
    assert [each.missing for each in found.topics] == [Shown(8, or_more=True), 0]
    assert found.not_asked == ()


def test_topics_that_the_program_changed_after_the_survey_was_opened_are_named_as_such(survey, program):
    lopsided(survey)
    list_topics(program, "Chess", "Painting")
    found = told(survey)
    assert [(each.skill, each.is_topic) for each in found.topics] == [("Welding", False), ("Chess", True)]
    assert found.not_asked == ("Painting",)
    assert found.short_of == [], "nobody is asked to show what is no topic any more"


@pytest.mark.parametrize("kind", ["reworded", "taken out"])
def test_questions_that_were_changed_count_for_nothing_here_and_break_nothing(program, cora, kind):
    list_topics(program, "Welding", "Chess")
    survey = written(program, cora)
    if kind == "reworded":
        survey.questions.filter(words=SHOW).update(words="What do you know?")
    else:
        survey.questions.filter(words=SHOW).delete()
    opened(survey)
    answer(survey, 12, Side.MENTEE, Interest.MENTEE, topics=["Welding"])
    results = released(survey)
    assert queries.supply_and_demand(Survey.objects.get(pk=survey.pk), results) is None


@pytest.mark.parametrize("people", [12, 3])
@pytest.mark.parametrize("asked_of", [AskedOf.BOTH, AskedOf.MENTORS])
def test_topics_that_only_some_were_asked_about_are_told_as_any_other_question(client, program, cora, people, asked_of):
    """Whether they can be told, or cannot because few were led to them."""
    list_topics(program, "Welding", "Chess")
    survey = written(program, cora)
    [wish] = survey.questions.filter(words="Would you take part?")
    survey.questions.filter(words=SHOW).update(
        asked_of=asked_of, only_if=wish.position, only_if_answers=[Interest.MENTOR]
    )
    opened(survey)
    answer(survey, people, Side.MENTOR, Interest.MENTOR, topics=["Chess"])
    answer(survey, 12, Side.MENTOR, Interest.NOT_NOW)
    answer(survey, 12, Side.MENTEE, Interest.MENTEE, topics=["Welding"])
    answer(survey, 9, Side.MENTEE, Interest.NOT_NOW)
    results = released(survey)
    assert SHOW in {each.words for each in results.choices}
    assert queries.supply_and_demand(Survey.objects.get(pk=survey.pk), results) is None
    client.force_login(cora)
    for page in ("results", "results_csv", "results_xlsx", "results_pdf"):
        assert client.get(reverse(f"surveys:{page}", args=[survey.pk])).status_code == 200


def test_an_option_that_stands_in_two_questions_is_told_of_the_first(program, cora):
    list_topics(program, "Welding", "Chess")
    survey = written(program, cora)
    last = survey.questions.count() + 1
    again = survey.questions.create(
        position=last, kind=QuestionKind.SEVERAL, words=f"{SHOW} (2 of 2)", options=["Chess", "Origami"],
        asked_of=AskedOf.MENTORS,
    )  # fmt: skip
    opened(survey)
    lopsided(survey)
    for row in Answer.objects.filter(survey=survey, side=Side.MENTOR)[:6]:
        row.values[str(again.pk)] = ["Origami"]
        row.save()
    found = {each.skill: each for each in told(survey).topics}
    assert found["Chess"].offered == Shown(9)
    assert (found["Origami"].offered, found["Origami"].is_topic) == (Shown(6), False)


def test_an_option_that_never_was_a_topic_is_not_called_a_former_one(client, draft, cora):
    for words in (SHOW, LEARN):
        draft.questions.filter(words=words).update(options=["Chess", "Welding", "Origami"])
    survey = opened(draft)
    lopsided(survey)
    released(survey)
    client.force_login(cora)
    page = client.get(reverse("surveys:results", args=[survey.pk])).text
    csv = client.get(reverse("surveys:results_csv", args=[survey.pk])).content.decode()
    for text in (page, csv):
        assert "Origami" in text
        assert "no longer a topic" not in text
        assert "(not a topic now)" in text


def test_one_put_to_everybody_by_the_coordinator_tells_the_side_that_matters(program, cora):
    list_topics(program, "Welding", "Chess")
    survey = written(program, cora)
    survey.questions.filter(words=SHOW).update(asked_of=AskedOf.BOTH)
    opened(survey)
    lopsided(survey)
    show = str(survey.questions.get(words=SHOW).pk)
    for row in Answer.objects.filter(survey=survey, side=Side.MENTEE):
        row.values[show] = ["Chess"] if "Welding" in str(row.values) else ["Welding"]
        row.save()
    assert {each.skill: each.offered for each in told(survey).topics}["Chess"] == Shown(9)


def test_by_area_the_same_people_are_told_and_what_is_small_is_in_words(survey):
    answer(survey, 12, Side.MENTOR, Interest.MENTOR, area="Rail")
    answer(survey, 9, Side.MENTOR, Interest.NOT_NOW, area="Rail")
    answer(survey, 9, Side.MENTEE, Interest.MENTEE, area="Rail")
    answer(survey, 8, Side.MENTEE, Interest.MENTEE, area="Road")
    answer(survey, 14, Side.MENTEE, Interest.NOT_NOW, area="Road")
    areas = told(survey).areas
    assert isinstance(areas, Crossed)
    assert areas.heads == tuple(Interest.values)
    assert {line.part: [line.people, *line.cells] for line in areas.lines} == {
        "Rail": [Shown(30), Shown(12), Shown(9), Shown(0), Shown(9)],
        "Road": [Shown(22), Shown(0), Shown(8), Shown(0), Shown(14)],
        SOMEWHERE_ELSE: [Shown(0)] * 5,
    }


def test_a_few_from_one_area_are_told_of_nowhere(survey):
    answer(survey, 3, Side.MENTOR, Interest.MENTOR, area="Road")
    answer(survey, 12, Side.MENTOR, Interest.MENTOR, area="Rail")
    answer(survey, 9, Side.MENTOR, Interest.NOT_NOW)
    answer(survey, 9, Side.MENTEE, Interest.MENTEE, area="Rail")
    answer(survey, 9, Side.MENTEE, Interest.NOT_NOW, area="Rail")
    areas = told(survey).areas
    assert isinstance(areas, Crossed)
    lines = {line.part: [line.people, *line.cells] for line in areas.lines}
    assert lines["Road"] == [FEW] * 5
    assert any(not figure.is_shown for figure in (lines["Rail"][0], lines["No answer"][0]))


def where_else(survey: Survey, words: str, options: list[str], **more) -> None:
    last = survey.questions.count() + 1
    survey.questions.create(position=last, words=words, options=options, **{"kind": QuestionKind.CHOICE} | more)


@pytest.mark.parametrize(
    "changed",
    [
        lambda survey: where_else(survey, AREA, ["Rail", "Road"]),
        lambda survey: where_else(survey, f" {AREA.upper()}", ["North", "South"]),
        lambda survey: where_else(survey, "What is your team?", ["rail", "Road", "Sea"]),
        lambda survey: where_else(survey, "Which are yours?", ["Rail", "Road"], kind=QuestionKind.SEVERAL),
        lambda survey: where_else(
            survey, "Your team?", ["Rail", "Road"], only_if=1, only_if_answers=[Interest.MENTOR]
        ),
        lambda survey: where_else(survey, "And now?", list(Interest.values)),
        lambda survey: survey.questions.filter(words=AREA).update(options=["Rail", "Anna, Ben and Carl"]),
        lambda survey: survey.questions.filter(words=AREA).update(options=["Rail", "Legal"]),
    ],
    ids=["twice", "twice in capitals", "other words", "several", "of some", "wish twice", "own options", "small ones"],
)  # fmt: skip
def test_where_it_is_asked_twice_or_otherwise_where_people_work_nothing_is_told_by_area(draft, changed):
    PersonFactory.create_batch(3, rank=2, function=FunctionFactory(name="Legal"))
    changed(draft)
    survey = opened(draft)
    answer(survey, 12, Side.MENTOR, Interest.MENTOR, area="Rail")
    answer(survey, 12, Side.MENTEE, Interest.MENTEE, area="Rail")
    results = released(survey)
    assert results.areas is None
    assert AREA in {each.words for each in results.choices}, "it is told as any other question"


def test_a_question_with_one_option_that_is_called_like_a_function_leaves_the_areas(draft):
    where_else(draft, "What would you rather do?", ["Road", "Nothing"])
    survey = opened(draft)
    answer(survey, 12, Side.MENTOR, Interest.MENTOR, area="Rail")
    answer(survey, 12, Side.MENTEE, Interest.MENTEE, area="Road")
    assert released(survey).areas is not None


def test_where_people_work_is_told_in_no_other_figure(survey):
    answer(survey, 12, Side.MENTOR, Interest.MENTOR, area="Rail")
    answer(survey, 12, Side.MENTEE, Interest.MENTEE, area="Road")
    results = released(survey)
    assert AREA not in {each.words for each in (*results.choices, *results.scales)}


def test_results_let_out_before_there_were_areas_are_read_as_they_were(survey):
    lopsided(survey)
    kept = releases.as_kept(released(survey))
    del kept["areas"]
    assert releases.from_kept(kept).areas is None


# What it comes to


def test_the_recommendation_names_what_is_missing_and_whom_to_ask(survey, cora):
    lopsided(survey)
    results = released(survey)
    advice = queries.recommendation(Survey.objects.get(pk=survey.pk), results, to=cora)
    assert advice is not None
    assert "Welding: 12 mentees want it, fewer than 5 mentors could show it." in advice.reasons
    assert "Ask for mentors who can show Welding." in advice.advice


def test_areas_where_hardly_anybody_would_are_named_where_a_side_is_short():
    """Whoever would do either would be a mentor, too."""
    lines: list[tuple[str, Figure, Figure, Figure]] = [
        ("Rail", Shown(20), FEW, Shown(0)), ("Road", Shown(30), Shown(0), FEW), ("Sea", FEW, FEW, Shown(0)),
        ("Air", Shown(9), PROTECTS, Shown(0)), ("Tram", Shown(40), Shown(0), Shown(30)), ("Port", Shown(40), FEW, FEW),
        ("Post", Shown(40), Shown(0), PROTECTS),
    ]  # fmt: skip
    areas = Crossed(
        tuple(COLUMNS),
        tuple(CrossedLine(part, size, (cell, Shown(9), either, Shown(9))) for part, size, cell, either in lines),
    )
    found = Supply((), (), areas)
    assert found.without == {Side.MENTOR: ["Rail", "Road"], Side.MENTEE: []}
    said = recommendation(answered(6, 30, 0, 20), target=10, supply=found)
    assert "Ask for mentors in Rail and Road: hardly anybody there said that they would." in said.advice
    assert not any("Rail" in each for each in recommendation(answered(30, 30, 0, 20), target=10, supply=found).advice)


@pytest.mark.parametrize(
    ("offered", "wanted", "missing"),
    [
        (Shown(5), Shown(12), Shown(7)), (Shown(12), Shown(12), 0), (FEW, Shown(12), Shown(8, or_more=True)),
        (Shown(0), FEW, PROTECTS), (Shown(5), FEW, 0), (FEW, FEW, PROTECTS), (PROTECTS, Shown(12), PROTECTS),
        (Hidden(Reason.ALIKE), Shown(9), Hidden(Reason.ALIKE)), (Shown(0), Shown(0), 0),
    ],
)  # fmt: skip
def test_how_many_are_missing_is_told_as_far_as_it_follows(offered, wanted, missing):
    assert Demand("Chess", offered, wanted).missing == missing


def test_page_and_files_show_the_same_and_hide_the_same(client, survey, cora):
    lopsided(survey)
    released(survey)
    client.force_login(cora)
    page = client.get(reverse("surveys:results", args=[survey.pk])).text
    assert "What mentees want to learn, and mentors can show" in page
    assert '<td class="num" data-label="Offered by mentors"><span class="uw-hush">fewer than 5</span></td>' in page
    assert '<td data-label="Missing">8 or more</td>' in page
    assert "Who would take part, by where they work" in page
    file = client.get(reverse("surveys:results_csv", args=[survey.pk])).content.decode()
    rows = list(csv.reader(io.StringIO(file)))
    assert ["Welding", "12", "fewer than 5", "8 or more"] in rows
    assert ["Chess", "7", "9", "None"] in rows
    assert "Who would take part, by where they work" in file
    for ending in ("xlsx", "pdf"):
        assert client.get(reverse(f"surveys:results_{ending}", args=[survey.pk])).status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_in_a_browser(live_server, page, good_page, client, browser_context, survey, cora):
    lopsided(survey)
    released(survey)
    client.force_login(cora)
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(live_server.url + reverse("surveys:results", args=[survey.pk]))
        page.get_by_text("Ask for mentors who can show Welding.").wait_for()
        page.get_by_role("heading", name="Who would take part, by where they work").wait_for()
        good_page()
