"""The coordinator's pages and the page of the two: who reaches them, and what stands on them."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import clock
from matching import explanations, queries
from matching.actions import answer_proposal, publish, request_run, solve_run
from matching.choices import FitInWords, Reply, RunState, UnmatchedReason
from matching.models import MatchingRun, Proposal
from matching.tests.factories import (
    REQUESTED_AT,
    MatchingProgramFactory,
    MatchingRunFactory,
    ProposalFactory,
    bo_on_both_sides,
    mina_and_otto,
    pool,
    program_of_cora,
    spend_two_hours_elsewhere,
)
from pairings.models import Pairing
from participants.models import Participation
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import AdaFactory, EvaFactory, PersonFactory, SiaFactory, StenFactory
from people.tests.shared_rows import shared
from programs.choices import Duty
from programs.models import Program
from programs.tests.factories import DutyFactory

pytestmark = pytest.mark.django_db

NEUTRAL = "This pairing did not come together. We are looking again."


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def solved(program: Program, by: Person) -> MatchingRun:
    run = request_run(program, by=by, at=REQUESTED_AT)
    assert solve_run(run.pk, at=REQUESTED_AT)
    run.refresh_from_db()
    return run


def words_of(page: bytes) -> str:
    """What a reader reads: no tags, single spaces."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&quot;", '"').split())


def board_of(run: MatchingRun) -> str:
    return reverse("matching:board", args=[run.program_id, run.pk])


def desk_urls(run: MatchingRun) -> dict[str, tuple[str, str]]:
    """Every page and button of the desk: name to method and address."""
    one, both = [run.program_id], [run.program_id, run.pk]
    return {
        "runs": ("get", reverse("matching:runs", args=one)),
        "start": ("post", reverse("matching:start", args=one)),
        "board": ("get", reverse("matching:board", args=both)),
        "progress": ("get", reverse("matching:progress", args=both)),
        "send": ("post", reverse("matching:send", args=both)),
        "discard": ("post", reverse("matching:discard", args=both)),
        "stop": ("post", reverse("matching:stop", args=both)),
        "pair": ("get", reverse("matching:pair", args=both)),
        "proof": ("get", reverse("matching:proof", args=both)),
        "repair": ("post", reverse("matching:repair", args=both)),
    }


# -- who ----------------------------------------------------------------------------------------------------------


def test_the_desk_s_pages_exist_only_for_coordinators_of_the_program_who_are_no_candidates() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    run = solved(program, cora)
    of_another = PersonFactory(is_coordinator=True)
    DutyFactory(program=MatchingProgramFactory(), person=of_another)
    sia, candidate, formerly = SiaFactory(), PersonFactory(is_coordinator=True), PersonFactory(is_coordinator=True)
    DutyFactory(program=program, person=sia, duty=Duty.SUPERVISOR)
    DutyFactory(program=program, person=candidate)
    DutyFactory(program=program, person=formerly)
    MentorFactory(program=program, person=candidate)
    MentorFactory(program=program, person=formerly, withdrawn_at=REQUESTED_AT)
    bo = otto.person.manager
    people = [mina.person, otto.person, bo, sia, of_another, candidate, formerly]
    strangers = [client_of(person) for person in [*people, StenFactory(), EvaFactory(), AdaFactory()] if person]
    coordinator = client_of(cora)

    for name in ("runs", "start", "board", "progress", "send", "discard", "stop", "pair", "proof", "repair"):
        method, url = desk_urls(run)[name]
        statuses = [getattr(stranger, method)(url).status_code for stranger in strangers]
        assert statuses == [404] * len(strangers), name
        assert MatchingRun.objects.get().state == RunState.SOLVED, name
        anonymous = getattr(Client(), method)(url)
        assert (anonymous.status_code, anonymous["Location"].split("?")[0]) == (302, reverse("people:sign_in")), name
        with transaction.atomic():  # the next page is about the same run
            assert getattr(coordinator, method)(url).status_code in (200, 302), name
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", ["board", "progress", "send", "discard"])
def test_a_run_is_not_reached_through_another_program(name: str) -> None:
    program, cora = program_of_cora()
    run = solved(program, cora)
    other, _ = program_of_cora()
    url = reverse(f"matching:{name}", args=[other.pk, run.pk])
    client = client_of(cora)
    answer = client.post(url) if name in ("send", "discard") else client.get(url)
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["start", "send", "discard"])
def test_what_changes_something_is_never_done_by_opening_an_address(name: str) -> None:
    program, cora = program_of_cora()
    run = solved(program, cora)
    _, url = desk_urls(run)[name]
    assert client_of(cora).get(url).status_code == 405


def test_a_proposal_exists_for_the_two_alone() -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    proposal = ProposalFactory(program=program, mentor=mina, mentee=otto, proposed_at=clock.now())
    url = reverse("matching:proposal", args=[proposal.pk])
    for person in (mina.person, otto.person):
        assert client_of(person).get(url).status_code == 200
    others: list[Any] = [otto.person.manager, cora, StenFactory(), EvaFactory(), AdaFactory()]
    for other in others:
        assert client_of(other).get(url).status_code == 404
        assert client_of(other).post(url, {"reply": "accepted"}).status_code == 404
    assert client_of(cora).get(reverse("matching:proposal", args=[uuid4()])).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_proposal_is_gone_for_somebody_who_has_withdrawn() -> None:
    program, _ = program_of_cora()
    mina, otto = mina_and_otto(program)
    proposal = ProposalFactory(program=program, mentor=mina, mentee=otto, proposed_at=clock.now())
    Participation.objects.filter(pk=mina.pk).update(withdrawn_at=clock.now())
    url = reverse("matching:proposal", args=[proposal.pk])
    assert client_of(mina.person).get(url).status_code == 404
    assert client_of(otto.person).get(url).status_code == 200


# -- the desk -----------------------------------------------------------------------------------------------------


def test_a_coordinator_starts_a_search_watches_it_and_reads_the_board() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    client = client_of(cora)
    assert "1 mentor and 1 mentee wait with a free place" in words_of(
        client.get(reverse("matching:runs", args=[program.pk])).content
    )

    started = client.post(reverse("matching:start", args=[program.pk]))
    run = MatchingRun.objects.get()
    progress = reverse("matching:progress", args=[program.pk, run.pk])
    assert started["Location"] == progress
    page = client.get(progress)
    assert b"<progress" in page.content
    assert b'<noscript><meta http-equiv="refresh"' in page.content
    fragment = client.get(progress, headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert b'hx-trigger="every 1s"' in fragment.content
    assert client.get(board_of(run))["Location"] == progress

    MatchingRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING, done=12, todo=40, allowed_pairs=318, leased_until=clock.now() - timedelta(seconds=1)
    )
    assert "12 of 40 mentors considered, among 318 pairs" in words_of(client.get(progress).content)

    assert solve_run(run.pk, at=clock.now())
    assert client.get(progress)["Location"] == board_of(run)
    assert client.get(progress, headers={"HX-Request": "true"}).headers["HX-Redirect"] == board_of(run)
    assert "Proven optimal" in words_of(client.get(board_of(run)).content)


def test_a_second_search_is_refused_in_words() -> None:
    program, cora = program_of_cora()
    client = client_of(cora)
    for _ in range(2):
        answer = client.post(reverse("matching:start", args=[program.pk]), follow=True)
    assert "A search is already under way for this program." in words_of(answer.content)


def test_the_board_shows_the_weakest_fit_first_with_reasons_and_no_percentages_of_people() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    ana, _ben = MentorFactory(program=program), MenteeFactory(program=program)
    Participation.objects.filter(pk=ana.pk).update(languages=["fr"])
    answer = client_of(cora).get(board_of(solved(program, cora)))
    assert [pair.fit for pair in answer.context["board"].pairs] == [FitInWords.FAIR, FitInWords.GOOD]
    page = words_of(answer.content)
    assert "2 pairs are proposed; nobody has been told yet." in page
    assert "Offers “Data and dashboards”" in page
    assert "No language in common" in page
    assert "Send 2 proposals" in page
    assert "%" not in page


def test_a_long_board_shows_its_weakest_pairs_and_all_of_them_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    program, cora = program_of_cora()
    pool(program, 6, 6)
    run = solved(program, cora)
    found = run.suggestions.count()
    monkeypatch.setattr(queries, "SHOWN_AT_ONCE", 2)
    weakest = run.suggestions.order_by("fit", "pk")[1].fit
    client = client_of(cora)
    page = client.get(board_of(run))
    assert f"Showing 2 of {found} · weakest fit first" in words_of(page.content)
    assert f"Send {found} proposals" in words_of(page.content)
    assert page.content.count(b"uw-duo") == 2
    assert explanations.fit_in_words(weakest, run.settings["weights"]).label in words_of(page.content)
    assert client.get(board_of(run) + "?all=yes").content.count(b"uw-duo") == found


def test_the_board_says_proven_only_where_the_independent_check_passed() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = solved(program, cora)
    assert run.certificate is not None
    run.certificate["verified"] = False
    run.save()
    page = words_of(client_of(cora).get(board_of(run)).content)
    assert "Best found, not proven." in page
    assert "Proven optimal" not in page
    assert "optimal" not in page


def test_the_board_says_why_nobody_was_found_and_what_would_change_it() -> None:
    program, cora = program_of_cora()
    _, otto = mina_and_otto(program)
    alone = MenteeFactory(program=program, person__given_name="Olga", person__family_name="Alone")
    MentorFactory(program=program, person__function=otto.person.function, person__manager=alone.person, languages=[])
    page = words_of(client_of(cora).get(board_of(solved(program, cora))).content)
    assert "Mentees without a match" in page
    assert "Two mentees share one place: the rules let them meet only Mina Mentor." in page
    assert "One more place with Mina Mentor" in page
    assert "Mentors without a match" in page
    assert "1 in one reporting line" in page


def test_sending_says_how_many_and_the_board_then_says_who_has_yet_to_answer() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = solved(program, cora)
    client = client_of(cora)
    send = reverse("matching:send", args=[program.pk, run.pk])
    assert "1 proposal sent." in words_of(client.post(send, follow=True).content)
    assert "Nobody receives them twice." in words_of(client.post(send, follow=True).content)
    assert Proposal.objects.count() == 1
    page = words_of(client.get(board_of(run)).content)
    assert "Waiting for Mina and Otto" in page
    assert "Send 1 proposal" not in page


@pytest.mark.parametrize("decliner", ["mentor", "mentee"])
def test_the_board_never_says_who_declined(decliner: str) -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = solved(program, cora)
    proposal = publish(run, by=cora, at=clock.now())[0]
    person = getattr(proposal, decliner).person
    answer_proposal(proposal, by=person, reply=Reply.DECLINED, at=clock.now())
    page = words_of(client_of(cora).get(board_of(run)).content)
    assert "Not going ahead" in page
    assert "Waiting for" not in page


def test_pairs_that_changed_are_named_and_the_others_can_be_sent() -> None:
    program, cora = program_of_cora()
    mina, _ = mina_and_otto(program)
    ana, ben = MentorFactory(program=program), MenteeFactory(program=program)
    Participation.objects.filter(pk__in=[ana.pk, ben.pk]).update(languages=["fr"])
    run = solved(program, cora)
    Participation.objects.filter(pk=mina.pk).update(withdrawn_at=clock.now())
    client = client_of(cora)
    send = reverse("matching:send", args=[program.pk, run.pk])

    refused = client.post(send)

    assert refused.status_code == 422
    assert "Mina Mentor and Otto Executive: Mina Mentor no longer takes part." in words_of(refused.content)
    assert not Proposal.objects.exists()
    assert "1 proposal sent." in words_of(client.post(send, {"leave_out": "yes"}, follow=True).content)
    assert Proposal.objects.get().mentor == ana
    assert "Not sent" in words_of(client.get(board_of(run)).content)


def test_a_failed_run_says_so_in_words() -> None:
    program, cora = program_of_cora()
    run = MatchingRunFactory(program=program, state=RunState.FAILED, failure="It was too large.")
    page = words_of(client_of(cora).get(board_of(run)).content)
    assert "This search did not come to an end. It was too large." in page


def test_setting_aside_leads_back_to_the_searches() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = solved(program, cora)
    page = client_of(cora).post(reverse("matching:discard", args=[program.pk, run.pk]), follow=True)
    assert "Set aside" in words_of(page.content)
    assert "nobody was told" in words_of(client_of(cora).get(board_of(run)).content)


def test_the_newest_search_stands_first() -> None:
    program, _ = program_of_cora()
    for day in (2, 0, 1):
        MatchingRunFactory(program=program, state=RunState.DISCARDED, requested_at=REQUESTED_AT + timedelta(days=day))
    runs = queries.searches(program, REQUESTED_AT).runs
    assert [line.run.requested_at - REQUESTED_AT for line in runs] == [timedelta(days=day) for day in (2, 1, 0)]


def test_no_search_is_offered_while_one_side_has_nobody_free() -> None:
    program, cora = program_of_cora()
    MentorFactory(program=program)
    page = words_of(client_of(cora).get(reverse("matching:runs", args=[program.pk])).content)
    assert "no mentee is free now" in page
    assert "Start the search" not in page


def test_the_desk_s_pages_ask_the_database_as_often_for_many_rows_as_for_one() -> None:
    counts: dict[str, list[int]] = {"runs": [], "board": [], "sent": []}
    for size in (1, 4):
        program, cora = program_of_cora(name=f"Program of {size}")
        pool(program, size + 1, 4 * size + 8, seed=size)
        for _ in range(size):
            run = solved(program, cora)
        assert run.suggestions.count() > size
        assert run.unmatched.exclude(reason="no_partner").count() > size
        client = client_of(cora)
        client.get(board_of(run))  # the session is read once
        for name, url in (("runs", reverse("matching:runs", args=[program.pk])), ("board", board_of(run))):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            counts[name].append(len(asked))
        publish(run, by=cora, at=clock.now())
        with CaptureQueriesContext(connection) as asked:
            assert client.get(board_of(run)).status_code == 200
        counts["sent"].append(len(asked))
    assert {name: set(found) for name, found in counts.items()} == {
        name: {found[0]} for name, found in counts.items()
    }, counts


# -- the two ------------------------------------------------------------------------------------------------------


@shared
def proposal() -> Proposal:
    program, cora = program_of_cora()
    _, otto = mina_and_otto(program)
    Participation.objects.filter(pk=otto.pk).update(
        number_one="CANARY-NUMBER-ONE", background="CANARY-BACKGROUND", introduce=False
    )
    made: Proposal = publish(solved(program, cora), by=cora, at=clock.now())[0]
    return made


def page_of(proposal: Proposal, person: Person) -> str:
    answer = client_of(person).get(reverse("matching:proposal", args=[proposal.pk]))
    assert answer.status_code == 200
    return words_of(answer.content)


def reply(proposal: Proposal, person: Person, words: str) -> str:
    url = reverse("matching:proposal", args=[proposal.pk])
    return words_of(client_of(person).post(url, {"reply": words}, follow=True).content)


def test_each_reads_why_from_their_own_point_of_view(proposal: Proposal) -> None:
    mina, otto = proposal.mentor.person, proposal.mentee.person
    hers, his = page_of(proposal, mina), page_of(proposal, otto)
    assert "Mina, meet Otto" in hers
    assert "You offer what Otto asked for" in hers
    assert "Otto, meet Mina" in his
    assert "Mina offers what you asked for" in his
    for page in (hers, his):
        assert "Cora Coordinator, the coordinator, read it and sent it." in page
        assert "It did not use age, sex, origin, health or performance." in page
        assert page.count("Yes, let us meet") == 1
        assert "example.org" not in page.replace("accounts@example.org", "")


def test_an_introduction_is_shown_only_where_the_person_allows_it(proposal: Proposal) -> None:
    mina = proposal.mentor.person
    assert "CANARY" not in page_of(proposal, mina)
    Participation.objects.filter(pk=proposal.mentee_id).update(introduce=True)
    assert "CANARY-NUMBER-ONE CANARY-BACKGROUND" in page_of(proposal, mina)


def test_two_yes_lead_to_the_page_of_the_pair(proposal: Proposal) -> None:
    mina, otto = proposal.mentor.person, proposal.mentee.person
    assert "You said yes. Otto can answer until" in reply(proposal, mina, "accepted")
    assert "Your answer" not in page_of(proposal, mina)
    url = reverse("matching:proposal", args=[proposal.pk])
    answered = client_of(otto).post(url, {"reply": "accepted"})
    assert answered["Location"] == reverse("pairings:detail", args=[Pairing.objects.get().pk])
    assert "You both said yes." in page_of(proposal, mina)


def test_after_a_no_the_other_reads_the_same_page_as_before_and_then_neutral_words(proposal: Proposal) -> None:
    mina, otto = proposal.mentor.person, proposal.mentee.person
    before = page_of(proposal, otto)
    said = reply(proposal, mina, "declined")
    assert "You said: not this one" in said
    assert "You stay in the program" in said
    assert page_of(proposal, otto) == before
    two_days_ago = clock.now() - timedelta(days=2)
    Proposal.objects.filter(pk=proposal.pk).update(closed_at=two_days_ago)
    after = page_of(proposal, otto)
    assert NEUTRAL in after
    for hidden in ("Mina", "declined", "Data and dashboards", "Why you two"):
        assert hidden not in after


def test_an_answer_that_came_too_late_is_refused_kindly(proposal: Proposal) -> None:
    otto = proposal.mentee.person
    Proposal.objects.filter(pk=proposal.pk).update(expires_at=clock.now())
    url = reverse("matching:proposal", args=[proposal.pk])
    answer = client_of(otto).post(url, {"reply": "accepted"})
    assert answer.status_code == 422
    page = words_of(answer.content)
    assert "The time to answer this proposal is over. Nothing else has happened, and you stay in the round." in page
    assert "Mina" not in page
    assert "Why you two" not in page
    assert Proposal.objects.get().mentee_reply is None


@pytest.mark.parametrize("said", ["", "perhaps"])
def test_an_answer_is_one_of_two(proposal: Proposal, said: str) -> None:
    url = reverse("matching:proposal", args=[proposal.pk])
    answer = client_of(proposal.mentor.person).post(url, {"reply": said})
    assert answer.status_code == 422
    assert "Choose one of the two answers." in words_of(answer.content)


def test_a_changed_mind_is_told_that_the_first_answer_stands(proposal: Proposal) -> None:
    mina = proposal.mentor.person
    reply(proposal, mina, "accepted")
    assert "Your first answer stands." in reply(proposal, mina, "declined")


def test_a_proposal_asks_the_database_as_often_for_many_skills_as_for_one() -> None:
    counts = []
    for size in (1, 3):
        program, _ = program_of_cora(name=f"Program of {size}")
        mentors, mentees = pool(program, size, size)
        proposal = ProposalFactory(program=program, mentor=mentors[-1], mentee=mentees[-1], proposed_at=clock.now())
        client = client_of(mentors[-1].person)
        url = reverse("matching:proposal", args=[proposal.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_search_that_is_cut_short_says_what_it_cannot_promise(settings: Any) -> None:
    program, cora, bo = bo_on_both_sides()
    mina_and_otto(program)
    spend_two_hours_elsewhere(bo[0].person, cora)  # one pair of two; no time is left to try that they cannot be two
    settings.SEARCH_SECONDS = 0
    run = solved(program, cora)
    assert run.certificate is not None
    assert run.certificate["verified"], run.certificate["problems"]
    assert run.curve == []  # of answers that are not proven
    page = words_of(client_of(cora).get(board_of(run)).content)
    assert "Best found so far" in page
    assert "It found 1 pair; another set could have up to 2." in page
    assert "optimal" not in page
    assert {each.reason for each in run.unmatched.all()} == {UnmatchedReason.NOT_LOOKED_AT}
    asked = client_of(cora).get(reverse("matching:pair", args=[run.program_id, run.pk]))
    assert asked.status_code == 302
    told = StringIO()
    call_command("verify_run", str(run.pk), stdout=told)
    assert "The stated gap holds: 1 pairs" in told.getvalue()
