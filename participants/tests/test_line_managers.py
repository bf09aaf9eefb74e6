"""What a line manager learns of reports who take part, and what follows from their answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import kinds
from notifications.actions import deliver_due
from notifications.models import Notice
from participants import actions, queries, rules
from participants.choices import ManagersReply
from participants.models import ManagersAnswer, Participation
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MenteeFactory, MentorFactory
from people.tests.factories import PersonFactory, SkillFactory
from privacy.audiences import HOURS
from programs.actions import change_program
from programs.choices import Criterion, Side, Stage
from programs.documents import importance_field
from programs.models import Program
from programs.tests.factories import DutyFactory, program_with
from programs.tests.test_admin import errors_of, page_of, retyped

PAGE = "/reports/"
IMPORTANCE_OF_WISHES = importance_field(Criterion.PARTNER_WISHES)
GIVES, TALK = ManagersReply.GIVES, ManagersReply.TALK


@pytest.fixture
def ottos(program, otto):
    """Otto takes part as a mentee; Bo is his line manager."""
    return MenteeFactory(
        program=program, person=otto, hours_a_month=3, number_one="CANARY-WISH", background="CANARY-PAST"
    )


@pytest.fixture
def as_bo(client, bo):
    client.force_login(bo)
    return client


def answer_url(row) -> str:
    return reverse("participants:answer_as_manager", args=[row.program_id, row.person_id])


def answered(row, manager, reply, *, at=NOON):
    return actions.answer_as_manager(program_id=row.program_id, person_id=row.person_id, reply=reply, by=manager, at=at)


def composed(notice, *, at=NOON):
    return kinds.named(notice.kind).compose(notice, at)


# The page


def test_bo_reads_that_otto_takes_part_the_hours_and_the_end_and_nothing_else(as_bo, ottos, mina):
    MentorFactory(program=ottos.program, person=mina)
    page = as_bo.get(PAGE)
    assert page.status_code == 200
    assert "Takes part in Two-Way Northwind: 3 hours a month, until 7 December 2027." in page.text
    for hidden in ("mentor", "mentee", "Mentor", "Mentee", mina.family_name, "CANARY", "proposal", "In the pool"):
        assert hidden not in page.text, hidden


def test_both_sides_are_one_line_whose_hours_do_not_tell_that_there_are_two(as_bo, bo, ottos, otto):
    second = MentorFactory(program=ottos.program, person=otto, hours_a_month=2)
    page = as_bo.get(PAGE).text
    assert page.count("Takes part in Two-Way Northwind: 5 hours a month") == page.count("Takes part in") == 1
    second.hours_a_month = 20
    second.save()
    assert queries.reports_taking_part(bo, on=TODAY)[0].hours == 20


@pytest.mark.parametrize("change", ["withdrawn", "unsigned", "closed", "left", "deactivated", "another_manager"])
def test_the_page_ends_with_its_reason(as_bo, ottos, otto, change):
    match change:
        case "withdrawn":
            ottos.withdrawn_at = NOON
        case "unsigned":
            ottos.signatures.all().delete()
        case "closed":
            ottos.program.stage = Stage.CLOSED
            ottos.program.save()
        case "left":
            otto.left_on = date(2026, 1, 1)
        case "deactivated":
            otto.is_active = False
        case "another_manager":
            otto.manager = PersonFactory()
    otto.save()
    ottos.save()
    assert as_bo.get(PAGE).status_code == 404
    assert as_bo.post(answer_url(ottos), {"reply": "gives"}).status_code == 404
    assert not ManagersAnswer.objects.exists()


def test_nobody_but_the_line_manager_finds_the_page_or_may_answer(client, bo, ottos, otto, cora, mina, sten):
    above_bo = PersonFactory()
    bo.manager = above_bo
    bo.save()
    for person in (otto, cora, mina, sten, above_bo):
        client.force_login(person)
        assert client.get(PAGE).status_code == 404
        assert client.post(answer_url(ottos), {"reply": "gives"}).status_code == 404


def test_another_managers_report_is_neither_shown_nor_answered_for(as_bo, ottos, mina):
    mina.manager = PersonFactory()
    mina.save()
    minas = MentorFactory(program=ottos.program, person=mina)
    assert mina.family_name not in as_bo.get(PAGE).text
    assert as_bo.post(answer_url(minas), {"reply": "gives"}).status_code == 404
    assert not ManagersAnswer.objects.exists()


def test_the_page_needs_as_many_queries_for_three_reports_as_for_one(as_bo, bo, ottos, cora):
    def queries_needed() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert as_bo.get(PAGE).status_code == 200
        return len(asked)

    one = queries_needed()
    another = program_with(cora, name="Another")
    for program in (ottos.program, another):
        row = MenteeFactory(program=program, person=PersonFactory(manager=bo, rank=6))
        answered(row, bo, GIVES)
    assert queries_needed() == one


def test_the_sealed_text_is_not_even_read(as_bo, ottos):
    with CaptureQueriesContext(connection) as asked:
        as_bo.get(PAGE)
    assert [query["sql"] for query in asked if "not_discussed" in query["sql"]] == []


# The answer


def test_bo_gives_the_time_changes_his_mind_and_a_double_click_changes_nothing(as_bo, bo, ottos):
    page = as_bo.post(answer_url(ottos), {"reply": "gives"}, follow=True)
    assert "You give the time" in page.text
    first = ManagersAnswer.objects.get()
    answered(ottos, bo, GIVES, at=first.answered_at + timedelta(hours=1))
    assert ManagersAnswer.objects.get().answered_at == first.answered_at
    assert "You would like to talk" in as_bo.post(answer_url(ottos), {"reply": "talk"}, follow=True).text
    assert ManagersAnswer.objects.get().reply == TALK


@pytest.mark.parametrize("posted", [{}, {"reply": "perhaps"}, {"reply": ""}])
def test_an_answer_that_is_none_is_refused_in_words(as_bo, ottos, posted):
    page = as_bo.post(answer_url(ottos), posted)
    assert page.status_code == 422
    assert "Choose one of the two answers." in page.text
    assert not ManagersAnswer.objects.exists()


def test_the_database_holds_one_answer_and_none_about_oneself(bo, ottos):
    answer = answered(ottos, bo, GIVES)
    for manager in (bo, ottos.person):
        with pytest.raises(IntegrityError), transaction.atomic():
            ManagersAnswer.objects.create(
                program=answer.program, person=answer.person, manager=manager, reply=TALK, hours_a_month=1,
                answered_at=NOON,
            )  # fmt: skip


def test_the_action_itself_refuses_who_is_not_the_manager(ottos, cora):
    with pytest.raises(rules.NotYourReport):
        answered(ottos, cora, GIVES)


def test_the_answer_of_a_former_manager_no_longer_shows(bo, ottos, otto):
    answered(ottos, bo, GIVES)
    asked = queries.asked_of_manager(ottos.program, otto, on=TODAY)
    assert asked is not None
    assert asked.gives_the_time
    otto.manager = PersonFactory()
    otto.save()
    asked = queries.asked_of_manager(ottos.program, otto, on=TODAY)
    assert asked is not None
    assert asked.reply is None
    otto.manager = None
    otto.save()
    assert queries.asked_of_manager(ottos.program, otto, on=TODAY) is None


def test_an_answer_covers_fewer_hours_and_not_more(bo, ottos):
    answered(ottos, bo, GIVES)
    for hours, reply in ((2, GIVES), (3, GIVES), (4, None)):
        ottos.hours_a_month = hours
        ottos.save()
        assert queries.reports_taking_part(bo, on=TODAY)[0].reply is reply


def test_withdrawing_from_the_last_side_forgets_the_answer(bo, ottos, otto):
    second = MentorFactory(program=ottos.program, person=otto)
    answered(ottos, bo, GIVES)
    actions.withdraw(second, by=otto, at=NOON)
    assert ManagersAnswer.objects.exists()
    actions.withdraw(ottos, by=otto, at=NOON)
    assert not ManagersAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_answer_and_one_message(ottos, bo, cora):
    together = Barrier(2)
    refused: list[Exception] = []

    def click() -> None:
        try:
            together.wait(timeout=10)
            answered(ottos, bo, TALK)
        except Exception as error:
            refused.append(error)
        finally:
            connection.close()

    clicks = [Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(timeout=20)
    assert refused == []
    assert ManagersAnswer.objects.get().reply == TALK
    assert Notice.objects.get().person == cora


# A program that does not ask


def test_a_program_that_does_not_ask_tells_the_manager_nothing_and_nobody_waits(as_bo, program, ottos, otto, bo, cora):
    actions.ask_manager(person_id=otto.pk, at=NOON)
    asked = Notice.objects.get(kind=actions.MANAGER_ASKED)
    answered(ottos, bo, TALK)
    wants_to_talk = Notice.objects.get(person=cora)
    assert as_bo.get(PAGE).status_code == 200
    assert [composed(each) is None for each in (asked, wants_to_talk)] == [True, False]
    program.asks_line_managers = False
    program.save()
    assert as_bo.get(PAGE).status_code == 404
    assert as_bo.post(answer_url(ottos), {"reply": "gives"}).status_code == 404
    assert otto.family_name not in as_bo.get(reverse("dashboards:home")).text
    assert [composed(each) for each in (asked, wants_to_talk)] == [None, None]
    as_bo.force_login(otto)
    assert "line manager" not in as_bo.get(reverse("participants:program", args=[program.pk])).text.lower()
    profile = as_bo.get(reverse("participants:profile", args=[program.pk, "mentee"])).text
    assert "Your line manager is told nothing." in profile
    assert HOURS.words not in profile
    as_bo.force_login(cora)
    assert "Not asked" in as_bo.get(reverse("admin:participants_participation_change", args=[ottos.pk])).text


def test_nothing_is_owed_until_the_program_asks_and_then_once(program, otto, bo, cora):
    program.asks_line_managers = False
    program.save()
    offered = [SkillFactory()]
    actions.volunteer(
        program=program, side=Side.MENTEE, by=otto, at=NOON, offered=offered, wanted=offered, languages=["en"],
        ways=["video"], hours_a_month=3, charter_agreed=True,
    )  # fmt: skip
    assert not Notice.objects.filter(person=bo).exists()
    program.asks_line_managers = True
    for _ in range(2):
        change_program(program=program, topics=[], by=cora, at=NOON)
    assert "3 hours a month" in composed(Notice.objects.get(person=bo, kind=actions.MANAGER_ASKED)).paragraphs[0]


def test_what_was_called_off_meanwhile_is_asked_anew_and_nothing_else_is(program, otto, bo, cora, ottos):
    def switch(asks: bool, at: datetime) -> None:
        program.asks_line_managers = asks
        change_program(program=program, topics=[], by=cora, at=at)
        deliver_due(clock=lambda: at)

    def states() -> list[str]:
        return list(
            Notice.objects.filter(person=bo, kind=actions.MANAGER_ASKED).order_by("pk").values_list("state", flat=True)
        )

    actions.ask_manager(person_id=otto.pk, at=NOON)
    for minute in range(1, 5):
        switch(minute % 2 == 0, NOON + timedelta(minutes=minute))
    assert states() == ["cancelled", "sent"]
    Notice.objects.filter(kind=actions.MANAGER_ASKED).update(state="cancelled")
    answered(ottos, bo, TALK)
    switch(True, NOON + timedelta(minutes=5))
    assert states() == ["cancelled", "cancelled"], "he has answered on the page"
    ManagersAnswer.objects.all().delete()
    actions.ask_manager(person_id=otto.pk, at=NOON)
    assert states() == ["cancelled", "cancelled", "owed"]


def test_who_withdraws_before_the_mail_left_and_joins_again_is_asked_for_again(program, otto, bo):
    def joins(at: datetime) -> Participation:
        mine = actions.volunteer(program=program, side=Side.MENTEE, by=otto, at=at, charter_agreed=True)
        owed = Notice.objects.filter(person=bo, state="owed", kind=actions.MANAGER_ASKED)
        assert [composed(each, at=at) is not None for each in owed] == [True]
        return mine

    actions.withdraw(joins(NOON), by=otto, at=NOON)
    deliver_due(clock=lambda: NOON)
    joins(NOON + timedelta(hours=1))


def test_who_took_the_answer_along_and_joins_again_is_asked_for_again_and_once(program, otto, bo):
    mine = actions.volunteer(program=program, side=Side.MENTEE, by=otto, at=NOON, charter_agreed=True)
    deliver_due(clock=lambda: NOON)
    answered(mine, bo, GIVES)
    actions.withdraw(mine, by=otto, at=NOON + timedelta(hours=1))
    later = NOON + timedelta(days=20)
    for _ in range(2):
        actions.volunteer(program=program, side=Side.MENTEE, by=otto, at=later, charter_agreed=True)
    [again] = Notice.objects.filter(person=bo, kind=actions.MANAGER_ASKED, state="owed")
    assert composed(again, at=later) is not None


@pytest.mark.parametrize("takes_part", [True, False])
def test_whoever_joined_a_program_that_tells_no_manager_is_not_told_of_afterwards(
    client, program, otto, cora, takes_part
):
    """“Your line manager is told nothing” stood where they told about themselves. Of names on lists it is the same."""
    program.asks_line_managers = False
    program.save()
    if takes_part:
        MenteeFactory(program=program, person=otto)
    client.force_login(cora)
    loosened = {"asks_line_managers": "on", "wish_lists": "named", IMPORTANCE_OF_WISHES: "high"}
    sent = client.post(page_of(program), retyped(client, program, **loosened))
    told = ["People have volunteered here who were told that their line manager is told nothing."] * takes_part
    named = ["People have volunteered here who were told that no list shows their name."] * takes_part
    errors = errors_of(sent) if takes_part else {}
    assert [said.partition(" For ")[0] for said in errors.get("asks_line_managers", [])] == told
    assert [said.partition(" For ")[0] for said in errors.get("wish_lists", [])] == named
    program.refresh_from_db()
    assert (program.asks_line_managers, program.wish_lists) == ((False, "none") if takes_part else (True, "named"))


def test_what_tells_others_less_may_always_be_chosen(client, program, otto, cora):
    MenteeFactory(program=program, person=otto)
    Program.objects.filter(pk=program.pk).update(wish_lists="named")
    client.force_login(cora)
    less = {**retyped(client, program), "wish_lists": "anonymous", IMPORTANCE_OF_WISHES: "high"}
    less.pop("asks_line_managers")
    assert client.post(page_of(program), less).status_code == 302
    program.refresh_from_db()
    assert (program.asks_line_managers, program.wish_lists) == (False, "anonymous")


# Who else reads it


@pytest.mark.parametrize(
    ("reply", "sentence", "line"),
    [
        (None, "is told that you take part, and asked to give 3 hours a month", "Has not answered"),
        (GIVES, "gives the time, 3 hours a month", "Gives the time"),
        (TALK, "would like to talk with the coordinators", "Wants to talk"),
    ],
)
def test_the_person_and_the_coordinator_read_the_state(client, bo, ottos, otto, cora, reply, sentence, line):
    if reply is not None:
        answered(ottos, bo, reply)
    client.force_login(otto)
    page = client.get(reverse("participants:program", args=[ottos.program_id])).text
    assert f"Your line manager {sentence}" in page
    assert bo.family_name not in page
    client.force_login(cora)
    desk = client.get(reverse("admin:participants_participation_change", args=[ottos.pk])).text
    assert line in desk


def test_nobody_is_told_of_a_manager_who_is_not_there(client, ottos, otto, cora):
    otto.manager = None
    otto.save()
    client.force_login(otto)
    assert "line manager" not in client.get(reverse("participants:program", args=[ottos.program_id])).text.lower()
    client.force_login(cora)
    assert "Not asked" in client.get(reverse("admin:participants_participation_change", args=[ottos.pk])).text


@pytest.fixture
def kim(program):
    """A coordinator of the program who takes part in it."""
    kim = PersonFactory(given_name="Kim", family_name="Candidate", rank=2, is_coordinator=True)
    DutyFactory(program=program, person=kim)
    return MentorFactory(program=program, person=kim).person


def test_a_coordinator_who_takes_part_does_not_read_it(client, bo, ottos, kim):
    answered(ottos, bo, TALK)
    client.force_login(kim)
    page = client.get(reverse("admin:participants_participation_change", args=[ottos.pk])).text
    assert "Otto Executive" in page
    assert "line manager" not in page.lower()
    assert "Wants to talk" not in page


# What is written


def test_the_manager_is_written_to_once_for_both_sides(program, otto, bo):
    otto.level = program.mentor_highest_level
    otto.save()
    actions.volunteer(program=program, side=Side.MENTOR, by=otto, at=NOON, charter_agreed=True, hours_a_month=3)
    mine = actions.change_profile(otto.participations.get(), by=otto, at=NOON, charter_agreed=True)
    program.mentee_lowest_level = otto.level
    program.save()
    actions.volunteer(program=program, side=Side.MENTEE, by=otto, at=NOON, charter_agreed=True)
    actions.withdraw(mine, by=otto, at=NOON)
    actions.volunteer(program=program, side=Side.MENTOR, by=otto, at=NOON, charter_agreed=True, hours_a_month=3)
    notice = Notice.objects.get(person=bo, kind=actions.MANAGER_ASKED)
    message = composed(notice)
    assert message.link == PAGE
    assert "You are asked to give 5 hours a month, until 7 December 2027." in message.paragraphs
    assert "mentee" not in repr(message)
    assert "mentor" not in repr(message).replace("mentoring", "")


def test_who_left_the_charter_open_is_told_of_to_nobody(program, otto, bo):
    actions.volunteer(program=program, side=Side.MENTEE, by=otto, at=NOON)
    assert not Notice.objects.filter(person=bo).exists()


@pytest.mark.parametrize("change", ["withdrew", "another manager", "answered"])
def test_the_manager_is_not_written_to_once_that_is_no_longer_wanted(program, otto, bo, change):
    mine = actions.volunteer(program=program, side=Side.MENTEE, by=otto, at=NOON, charter_agreed=True)
    notice = Notice.objects.get(person=bo, kind=actions.MANAGER_ASKED)
    assert composed(notice) is not None
    if change == "withdrew":
        actions.withdraw(mine, by=otto, at=NOON)
    elif change == "answered":
        answered(mine, bo, GIVES)
    else:
        otto.manager = PersonFactory()
        otto.save()
    assert composed(notice) is None


def test_coordinators_who_are_no_candidates_are_told_that_bo_would_like_to_talk(ottos, bo, cora, kim):
    answered(ottos, bo, TALK)
    answered(ottos, bo, TALK)
    notice = Notice.objects.get(kind=actions.MANAGER_WANTS_TO_TALK)
    assert notice.person == cora
    message = composed(notice)
    assert "Bo Manager is the line manager of Otto Executive, who takes part in Two-Way Northwind." in (
        message.paragraphs
    )
    MentorFactory(program=ottos.program, person=cora)
    assert composed(notice) is None, "she became a candidate herself"


@pytest.mark.parametrize("change", ["gives the time after all", "withdrew", "another manager"])
def test_coordinators_are_not_written_to_once_that_is_no_longer_wanted(ottos, otto, bo, change):
    answered(ottos, bo, TALK)
    notice = Notice.objects.get(kind=actions.MANAGER_WANTS_TO_TALK)
    if change == "withdrew":
        actions.withdraw(ottos, by=otto, at=NOON)
    elif change == "another manager":
        otto.manager = PersonFactory()
        otto.save()
    else:
        answered(ottos, bo, GIVES)
    assert composed(notice) is None


def test_giving_the_time_writes_to_nobody(ottos, bo):
    answered(ottos, bo, GIVES)
    assert not Notice.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_in_a_browser(live_server, page, good_page, axe, as_bo, browser_context, ottos):
    session = as_bo.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="Your reports who take part").click()
    page.get_by_role("heading", name="Your reports who take part").wait_for()
    good_page()
    page.get_by_role("button", name="I give the time").click()
    page.get_by_text("You give the time", exact=True).wait_for()
    axe(page)
