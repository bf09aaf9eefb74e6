"""What happens when a proposal or a pair comes to nothing: nobody can tell from it whose doing it was, and a search
begins by itself that puts whoever has waited first."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Event

import numpy as np
import pytest
from django.db import connection, transaction
from django.urls import reverse

from matching import certificates, notices, queries, weighing
from matching.actions import (
    answer_proposal,
    publish,
    request_run,
    search_again,
    solve_run,
    solve_waiting_runs,
)
from matching.choices import Reply, RunState
from matching.engine import Instance, solve_instance
from matching.explanations import reasons
from matching.inputs import gather
from matching.models import MatchingRun, Proposal
from matching.places import free_places
from matching.rounds import MOST_ROUNDS, WAITED, Ahead, rounds_waited
from matching.scoring import BEST, Names
from matching.tests.factories import PROPOSED_AT, MatchingRunFactory, mina_and_otto, program_of_cora
from matching.tests.test_search import at_once, solved
from matching.tests.test_views import board_of, client_of, words_of
from notifications import kinds
from notifications.models import Notice
from pairings.actions import end_pairing, open_pairing
from participants.actions import withdraw
from participants.models import OfferedSkill, Participation, WantedSkill
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person, Skill
from people.tests.factories import PersonFactory
from programs.models import Program

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = PROPOSED_AT + 3 * HOUR
THE_NEXT_MORNING = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)  # in London


def proposed(**fields: object) -> tuple[Proposal, Person]:
    """Mina and Otto have just been put to one another, after the first search of the program."""
    program, cora = program_of_cora(**fields)
    mina_and_otto(program)
    [proposal] = publish(solved(program, cora), by=cora, at=PROPOSED_AT)
    return proposal, cora


def decline(proposal: Proposal, by: str = "mentor", at: datetime = NOON) -> None:
    answer_proposal(proposal, by=getattr(proposal, by).person, reply=Reply.DECLINED, at=at)


def found(run: MatchingRun) -> set[tuple[Participation, Participation]]:
    return {(each.mentor, each.mentee) for each in run.suggestions.all()}


def searched(at: datetime) -> MatchingRun:
    """The one search that began by itself at that instant, solved."""
    assert search_again(at=at) == 1
    assert solve_waiting_runs(at=at) == 1
    run = MatchingRun.objects.get(requested_by=None, requested_at=at)
    assert (run.state, run.failure) == (RunState.SOLVED, "")
    return run


# -- places -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["mentor", "mentee", "withdrawn"])
def test_both_places_are_free_once_both_know_and_not_before(ending: str) -> None:
    """A count of those who wait would tell a coordinator whose "not this one" it was; a second proposal, the other."""
    proposal, cora = proposed()
    runs = reverse("matching:runs", args=[proposal.program_id])
    Person.objects.filter(pk=proposal.mentee.person_id).update(time_zone="America/New_York")
    both = {proposal.mentor_id, proposal.mentee_id}
    if ending == "withdrawn":
        withdraw(proposal.mentor, by=proposal.mentor.person, at=NOON)
        both -= {proposal.mentor_id}
    else:
        decline(proposal, by=ending)
    nine_in_new_york = THE_NEXT_MORNING + 5 * HOUR
    for at in (NOON, THE_NEXT_MORNING, nine_in_new_york - timedelta(seconds=1)):
        assert {free_places(proposal.program, at)[pk] for pk in both} == {0}
    assert {free_places(proposal.program, nine_in_new_york)[pk] for pk in both} == {1}
    assert client_of(cora).get(runs).status_code == 200


# -- the search ---------------------------------------------------------------------------------------------------


def test_the_morning_after_a_no_a_search_looks_at_the_whole_once_and_keeps_the_two_apart() -> None:
    proposal, cora = proposed()
    program, mina, otto = proposal.program, proposal.mentor, proposal.mentee
    ben, ana = MenteeFactory(program=program), MentorFactory(program=program)
    decline(proposal)
    for at in (NOON, THE_NEXT_MORNING - timedelta(seconds=1)):
        assert search_again(at=at) == 0

    run = searched(THE_NEXT_MORNING)

    assert found(run) == {(mina, ben), (ana, otto)}
    for at in (THE_NEXT_MORNING, THE_NEXT_MORNING + HOUR, THE_NEXT_MORNING + 30 * DAY):
        assert search_again(at=at) == 0
    shown = words_of(client_of(cora).get(board_of(run)).content)
    assert "not this one" not in shown.lower()
    assert Proposal.objects.count() == 1, "a coordinator sends it"
    [owed] = Notice.objects.filter(kind=notices.FOUND)
    assert owed.person == cora
    message = kinds.named(owed.kind).compose(owed, THE_NEXT_MORNING)
    assert message is not None
    assert message.paragraphs[0] == f"2 proposals in {program} can be sent. Nobody has been told yet."
    publish(run, by=cora, at=THE_NEXT_MORNING)
    assert kinds.named(owed.kind).compose(owed, THE_NEXT_MORNING) is None


def test_what_was_not_answered_in_time_and_a_pair_that_ended_early_are_searched_for_too() -> None:
    proposal, _ = proposed()
    program = proposal.program
    MentorFactory(program=program)
    assert search_again(at=proposal.expires_at - timedelta(seconds=1)) == 0
    searched(proposal.expires_at)

    ends_on = date(2026, 12, 10)
    pairing = open_pairing(
        mentor=proposal.mentor, mentee=proposal.mentee, by=proposal.mentor.person, at=NOON, on=ends_on - 2 * DAY
    )
    end_pairing(pairing, by=proposal.mentee.person, at=NOON, on=ends_on)
    assert search_again(at=datetime(2026, 12, 11, 8, 59, tzinfo=UTC)) == 0
    run = searched(datetime(2026, 12, 11, 9, 0, tzinfo=UTC))
    assert (proposal.mentor, proposal.mentee) not in found(run), "former partners are not put together again"
    assert len(found(run)) == 1


def test_without_anybody_on_the_other_side_the_search_waits_for_somebody() -> None:
    proposal, _ = proposed()
    withdraw(proposal.mentor, by=proposal.mentor.person, at=NOON)
    assert search_again(at=THE_NEXT_MORNING) == 0
    ana = MentorFactory(program=proposal.program)
    assert found(searched(THE_NEXT_MORNING + DAY)) == {(ana, proposal.mentee)}


def test_a_board_that_waits_to_be_sent_stays_together() -> None:
    proposal, cora = proposed()
    program = proposal.program
    ana, ben = MentorFactory(program=program), MenteeFactory(program=program)
    WantedSkill.objects.create(participation=ben, skill=Skill.objects.get(), rank=1)  # what Mina offers
    board = request_run(program, by=cora, at=PROPOSED_AT + HOUR)
    assert solve_run(board.pk, at=PROPOSED_AT + HOUR)
    assert found(board) == {(ana, ben)}
    decline(proposal)
    run = searched(THE_NEXT_MORNING)
    assert run.repairs == board
    assert found(run) == {(ana, ben)}, "although Mina would fit Ben better"


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_begin_one_search() -> None:
    proposal, _ = proposed()
    MentorFactory(program=proposal.program)
    decline(proposal)
    together, begun = Barrier(2), []

    def tick() -> None:
        together.wait(10)
        begun.append(search_again(at=THE_NEXT_MORNING))
        connection.close()

    at_once(tick, tick)
    assert sorted(begun) == [0, 1]
    assert MatchingRun.objects.filter(requested_by=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_search_that_a_coordinator_asks_for_at_that_instant_is_the_one() -> None:
    proposal, cora = proposed()
    MentorFactory(program=proposal.program)
    decline(proposal)
    asked, begun = Event(), []

    def ask() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            request_run(proposal.program, by=cora, at=THE_NEXT_MORNING)
            asked.set()
            for _ in range(20_000):  # until the tick waits for us
                cursor.execute("SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
                if cursor.fetchone():
                    break
        connection.close()

    def tick() -> None:
        asked.wait(10)
        begun.append(search_again(at=THE_NEXT_MORNING))
        connection.close()

    at_once(ask, tick)
    assert begun == [0]
    assert MatchingRun.objects.under_way().get().requested_by == cora


def test_a_search_that_failed_is_begun_again_later() -> None:
    proposal, _ = proposed()
    MentorFactory(program=proposal.program)
    decline(proposal)
    assert search_again(at=THE_NEXT_MORNING) == 1
    MatchingRun.objects.under_way().update(state=RunState.FAILED)
    assert search_again(at=THE_NEXT_MORNING + 5 * HOUR) == 0
    searched(THE_NEXT_MORNING + 6 * HOUR)
    assert search_again(at=THE_NEXT_MORNING + 12 * HOUR) == 0


# -- who has waited -----------------------------------------------------------------------------------------------


def rounds_of(program: Program, *participations: Participation, at: datetime) -> list[int]:
    return rounds_waited(program, participations, reserved=(), at=at)


@pytest.mark.parametrize("decliner", ["mentor", "mentee", None])
def test_how_long_somebody_waited_tells_nothing_of_whose_doing_it_was(decliner: str | None) -> None:
    proposal, cora = proposed()
    program, mina, otto = proposal.program, proposal.mentor, proposal.mentee
    late = MenteeFactory(program=program, volunteered_at=NOON)
    if decliner:
        decline(proposal, by=decliner)
    assert rounds_of(program, mina, otto, late, at=proposal.expires_at) == [1, 1, 0]
    for _ in range(MOST_ROUNDS):
        MatchingRunFactory(program=program, state=RunState.PUBLISHED, requested_by=cora, published_at=NOON + HOUR)
    assert rounds_of(program, mina, otto, late, at=proposal.expires_at) == [MOST_ROUNDS] * 3
    assert rounds_waited(program, [mina], reserved={mina.pk}, at=NOON) == [0], "who has a proposal does not wait"


def test_a_pair_is_an_end_of_waiting_and_one_that_ended_early_a_round_that_came_to_nothing() -> None:
    proposal, _ = proposed()
    program, both, on = proposal.program, (proposal.mentor, proposal.mentee), NOON.date()
    pairing = open_pairing(mentor=both[0], mentee=both[1], by=both[0].person, at=NOON, on=on)
    assert rounds_of(program, *both, at=NOON) == [0, 0]
    end_pairing(pairing, by=both[1].person, at=NOON, on=on + 9 * DAY)
    assert rounds_of(program, *both, at=NOON + 20 * DAY) == [1, 1]
    pairing.refresh_from_db()
    pairing.ended_on = pairing.runs_until
    pairing.save()
    assert rounds_of(program, *both, at=NOON + 400 * DAY) == [0, 0]


def test_whoever_waited_comes_before_a_better_fit_and_the_desk_reads_why() -> None:
    """Ana is all that is left; she fits Ben, who has just come, and Otto has waited."""
    proposal, cora = proposed()
    program, otto = proposal.program, proposal.mentee
    decline(proposal)
    withdraw(proposal.mentor, by=proposal.mentor.person, at=NOON)
    skill = Skill.objects.get()
    ana = MentorFactory(program=program, person=PersonFactory(given_name="Ana", rank=2), volunteered_at=NOON)
    ben = MenteeFactory(program=program, volunteered_at=NOON)
    WantedSkill.objects.filter(participation=otto).delete()
    OfferedSkill.objects.create(participation=ana, skill=skill)
    WantedSkill.objects.create(participation=ben, skill=skill, rank=1)

    run = searched(THE_NEXT_MORNING)

    [pair] = run.suggestions.all()
    assert (pair.mentor, pair.mentee) == (ana, otto)
    inputs = gather(program, at=THE_NEXT_MORNING)
    fit = inputs.candidates.fit.pairs(np.zeros(2, np.intp), np.arange(2))
    assert fit[inputs.mentees.index(otto)] < fit[inputs.mentees.index(ben)]
    assert pair.ahead > 0
    assert sum(part["points"] for part in pair.parts) == pair.fit + pair.ahead
    assert pair.fit == fit[inputs.mentees.index(otto)]
    assert certificates.check_run(run).ok
    assert run.certificate is not None
    assert certificates.whole_of(run).fit == pair.fit
    words = "Otto has waited since an earlier round"
    page = words_of(client_of(cora).get(board_of(run)).content)
    assert words in page
    assert "the rest counts for people who have waited through earlier rounds" in page
    assert not _numbers_told(run, page), "they may rest on what somebody told the search alone"
    weighed = weighing.weigh(run, ana, ben, THE_NEXT_MORNING)
    assert weighed.keeping is not None
    assert "puts others before people who have waited" in weighed.keeping.words
    assert not re.search(r"\d\.\d percent", weighed.keeping.words)

    [sent] = publish(run, by=cora, at=THE_NEXT_MORNING)
    assert sum(part["points"] for part in sent.parts) == sent.fit == pair.fit
    for person in (ana.person, otto.person):
        assert "waited" not in str(queries.proposal_page(sent, person, THE_NEXT_MORNING))
    both = Names("Ana", "Otto")
    assert [reasons([part], both, "mentor") for part in pair.parts if part["part"] == WAITED] == [[]]


def _numbers_told(run: MatchingRun, page: str) -> list[str]:
    """Which sums of scores stand on a page."""
    proof, fit = (run.certificate or {})["proof"], certificates.whole_of(run).fit
    return [each for each in (f"{proof['total']:,}", f"{fit:,}") if each in page]


def test_waiting_never_costs_a_pair_and_comes_before_all_fit_of_an_answer() -> None:
    """Against every answer there is, on random scores and rounds."""
    chance = np.random.default_rng(3)
    for _ in range(20):
        fits = chance.integers(0, BEST + 1, (4, 4)).astype(np.int32)
        fits[chance.random((4, 4)) < 0.5] = -1
        waited = [chance.integers(0, MOST_ROUNDS + 1, 4).tolist() for _ in range(2)]
        ahead = Ahead.of(waited[0], waited[1], pairs=4)
        scores = np.where(fits < 0, -1, fits + ahead.beside(slice(0, 4)))
        pairs = solve_instance(Instance.of(scores, [1] * 4, [1] * 4)).pairs
        assert worth(pairs, fits, waited) == max(worth(each, fits, waited) for each in answers(fits))


Pairs = tuple[tuple[int, int], ...]


def answers(fits: np.ndarray, row: int = 0, taken: frozenset[int] = frozenset()) -> list[Pairs]:
    if row == len(fits):
        return [()]
    free = [column for column in range(fits.shape[1]) if fits[row, column] >= 0 and column not in taken]
    return answers(fits, row + 1, taken) + [
        ((row, column), *rest) for column in free for rest in answers(fits, row + 1, taken | {column})
    ]


def worth(pairs: Pairs, fits: np.ndarray, waited: list[list[int]]) -> tuple[int, int, int]:
    """Pairs, then rounds waited, then fit."""
    return len(pairs), sum(waited[0][i] + waited[1][j] for i, j in pairs), sum(int(fits[i, j]) for i, j in pairs)


@pytest.mark.parametrize("pairs", [1, 1_789, 50_000])
def test_a_round_is_worth_more_than_all_fits_as_far_as_numbers_reach(pairs: int) -> None:
    ahead = Ahead.of([0, MOST_ROUNDS], [0, MOST_ROUNDS], pairs=pairs)
    assert BEST + ahead.most < 2**31
    assert (ahead.unit > 2 * BEST * pairs) == (pairs < 50_000)
    assert (BEST + ahead.most) * pairs * (2 * pairs + 4) < 2**62
    assert Ahead.of([2, 2], [1, 1], pairs=pairs).unit == 0, "where all waited as long, it decides nothing"


def test_a_first_search_knows_of_nobody_who_waited() -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    run = solved(program, cora)
    assert [(pair.ahead, WAITED in str(pair.parts)) for pair in run.suggestions.all()] == [(0, False)]
    assert _numbers_told(run, words_of(client_of(cora).get(board_of(run)).content)), "nobody has told it anything yet"
