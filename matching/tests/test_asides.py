"""What goes with "not this one" to the search alone: what it does, and that nobody reads it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import numpy as np
import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

import clock
from matching import queries, rules
from matching.actions import answer_proposal, close_abandoned_proposals, publish, say_aside
from matching.choices import Reply, Word
from matching.inputs import candidates_of, gather, met_before, pool, with_what_they_said
from matching.models import Aside, Proposal, Suggestion
from matching.places import free_places
from matching.standing import judge
from matching.tests.factories import (
    PROPOSED_AT,
    MatchingProgramFactory,
    ProposalFactory,
    mina_and_otto,
    program_of_cora,
)
from matching.tests.test_search import at_once
from matching.tests.test_views import board_of, client_of, solved
from participants.actions import withdraw
from participants.models import OfferedSkill, Participation
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Skill
from people.tests.factories import StenFactory
from programs.choices import Side
from programs.models import Program

pytestmark = pytest.mark.django_db

ON = PROPOSED_AT.date()
DAY = timedelta(days=1)


def proposed(program: Program | None = None) -> Proposal:
    where = program or program_of_cora()[0]
    mina, otto = mina_and_otto(where)
    made: Proposal = ProposalFactory(program=where, mentor=mina, mentee=otto)
    return made


def proposed_elsewhere() -> Proposal:
    """Two others, in a program of their own."""
    made: Proposal = ProposalFactory()
    return made


def declined(word: Word | None, out_until: date | None = None, *, by: str = "mentor") -> Proposal:
    proposal = proposed()
    person = getattr(proposal, by).person
    return answer_proposal(proposal, by=person, reply=Reply.DECLINED, at=PROPOSED_AT, word=word, out_until=out_until)


def fit_between(mentor: Participation, mentee: Participation) -> tuple[int, int]:
    """As the search counts it, and as the sum of its parts."""
    both = {one.pk: one for one in with_what_they_said(Participation.objects.filter(pk__in=(mentor.pk, mentee.pk)))}
    found = candidates_of(mentor.program, [both[mentor.pk]], [both[mentee.pk]], on=ON)
    first = np.zeros(1, dtype=np.intp)
    return int(found.fit.pairs(first, first)[0]), sum(part["points"] for part in found.fit.parts(0, 0))


def test_a_word_is_never_asked_for_and_can_be_added_changed_and_taken_back() -> None:
    proposal = declined(None)
    mina, otto = proposal.mentor.person, proposal.mentee.person
    assert not Aside.objects.exists()
    for word in (Word.TOO_WELL, Word.TOPIC):
        say_aside(proposal, by=mina, at=PROPOSED_AT, word=word)
    assert [(said.word, said.topics) for said in Aside.objects.all()] == [(Word.TOPIC, ["Data and dashboards"])]
    with pytest.raises(rules.NothingToAdd):
        say_aside(proposal, by=otto, at=PROPOSED_AT, word=Word.TOPIC)
    with pytest.raises(rules.NotYourProposal):
        say_aside(proposal, by=StenFactory(), at=PROPOSED_AT, word=Word.TOPIC)
    say_aside(proposal, by=mina, at=PROPOSED_AT, word=None)
    assert not Aside.objects.exists()


@pytest.mark.parametrize("day", [None, ON, ON + rules.LONGEST_OUT + DAY])
def test_an_odd_day_is_refused_and_the_answer_with_it(day: date | None) -> None:
    proposal = proposed()
    with pytest.raises(rules.OddDay):
        answer_proposal(
            proposal, by=proposal.mentor.person, reply=Reply.DECLINED, at=PROPOSED_AT, word=Word.NOT_NOW, out_until=day
        )
    proposal.refresh_from_db()
    assert (proposal.mentor_reply, proposal.closed_at) == (None, None)


@pytest.mark.parametrize("word", [None, Word.SAME_TEAM, Word.TOO_WELL, Word.TOPIC])
def test_a_no_keeps_two_apart_in_this_program_and_with_a_word_in_every_program_and_the_other_way_round(
    word: Word | None,
) -> None:
    proposal = declined(word)
    pair = proposal.mentor_id, proposal.mentee_id
    assert pair in met_before(proposal.program)
    other, turned = MatchingProgramFactory(), MatchingProgramFactory()
    mina = MentorFactory(program=other, person=proposal.mentor.person)
    otto = MenteeFactory(program=other, person=proposal.mentee.person)
    otto_mentors = MentorFactory(program=turned, person=proposal.mentee.person)
    mina_learns = MenteeFactory(program=turned, person=proposal.mentor.person)
    never = word in (Word.SAME_TEAM, Word.TOO_WELL)
    assert met_before(other) == ({(mina.pk, otto.pk)} if never else set())
    assert met_before(turned) == ({(otto_mentors.pk, mina_learns.pk)} if never else set())


@pytest.mark.parametrize("by", ["mentor", "mentee"])
def test_the_topic_counts_a_quarter_for_whoever_said_so_and_for_nobody_else(by: str) -> None:
    proposal = proposed()
    program, skill = proposal.program, Skill.objects.get(name="Data and dashboards")
    another_mentor, another_mentee = MentorFactory(program=program), MenteeFactory(program=program)
    OfferedSkill.objects.create(participation=another_mentor, skill=skill)
    proposal.mentee.wanted.model.objects.create(participation=another_mentee, skill=skill, rank=1)
    pairs: dict[str, tuple[tuple[Participation, Participation], tuple[Participation, Participation]]] = {
        "mentor": ((proposal.mentor, another_mentee), (another_mentor, proposal.mentee)),
        "mentee": ((another_mentor, proposal.mentee), (proposal.mentor, another_mentee)),
    }
    theirs, others = pairs[by]
    before = fit_between(*theirs), fit_between(*others)
    person = getattr(proposal, by).person
    answer_proposal(proposal, by=person, reply=Reply.DECLINED, at=PROPOSED_AT, word=Word.TOPIC)
    (fit, parts), rest = fit_between(*theirs), fit_between(*others)
    assert fit == parts == before[0][0] - 38_000 * 3 // 4
    assert rest == before[1]


def test_not_now_leaves_somebody_out_from_the_morning_after_until_their_day_and_nobody_reads_it_before() -> None:
    until, morning = ON + 10 * DAY, PROPOSED_AT + DAY
    proposal, told_nothing = proposed(), proposed_elsewhere()
    program, mina, otto = proposal.program, proposal.mentor, proposal.mentee
    Participation.objects.filter(side=Side.MENTOR).update(places=2, hours_a_month=8)
    before = queries.waiting_in(program, PROPOSED_AT)
    assert (before.mentors, before.mentees) == (1, 0), "Mina has another place"
    for each in (proposal, told_nothing):
        answer_proposal(each, by=each.mentor.person, reply=Reply.DECLINED, at=PROPOSED_AT)
    say_aside(proposal, by=mina.person, at=PROPOSED_AT, word=Word.NOT_NOW, out_until=until)

    def free(pair: Proposal, at: datetime) -> tuple[int, int]:
        found = free_places(pair.program, at)
        return found[pair.mentor_id], found[pair.mentee_id]

    for at in (PROPOSED_AT, morning - timedelta(hours=1, seconds=1)):
        assert free(proposal, at) == free(told_nothing, at) == (1, 0)
        assert queries.waiting_in(program, at) == before
    assert free(proposal, morning) == free(proposal, PROPOSED_AT + 9 * DAY) == (0, 1)
    assert free(told_nothing, morning) == (2, 1)
    assert free(proposal, PROPOSED_AT + 10 * DAY) == (2, 1)
    assert gather(program, at=morning).mentors == ()
    assert set(pool(program, morning.date())) == {mina, otto}, "and so no list and no sentence tells"
    pair = Suggestion(mentor=mina, mentee=MenteeFactory(program=program))
    [affected] = judge(program, [pair], at=morning)
    assert affected.why == f"{mina.person.name} has no free place or no time left."
    [item] = queries.staying_out(mina.person, ON)
    assert item.out_until == until
    assert not queries.staying_out(mina.person, until).exists()
    assert not queries.staying_out(otto.person, ON).exists()
    say_aside(proposal, by=mina.person, at=PROPOSED_AT, word=None)
    assert free(proposal, morning) == (2, 1)


@pytest.mark.parametrize("word", Word)
def test_whoever_withdraws_takes_along_all_but_whom_they_are_not_to_meet(word: Word) -> None:
    proposal = declined(word, ON + DAY if word is Word.NOT_NOW else None)
    withdraw(proposal.mentor, by=proposal.mentor.person, at=PROPOSED_AT)
    close_abandoned_proposals(at=PROPOSED_AT)
    assert Aside.objects.exists() == (word in (Word.SAME_TEAM, Word.TOO_WELL))


def test_a_word_shows_to_nobody_and_changes_no_page_of_anybody_else() -> None:
    """Each of Cora's and Otto's pages, letter by letter, with a word and without."""
    program, cora = program_of_cora()
    now = clock.now()
    mina, otto = mina_and_otto(program)
    run = solved(program, cora)
    [proposal] = publish(run, by=cora, at=now)
    answer_proposal(proposal, by=mina.person, reply=Reply.DECLINED, at=now)
    at_the_desk = [board_of(run), reverse("matching:runs", args=[program.pk]), reverse("admin:index")]
    read = [(client_of(cora), url) for url in at_the_desk]
    read += [(client_of(otto.person), reverse("matching:proposal", args=[proposal.pk])), (client_of(otto.person), "/")]

    def pages() -> list[str]:
        answers = [client.get(url) for client, url in read]
        assert {answer.status_code for answer in answers} == {200}
        return [re.sub(r"\w{60,}|nonce=\S+", "", answer.text) for answer in answers]

    before = pages()
    say_aside(proposal, by=mina.person, at=now, word=Word.TOO_WELL)
    assert pages() == before
    aside = reverse("matching:aside", args=[proposal.pk])
    assert [client.get(aside).status_code for client, _ in read] == [404] * len(read)
    assert Aside not in admin.site._registry
    own = client_of(mina.person).get(aside)
    assert 'value="too_well" checked' in re.sub(r"\s+", " ", re.sub(r"class=\"[^\"]*\"|id=\"[^\"]*\"", "", own.text))


def test_the_word_goes_with_the_answer_in_one_form_and_a_yes_needs_none() -> None:
    program, _ = program_of_cora()
    mina, otto = mina_and_otto(program)
    proposal = ProposalFactory(program=program, mentor=mina, mentee=otto, proposed_at=clock.now())
    page = reverse("matching:proposal", args=[proposal.pk])
    yesterday, soon = ((clock.now() + days).astimezone(UTC).date() for days in (-2 * DAY, 9 * DAY))
    said = {"reply": "declined", "word": "not_now", "out_until": yesterday}
    refused = client_of(mina.person).post(page, said)
    assert (refused.status_code, "Choose a day that is still to come." in refused.text) == (422, True)
    assert Proposal.objects.get().mentor_reply is None

    assert client_of(otto.person).post(page, {**said, "reply": "accepted"}).status_code == 302
    assert client_of(mina.person).post(page, {**said, "out_until": soon}).status_code == 302
    [aside] = Aside.objects.all()
    assert (aside.participation, aside.word, aside.out_until) == (mina, Word.NOT_NOW, soon)
    home = client_of(mina.person).get("/").text
    assert "You are left out of the search until" in home
    added = reverse("matching:aside", args=[proposal.pk])
    assert client_of(mina.person).post(added, {"word": ""}).status_code == 302
    assert not Aside.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_keep_one_word() -> None:
    proposal = declined(None)
    person, both = proposal.mentor.person, Barrier(2)
    said = []

    def click() -> None:
        both.wait(10)
        said.append(say_aside(proposal, by=person, at=PROPOSED_AT, word=Word.TOPIC))
        connection.close()

    at_once(click, click)
    assert said == [Aside.objects.get()] * 2
