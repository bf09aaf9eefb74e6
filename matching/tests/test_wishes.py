"""Before the search, people may say whom they wish to meet; a list gives nobody away, and the search alone reads it."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import numpy as np
import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from matching import certificates, queries, rules, wish_lists
from matching.actions import (
    answer_proposal,
    close_abandoned_proposals,
    discard,
    publish,
    request_run,
    solve_run,
    wish,
)
from matching.choices import Reply, RunState
from matching.exports import PARTS
from matching.inputs import gather
from matching.models import MatchingRun, PartnerWish, Scenario
from matching.scoring import BEST, Names, weights_of
from matching.scoring.partner_wishes import SCORED, points_of
from matching.tests.factories import PROPOSED_AT, MatchingRunFactory, ProposalFactory, program_of_cora
from matching.tests.test_scoring import ALONE, somebody
from matching.tests.test_search import at_once
from matching.tests.test_views import board_of, client_of
from participants.actions import withdraw
from participants.models import OfferedSkill, Participation, WantedSkill
from participants.rules import KEPT_AFTER_WITHDRAWING
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import FunctionFactory, PersonFactory, SkillFactory
from programs.actions import declare_conflict
from programs.choices import DEFAULT_IMPORTANCE, ConflictKind, Criterion, Importance, Side, WishLists
from programs.models import CriterionImportance, Program
from programs.rules import WishesDoNotFit, counting, insist_wishes_fit

pytestmark = pytest.mark.django_db

NOW = PROPOSED_AT
DAY = timedelta(days=1)
_ID = [UUID(int=number) for number in (1, 2, 3)]


def with_lists(
    kind: WishLists = WishLists.ANONYMOUS, mentees: int = 12
) -> tuple[Program, Person, Participation, list[Participation]]:
    """A program with lists, Cora, a mentor called Mina, and mentees who all may be hers."""
    program, cora = program_of_cora(wish_lists=kind)
    CriterionImportance.objects.create(program=program, criterion=Criterion.PARTNER_WISHES, importance=Importance.HIGH)
    mina: Participation = MentorFactory(
        program=program, person=PersonFactory(given_name="Mina", family_name="Minakshi", rank=2)
    )
    function = FunctionFactory(name="Operations")
    others: list[Participation] = [
        MenteeFactory(
            program=program, hobbies=["Chess", f"Odd hobby {n}"],
            person=PersonFactory(
                given_name=f"Given{n}", family_name=f"Family{n}", rank=6, function=function, job_title=f"Title{n}"
            ),
        )
        for n in range(mentees)
    ]  # fmt: skip
    return program, cora, mina, others


def listed(mine: Participation) -> set[Participation]:
    return {each.participation for each in wish_lists.wish_list(mine, NOW).possible}


def page_of(mine: Participation) -> str:
    return reverse("matching:wishes", args=[mine.program_id, mine.side])


# -- the list -----------------------------------------------------------------------------------------------------


def test_a_list_without_names_shows_what_two_have_in_common_and_nothing_that_names_anybody() -> None:
    program, _, mina, others = with_lists()
    common, hers, theirs = (SkillFactory(name=name) for name in ("Shared topic", "Only hers", "Only theirs"))
    for skill in (common, hers):
        OfferedSkill.objects.create(participation=mina, skill=skill)
    for other in others:
        WantedSkill.objects.create(participation=other, skill=common, rank=1)
        WantedSkill.objects.create(participation=other, skill=theirs, rank=2)
    Participation.objects.filter(pk=mina.pk).update(hobbies=["chess"])
    alone = MenteeFactory(program=program, person=PersonFactory(rank=6, function=FunctionFactory(name="Tiny team")))
    WantedSkill.objects.create(participation=alone, skill=common, rank=1)
    Participation.objects.filter(pk=alone.pk).update(hobbies=["chess"])

    page = client_of(mina.person).get(page_of(mina)).text

    assert page.count("Would learn from you") == 6, "half of those whom the rules allow"
    for word in ("Shared topic", "chess", "Operations", "Colleague "):
        assert word in page
    seen = ["Only theirs", "Odd hobby", "Tiny team", "Given", "Family", "Title", str(others[0].pk), others[0].pk.hex]
    assert [word for word in seen if word in page] == []


def test_a_list_with_names_names_them() -> None:
    _, _, mina, _ = with_lists(WishLists.NAMED)
    page = client_of(mina.person).get(page_of(mina)).text
    assert len(set(re.findall(r"Given\d+ Family\d+", page))) == 6
    assert "Title" in page


@pytest.mark.parametrize("reason", ["veto of theirs", "veto of mine", "conflict", "not this one"])
def test_whom_something_private_keeps_away_is_not_on_it_and_neither_length_nor_order_tells(reason: str) -> None:
    program, cora, mina, others = with_lists()
    before = wish_lists.wish_list(mina, NOW)
    gone = before.possible[0].participation
    match reason:
        case "veto of theirs":
            declare_conflict(one=gone.person, other=mina.person, kind=ConflictKind.NOT_WITH, by=gone.person, at=NOW)
        case "veto of mine":
            declare_conflict(one=mina.person, other=gone.person, kind=ConflictKind.NOT_WITH, by=mina.person, at=NOW)
        case "conflict":
            declare_conflict(one=mina.person, other=gone.person, kind=ConflictKind.PAY, by=cora, at=NOW)
        case _:
            ProposalFactory(program=program, mentor=mina, mentee=gone, mentee_reply=Reply.DECLINED, closed_at=NOW)
            Participation.objects.filter(pk=gone.pk).update(places=2)
    after = wish_lists.wish_list(mina, NOW)
    assert gone not in {each.participation for each in after.possible}
    assert len(after.possible) == len(before.possible) == 6
    assert [each.key for each in after.possible] == sorted(each.key for each in after.possible)
    assert {each.participation for each in after.possible} <= set(others)


def test_what_others_wish_changes_nothing_on_a_list_and_two_readers_cannot_compare_theirs() -> None:
    program, _, mina, others = with_lists()
    before = wish_lists.wish_list(mina, NOW)
    outside = next(one for one in others if one not in listed(mina))
    PartnerWish.objects.create(participation=outside, wished=mina, rank=1)
    assert wish_lists.wish_list(mina, NOW).possible == before.possible
    ana = MentorFactory(program=program)
    both = [{each.key for each in wish_lists.wish_list(one, NOW).possible} for one in (mina, ana)]
    assert not both[0] & both[1]


@pytest.mark.parametrize(("waiting", "shown"), [(5, 0), (6, 3), (30, 10)])
def test_a_list_holds_half_of_those_allowed_up_to_ten_and_a_few_make_none(waiting: int, shown: int) -> None:
    _, _, mina, _ = with_lists(mentees=waiting)
    assert len(listed(mina)) == shown


def test_only_who_takes_part_where_lists_are_given_has_one() -> None:
    program, cora, mina, others = with_lists()
    readers: list[Person | None] = [cora, others[0].person, PersonFactory(), others[0].person.manager]
    assert {client_of(one).get(page_of(mina)).status_code for one in readers if one} == {404}
    assert client_of(others[0].person).get(page_of(others[0])).status_code == 200
    Program.objects.filter(pk=program.pk).update(wish_lists=WishLists.NONE)
    assert client_of(mina.person).get(page_of(mina)).status_code == 404


# -- choosing -----------------------------------------------------------------------------------------------------


def test_wishes_are_kept_in_order_changed_and_taken_back_until_the_search_begins() -> None:
    program, cora, mina, _ = with_lists()
    client, keys = client_of(mina.person), [each.key for each in wish_lists.wish_list(mina, NOW).possible]
    assert "You may say whom you would like to meet" in client.get("/").text
    assert client.post(page_of(mina), {"wish_1": keys[3], "wish_4": keys[0]}).status_code == 302
    assert wish_lists.wish_list(mina, NOW).chosen == (keys[3], keys[0])
    assert "You chose 2 people to meet" in client.get("/").text
    twice = client.post(page_of(mina), {"wish_1": keys[1], "wish_2": keys[1]})
    assert (twice.status_code, "twice. Choose another" in twice.text) == (422, True)
    assert client.post(page_of(mina), {"wish_1": "nonsense"}).status_code == 422
    stranger = Participation.objects.exclude(pk__in=[one.pk for one in listed(mina)]).filter(side=Side.MENTEE)[0]
    with pytest.raises(rules.NoLongerOnTheList):
        wish(mina, by=mina.person, at=NOW, chosen=[stranger])
    wished = wish_lists.wish_list(mina, NOW).possible[1].participation
    wish(mina, by=mina.person, at=NOW, chosen=[wished])
    assert [(each.wished, each.rank) for each in PartnerWish.objects.all()] == [(wished, 1)]

    run = request_run(program, by=cora, at=NOW)
    with pytest.raises(rules.ListsAreClosed):
        wish(mina, by=mina.person, at=NOW, chosen=[])
    assert "The search has begun" in client.get(page_of(mina)).text
    assert "You chose" not in client.get("/").text
    solve_run(run.pk, at=NOW)
    discard(run, by=cora, at=NOW)
    wish(mina, by=mina.person, at=NOW, chosen=[])
    assert not PartnerWish.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_keep_each_wish_once() -> None:
    _, _, mina, _ = with_lists()
    chosen, both = [each.participation for each in wish_lists.wish_list(mina, NOW).possible][:3], Barrier(2)

    def click() -> None:
        both.wait(10)
        wish(mina, by=mina.person, at=NOW, chosen=chosen)
        connection.close()

    at_once(click, click)
    assert [each.wished for each in PartnerWish.objects.all()] == chosen


def test_a_wish_goes_with_whoever_made_it_and_not_with_whom_it_names() -> None:
    _, _, mina, others = with_lists()
    PartnerWish.objects.create(participation=mina, wished=others[0], rank=1)
    theirs = PartnerWish.objects.create(participation=others[1], wished=mina, rank=1)
    withdraw(mina, by=mina.person, at=NOW)
    close_abandoned_proposals(at=NOW + KEPT_AFTER_WITHDRAWING)
    assert list(PartnerWish.objects.all()) == [theirs]
    assert mina not in listed(others[1])
    assert [wishes for _, wishes in queries.lists_open_to(others[1].person)] == [0]


@pytest.mark.parametrize("kind", [WishLists.NAMED, WishLists.ANONYMOUS])
def test_whom_somebody_chose_stands_there_whatever_keeps_the_two_apart_since(kind: WishLists) -> None:
    """Who went from it would have said "not this one", vetoed, or withdrawn, and in that second."""
    program, cora, mina, _ = with_lists(kind, mentees=8)
    chosen = [each.participation for each in wish_lists.wish_list(mina, NOW).possible][:3]
    declares, declines, leaves = chosen
    wish(mina, by=mina.person, at=NOW, chosen=chosen)
    called = wish_lists.wish_list(mina, NOW).names
    declare_conflict(one=declares.person, other=mina.person, kind=ConflictKind.NOT_WITH, by=declares.person, at=NOW)
    seen = wish_lists.wish_list(mina, NOW)
    assert (seen.names, len(seen.possible)) == (called, 5), "four, and the one who was chosen before"
    client = client_of(mina.person)
    assert all(name in client.get(page_of(mina)).text for name in called)

    MatchingRunFactory(program=program, state=RunState.PUBLISHED, requested_by=cora)
    before = client.get(page_of(mina)).text
    assert all(name in before for name in called)
    proposal = ProposalFactory(program=program, mentor=mina, mentee=declines)
    answer_proposal(proposal, by=declines.person, reply=Reply.DECLINED, at=NOW)
    withdraw(leaves, by=leaves.person, at=NOW)
    close_abandoned_proposals(at=NOW + KEPT_AFTER_WITHDRAWING)
    after = client.get(page_of(mina)).text
    before, after = (re.sub(r"\w{60,}|nonce=\S+", "", page) for page in (before, after))
    assert before == after


def test_a_colleague_without_a_name_is_called_the_same_when_others_come_and_go() -> None:
    _, _, mina, _ = with_lists()
    before = {each.participation: each.called for each in wish_lists.wish_list(mina, NOW).possible}
    first = min(wish_lists.wish_list(mina, NOW).possible, key=lambda each: each.key).participation
    withdraw(first, by=first.person, at=NOW)
    after = {each.participation: each.called for each in wish_lists.wish_list(mina, NOW).possible}
    stay = before.keys() & after.keys()
    assert len(stay) >= 3
    assert {one: before[one] for one in stay} == {one: after[one] for one in stay}
    assert len(set(after.values())) == len(after)


def test_the_lists_are_closed_by_what_could_be_sent_and_by_nothing_that_came_after() -> None:
    program, cora, _, _ = with_lists()
    first = MatchingRunFactory(program=program, state=RunState.SOLVED, requested_by=cora, requested_at=NOW)
    later = MatchingRunFactory(program=program, state=RunState.TRIED, requested_by=cora, requested_at=NOW + DAY)
    Scenario.objects.create(run=later, base=first, name="Another way")
    states = [RunState.QUEUED, RunState.RUNNING, RunState.SOLVED, RunState.PUBLISHED]
    for state in RunState:
        MatchingRun.objects.filter(pk=first.pk).update(state=state)
        assert wish_lists.is_open(program) == (state not in states), state
    MatchingRun.objects.filter(pk=first.pk).update(state=RunState.PUBLISHED)
    MatchingRunFactory(program=program, state=RunState.FAILED, requested_by=cora, requested_at=NOW + 2 * DAY)
    assert not wish_lists.is_open(program)


@pytest.mark.django_db(transaction=True)
def test_a_wish_waits_for_the_beginning_of_a_search() -> None:
    program, cora, mina, _ = with_lists()
    refused = []

    def late() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20ms'")
        try:
            wish(mina, by=mina.person, at=NOW, chosen=[])
        except OperationalError as waits:
            refused.append(waits)
        connection.close()

    with transaction.atomic():
        request_run(program, by=cora, at=NOW)
        at_once(late)
    assert len(refused) == 1


# -- what it does -------------------------------------------------------------------------------------------------


def test_both_sides_wishes_count_alike_and_by_rank() -> None:
    mina, otto = somebody(id=_ID[0]), somebody(id=_ID[1])
    assert [points_of(rank) for rank in range(1, 6)] == [500, 400, 300, 200, 100]
    measure, week = SCORED.measure, NOW.date()

    def points(mentor: tuple[object, ...], mentee: tuple[object, ...]) -> int:
        one = somebody(id=mina.id, partners_wished=mentor)
        return measure.points(one, somebody(id=otto.id, partners_wished=mentee), week)

    other = _ID[2]
    assert points((), ()) == points((other,), (other,)) == 0
    assert points((otto.id,), ()) == points((), (mina.id,)) == 500
    assert points((other, otto.id), (mina.id,)) == 900
    assert points((otto.id,), (mina.id,)) == 1000
    assert sum(ALONE[Criterion.PARTNER_WISHES].values()) * 1000 == BEST


def test_a_search_heeds_wishes_and_tells_nobody_but_two_who_chose_one_another() -> None:
    program, cora, mina, _ = with_lists(mentees=6)
    wished = wish_lists.wish_list(mina, NOW).possible[2].participation
    urls = [reverse("matching:runs", args=[program.pk]), reverse("admin:index")]

    def desk() -> list[str]:
        return [re.sub(r"\w{60,}|nonce=\S+", "", client_of(cora).get(url).text) for url in urls]

    before = desk()
    wish(mina, by=mina.person, at=NOW, chosen=[wished])
    assert desk() == before
    run = request_run(program, by=cora, at=NOW)
    solve_run(run.pk, at=NOW)
    run = MatchingRun.objects.get()
    [found] = run.suggestions.all()
    assert found.mentee == wished
    assert sum(part["points"] for part in found.parts) == found.fit
    assert not certificates.may_be_handed_out(run)
    board = client_of(cora).get(board_of(run)).text.lower()
    assert [word for word in ("wished to meet", "chose", "partner_wish") if word in board] == []
    [sent] = publish(run, by=cora, at=NOW)
    part = next(part for part in sent.parts if part["part"] == Criterion.PARTNER_WISHES)
    names = Names("Mina", "Otto")
    assert [SCORED.words(part, names, reader) for reader in ("mentor", "mentee", "desk")] == [None] * 3
    both = {**part, "both": True}
    assert [SCORED.words(both, names, reader) for reader in ("mentor", "mentee")].count(None) == 0
    assert SCORED.words(both, names, "desk") is None


def test_wishes_of_both_are_told_to_both() -> None:
    _, _, mina, others = with_lists(mentees=6)
    PartnerWish.objects.create(participation=mina, wished=others[0], rank=2)
    PartnerWish.objects.create(participation=others[0], wished=mina, rank=1)
    inputs = gather(mina.program, at=NOW)
    where = inputs.mentees.index(others[0])
    part = next(each for each in inputs.candidates.parts(0, where) if each["part"] == Criterion.PARTNER_WISHES)
    assert part["both"] is True
    scores = inputs.candidates.pairs(np.array([0]), np.array([where]))
    assert sum(each["points"] for each in inputs.candidates.parts(0, where)) == int(scores[0])


def test_one_s_own_file_tells_a_wish_and_never_a_name_that_the_list_did_not() -> None:
    program, _, mina, others = with_lists()
    PartnerWish.objects.create(participation=mina, wished=others[0], rank=1)
    told = next(part for part in PARTS if part.name == "partner_wishes")
    assert told.gather(mina.person, NOW) == [{"program": str(program), "rank": 1, "wished": "Somebody on your list"}]
    assert told.gather(others[0].person, NOW) == []
    Program.objects.filter(pk=program.pk).update(wish_lists=WishLists.NAMED)
    assert told.gather(mina.person, NOW)[0]["wished"] == str(others[0].person)


# -- the program --------------------------------------------------------------------------------------------------


def test_lists_and_what_they_count_go_together() -> None:
    program = Program(wish_lists=WishLists.NAMED)
    for says in (Importance.OFF, Importance.MUST):
        with pytest.raises(WishesDoNotFit):
            insist_wishes_fit(program, {**DEFAULT_IMPORTANCE, Criterion.PARTNER_WISHES: says})
    asked = {**DEFAULT_IMPORTANCE, Criterion.PARTNER_WISHES: Importance.HIGH}
    insist_wishes_fit(program, asked)
    assert weights_of(counting(program, asked))[Criterion.PARTNER_WISHES] > 0
    assert weights_of(counting(Program(), asked)) == weights_of(DEFAULT_IMPORTANCE)
