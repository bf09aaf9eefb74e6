"""Champions: shown by their own yes, and until then known to nobody but them and the coordinators of the program."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import kinds
from notifications.models import Notice
from participants import actions, champions, queries, rules
from participants.choices import ChampionsReply
from participants.models import Champion
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import PersonFactory
from programs.choices import Stage
from programs.models import Program
from programs.rules import NotACoordinator
from programs.tests.factories import program_with

YES, NO = ChampionsReply.YES, ChampionsReply.NO


@pytest.fixture
def ottos(program, otto):
    return MenteeFactory(program=program, person=otto)


@pytest.fixture
def asked(program, cora, ottos):
    return actions.name_champion(program, person=ottos.person, by=cora, at=NOON)


@pytest.fixture
def page_url(program):
    return reverse("participants:program", args=[program.pk])


@pytest.fixture
def own_url(program):
    return reverse("participants:champion", args=[program.pk])


@pytest.fixture
def desk_url(program):
    return reverse("participants:champions_at_desk", args=[program.pk])


def answer(champion, reply, at=NOON):
    actions.answer_as_champion(champion, reply=reply, by=champion.person, at=at)


def shown(program) -> list[Person]:
    return list(champions.shown_in(program, on=TODAY))


# Naming


def test_somebody_who_takes_part_is_asked_once_however_often_they_are_named(program, cora, asked, otto):
    actions.name_champion(program, person=otto, by=cora, at=NOON + timedelta(days=1))
    [notice] = Notice.objects.filter(kind=actions.CHAMPION_ASKED)
    assert (notice.person, Champion.objects.count()) == (otto, 1)
    assert shown(program) == []


def test_somebody_who_withdrew_took_part_too(program, cora, otto, ottos):
    actions.withdraw(ottos, by=otto, at=NOON)
    actions.name_champion(program, person=otto, by=cora, at=NOON)
    assert Champion.objects.get().person == otto


def test_who_took_part_only_elsewhere_or_has_left_is_refused_in_words(program, cora, mina):
    MentorFactory(person=mina)
    with pytest.raises(rules.NeverTookPart, match=f"{mina} has never taken part in {program}"):
        actions.name_champion(program, person=mina, by=cora, at=NOON)
    gone = MentorFactory(program=program, person=PersonFactory(rank=2, left_on=TODAY)).person
    with pytest.raises(rules.NotHereNow, match="does not work here any more"):
        actions.name_champion(program, person=gone, by=cora, at=NOON)
    assert not Champion.objects.exists()
    assert not Notice.objects.filter(kind=actions.CHAMPION_ASKED).exists()


@pytest.mark.parametrize("replies", [[NO], [YES, NO]])
def test_after_a_no_or_a_yes_taken_back_nobody_asks_again(program, cora, asked, replies):
    for reply in replies:
        answer(asked, reply)
    with pytest.raises(rules.NotAskedAgain, match="nobody is asked twice"):
        actions.name_champion(program, person=asked.person, by=cora, at=NOON)
    assert Notice.objects.filter(kind=actions.CHAMPION_ASKED).count() == 1


def test_only_a_coordinator_of_the_program_names(program, ottos, mina):
    elsewhere = PersonFactory(is_coordinator=True)
    program_with(elsewhere)
    for somebody in (mina, ottos.person, elsewhere):
        with pytest.raises(NotACoordinator):
            actions.name_champion(program, person=ottos.person, by=somebody, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_name_somebody_at_the_same_moment_ask_once(program, cora, ottos):
    together, failures = Barrier(2), []

    def name() -> None:
        together.wait()
        try:
            actions.name_champion(program, person=ottos.person, by=cora, at=NOON)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=name) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Champion.objects.count() == Notice.objects.filter(kind=actions.CHAMPION_ASKED).count() == 1


# Answering


def test_a_yes_shows_and_taking_it_back_hides_and_a_later_yes_shows_again(program, asked, otto):
    answer(asked, YES)
    assert shown(program) == [otto]
    answer(asked, NO)
    assert shown(program) == []
    answer(asked, YES)
    assert shown(program) == [otto]


def test_the_same_answer_twice_keeps_the_first(asked):
    answer(asked, YES)
    answer(asked, YES, at=NOON + timedelta(hours=1))
    asked.refresh_from_db()
    assert asked.replied_at == NOON
    answer(asked, NO, at=NOON + timedelta(hours=2))
    answer(asked, NO, at=NOON + timedelta(hours=3))
    asked.refresh_from_db()
    assert asked.withdrawn_at == NOON + timedelta(hours=2)


def test_nobody_answers_for_somebody_else(program, asked, cora):
    with pytest.raises(rules.NotOnesOwn):
        actions.answer_as_champion(asked, reply=YES, by=cora, at=NOON)
    assert shown(program) == []


def test_who_has_left_is_not_shown(program, asked, otto):
    answer(asked, YES)
    Person.objects.filter(pk=otto.pk).update(left_on=TODAY)
    assert shown(program) == []


def test_a_program_shows_the_champions_of_the_pilot_it_grew_from_once_each_and_not_the_other_way(program, cora, asked):
    grown = program_with(cora, name="The wider one", grown_from=program)
    answer(asked, YES)
    MenteeFactory(program=grown, person=asked.person)
    again = actions.name_champion(grown, person=asked.person, by=cora, at=NOON)
    answer(again, YES)
    other = MentorFactory(program=grown).person
    answer(actions.name_champion(grown, person=other, by=cora, at=NOON), YES)
    assert set(shown(grown)) == {asked.person, other}
    assert len(shown(grown)) == 2
    assert shown(program) == [asked.person]


@pytest.mark.parametrize(
    "broken",
    [
        {"reply": "yes"},
        {"replied_at": NOON},
        {"withdrawn_at": NOON},
        {"reply": "no", "replied_at": NOON, "withdrawn_at": NOON},
        {"reply": "may", "replied_at": NOON},
    ],
)
def test_the_database_keeps_no_half_answer(asked, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Champion.objects.filter(pk=asked.pk).update(**broken)


# The mail and the home page


def test_the_mail_says_nothing_of_the_side_of_others_or_of_the_reader_and_ends_with_the_answer(asked, program, cora):
    notice = Notice.objects.get(kind=actions.CHAMPION_ASKED)
    compose = kinds.named(notice.kind).compose
    message = compose(notice, NOON)
    assert message is not None
    text = " ".join((message.subject, message.heading, *message.paragraphs)).casefold()
    assert message.link == f"/programs/{program.pk}/champion/"
    for private in (cora.name, asked.person.name, "mentor", "mentee", "partner"):
        assert private.casefold() not in text
    answer(asked, NO)
    assert compose(notice, NOON) is None


def test_it_waits_on_the_home_page_until_the_answer(client, asked, own_url):
    client.force_login(asked.person)
    assert own_url in client.get("/").text
    answer(asked, NO)
    assert own_url not in client.get("/").text
    assert queries.champion_waiting_for(asked.person) == []


# The pages


def test_otto_reads_what_is_shown_to_whom_says_yes_and_takes_it_back(client, asked, otto, own_url, page_url):
    client.force_login(otto)
    text = " ".join(client.get(own_url).text.split())
    assert "Your name, job title and site, on the page of Two-Way Northwind, to everybody who can open it" in text
    assert "Your line manager is among them" in text
    for _ in range(2):  # a double click
        assert client.post(own_url, {"reply": "yes"}).status_code == 302
    assert "You are shown as a champion of Two-Way Northwind." in client.get(page_url).text
    client.post(own_url, {"reply": "no"})
    assert "You are not shown as a champion of Two-Way Northwind." in client.get(page_url).text


@pytest.mark.parametrize("said", [{}, {"reply": "perhaps"}, {"reply": "a\x00"}])
def test_neither_yes_nor_no_is_refused_in_words_and_answers_nothing(client, asked, own_url, said):
    client.force_login(asked.person)
    page = client.post(own_url, said)
    assert page.status_code == 422
    assert Champion.objects.get().reply is None


def test_nobody_else_has_the_page_of_somebody_who_is_asked(client, asked, cora, bo, mina, own_url):
    for somebody in (cora, bo, mina, PersonFactory(is_executive=True), PersonFactory(is_administrator=True)):
        client.force_login(somebody)
        assert client.get(own_url).status_code == 404
        assert client.post(own_url, {"reply": "yes"}).status_code == 404
    assert Champion.objects.get().reply is None


@pytest.mark.parametrize("replies", [[], [NO], [YES, NO]])
def test_neither_bo_nor_a_coordinator_elsewhere_learns_of_it_without_a_yes(
    client, asked, otto, bo, page_url, desk_url, own_url, replies
):
    elsewhere = PersonFactory(is_coordinator=True, rank=2)
    program_with(elsewhere)
    for reply in replies:
        answer(asked, reply)
    for somebody in (bo, elsewhere):
        client.force_login(somebody)
        page = client.get(page_url)
        assert page.status_code == 200
        assert otto.name not in page.text
        assert "hampion" not in page.text
        assert "hampion" not in client.get("/").text
        assert client.get(desk_url).status_code == client.get(own_url).status_code == 404
        assert client.post(desk_url, {"person": otto.email}).status_code == 404


def test_after_the_yes_bo_reads_it_where_everybody_does_and_no_longer_once_it_is_taken_back(
    client, asked, otto, bo, page_url
):
    answer(asked, YES)
    client.force_login(bo)
    text = client.get(page_url).text
    assert otto.name in text
    assert "They took part before and are glad to be asked." in text
    answer(asked, NO)
    assert otto.name not in client.get(page_url).text


@pytest.mark.parametrize("stage", [Stage.ENROLMENT, Stage.RUNNING, Stage.CLOSED])
def test_the_page_of_the_program_on_the_desk_leads_there_also_once_it_is_closed(client, program, cora, desk_url, stage):
    Program.objects.filter(pk=program.pk).update(stage=stage)
    administrator = PersonFactory(is_administrator=True)
    leads = {}
    for somebody in (cora, administrator):
        client.force_login(somebody)
        page = client.get(reverse("admin:programs_program_change", args=[program.pk]))
        leads[somebody] = (page.status_code, desk_url in page.text)
    assert leads == {cora: (200, True), administrator: (200, False)}
    client.force_login(cora)
    assert client.get(desk_url).status_code == 200


def test_the_desk_asks_by_mail_or_number_and_a_no_reads_as_not_a_champion(client, program, cora, ottos, desk_url):
    other = MentorFactory(program=program).person
    client.force_login(cora)
    assert "is asked, once." in client.post(desk_url, {"person": ottos.person.email.upper()}, follow=True).text
    client.post(desk_url, {"person": other.employee_number})
    answer(Champion.objects.get(person=other), YES)
    assert "is a champion already." in client.post(desk_url, {"person": other.email}, follow=True).text
    answer(Champion.objects.get(person=ottos.person), NO)
    answer(Champion.objects.get(person=other), NO)
    assert client.get(desk_url).text.count("Not a champion") == 2


def test_the_desk_refuses_in_words_and_keeps_what_was_typed(client, program, cora, mina, asked, desk_url):
    answer(asked, NO)
    client.force_login(cora)
    for typed, sentence in (
        (mina.email, "has never taken part in Two-Way Northwind"),
        (asked.person.email, "nobody is asked twice"),
        ("nobody@example.org", "Nobody in the directory has this e-mail address or employee number."),
    ):
        page = client.post(desk_url, {"person": typed})
        assert page.status_code == 422
        assert sentence in page.text
        assert typed in page.text
    assert client.post(desk_url, {"person": "a\x00b"}).status_code == 422


def test_the_page_of_a_program_asks_the_database_as_often_for_three_champions_as_for_one(
    client, program, cora, mina, page_url, desk_url
):
    def one_more() -> None:
        person = MentorFactory(program=program).person
        answer(actions.name_champion(program, person=person, by=cora, at=NOON), YES)

    def asked_at(person: Person, url: str) -> int:
        client.force_login(person)
        client.get(url)
        with CaptureQueriesContext(connection) as queries_made:
            assert client.get(url).status_code == 200
        return len(queries_made)

    one_more()
    one = asked_at(mina, page_url), asked_at(cora, desk_url)
    one_more()
    one_more()
    assert (asked_at(mina, page_url), asked_at(cora, desk_url)) == one


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_in_a_browser(live_server, page, good_page, client, browser_context, asked, own_url):
    client.force_login(asked.person)
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(live_server.url + own_url)
    good_page()
    page.get_by_role("button", name="Yes, show me").click()
    page.get_by_text("They took part before and are glad to be asked.").wait_for()
    good_page()
