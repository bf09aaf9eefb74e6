"""The pages on which a coordinator puts reminders into other words."""

from __future__ import annotations

import pytest
from django.urls import reverse

from people.tests.factories import BoFactory, CoraFactory
from programs.choices import Duty
from programs.models import Rewording
from programs.tests.factories import DutyFactory, ProgramFactory

pytestmark = pytest.mark.django_db

TYPED = {
    "subject": "Wie läuft es?",
    "heading": "Kurz",
    "text": "Treffen Sie {partner}?",
    "action": "Ja",
    "changes": "0",
}


@pytest.fixture
def program():
    return ProgramFactory(name="Two-Way")


@pytest.fixture
def cora(program, client):
    cora = DutyFactory(program=program, person=CoraFactory(), duty=Duty.COORDINATOR).person
    client.force_login(cora)
    return cora


def place(program, language="de", saying="pairings.check_in"):
    return reverse("admin:programs_program_saying", args=[program.pk, saying, language])


def listed(program, language="de"):
    return reverse("admin:programs_program_sayings", args=[program.pk]) + f"?language={language}"


def test_words_are_looked_at_kept_changed_and_taken_back(client, cora, program):
    page = client.get(place(program))
    assert page.status_code == 200
    assert "How is it going with" in page.context["form"]["subject"].value()
    looked = client.post(place(program), {**TYPED, "look": "1"}).content.decode()
    assert "Treffen Sie Robin?" in looked
    assert "Ihre Antworten sehen nur Sie: Robin nicht" in looked, "what follows the words, in their language"
    assert "not kept yet" in looked
    assert not Rewording.objects.exists()
    kept = client.post(place(program), {**TYPED, "keep": "1"}, follow=True)
    assert kept.redirect_chain == [(listed(program), 302)]
    assert "Wie läuft es?" in kept.content.decode()
    assert "Yours, changed by" in kept.content.decode()
    assert "There are words of your own in" in client.get(listed(program, "en")).content.decode()
    back = client.post(place(program), {**TYPED, "changes": "1", "text": "", "back": "1"}, follow=True)
    assert back.redirect_chain == [(listed(program), 302)]
    assert not Rewording.objects.exists()


def test_what_cannot_be_said_is_refused_at_its_place_and_nothing_typed_is_lost(client, cora, program):
    answer = client.post(place(program), {**TYPED, "text": "Hallo {chef}, bitte", "keep": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "{chef} stands for nothing in this message." in page
    assert "Hallo {chef}, bitte" in page
    assert "Wie läuft es?" in page
    assert not Rewording.objects.exists()


def test_words_that_are_not_said_any_more_are_shown_as_such(client, cora, program):
    client.post(place(program), {**TYPED, "keep": "1"})
    Rewording.objects.update(text="See {a_name_of_before}")
    for address in (listed(program), place(program)):
        assert "{a_name_of_before} stands for nothing in this message." in client.get(address).content.decode()
    later = client.post(place(program), {**TYPED, "text": "", "changes": "7", "back": "1"})
    assert later.status_code == 422, "somebody changed them since"
    again = {**TYPED, "text": "", "changes": later.context["form"]["changes"].value(), "back": "1"}
    assert client.post(place(program), again).status_code == 302


def test_what_is_shown_is_what_leaves(client, cora, program):
    met = client.get(place(program, "de", "pairings.did_you_meet")).content.decode()
    assert "Die Schaltfläche funktioniert einmal" in met
    assert "How our words would look" in met
    last = client.get(place(program, "en", "pairings.last_day")).content.decode()
    assert "when private words are erased" in last
    assert 'lang="de" dir="ltr"' in met


def test_two_who_write_at_once_are_told_and_the_second_may_insist(client, cora, program):
    client.post(place(program), {**TYPED, "keep": "1"})
    late = {**TYPED, "subject": "Später", "keep": "1"}
    refused = client.post(place(program), late)
    assert refused.status_code == 422
    assert "has changed these words since you opened them" in refused.content.decode()
    assert refused.context["form"]["subject"].value() == "Später"
    assert Rewording.objects.get().subject == "Wie läuft es?"
    again = client.post(place(program), {**late, "changes": refused.context["form"]["changes"].value()})
    assert again.status_code == 302
    assert Rewording.objects.get().subject == "Später"


@pytest.mark.parametrize("changes", ["", "-1", "x", "9" * 30])
def test_no_count_of_changes_breaks_it(client, cora, program, changes):
    assert client.post(place(program), {**TYPED, "changes": changes, "keep": "1"}).status_code in (302, 422)


def test_other_languages_and_messages_are_not_there_and_bo_finds_nothing(client, cora, program):
    assert client.get(place(program, "xx")).status_code == 404
    assert client.get(place(program, saying="pairings.ended")).status_code == 404
    assert client.get(listed(program, "xx")).context["language"] == "en"
    client.force_login(BoFactory())
    for address in (place(program), listed(program)):
        assert client.get(address).status_code == 404
        assert client.post(address, TYPED).status_code == 404


def test_the_list_asks_as_often_for_many_words_as_for_none(client, cora, program, django_assert_max_num_queries):
    def asked():
        with django_assert_max_num_queries(40) as captured:
            client.get(listed(program))
        return len(captured)

    before = asked()
    for saying in ("pairings.check_in", "pairings.first_meeting", "matching.agreed"):
        client.post(place(program, saying=saying), {**TYPED, "text": "{partner}", "keep": "1"})
    client.get(listed(program))  # what was said after saving is read here, and taken out of the session
    assert asked() <= before + 1
