"""A charter with versions: who agreed to which words, and what another version asks of people."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from notifications import kinds
from notifications.models import Notice
from participants import actions, enrolment, queries, rules
from participants.models import CharterSignature, Participation
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MenteeFactory, MentorFactory
from participants.tests.offer import send_offer, step_url
from programs.actions import change_program
from programs.choices import Side, Stage
from programs.models import CharterVersion, Program

LATER = NOON + timedelta(days=1)
OTHER_WORDS = (
    "1. **What we say stays between us.** The two exceptions are danger to a person and the law.\n2. Rank waits."
)


def page_of(program, *number) -> str:
    return reverse(f"participants:charter{'_version' if number else ''}", args=[program.pk, *number])


def changed(program, cora, words=OTHER_WORDS, note="The law is an exception, too.", at=LATER) -> CharterVersion:
    topics = [topic.skill for topic in program.topics.all()]
    change_program(program=program, charter=words, note=note, topics=topics, by=cora, at=at)
    version: CharterVersion = program.charter_versions.all()[0]
    return version


def letters(person) -> list[str]:
    owed = Notice.objects.filter(person=person, kind=actions.CHARTER_CHANGED).order_by("pk")
    composed = [kinds.named(notice.kind).compose(notice, LATER) for notice in owed]
    return [message.heading for message in composed if message]


def test_a_signature_is_of_one_version_and_agreeing_again_does_no_harm(program, mina):
    row = MentorFactory(program=program, person=mina, charter_signed_at=None)
    version = program.charter_versions.get()
    for later in range(2):
        actions.agree_to_charter(program=program, read=version.pk, by=mina, at=NOON + timedelta(hours=later))
    signature = row.signatures.get()
    assert (signature.version, signature.signed_at) == (version, NOON)
    assert Notice.objects.filter(kind=actions.IN_POOL).count() == 1


def test_both_sides_of_one_person_agree_at_once(program, mina):
    rows = [factory(program=program, person=mina, charter_signed_at=None) for factory in (MentorFactory, MenteeFactory)]
    actions.agree_to_charter(program=program, read=program.charter_versions.get().pk, by=mina, at=NOON)
    assert set(queries.in_pool(program, TODAY)) == set(rows)


def test_other_words_ask_whoever_agreed_once_and_nobody_else(program, mina, otto, sten, cora):
    MentorFactory(program=program, person=mina)
    MenteeFactory(program=program, person=mina)
    MenteeFactory(program=program, person=otto, charter_signed_at=None)
    MentorFactory(program=program, person=sten, withdrawn_at=NOON)
    version = changed(program, cora)
    assert (version.number, version.note, version.made_by, version.made_at) == (
        2, "The law is an exception, too.", cora, LATER,
    )  # fmt: skip
    changed(program, cora)  # the same words again are no other version
    assert letters(mina) == ["The charter has changed"]
    assert [letters(each) for each in (otto, sten, cora)] == [[], [], []]
    assert not queries.in_pool(program, TODAY).exists()
    actions.agree_to_charter(program=program, read=version.pk, by=mina, at=LATER)
    assert letters(mina) == []
    assert queries.in_pool(program, TODAY).count() == 2
    first, second = CharterSignature.objects.filter(participation__side=Side.MENTOR, participation__person=mina)
    assert (first.version.number, second.version.number) == (1, 2)


def test_a_third_version_is_asked_for_alone(program, mina, cora):
    MentorFactory(program=program, person=mina)
    changed(program, cora)
    changed(program, cora, words="Third.", note="Shorter.")
    assert letters(mina) == ["The charter has changed"]
    page = queries.charter_page(program, mina)
    assert page is not None
    assert page.former is not None
    assert (page.former.number, page.version.number) == (1, 3)


def test_before_enrolment_the_words_are_replaced_and_afterwards_never(program, mina, cora):
    Program.objects.filter(pk=program.pk).update(stage=Stage.DRAFT)
    program.refresh_from_db()
    assert changed(program, cora, note="").number == 1
    assert program.charter == OTHER_WORDS
    Program.objects.filter(pk=program.pk).update(stage=Stage.ENROLMENT)
    with pytest.raises(Exception, match="Say in a sentence what changed"):
        changed(program, cora, words="Others.", note=" ")
    assert program.charter_versions.count() == 1


def test_the_database_keeps_what_was_signed_whatever_the_code_does(program, mina):
    MentorFactory(program=program, person=mina)
    version = program.charter_versions.get()
    version.words = "We may tell."
    for attempt in (
        version.save,
        lambda: CharterVersion.objects.update(words="We may tell."),
        lambda: CharterVersion.objects.create(program=program, number=1, words="Twice", made_at=NOON),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    with pytest.raises(ProtectedError):
        version.delete()
    assert program.charter != "We may tell."


def test_nobody_agrees_to_words_they_have_not_read(client, program, mina, cora, told):
    client.force_login(mina)
    MentorFactory(program=program, person=mina, charter_signed_at=None)
    read = program.charter_versions.get().pk
    version = changed(program, cora)
    refused = client.post(page_of(program), {"read": read})
    assert refused.status_code == 422
    assert "The charter has changed since you opened this page. Read it once more, then agree." in refused.text
    assert "danger to a person and the law" in refused.text
    assert not CharterSignature.objects.exists()
    assert client.post(page_of(program), {"read": version.pk}).status_code == 302
    assert CharterSignature.objects.get().version == version
    for nonsense in ({}, {"read": "x"}, {"read": "9" * 30}, {"read": "-1"}):
        assert client.post(page_of(program), nonsense).status_code == 422


def test_mina_reads_what_changed_and_agrees(client, program, mina, cora):
    MentorFactory(program=program, person=mina)
    client.force_login(mina)
    changed(program, cora)
    assert "The charter has changed since you agreed to it" in client.get("/").text
    assert "The charter has changed" in client.get(reverse("participants:programs")).text
    page = client.get(page_of(program)).text
    assert "The law is an exception, too." in page
    assert '<ins><span class="visually-hidden">new: </span>' in page
    assert '<del><span class="visually-hidden">taken out: </span>' in page
    assert "A pair under way goes on." in page
    assert reverse("participants:withdraw", args=[program.pk, "mentor"]) in page
    assert "mailto:" in page
    answer = client.post(page_of(program), {"read": program.charter_versions.first().pk}, follow=True)
    assert "You agreed to version 2 of the charter." in answer.text
    assert "The charter has changed" not in client.get("/").text
    page = client.get(page_of(program)).text
    assert "I agree to the charter" not in page
    assert page.count("as a mentor, on") == 2
    former = client.get(page_of(program, 1)).text
    assert "These words are no longer in force." in former
    assert "The one exception is danger to a person." in former
    assert client.get(page_of(program, 3)).status_code == 404


def test_words_are_shown_as_written(client, program, mina, cora):
    MentorFactory(program=program, person=mina)
    changed(program, cora, words="<script>x</script> & **bold**", note="<b>n</b>")
    client.force_login(mina)
    page = client.get(page_of(program)).text
    assert "<script>x" not in page
    assert "<b>n</b>" not in page


def test_who_does_not_take_part_reads_and_cannot_sign_and_others_find_nothing(client, program, bo, otto, cora):
    MenteeFactory(program=program, person=otto)
    client.force_login(cora)
    page = client.get(page_of(program))
    assert page.status_code == 200
    assert "I agree to the charter" not in page.text
    assert otto.family_name not in page.text
    read = {"read": program.charter_versions.get().pk}
    assert client.post(page_of(program), read).status_code == 404
    Program.objects.update(stage=Stage.RUNNING)
    client.force_login(bo)
    for url in (page_of(program), page_of(program, 1)):
        assert client.get(url).status_code == 404
        assert client.post(url, read).status_code == 404
    assert CharterSignature.objects.count() == 1


def test_a_closed_program_asks_nobody(client, program, mina, cora):
    MentorFactory(program=program, person=mina)
    changed(program, cora)
    Program.objects.update(stage=Stage.CLOSED)
    client.force_login(mina)
    assert letters(mina) == []
    assert "I agree to the charter" not in client.get(page_of(program)).text
    read = {"read": program.charter_versions.first().pk}
    assert client.post(page_of(program), read).status_code == 422


def test_a_line_manager_goes_on_reading_of_a_report_who_has_not_agreed_again(program, otto, bo, cora):
    MenteeFactory(program=program, person=otto)
    changed(program, cora)
    assert [line.person for line in queries.reports_taking_part(bo, on=TODAY)] == [otto]


def test_coordinators_see_who_agreed_to_a_former_version(client, program, mina, cora):
    row = MentorFactory(program=program, person=mina)
    changed(program, cora)
    client.force_login(cora)
    page = client.get(reverse("admin:participants_participation_change", args=[row.pk])).text
    assert "Agreed to a former version" in page
    assert enrolment.enrolment_counts(program, TODAY).charter_open == 1


def test_executives_go_on_counting_who_agreed_to_a_former_version(program, cora):
    MentorFactory.create_batch(6, program=program)
    next_week = TODAY + timedelta(days=6)
    before = enrolment.enrolment_released(program, next_week)
    changed(program, cora)
    assert enrolment.enrolment_released(program, next_week) == before


def test_volunteering_with_the_page_open_while_the_charter_changes_keeps_everything_typed(
    client, program, mina, cora, told
):
    client.force_login(mina)
    shown = client.get(step_url(program, "mentor", "boundaries"))
    read = shown.context["form"]["charter_read"].value()
    version = changed(program, cora)
    sent = {
        "offered": [str(told["offered"][0].pk)], "languages": ["en"], "ways": ["video"], "hours_a_month": "2",
        "places": "1", "not_discussed": "My last job.", "charter": "on", "charter_read": read,
    }  # fmt: skip
    refused = send_offer(client, program, "mentor", **sent)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["charter"]
    assert "My last job." in refused.text
    assert "danger to a person and the law" in refused.text
    assert not Participation.objects.exists()
    again = {**sent, "charter_read": refused.context["form"]["charter_read"].value()}
    assert client.post(step_url(program, "mentor", "boundaries"), again).status_code == 302
    assert CharterSignature.objects.get().version == version


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_the_charter_at_once_both_are_kept_and_a_double_click_signs_once(program, mina, cora):
    MentorFactory(program=program, person=mina)
    start, failed = Barrier(3), []

    def do(act) -> None:
        try:
            start.wait()
            act()
        except Exception as problem:
            failed.append(problem)
        finally:
            connection.close()

    def at_once(*acts) -> None:
        threads = [Thread(target=do, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    at_once(*(lambda words=words: changed(Program.objects.get(), cora, words=words) for words in ("A", "B", "C")))
    assert failed == []
    assert list(program.charter_versions.values_list("number", flat=True)) == [4, 3, 2, 1]
    assert set(program.charter_versions.values_list("words", flat=True)) > {"A", "B", "C"}
    read = program.charter_versions.first().pk
    at_once(*[lambda: actions.agree_to_charter(program=program, read=read, by=mina, at=LATER)] * 3)
    assert failed == []
    assert CharterSignature.objects.filter(version=read).count() == 1


def test_the_refusals_of_the_action_are_sentences(program, mina, sten):
    version = program.charter_versions.get()
    with pytest.raises(rules.NothingToSign):
        actions.agree_to_charter(program=program, read=version.pk, by=sten, at=NOON)
    MentorFactory(program=program, person=mina, charter_signed_at=None)
    with pytest.raises(rules.CharterChanged):
        actions.agree_to_charter(program=program, read=version.pk + 1, by=mina, at=NOON)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_charter_in_a_browser(live_server, page, good_page, client, browser_context, program, mina, cora):
    MentorFactory(program=program, person=mina)
    changed(program, cora)
    client.force_login(mina)
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}{page_of(program)}")
    page.get_by_role("heading", name="What changed").wait_for()
    good_page()
    page.get_by_role("button", name="I agree to the charter").click()
    page.get_by_text("You agreed to version 2 of the charter.").wait_for()
