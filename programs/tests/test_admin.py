from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

import clock
from people.models import Level, Person, Skill
from people.tests.factories import (
    AdaFactory,
    BoFactory,
    CoraFactory,
    EvaFactory,
    MinaFactory,
    OttoFactory,
    PersonFactory,
    SiaFactory,
    SkillFactory,
    StenFactory,
)
from programs import actions, rules
from programs.choices import DEFAULT_IMPORTANCE, Criterion, Duty, Importance, Side, Stage
from programs.forms import COUNT, IMPORTANCE_FIELDS
from programs.models import CriterionImportance, Program, ProgramDuty
from programs.tests.factories import DutyFactory, ProgramFactory, ladder, program_with

pytestmark = pytest.mark.django_db

NOBODY_ABOVE = (
    "Nobody stands 5 levels above Level 3, so a mentor at this level could never be paired. "
    "Choose a lower level or a smaller gap."
)
LIST = "/desk/programs/program/"
ADD = f"{LIST}add/"
COUNTING = f"{LIST}eligibility/"


def page_of(program: Program) -> str:
    return reverse("admin:programs_program_change", args=[program.pk])


def move_of(program: Program, stage: str) -> str:
    return reverse("admin:programs_program_move", args=[program.pk, stage])


@pytest.fixture
def cora(client: Client) -> Any:
    cora = CoraFactory()
    client.force_login(cora)
    return cora


def typed(**changes: Any) -> dict[str, Any]:
    """What a coordinator types for a new program: an objective, a topic, and Sia as its supervisor."""
    ladder()
    rank = {level.rank: level.pk for level in Level.objects.all()}
    return {
        "name": "Two-Way 2026",
        "purpose": "digital",
        "description": "Leaders learn what newer colleagues know.",
        "starts_on": "2026-12-07",
        "ends_on": "2027-12-07",
        "term_weeks": "26",
        "meet_every_days": "21",
        "meeting_minutes": "60",
        "reciprocal_every": "0",
        "recused_months": "12",
        "kept_days": "60",
        "mentor_word": "mentor",
        "mentor_words": "mentors",
        "mentee_word": "mentee",
        "mentee_words": "mentees",
        "out_of_bounds": "",
        "charter": "What we say stays between us.",
        "mentor_highest_level": rank[3],
        "mentee_lowest_level": rank[5],
        "mentor_months_here": "3",
        "references_asked": "0",
        "asks_line_managers": "on",
        "wish_lists": "none",
        "level_gap": "2",
        "different_function": "on",
        **{name: DEFAULT_IMPORTANCE[criterion] for name, criterion in IMPORTANCE_FIELDS.items()},
        "proposal_days": "7",
        "proposal_reminder_days": "2, 4",
        "first_check_in_days": "14",
        "check_in_every_days": "45",
        "end_prompt_days": "28, 7, 0",
        "objectives-TOTAL_FORMS": "1",
        "objectives-INITIAL_FORMS": "0",
        "objectives-0-measure": "pairs_formed",
        "objectives-0-target": "5",
        "objectives-0-by": "2027-03-07",
        "questions-TOTAL_FORMS": "0",
        "questions-INITIAL_FORMS": "0",
        "topics": [str(SkillFactory(name="Digital tools").pk)],
        "duties-TOTAL_FORMS": "1",
        "duties-INITIAL_FORMS": "0",
        "duties-0-person": "sia@example.org",
        "duties-0-duty": "supervisor",
        "_save": "1",
        **changes,
    }


def retyped(client: Client, program: Program, **changes: Any) -> dict[str, Any]:
    """What the form of a saved program sends when nothing but ``changes`` is typed."""
    context = client.get(page_of(program)).context
    sent: dict[str, Any] = {}
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    for form in (
        context["adminform"].form,
        *(formset.management_form for formset in formsets),
        *(form for formset in formsets for form in formset.forms),
    ):
        for field in form:
            if (value := field.value()) is not None and value is not False:
                sent[field.html_name] = value
    return {**sent, "_save": "1", **changes}


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 422
    errors: dict[str, list[str]] = dict(response.context["adminform"].form.errors)
    for inline in response.context["inline_admin_formsets"]:
        if inline.formset.non_form_errors():
            errors[inline.formset.prefix] = list(inline.formset.non_form_errors())
        for form in inline.formset.forms:
            errors |= {f"{form.prefix}-{name}": list(said) for name, said in form.errors.items()}
    return errors


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# Making and changing


def test_whoever_makes_a_program_coordinates_it_and_it_begins_as_a_draft(client, cora):
    sia = SiaFactory()
    response = client.post(ADD, typed())
    assert response.status_code == 302
    program = Program.objects.get()
    assert (program.stage, program.created_by, program.end_prompt_days) == (Stage.DRAFT, cora, [28, 7, 0])
    assert set(program.duties.values_list("person", "duty")) == {(cora.pk, "coordinator"), (sia.pk, "supervisor")}
    assert [str(row) for row in (*program.objectives.all(), *program.topics.all())] == [
        "Pairs formed (number): 5 by 7 March 2027",
        "Digital tools",
    ]


def test_naming_oneself_as_coordinator_makes_no_second_one(client, cora):
    assert (
        client.post(ADD, typed(**{"duties-0-person": "CORA@example.org", "duties-0-duty": "coordinator"})).status_code
        == 302
    )
    assert ProgramDuty.objects.values_list("person", "duty").get() == (cora.pk, "coordinator")


def test_what_needs_another_look_is_not_pushed_down_by_the_templates(client, cora):
    assert "Start from a template or a file" in client.get(ADD).text
    refused = client.post(ADD, typed(name=""))
    assert refused.status_code == 422
    assert "Start from a template or a file" not in refused.text


def test_a_refused_program_leaves_nothing_behind(client, cora):
    SiaFactory()
    assert errors_of(client.post(ADD, typed(**{"objectives-0-target": "none"})))
    assert not Program.objects.exists()
    assert not ProgramDuty.objects.exists()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": ""}, {"name": ["Please answer this."]}),
        ({"mentee_word": "mentor"}, {"__all__": ["The two sides need different words."]}),
        ({"mentee_words": "C3PO"}, {"mentee_words": ["Write letters, with single blanks or hyphens between."]}),
        ({"reciprocal_every": "13"}, {"reciprocal_every": ["This must be 12 or less."]}),
        ({"ends_on": "2026-12-07"}, {"ends_on": ["The program ends before it starts. Choose a later end."]}),
        (
            {"ends_on": "2027-01-08"},
            {"term_weeks": ["The program itself is 4 weeks long. Choose fewer weeks or a later end."]},
        ),
        (
            {"proposal_reminder_days": "2, 7"},
            {"proposal_reminder_days": ["A proposal waits 7 days. Remind earlier than that."]},
        ),
        (
            {"proposal_reminder_days": "soon"},
            {"proposal_reminder_days": ["Write numbers of days up to 365 with commas between, like 28, 7, 0."]},
        ),
        ({"end_prompt_days": "1,2,3,4,5,6"}, {"end_prompt_days": ["These are 6 numbers. Keep at most 5."]}),
        (
            {"term_weeks": "4", "end_prompt_days": "28"},
            {"end_prompt_days": ["A pair runs 28 days. Ask later than on the first."]},
        ),
        (
            {"level_gap": "5"},
            {"mentor_highest_level": [NOBODY_ABOVE]},
        ),
        (
            {"objectives-0-measure": "goals_met", "objectives-0-target": "101"},
            {"objectives-0-target": ["A percentage is at most 100."]},
        ),
        (
            {"objectives-0-by": "2026-12-06"},
            {"objectives-0-by": ["The program has not started by then. Choose a later day."]},
        ),
        (
            {"objectives-0-measure": "still_here", "objectives-0-by": "2027-12-07"},
            {
                "objectives-0-by": [
                    "Who is still here after a year is known from 10 January 2028 on. Choose that day or a later one."
                ]
            },
        ),
        (
            {"duties-0-person": "nobody@example.org"},
            {"duties-0-person": ["Nobody in the directory has this e-mail address or employee number."]},
        ),
        (
            {"duties-0-person": "nobody\x00"},
            {"duties-0-person": ["Nobody in the directory has this e-mail address or employee number."]},
        ),
        (
            {"duties-0-duty": "coordinator"},
            {
                "duties-0-person": [
                    "Sia Supervisor may not open the desk. An administrator can change that in the directory."
                ]
            },
        ),
    ],
)
def test_each_refusal_stands_at_its_field_in_words(client, cora, changes, errors):
    SiaFactory()
    assert errors_of(client.post(ADD, typed(**changes))) == errors


def test_what_is_changed_is_saved_and_the_stage_is_not_among_it(client, cora):
    program = program_with(cora, stage=Stage.ENROLMENT)
    response = client.post(page_of(program), retyped(client, program, name="Renamed", stage="closed"))
    assert response.status_code == 302
    program.refresh_from_db()
    assert (program.name, program.stage) == ("Renamed", Stage.ENROLMENT)


def test_the_last_coordinator_cannot_be_removed(client, cora):
    program = program_with(cora)
    sent = retyped(client, program, **{"duties-0-DELETE": "on"})
    assert errors_of(client.post(page_of(program), sent)) == {
        "duties": ["A program needs a coordinator. Name another before you remove this one."]
    }
    assert program.duties.count() == 1


def test_a_second_coordinator_can_take_over(client, cora):
    program = program_with(cora)
    other = CoraFactory(email="other@example.org")
    sent = retyped(
        client, program,
        **{"duties-0-DELETE": "on", "duties-1-person": other.employee_number, "duties-1-duty": "coordinator"},
    )  # fmt: skip
    assert client.post(page_of(program), sent).status_code == 302
    assert program.duties.get().person == other
    assert client.get(page_of(program)).status_code == 404


@pytest.mark.parametrize(
    ("meanwhile", "what"),
    [
        (
            lambda program: Program.objects.filter(pk=program.pk).update(level_gap=3),
            "Levels between mentor and mentee (now 3)",
        ),
        (lambda program: program.objectives.all().delete(), "Objectives"),
        (lambda program: DutyFactory(program=program, duty=Duty.SPONSOR), "People of the program"),
        (lambda program: program.topics.all().delete(), "Topics"),
    ],
)
def test_nobody_overwrites_silently_what_another_saved_meanwhile(client, cora, meanwhile, what):
    program = program_with(cora)
    sent = retyped(client, program, name="Mine")
    meanwhile(program)
    response = client.post(page_of(program), sent)
    [sentence] = errors_of(response)["__all__"]
    assert sentence == (
        f"Somebody else has saved this program, since you opened it. Changed meanwhile: {what}. "
        "Nothing of that was overwritten, and what you wrote stands below. Save again to keep yours."
    )
    assert Program.objects.get().name != "Mine"
    assert response.context["adminform"].form["name"].value() == "Mine"
    # The page now knows of the change: saving again is a decision.
    assert response.context["adminform"].form["mark"].value() != sent["mark"]


def test_of_two_coordinators_the_second_hears_who_saved_first_and_what(client, cora):
    program = program_with(cora)
    nora = CoraFactory(email="nora@example.org", given_name="Nora")
    DutyFactory(program=program, person=nora)
    second = Client()
    second.force_login(nora)
    mine, hers = retyped(client, program, meeting_minutes="35"), retyped(second, program, name="Hers")
    assert second.post(page_of(program), hers).status_code == 302
    [sentence] = errors_of(client.post(page_of(program), mine))["__all__"]
    assert sentence.startswith(f"{nora.name} has saved this program on ")
    assert "Changed meanwhile: Name (now Hers)." in sentence
    assert Program.objects.values_list("name", "meeting_minutes").get() == ("Hers", 60)


def test_saving_again_after_hearing_of_it_keeps_ones_own(client, cora):
    program = program_with(cora)
    sent = retyped(client, program, name="Mine")
    Program.objects.filter(pk=program.pk).update(meeting_minutes=45)
    refused = client.post(page_of(program), sent)
    mark = refused.context["adminform"].form["mark"].value()
    assert client.post(page_of(program), {**sent, "mark": mark}).status_code == 302
    assert Program.objects.get().name == "Mine"


# What makes a good pair


def test_a_coordinator_says_how_much_each_thing_counts_and_copies_take_it_over(client, cora):
    SiaFactory()
    assert client.post(ADD, typed(importance_of_language="must", importance_of_time="off")).status_code == 302
    program = Program.objects.get()
    chosen = {Criterion.LANGUAGE: Importance.MUST, Criterion.TIME: Importance.OFF}
    assert program.importances == {**DEFAULT_IMPORTANCE, **chosen}
    copied = client.get(f"{ADD}?copy={program.pk}").context["adminform"].form
    assert [copied[f"importance_of_{name}"].value() for name in ("language", "time", "site")] == ["must", "off", "low"]
    sent = retyped(client, program, importance_of_language="medium")
    CriterionImportance.objects.create(program=program, criterion=Criterion.SITE, importance=Importance.HIGH)
    refused = client.post(page_of(program), sent)
    assert "The same site (now high)." in errors_of(refused)["__all__"][0]
    sent["mark"] = refused.context["adminform"].form["mark"].value()
    assert client.post(page_of(program), sent).status_code == 302
    assert list(program.criterion_importances.values_list("criterion", "importance")) == [("time", "off")]


def test_a_program_in_which_nothing_counts_is_refused_and_keeps_what_was_typed(client, cora):
    SiaFactory()
    off = dict.fromkeys(IMPORTANCE_FIELDS, "off")
    for also in ({}, {"different_line_of_business": "on", "importance_of_across": "high"}):
        refused = client.post(ADD, typed(**{**off, **also}))
        assert errors_of(refused) == {
            "importance_of_wishes_met": [
                "Nothing would make one pair better than another. Let at least one thing count."
            ]
        }
        assert refused.context["adminform"].form["importance_of_language"].value() == "off"
    assert not Program.objects.exists()


# What is asked before a pair starts


def test_a_program_requires_guidance_by_side(client, cora):
    SiaFactory()
    shown = client.get(ADD).text
    assert "Giving feedback upward (" in shown
    refused = client.post(ADD, typed(required_of_mentors=["out-of-the-lead", "nowhere"]))
    assert list(errors_of(refused)) == ["required_of_mentors"]
    chosen = {"required_of_mentors": ["feedback-upward", "confidentiality"], "required_of_mentees": []}
    assert client.post(ADD, typed(**chosen)).status_code == 302
    program = Program.objects.get()
    assert [piece.name for piece in program.requires(Side.MENTOR)] == ["feedback-upward", "confidentiality"]
    assert program.requires(Side.MENTEE) == ()


# Counting


def test_the_count_follows_the_rules_as_they_are_typed(client, cora):
    PersonFactory.create_batch(2, rank=2)
    OttoFactory(manager=None)
    response = client.post(COUNTING, typed())
    assert [" ".join(response.context["eligibility"].in_words)] == ["3 mentors 1 mentee 3 possible pairs"]
    assert "3 possible pairs" in response.text
    assert "<html" not in response.text
    narrower = client.post(COUNTING, typed(level_gap="4"))
    assert narrower.context["eligibility"].in_words[2] == "2 possible pairs"
    assert "Enough levels between the two: removes 1 of 3 combinations." in narrower.text


def test_the_count_names_nobody(client, cora):
    MinaFactory(), OttoFactory()
    text = client.post(COUNTING, typed()).text
    assert "2 mentors" in text
    assert not any(name in text for name in ("Mina", "Otto", "Bo", "Cora"))


def test_what_has_to_be_answered_before_counting_is_said(client, cora):
    response = client.post(COUNTING, typed(level_gap="", mentee_lowest_level=""))
    assert response.status_code == 200
    assert (
        "This can be counted once these are answered: Mentees are at least at level, Levels between mentor and mentee."
        in response.text
    )


@pytest.mark.parametrize("new", [True, False])
def test_without_a_script_the_button_counts_and_keeps_everything_typed(client, cora, new):
    SiaFactory(), OttoFactory(manager=None)
    program = None if new else program_with(cora)
    before = list(Program.objects.values())
    sent = typed(name="", starts_on="soon", level_gap="4", **{COUNT: "1", "objectives-0-target": "many"})
    del sent["_save"]
    response = client.post(ADD if program is None else page_of(program), sent)
    assert response.status_code == 200
    form = response.context["adminform"].form
    assert (form["starts_on"].value(), form["level_gap"].value(), form.errors) == ("soon", "4", {})
    assert 'value="many"' in response.text
    assert 'value="sia@example.org"' in response.text
    assert response.context["eligibility"].mentees == 1
    assert "needs another look" not in response.text
    assert list(Program.objects.values()) == before


@pytest.mark.parametrize("factory", [AdaFactory, MinaFactory, EvaFactory, BoFactory])
def test_only_coordinators_count(client, factory):
    client.force_login(factory())
    assert client.post(COUNTING, typed()).status_code in (302, 404)


def test_the_count_is_not_a_page(client, cora):
    assert client.get(COUNTING).status_code == 404


# Who sees which program


def test_coordinators_see_their_own_programs_and_no_others(client, cora):
    mine = program_with(cora)
    other = program_with(CoraFactory(email="other@example.org"))
    assert [program.pk for program in client.get(LIST).context["cl"].result_list] == [mine.pk]
    assert other.name not in client.get(LIST, {"q": "Two-Way"}).text
    assert client.get(page_of(other)).status_code == 404
    assert client.post(page_of(other), {"name": "Taken"}).status_code == 404
    assert client.post(move_of(other, "draft")).status_code == 404
    other.refresh_from_db()
    assert other.stage == Stage.ENROLMENT


def test_administrators_read_what_has_left_the_draft_and_change_nothing(client):
    program, draft = program_with(CoraFactory()), ProgramFactory(stage=Stage.DRAFT)
    client.force_login(AdaFactory())
    page = client.get(page_of(program))
    assert page.status_code == 200
    assert 'name="_save"' not in page.text
    assert "The same site: low" in page.text
    assert client.get(page_of(draft)).status_code == 404
    assert client.get(ADD).status_code == 404
    assert client.post(move_of(program, "draft")).status_code == 404
    assert client.post(page_of(program), {"name": "Taken"}).status_code == 404
    program.refresh_from_db()
    assert (program.stage, program.name) != (Stage.DRAFT, "Taken")


@pytest.mark.parametrize("factory", [MinaFactory, OttoFactory, BoFactory, SiaFactory, EvaFactory])
def test_nobody_else_has_a_desk(client, factory):
    program = program_with(CoraFactory(), supervisor=SiaFactory(email="s@example.org"))
    client.force_login(factory())
    for url in (LIST, ADD, page_of(program)):
        assert client.get(url).status_code in (302, 404)
        assert program.name not in client.get(url).text


def test_a_coordinator_who_lost_the_flag_changes_nothing_any_more(client, cora):
    program = program_with(cora)
    cora.is_coordinator, cora.is_administrator = False, True
    cora.save()
    assert client.post(move_of(program, "matching")).status_code == 404
    assert client.post(page_of(program), {"name": "Taken"}).status_code == 404


@pytest.mark.parametrize("lost", [{"is_coordinator": False}, {"is_active": False}, {"left_on": date(2020, 1, 1)}])
def test_an_administrator_names_a_coordinator_where_there_is_none_any_more(client, lost):
    """Or nobody could ever change it, close it, or name one."""
    cora, ada, nora = CoraFactory(), AdaFactory(), PersonFactory(is_coordinator=True, email="nora@example.org")
    program, where = program_with(cora), "admin:programs_program_coordinator"
    page = reverse(where, args=[program.pk])
    client.force_login(ada)
    assert page not in client.get(page_of(program)).text
    for asked in (client.get, client.post):
        assert asked(page).status_code == 404, "while there is one it is theirs to name others"
    Person.objects.filter(pk=cora.pk).update(hired_on=None, **lost)
    assert page in client.get(page_of(program)).text
    sten = StenFactory()
    refused = client.post(page, {"person": sten.email})
    assert (refused.status_code, "may not open the desk" in refused.text) == (422, True)
    assert client.post(page, {"person": nora.email}).status_code == 302
    assert rules.coordinates(nora, program)
    assert client.get(page).status_code == 404
    client.force_login(nora)
    assert 'name="_save"' in client.get(page_of(program)).text


def test_nobody_else_names_one(client):
    cora, elsewhere, sia = CoraFactory(), PersonFactory(is_coordinator=True), SiaFactory()
    program = program_with(cora, sia)
    Person.objects.filter(pk=cora.pk).update(is_coordinator=False)
    for person in (cora, elsewhere, sia, EvaFactory()):
        client.force_login(person)
        assert client.get(reverse("admin:programs_program_coordinator", args=[program.pk])).status_code == 404
        with pytest.raises(rules.NoCoordinatorToName):
            actions.name_coordinator(program, person=elsewhere, by=person, at=clock.now())
    assert not program.duties.filter(person=elsewhere).exists()


# Moving on


def test_the_page_says_what_is_missing_before_enrolment(client, cora):
    ladder()
    program = ProgramFactory(stage=Stage.DRAFT)
    DutyFactory(program=program, person=cora)
    text = client.get(page_of(program)).text
    assert "There is no objective yet. Add at least one, with a target and a date." in text
    assert "There is no supervisor to turn to in difficulty." in text
    response = client.post(move_of(program, "enrolment"), follow=False)
    assert "There is no objective yet. Add at least one, with a target and a date." in told(response)
    program.refresh_from_db()
    assert program.stage == Stage.DRAFT


def test_a_complete_draft_opens_enrolment_and_a_second_press_changes_nothing(client, cora):
    sia = SiaFactory()
    MinaFactory(), OttoFactory()
    program = program_with(cora, supervisor=sia, stage=Stage.DRAFT, ends_on=date(2099, 1, 1))
    for _ in range(2):
        response = client.post(move_of(program, "enrolment"))
        assert response["Location"] == page_of(program)
        assert told(response)[-1] == f"{program.name} is now at the stage “Enrolment”."
    program.refresh_from_db()
    assert program.stage == Stage.ENROLMENT


def test_moving_needs_a_post_and_a_stage_that_exists(client, cora):
    program = program_with(cora, stage=Stage.RUNNING)
    assert client.get(move_of(program, "review")).status_code == 404
    assert client.post(move_of(program, "heaven")).status_code == 404
    assert client.post(move_of(program, "review")).status_code == 302
    program.refresh_from_db()
    assert program.stage == Stage.REVIEW


def test_a_closed_program_is_read_only(client, cora):
    program = program_with(cora, stage=Stage.CLOSED)
    assert 'name="_save"' not in client.get(page_of(program)).text
    assert client.post(page_of(program), {"name": "Taken"}).status_code == 404
    assert client.post(move_of(program, "review")).status_code == 404


# Cost


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_program_and_three(client, cora, count, django_assert_num_queries):
    for _ in range(count):
        program_with(cora)
    client.get(LIST)
    with django_assert_num_queries(4):
        assert client.get(LIST).context["cl"].result_count == count


def test_the_page_costs_the_same_with_one_supervisor_and_three(client, cora, django_assert_max_num_queries):
    program = program_with(cora, supervisor=SiaFactory(), stage=Stage.RUNNING)
    client.get(page_of(program))  # what Django asks once in each process is not counted
    with django_assert_max_num_queries(31) as one:
        client.get(page_of(program))
    for number in range(2):
        DutyFactory(program=program, person=SiaFactory(email=f"sia{number}@example.org"), duty=Duty.SUPERVISOR)
    with django_assert_max_num_queries(31) as three:
        client.get(page_of(program))
    assert len(one) == len(three)


# A company without a list of skills


def test_topics_can_be_named_that_no_list_has_yet(client, cora):
    SiaFactory()
    old = SkillFactory(name="Social media")
    answer = client.post(
        ADD, typed(topics=[], new_topics="social MEDIA\nUsing AI tools, Green  travel\n\n,using ai tools")
    )
    assert answer.status_code == 302
    program = Program.objects.get()
    assert {str(topic.skill) for topic in program.topics.all()} == {"Social media", "Using AI tools", "Green travel"}
    assert old in {topic.skill for topic in program.topics.all()}
    answer = client.post(page_of(program), retyped(client, program, new_topics="Robotics"))
    assert answer.status_code == 302
    assert program.topics.count() == 4
    assert client.get(page_of(program)).context["adminform"].form["new_topics"].value() in (None, "")


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("x" * 121, f"“{'x' * 20}…” has 121 characters. Keep each topic to 120."),
        (",".join(f"Topic {n}" for n in range(51)), "These are 51 topics. Add 50 or fewer at a time."),
    ],
)
def test_odd_new_topics_are_refused_and_join_nothing(client, cora, named, sentence):
    SiaFactory()
    sent = typed(new_topics=named)
    before = Skill.objects.count()
    answer = client.post(ADD, sent)
    assert errors_of(answer) == {"new_topics": [sentence]}
    assert named in answer.text
    assert Skill.objects.count() == before
