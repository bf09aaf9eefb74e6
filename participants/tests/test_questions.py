"""Answers to a program's own questions: who tells, who reads, and that what was answered keeps its meaning."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from participants import actions, profiles, queries, questions, rules
from participants.choices import Relation, Step
from participants.models import Participation, ProgramAnswer
from participants.rules import mark_field
from participants.tests.conftest import NOON
from participants.tests.factories import MenteeFactory, MentorFactory
from participants.tests.instant import while_another_waits
from participants.tests.offer import send_offer, step_url
from participants.tests.test_views import posted, url
from people.exports import gathered_for
from people.tests.factories import AdaFactory, CoraFactory, EvaFactory, PersonFactory
from programs import questions as program_questions
from programs.choices import AnswerKind, AskedOf, Duty, Stage
from programs.models import Program, ProgramQuestion
from programs.tests.factories import DutyFactory, QuestionFactory
from programs.tests.test_admin import errors_of, page_of, retyped

CANARY = "CANARY-NIGHT-SHIFT"
LATER = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def words(program) -> ProgramQuestion:
    return QuestionFactory(program=program, words="What would you change first?", help="One thing.")


@pytest.fixture
def choice(program) -> ProgramQuestion:
    return QuestionFactory(
        program=program, words="Which shift?", kind=AnswerKind.CHOICE, options=["Early", "Late"], required=True,
        position=2,
    )  # fmt: skip


@pytest.fixture
def scale(program) -> ProgramQuestion:
    return QuestionFactory(
        program=program, words="How often?", kind=AnswerKind.SCALE, lowest="Never", highest="Daily", position=3
    )


@pytest.fixture
def minas(program, mina, words, choice, scale) -> Participation:
    """Mina takes part, and has answered all three."""
    row = MentorFactory(program=program, person=mina)
    return actions.change_profile(row, by=mina, at=NOON, answers={words.pk: CANARY, choice.pk: "Late", scale.pk: 4})


def field(question: ProgramQuestion) -> str:
    return f"question_{question.pk}"


def told_by(participation: Participation) -> dict[str, str | int]:
    return {each.question.words: each.value for each in participation.answers.select_related("question")}


# Telling


def test_the_form_asks_and_keeps_and_shows_them_again(client, program, mina, words, choice, scale):
    QuestionFactory(program=program, words="Only for mentees?", asked_of=AskedOf.MENTEES)
    QuestionFactory(program=program, words="Gone?", retired=True)
    client.force_login(mina)
    page = client.get(step_url(program, "mentor", Step.ABOUT))
    assert "One thing." in page.text
    assert page.text.count("You, and coordinators who do not take part") == 3
    assert "Only for mentees?" not in page.text
    assert "Gone?" not in page.text
    answers = {field(words): f" {CANARY} ", field(choice): "Early", field(scale): "2"}
    assert client.post(step_url(program, "mentor", Step.ABOUT), posted(**answers)).status_code == 302
    kept = client.get(step_url(program, "mentor", Step.ABOUT)).context["form"]
    assert [kept[name].value() for name in answers] == [f" {CANARY} ", "Early", "2"]
    assert send_offer(client, program, "mentor", **posted(**answers)).status_code == 302
    row = Participation.objects.get()
    assert told_by(row) == {"What would you change first?": CANARY, "Which shift?": "Early", "How often?": 2}
    form = client.get(url("profile", program, "mentor")).context["form"]
    assert [form[name].value() for name in answers] == [CANARY, "Early", 2]


def test_an_answer_can_be_changed_and_taken_back(client, mina, program, minas, words, choice, scale):
    client.force_login(mina)
    answers = {field(words): "", field(choice): "Early", field(scale): ""}
    assert client.post(url("profile", program, "mentor"), posted(**answers)).status_code == 302
    assert told_by(minas) == {"Which shift?": "Early"}


def test_an_answer_that_is_not_given_anew_stays(mina, minas, words, choice, scale):
    actions.change_profile(minas, by=mina, at=LATER, answers={choice.pk: "Early", words.pk: ""})
    assert told_by(minas) == {"Which shift?": "Early", "How often?": 4}


@pytest.mark.parametrize("takes_part", [False, True])
def test_a_required_question_is_refused_at_its_field_and_nothing_typed_is_lost(
    client, program, mina, words, choice, takes_part
):
    if takes_part:
        MentorFactory(program=program, person=mina)
    client.force_login(mina)
    sent = posted(**{field(words): CANARY})
    if takes_part:
        answer = client.post(url("profile", program, "mentor"), sent)
    else:
        answer = send_offer(client, program, "mentor", **sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field(choice): ["Please choose one."]}
    assert CANARY in answer.text
    assert not ProgramAnswer.objects.exists()


def test_a_question_required_while_somebody_was_on_a_later_step_leads_them_back_to_it(client, program, mina, words):
    client.force_login(mina)
    for step in (Step.OFFER, Step.ABOUT, Step.WAYS):
        client.post(step_url(program, "mentor", step), posted(**{field(words): CANARY}))
    added = QuestionFactory(program=program, required=True)
    ProgramQuestion.objects.filter(pk=words.pk).update(retired=True)
    answer = client.post(step_url(program, "mentor", Step.BOUNDARIES), posted(), follow=True)
    assert answer.context["form"].errors == {field(added): ["Please answer this."]}
    assert CANARY not in answer.text
    assert not Participation.objects.exists()


@pytest.mark.parametrize("odd", ["Night", "0", "6", "x\x00", "9" * 25, "½"])
def test_an_odd_answer_is_refused_at_its_field(client, program, mina, choice, scale, odd):
    client.force_login(mina)
    answer = send_offer(client, program, "mentor", **posted(**{field(choice): odd, field(scale): odd}))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field(choice), field(scale)}


def test_too_long_an_answer_is_told_by_how_much(client, program, mina, words):
    client.force_login(mina)
    answer = send_offer(client, program, "mentor", **posted(**{field(words): "a" * 301}))
    assert answer.context["form"].errors == {field(words): ["This is 301 characters long. Take out 1 or more."]}


def test_a_question_changed_while_somebody_writes_is_judged_as_it_is_now(program, mina, choice, scale, words):
    row = MentorFactory(program=program, person=mina)
    stranger = QuestionFactory()
    odd: list[dict[int, str | int]] = [
        {}, {choice.pk: "Night"}, {choice.pk: "Late", scale.pk: 6}, {choice.pk: "Late", stranger.pk: "x"},
        {choice.pk: "Late", scale.pk: "three"}, {choice.pk: "Late", words.pk: 3},
        {choice.pk: "Late", words.pk: "a" * 301},
    ]  # fmt: skip
    for given in odd:
        with pytest.raises(ValidationError):
            actions.change_profile(row, by=mina, at=NOON, answers=given)
    assert not ProgramAnswer.objects.exists()


# A question that changes while somebody writes

CHANGED = ["This question has changed since you answered it. Read it again; saving keeps your answer."]


def reword(question: ProgramQuestion, words: str = "What would you keep?") -> None:
    ProgramQuestion.objects.filter(pk=question.pk).update(words=words)


def test_a_draft_never_answers_words_that_came_later_until_it_is_saved_again(client, program, mina, words, scale):
    client.force_login(mina)
    about, last = (step_url(program, "mentor", step) for step in (Step.ABOUT, Step.BOUNDARIES))
    sent = posted(**{field(words): CANARY})
    for step in (Step.OFFER, Step.ABOUT, Step.WAYS):
        client.post(step_url(program, "mentor", step), sent)
    [typed] = (repr(each.records) for each in gathered_for(mina, at=NOON) if each.part.name == "drafts")
    assert (field(words) in typed, mark_field(words.pk) in typed) == (True, False)
    reword(words)
    reword(scale, "How seldom?")  # nobody has answered it, so nothing is asked about it
    for _ in range(2):  # to look at it is not to save it
        answer = client.post(last, posted(), follow=True)
        assert answer.redirect_chain == [(f"{about}?look", 302)]
        for page in (answer, client.get(about)):
            form = page.context["form"]
            assert (form.errors, form[field(words)].value()) == ({field(words): CHANGED}, CANARY)
            assert "What would you keep?" in page.text
    assert not client.get(step_url(program, "mentor", Step.OFFER)).context["form"].is_bound
    assert not Participation.objects.exists()
    stale = client.post(about, sent)
    assert (stale.status_code, stale.context["form"].errors) == (422, {field(words): CHANGED})
    mark = mark_field(words.pk)
    assert client.post(about, sent | {mark: stale.context["form"][mark].value()}).status_code == 302
    assert not client.get(about).context["form"].is_bound
    assert client.post(last, posted()).status_code == 302
    assert told_by(Participation.objects.get()) == {"What would you keep?": CANARY}


def test_a_profile_page_that_is_open_meanwhile_is_refused_once(client, program, mina, words):
    row = MentorFactory(program=program, person=mina)
    client.force_login(mina)
    before = posted(**{field(words): CANARY})
    reword(words)
    refused = client.post(url("profile", program, "mentor"), before)
    form = refused.context["form"]
    assert (refused.status_code, form.errors) == (422, {field(words): CHANGED})
    assert CANARY in refused.text
    assert told_by(row) == {}
    again = before | {mark_field(words.pk): form[mark_field(words.pk)].value()}
    assert client.post(url("profile", program, "mentor"), again).status_code == 302
    assert told_by(row) == {"What would you keep?": CANARY}


@pytest.mark.parametrize("changes", [{"words": "?"}, {"options": ["Late", "Early", "Night"]}, {"lowest": "x"}])
def test_words_that_change_in_the_very_moment_are_not_answered(program, mina, choice, scale, changes):
    row = MentorFactory(program=program, person=mina)
    read = {each.pk: program_questions.mark_of(each) for each in (choice, scale)}
    answers: dict[int, str | int] = {choice.pk: "Late", scale.pk: 3}
    changed = scale if "lowest" in changes else choice
    ProgramQuestion.objects.filter(pk=changed.pk).update(**changes)
    with pytest.raises(rules.AnswerRefused) as refusal:
        actions.change_profile(row, by=mina, at=NOON, answers=answers, questions_read=read)
    assert refusal.value.message_dict == {field(changed): CHANGED}
    assert told_by(row) == {}


@pytest.mark.django_db(transaction=True)
def test_a_profile_that_is_changed_waits_for_a_coordinator_who_changes_a_question(program, mina, words):
    row, read = MentorFactory(program=program, person=mina), {words.pk: program_questions.mark_of(words)}

    def change() -> object:
        return actions.change_profile(row, by=mina, at=NOON, answers={words.pk: CANARY}, questions_read=read)

    with transaction.atomic():
        Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        reword(words)
        ended = while_another_waits(change)
    assert isinstance(ended()[0], rules.AnswerRefused)
    assert not ProgramAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_offer_sent_in_that_very_moment_comes_back_to_its_question(client, program, mina, words):
    """The coordinator's change is kept while the offer, judged by the former words, waits for the program."""
    client.force_login(mina)
    sent, last = posted(**{field(words): CANARY}), step_url(program, "mentor", Step.BOUNDARIES)
    for step in (Step.OFFER, Step.ABOUT, Step.WAYS):
        client.post(step_url(program, "mentor", step), sent)
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program.pk)
        reword(words)
        ended = while_another_waits(lambda: client.post(last, sent))
    [answer] = ended()
    assert answer.url == f"{step_url(program, 'mentor', Step.ABOUT)}?look"
    assert client.get(answer.url).context["form"].errors == {field(words): CHANGED}
    assert not Participation.objects.exists()


def test_nobody_answers_for_another(program, minas, otto, cora, choice):
    for person in (otto, cora):
        with pytest.raises(ValidationError):
            actions.change_profile(minas, by=person, at=NOON, answers={choice.pk: "Early"})
    assert told_by(minas)["Which shift?"] == "Late"


# A question that comes or goes later


def test_a_question_added_later_makes_nobody_unready_and_says_that_it_is_there(client, program, mina):
    row = MentorFactory(program=program, person=mina)
    QuestionFactory(program=program, required=True)
    QuestionFactory(program=program)
    QuestionFactory(program=program, required=True, retired=True)
    QuestionFactory(program=program, required=True, asked_of=AskedOf.MENTEES)
    assert queries.missing_of(row) == ()
    assert list(Participation.objects.ready()) == [row]
    client.force_login(mina)
    page = client.get(reverse("participants:program", args=[program.pk]))
    assert "One more question since you joined. You are as ready as before." in page.text
    [item] = queries.waiting_for(queries.mine(mina), paired_in=())
    assert (item.what, item.url) == ("One more question since you joined", url("profile", program, "mentor"))
    program.stage = Stage.CLOSED
    program.save()
    assert "since you joined" not in client.get(reverse("participants:program", args=[program.pk])).text


def test_whoever_has_answered_is_told_of_nothing_more(client, program, mina, minas):
    client.force_login(mina)
    assert "since you joined" not in client.get(reverse("participants:program", args=[program.pk])).text
    assert queries.waiting_for(queries.mine(mina), paired_in=()) == []


def test_what_is_left_costs_the_same_for_three_programs_as_for_one(mina):
    def queries_needed() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert questions.left_of(Participation.objects.filter(person=mina))
        return len(asked)

    def take_part() -> None:
        QuestionFactory(program=MentorFactory(person=mina).program, required=True)

    take_part()
    one = queries_needed()
    take_part()
    take_part()
    assert queries_needed() == one


def test_what_is_no_longer_asked_stays_with_whoever_answered_it_and_can_be_taken_back(
    client, program, mina, minas, choice
):
    ProgramQuestion.objects.filter(pk=choice.pk).update(retired=True)
    client.force_login(mina)
    page = client.get(url("profile", program, "mentor"))
    assert "No longer asked. You can leave your answer, or take it back." in page.text
    assert client.post(url("profile", program, "mentor"), posted(**{field(choice): ""})).status_code == 302
    assert told_by(minas) == {}
    assert field(choice) not in client.get(url("profile", program, "mentor")).context["form"].fields


# Leaving


def test_withdrawing_empties_them_at_once(program, mina, minas):
    actions.withdraw(minas, by=mina, at=LATER)
    assert not ProgramAnswer.objects.exists()


# Reading


def test_coordinators_read_them_at_the_desk(client, cora, minas):
    client.force_login(cora)
    page = client.get(reverse("admin:participants_participation_change", args=[minas.pk]))
    assert f"<b>What would you change first?</b><br>{CANARY}" in page.text
    assert "4 of 5 (1 is “Never”, 5 is “Daily”)" in page.text
    assert CANARY not in client.get("/desk/participants/participation/").text


def test_a_coordinator_who_takes_part_does_not_read_them(client, minas):
    kim = CoraFactory(email="kim@example.org")
    DutyFactory(program=minas.program, person=kim, duty=Duty.COORDINATOR)
    MenteeFactory(program=minas.program, person=kim)
    client.force_login(kim)
    page = client.get(reverse("admin:participants_participation_change", args=[minas.pk]))
    assert page.status_code == 200
    assert "Which shift?" not in page.text
    assert CANARY not in page.text


def test_bo_and_everybody_else_finds_nothing_of_them(client, minas, otto, bo, sten):
    supervisor = DutyFactory(program=minas.program, person=PersonFactory(), duty=Duty.SUPERVISOR).person
    MenteeFactory(program=minas.program, person=otto)
    pages = [
        reverse("admin:participants_participation_change", args=[minas.pk]),
        url("profile", minas.program, "mentor"),
        reverse("participants:program", args=[minas.program_id]),
        reverse("participants:reports"),
    ]
    for person in (otto, bo, sten, supervisor, EvaFactory(), AdaFactory()):
        client.force_login(person)
        for page in pages:
            assert CANARY not in client.get(page).text


@pytest.mark.parametrize("relation", sorted(set(Relation) - {Relation.ONESELF, Relation.COORDINATOR}))
def test_no_partner_and_nobody_proposed_reads_them(minas, relation):
    assert any(each.words == CANARY for each in questions.shown(minas))
    assert profiles.profile_shown_to(minas, relation).answers is None


def test_they_print_nowhere(minas):
    answer = minas.answers.first()
    assert CANARY not in f"{answer} {answer!r} {profiles.profile_shown_to(minas, Relation.COORDINATOR)!r}"


def test_in_a_closed_program_one_still_reads_ones_own(client, mina, minas):
    minas.program.stage = "closed"
    minas.program.save()
    client.force_login(mina)
    assert CANARY in client.get(url("profile", minas.program, "mentor")).text


# What was answered keeps its meaning


def row_of(question: ProgramQuestion, sent: dict[str, Any]) -> str:
    return next(name.removesuffix("-id") for name, said in sent.items() if name.endswith("-id") and said == question.pk)


STAYS = [program_questions.STAYS]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"words": "Which night?"}, {"words": STAYS}),
        ({"options": "Early\nLate\nNight"}, {"options": STAYS}),
        ({"asked_of": "mentee"}, {"asked_of": STAYS}),
        ({"kind": "text", "options": ""}, {"kind": STAYS, "options": STAYS}),
        ({"DELETE": "on"}, {"__all__": [program_questions.STAYS_WHOLE]}),
    ],
)
def test_the_desk_refuses_to_change_or_remove_what_somebody_has_answered(client, cora, minas, choice, changes, errors):
    client.force_login(cora)
    sent = retyped(client, minas.program)
    row = row_of(choice, {name: said for name, said in sent.items() if name.startswith("questions-")})
    answer = client.post(page_of(minas.program), {**sent, **{f"{row}-{name}": said for name, said in changes.items()}})
    assert errors_of(answer) == {f"{row}-{name}": said for name, said in errors.items()}
    assert CANARY not in answer.text
    choice.refresh_from_db()
    assert (choice.words, choice.options, choice.asked_of) == ("Which shift?", ["Early", "Late"], "both")


def test_its_place_its_help_and_whether_it_is_asked_can_change(client, cora, minas, choice):
    client.force_login(cora)
    sent = retyped(client, minas.program)
    row = row_of(choice, {name: said for name, said in sent.items() if name.startswith("questions-")})
    changes = {f"{row}-position": "9", f"{row}-help": "As planned.", f"{row}-retired": "on"}
    assert client.post(page_of(minas.program), {**sent, **changes}).status_code == 302
    choice.refresh_from_db()
    assert (choice.position, choice.help, choice.retired) == (9, "As planned.", True)


def delete_in_sql(question: ProgramQuestion) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from programs_programquestion where id = %s", [question.pk])
        cursor.execute("set constraints all immediate")


def test_the_database_refuses_it_too(minas, choice, words):
    unanswered = QuestionFactory(program=minas.program)
    ProgramQuestion.objects.filter(pk=unanswered.pk).update(words="Changed")
    for change in ({"words": "Changed"}, {"options": ["Late", "Early"]}, {"asked_of": AskedOf.MENTEES}):
        with pytest.raises(IntegrityError, match="its meaning stays"), transaction.atomic():
            ProgramQuestion.objects.filter(pk=choice.pk).update(**change)
    with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
        delete_in_sql(words)


@pytest.mark.parametrize("broken", [{}, {"words": "x", "point": 3}, {"point": 0}, {"point": 6}])
def test_the_database_keeps_one_thing_for_each_answer(minas, broken):
    question = QuestionFactory(program=minas.program)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgramAnswer.objects.create(participation=minas, question=question, **broken)
