"""The reading of a culture readiness check, from figures to the pilot that begins small."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from disclosure import Figure, Hidden, Reason, Shown
from people.tests.factories import EvaFactory, PersonFactory, SiaFactory
from programs.choices import Duty, Side, Stage
from programs.documents import LISTENING
from programs.models import Program
from programs.tests.factories import DutyFactory
from programs.training import pieces_for
from surveys import actions, queries
from surveys.choices import SurveyKind
from surveys.models import Answer, Survey
from surveys.readiness import reading
from surveys.templates import READINESS
from surveys.tests.factories import released

TODAY = timezone.now().date()
FEW = Hidden(Reason.FEW, 5)
OPEN = {"good": 80, "bad": 10}
CLOSED = {"good": 20, "bad": 70}


def of(shares: dict[str, int], *areas: str) -> dict[str, dict[str, Figure]]:
    """Everybody of both sides answers like this, to what speaks for and against each area."""
    found: dict[str, dict[str, Figure]] = {}
    for area in READINESS:
        if areas and area.name not in areas:
            continue
        for words in area.statements:
            share = Shown(shares["good" if words in area.good else "bad"], unit="%")
            found[words] = {"All": share, "Mentors": share, "Mentees": share}
    return found


def told(found, answered=200, asked=300):
    return reading(found, answered=answered, asked=asked)


# From figures


def test_where_nothing_is_weak_it_says_so_and_suggests_nothing_smaller():
    found = told(of(OPEN))
    assert (found.headline, found.begins_small) == ("Open enough to begin", False)
    assert {area.state for area in found.areas} == {"Holds"}
    assert all(area.because and not area.advice for area in found.areas)


def test_a_weak_area_comes_with_its_reasons_and_its_advice():
    found = told(of(OPEN) | of(CLOSED, "Mistakes"))
    assert (found.headline, found.begins_small) == ("Begin small", True)
    assert found.reasons[0] == "One of five areas is weak: mistakes."
    [mistakes] = [area for area in found.areas if area.is_weak]
    assert mistakes.advice == READINESS[1].advice
    assert "“After a mistake, we look for who is to blame.” 70% agree mostly or fully, and it speaks against it." in (
        mistakes.because
    )


def test_three_weak_areas_are_not_yet_for_everybody():
    found = told(of(OPEN) | of(CLOSED, "Mistakes", "Coaching", "Speaking up"))
    assert found.headline == "Not yet for everybody"
    assert found.reasons[0] == "Three of five areas are weak: speaking up, mistakes and coaching."


def test_who_agrees_with_everything_does_not_make_a_company_look_ready():
    everything = told(of({"good": 90, "bad": 90}))
    assert [each.is_weak for each in everything.areas] == [False] * 5
    weak_against = [sentence for area in everything.areas for sentence in area.because]
    assert all("speaks against it" in sentence for sentence in weak_against), "each says what does not fit"


@pytest.mark.parametrize(("good", "weak"), [(49, True), (50, False)])
def test_half_has_to_agree_with_what_speaks_for_it(good, weak):
    assert told(of({"good": good, "bad": 0})).areas[0].is_weak is weak


def test_a_third_may_agree_with_what_speaks_against_it():
    area = READINESS[0]
    found = of(OPEN)
    for share, sentences in ((33, 0), (34, 1)):
        found[area.bad[0]]["All"] = Shown(share, unit="%")
        because = told(found).areas[0].because
        assert sum("speaks against it" in each for each in because if len(because) == 1) == sentences


def test_what_is_hidden_is_unknown_and_not_fine():
    found = of(OPEN)
    for words in READINESS[0].statements[:2]:
        found[words] = {"All": FEW, "Mentors": FEW, "Mentees": FEW}
    one = told(found)
    assert (one.areas[0].is_weak, one.areas[0].state) == (None, "Cannot be said")
    assert one.begins_small, "what nobody knows is a reason to begin small"
    assert "Nothing is said of speaking up." in one.caveats
    nothing = told({words: {"All": FEW, "Mentors": FEW, "Mentees": FEW} for words in found})
    assert nothing.headline == "Too little can be shown to say"
    assert not any(area.because for area in nothing.areas)


def test_statements_that_were_changed_are_not_read_and_that_is_said():
    found = of(OPEN)
    del found[READINESS[0].statements[0]]
    assert "One of our statements was changed or left out, and is not read here." in told(found).caveats
    assert told({}).headline == "Too little can be shown to say"


def test_where_few_answered_the_reading_is_the_better_end():
    sentence = "Fewer than half of those asked have answered."
    assert any(each.startswith(sentence) for each in told(of(OPEN), 99, 200).caveats)
    for answered, asked in ((100, 200), (None, 200), (50, None)):
        assert not any(each.startswith(sentence) for each in told(of(OPEN), answered, asked).caveats)


def test_where_the_sides_see_it_differently_both_are_told():
    found = of(OPEN)
    words = READINESS[0].statements[0]
    found[words] |= {"Mentors": Shown(40, unit="%"), "Mentees": Shown(65, unit="%")}
    assert told(found).apart == (f"“{words}” 40% of mentors and 65% of mentees agree.",)
    found[words] |= {"Mentees": Shown(64, unit="%")}
    assert told(found).apart == ()
    found[words] |= {"Mentees": FEW}
    assert told(found).apart == ()


# From answers to a pilot


@pytest.fixture
def checked(program, cora) -> Survey:
    """Thirty on each side have answered that mistakes are the weak place."""
    Program.objects.filter(pk=program.pk).update(stage=Stage.DRAFT)
    program.refresh_from_db()
    opens_on = TODAY - timedelta(days=30)
    days = {"opens_on": opens_on, "closes_on": TODAY - timedelta(days=9)}
    survey = actions.start_survey(program, SurveyKind.READINESS, by=cora, **days)
    PersonFactory(rank=2, hired_on=opens_on - timedelta(days=900))
    actions.open_survey(survey, by=cora, at=datetime.combine(opens_on, time(12), tzinfo=UTC))
    matrices = {question.words: question for question in survey.questions.filter(kind="matrix")}
    for side in Side:
        for number in range(30):
            values = {}
            for area in READINESS:
                is_open = area.name != "Mistakes"
                agrees, not_at_all = (5, 1) if number % 5 else (3, 4)
                points = {words: agrees if (words in area.good) == is_open else not_at_all for words in area.statements}
                values[str(matrices[area.question].pk)] = points
            Answer.objects.create(survey=survey, side=side, values=values)
    survey.refresh_from_db()
    return survey


def test_the_reading_is_for_those_who_decide_and_rests_on_what_all_may_read(checked, program, cora, mina):
    sponsor = PersonFactory(rank=6)
    DutyFactory(program=program, person=sponsor, duty=Duty.SPONSOR)
    results = released(checked)
    for reader in (cora, sponsor):
        found = queries.readiness_reading(checked, results, to=reader)
        assert found is not None
        assert found.headline == "Begin small"
        assert [area.name for area in found.areas if area.is_weak] == ["Mistakes"]
    for reader in (mina, EvaFactory()):
        assert queries.readiness_reading(checked, results, to=reader) is None
    checked.kind = SurveyKind.OWN
    assert queries.readiness_reading(checked, results, to=cora) is None


def test_a_soft_launch_begins_with_a_pilot_that_is_filled_in(client, program, cora, sten):
    SiaFactory()
    client.force_login(cora)
    form = client.get(reverse("admin:programs_program_add") + f"?soft={program.pk}").context["adminform"].form
    assert (form["is_pilot"].value(), form["most_people"].value()) == (True, 24)
    assert form["name"].value() in ("", None)
    assert form["required_of_mentors"].value() == list(LISTENING["mentors"])
    assert form["required_of_mentees"].value() == list(LISTENING["mentees"])
    assert form["level_gap"].value() == program.level_gap
    for number in ("0", "x", str(program.pk + 99)):
        assert client.get(reverse("admin:programs_program_add") + f"?soft={number}").status_code == 404


def test_where_the_form_is_filled_in_already_the_templates_are_folded_away(client, program, cora):
    SiaFactory()
    client.force_login(cora)
    add = reverse("admin:programs_program_add")
    folded = "<summary>Start from another template or a file</summary>"
    filled_in = client.get(f"{add}?soft={program.pk}").text
    assert filled_in.index("The form below is filled in.") < filled_in.index(folded) < filled_in.index("begin-heading")
    assert folded not in client.get(add).text


def test_the_guidance_a_soft_launch_asks_for_exists():
    for side, names in zip((Side.MENTOR, Side.MENTEE), LISTENING.values(), strict=True):
        assert set(names) <= {piece.name for piece in pieces_for(side)}


def test_the_page_leads_from_the_reading_to_the_pilot(client, program, cora, checked):
    released(checked)
    client.force_login(cora)
    text = client.get(reverse("surveys:results", args=[checked.pk])).text
    assert "Begin small" in text
    assert "Ask a few of the most senior to tell a mistake of their own" in text
    assert f"?soft={program.pk}" in text
    eva = EvaFactory()
    client.force_login(eva)
    text = client.get(reverse("surveys:results", args=[checked.pk])).text
    assert "How true is it for you?" in text
    assert "Begin small" not in text
    assert "?soft=" not in text


def test_nobody_writes_the_pilot_but_a_coordinator(client, program, sten, mina):
    for person in (sten, mina):
        client.force_login(person)
        assert client.get(reverse("admin:programs_program_add") + f"?soft={program.pk}").status_code == 404
