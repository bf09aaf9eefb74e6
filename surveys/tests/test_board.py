"""The insight board: who reads it, who writes, who answers, and what never changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboards import queries as dashboards
from people.models import Person
from people.tests.factories import EvaFactory, PersonFactory
from programs.choices import Duty, Side, Stage
from programs.models import Program
from programs.rules import NotACoordinator
from programs.tests.factories import DutyFactory, ProgramFactory
from surveys import board
from surveys.choices import Decision, ThemeKind
from surveys.models import Release, Reply, Survey, Theme
from surveys.tests.factories import OPENED_AT, SurveyFactory, opened, released, three_questions
from surveys.tests.test_queries import answers

WORDS = "Many would like to meet in working hours."


@pytest.fixture
def release(program) -> Release:
    survey = SurveyFactory(program=program)
    three_questions(survey)
    answers(opened(survey), Side.MENTOR, *[4] * 8, *[2] * 7)
    released(survey)
    return Release.objects.get()


@pytest.fixture
def sponsor(program) -> Person:
    person = PersonFactory(given_name="Sol", family_name="Sponsor")
    DutyFactory(program=program, person=person, duty=Duty.SPONSOR)
    return person


@pytest.fixture
def theme(program, cora, release) -> Theme:
    return board.write_theme(
        program, kind=ThemeKind.WISH, words=WORDS, rests_on=release, by=cora, at=OPENED_AT
    )  # fmt: skip


def page(name: str, of: int) -> str:
    return reverse(f"surveys:{name}", args=[of])


def soon() -> str:
    return (timezone.now() + timedelta(days=30)).date().isoformat()


def test_whoever_takes_part_or_has_a_duty_reads_it_and_nobody_else(
    client, program, pairing, theme, sponsor, mina, otto, cora, bo, sten
):
    readers = [mina, otto, cora, sponsor, EvaFactory()]
    for person in (*readers, bo, sten):
        client.force_login(person)
        answer = client.get(page("board", program.pk))
        assert answer.status_code == (200 if person in readers else 404), person
        assert person not in readers or WORDS in answer.text


def test_executives_find_no_board_of_a_draft_but_of_their_own(client, db):
    """Its name would stand there, of which they know nothing yet."""
    eva, draft = EvaFactory(), ProgramFactory(stage=Stage.DRAFT)
    client.force_login(eva)
    assert client.get(page("board", draft.pk)).status_code == 404
    DutyFactory(program=draft, person=eva, duty=Duty.SPONSOR)
    assert client.get(page("board", draft.pk)).status_code == 200


def test_who_withdrew_reads_it_no_longer(client, program, pairing, theme, mina):
    mina.participations.update(withdrawn_at=timezone.now())
    client.force_login(mina)
    assert client.get(page("board", program.pk)).status_code == 404


def test_only_coordinators_write_and_only_on_results_of_the_program(
    client, program, pairing, release, cora, mina, sponsor
):
    said = {"kind": "frustration", "words": "Rooms are hard to find,\r\nmany say.", "rests_on": release.pk}
    for person in (mina, sponsor, EvaFactory()):
        client.force_login(person)
        assert client.get(page("write_theme", program.pk)).status_code == 404
        assert client.post(page("write_theme", program.pk), said).status_code == 404
    client.force_login(cora)
    assert client.get(page("write_theme", program.pk)).status_code == 200
    assert client.post(page("write_theme", program.pk), said).status_code == 302
    assert client.post(page("write_theme", program.pk), said).status_code == 302, "twice is once"
    assert [theme.words for theme in Theme.objects.all()] == ["Rooms are hard to find,\nmany say."]
    with pytest.raises(NotACoordinator):
        board.write_theme(program, kind=ThemeKind.GOAL, words="x", rests_on=release, by=mina, at=OPENED_AT)
    elsewhere = ProgramFactory()
    DutyFactory(program=elsewhere, person=cora, duty=Duty.COORDINATOR)
    with pytest.raises(board.RestsElsewhere):
        board.write_theme(elsewhere, kind=ThemeKind.GOAL, words="x", rests_on=release, by=cora, at=OPENED_AT)
    refused = client.post(page("write_theme", elsewhere.pk), said)
    assert refused.status_code == 422
    assert "Rooms are hard to find" in refused.text


def test_a_survey_that_is_not_released_is_no_ground_for_a_theme(client, program, cora, release):
    SurveyFactory(program=program, title="A survey still open")
    client.force_login(cora)
    page_of = client.get(page("write_theme", program.pk)).text
    assert "End-of-term survey, June 2027" in page_of
    assert "A survey still open" not in page_of


def test_nor_are_results_of_which_nothing_may_be_shown(client, program, cora, release):
    few = SurveyFactory(program=program, title="A survey few answered")
    three_questions(few)
    answers(opened(few), Side.MENTOR, 4, 2)
    released(few)
    client.force_login(cora)
    assert "A survey few answered" not in client.get(page("write_theme", program.pk)).text
    of_few = Release.objects.get(survey=few)
    said = {"kind": "wish", "words": "Somebody said so.", "rests_on": of_few.pk}
    assert client.post(page("write_theme", program.pk), said).status_code == 422
    with pytest.raises(board.RestsOnNothing):
        board.write_theme(program, kind=ThemeKind.WISH, words="x", rests_on=of_few, by=cora, at=OPENED_AT)
    assert not Theme.objects.exists()


def test_the_sponsor_answers_and_everybody_reads_it_with_the_name(client, program, pairing, theme, sponsor, mina):
    client.force_login(sponsor)
    assert "Read and reply" in client.get("/").text
    said = {"decision": "decided", "words": "Meetings count as working time.", "by_when": soon()}
    assert client.get(page("reply_to_theme", theme.pk)).status_code == 200
    assert client.post(page("reply_to_theme", theme.pk), said).status_code == 302
    assert "Read and reply" not in client.get("/").text
    client.force_login(mina)
    text = client.get(page("board", program.pk)).text
    assert "Meetings count as working time." in text
    assert "Decided, by" in text
    assert "Sol Sponsor" in text
    assert page("reply_to_theme", theme.pk) not in text


def test_a_later_answer_stands_above_the_earlier_one(client, program, theme, sponsor, cora):
    client.force_login(sponsor)
    client.post(page("reply_to_theme", theme.pk), {"decision": "later", "words": "We look.", "by_when": soon()})
    client.post(page("reply_to_theme", theme.pk), {"decision": "declined", "words": "No budget.", "by_when": soon()})
    assert [(each.decision, each.by_when is None) for each in Reply.objects.all()] == [
        (Decision.DECLINED, True), (Decision.LATER, False),
    ]  # fmt: skip
    text = client.get(page("board", program.pk)).text
    assert text.index("No budget.") < text.index("Earlier answers") < text.index("We look.")


def test_an_answer_that_is_sent_twice_stands_there_once(client, program, theme, sponsor):
    client.force_login(sponsor)
    said = {"decision": "later", "words": "We look.", "by_when": soon()}
    for _ in range(2):
        assert client.post(page("reply_to_theme", theme.pk), said).status_code == 302
    assert Reply.objects.count() == 1
    client.post(page("reply_to_theme", theme.pk), {**said, "words": "We have looked."})
    client.post(page("reply_to_theme", theme.pk), said)
    assert [each.words for each in Reply.objects.all()] == ["We look.", "We have looked.", "We look."]


@pytest.mark.parametrize("who", ["cora", "mina", "eva", "sten"])
def test_nobody_but_the_sponsor_answers(client, program, pairing, theme, cora, mina, sten, who):
    person = {"cora": cora, "mina": mina, "sten": sten}.get(who) or EvaFactory()
    client.force_login(person)
    said = {"decision": "decided", "words": "Yes.", "by_when": soon()}
    assert client.get(page("reply_to_theme", theme.pk)).status_code == 404
    assert client.post(page("reply_to_theme", theme.pk), said).status_code == 404
    with pytest.raises(board.NotTheSponsor):
        board.reply_to_theme(theme, decision=Decision.DECLINED, words="No.", by_when=None, by=person, at=OPENED_AT)


def test_a_sponsor_of_another_program_does_not_answer(client, theme):
    other = PersonFactory()
    DutyFactory(program=ProgramFactory(), person=other, duty=Duty.SPONSOR)
    client.force_login(other)
    assert client.get(page("reply_to_theme", theme.pk)).status_code == 404


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"decision": "decided", "words": "Yes."}, "Say by when"),
        ({"decision": "later", "words": "Perhaps.", "by_when": "2020-01-01"}, "1 January 2020 is over"),
        ({"decision": "declined", "words": " "}, "What you decided, or why not"),
        ({"words": "Yes."}, "Say whether it is decided"),
    ],
)
def test_a_missing_reason_or_day_is_asked_for_and_what_was_typed_stays(client, theme, sponsor, said, sentence):
    client.force_login(sponsor)
    refused = client.post(page("reply_to_theme", theme.pk), said)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert said["words"].strip() in refused.text
    assert not Reply.objects.exists()


def test_a_theme_can_be_removed_until_somebody_answered(client, program, theme, release, cora, mina, pairing, sponsor):
    client.force_login(mina)
    assert client.post(page("remove_theme", program.pk), {"theme": theme.pk}).status_code == 404
    client.force_login(cora)
    for odd in ("", "x", "9" * 30, "0"):
        assert client.post(page("remove_theme", program.pk), {"theme": odd}).status_code == 302
    assert Theme.objects.count() == 1
    board.reply_to_theme(theme, decision=Decision.DECLINED, words="No.", by_when=None, by=sponsor, at=OPENED_AT)
    assert "so it stays" in client.post(page("remove_theme", program.pk), {"theme": theme.pk}, follow=True).text
    other = board.write_theme(program, kind=ThemeKind.GOAL, words="x", rests_on=release, by=cora, at=OPENED_AT)
    client.post(page("remove_theme", program.pk), {"theme": other.pk})
    assert Theme.objects.get() == theme


def test_the_database_keeps_themes_and_answers_as_they_were_given(theme, sponsor):
    reply = board.reply_to_theme(
        theme, decision=Decision.DECLINED, words="No.", by_when=None, by=sponsor, at=OPENED_AT
    )  # fmt: skip
    for change in (
        lambda: Theme.objects.update(words="Something else"), lambda: Reply.objects.update(words="Yes."), reply.delete,
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_one_theme_and_three_need_the_same_queries(client, program: Program, theme, release, cora, sponsor):
    def needed() -> int:
        client.force_login(cora)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(page("board", program.pk)).status_code == 200
        return len(counted)

    one = needed()
    for number in range(2):
        more = board.write_theme(
            program, kind=ThemeKind.GOAL, words=f"{number}", rests_on=release, by=cora, at=OPENED_AT
        )  # fmt: skip
        board.reply_to_theme(more, decision=Decision.DECLINED, words="No.", by_when=None, by=sponsor, at=OPENED_AT)
    assert needed() == one + 1, "who replied"


def test_home_counts_the_themes_that_wait_by_program(program, theme, release, cora, sponsor):
    def waiting() -> list[str]:
        return [item.what for item in dashboards.home(sponsor, at=OPENED_AT).waiting]

    assert waiting() == ["A theme waits for your reply"]
    board.write_theme(program, kind=ThemeKind.GOAL, words="Another", rests_on=release, by=cora, at=OPENED_AT)
    assert waiting() == ["2 themes wait for your reply"]


def test_home_leads_everybody_of_a_program_to_its_board_once_something_stands_there(
    client, program, pairing, release, cora, sponsor, mina, bo, sten
):
    def told(person: Person) -> list[str]:
        return [card.words for card in dashboards.home(person, at=OPENED_AT).boards]

    assert told(mina) == [], "nothing stands on it yet"
    for words in ("One", "Two"):
        theme = board.write_theme(
            program, kind=ThemeKind.WISH, words=words, rests_on=release, by=cora, at=OPENED_AT
        )  # fmt: skip
        assert told(mina) == [f"{words} theme{'' if words == 'One' else 's'}, none answered."]
    for words in ("No.", "Still no."):
        board.reply_to_theme(theme, decision=Decision.DECLINED, words=words, by_when=None, by=sponsor, at=OPENED_AT)
    for person in (mina, cora, sponsor):
        assert told(person) == ["Two themes, one answered."]
    for person in (bo, sten, EvaFactory()):
        assert told(person) == []
    client.force_login(mina)
    assert f'href="{page("board", program.pk)}"' in client.get("/").text
    mina.participations.update(withdrawn_at=timezone.now())
    assert told(mina) == []


def test_boards_at_home_need_one_query_more_however_many_there_are(program, pairing, release, cora, mina):
    def needed() -> int:
        with CaptureQueriesContext(connection) as counted:
            dashboards.home(mina, at=OPENED_AT)
        return len(counted)

    before = needed()
    for number in range(3):
        board.write_theme(
            program, kind=ThemeKind.WISH, words=f"{number}", rests_on=release, by=cora, at=OPENED_AT
        )  # fmt: skip
    other = ProgramFactory()
    Theme.objects.create(
        program=other, kind=ThemeKind.WISH, words="Elsewhere", rests_on=release, written_by=cora, written_at=OPENED_AT
    )
    DutyFactory(program=other, person=mina, duty=Duty.SUPERVISOR)
    assert needed() == before + 1


def test_the_results_lead_to_the_board(client, program, pairing, theme, cora):
    client.force_login(cora)
    survey = Survey.objects.get()
    assert page("board", program.pk) in client.get(page("results", survey.pk)).text
