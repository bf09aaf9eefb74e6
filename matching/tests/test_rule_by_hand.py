"""A coordinator keeps a pair, or rules it out; the search keeps to it, and says what it costs before."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import clock
from matching import certificates, queries, weighing
from matching.actions import (
    answer_proposal,
    keep_pair,
    never_pair,
    publish,
    release_pair,
    request_run,
    solve_run,
    stop_run,
)
from matching.actions.search import Held, LeaseLost, take
from matching.choices import Hand, Reply, RunState
from matching.engine import __main__ as engine
from matching.models import MatchingRun, Proposal, Ruling
from matching.tests.factories import (
    MatchingProgramFactory,
    bo_on_both_sides,
    mina_and_otto,
    pool,
    program_of_cora,
    spend_two_hours_elsewhere,
)
from matching.tests.test_search import at_once
from matching.tests.test_views import board_of, client_of, words_of
from participants.models import Participation
from participants.tests.factories import MenteeFactory, MentorFactory
from people.models import Person
from people.tests.factories import FunctionFactory, PersonFactory
from people.tests.shared_rows import shared
from programs.actions import declare_conflict
from programs.choices import ConflictKind, Side
from programs.models import DeclaredConflict, Program
from programs.tests.factories import DutyFactory

pytestmark = pytest.mark.django_db

Pair = tuple[Participation, Participation]


def searched(program: Program, by: Person) -> MatchingRun:
    return ended(request_run(program, by=by, at=clock.now()))


def ended(run: MatchingRun) -> MatchingRun:
    assert solve_run(run.pk, at=clock.now())
    run.refresh_from_db()
    assert run.state == RunState.SOLVED, run.failure
    return run


def pairs_of(run: MatchingRun) -> set[tuple[Participation, Participation]]:
    return {(each.mentor, each.mentee) for each in run.suggestions.select_related("mentor", "mentee")}


def address(run: MatchingRun, pair: Pair | None = None, name: str = "pair") -> str:
    asked = f"?mentor={pair[0].pk}&mentee={pair[1].pk}" if pair else ""
    return reverse(f"matching:{name}", args=[run.program_id, run.pk]) + asked


@shared
def two_and_two() -> tuple[Program, Person, Pair, Pair]:
    """Mina suits Otto and Ana suits Ben; both other pairs are allowed, and worse."""
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    ana, ben = MentorFactory(program=program), MenteeFactory(program=program)
    return program, cora, (mina, otto), (ana, ben)


def test_a_pair_that_is_kept_is_in_every_answer_until_it_is_released(
    two_and_two: tuple[Program, Person, Pair, Pair],
) -> None:
    program, cora, (mina, otto), (ana, ben) = two_and_two
    best = {(mina, otto), (ana, ben)}
    assert pairs_of(searched(program, cora)) == best

    kept = ended(keep_pair(program, mentor=mina, mentee=ben, by=cora, at=clock.now()))

    assert pairs_of(kept) == {(mina, ben), (ana, otto)}
    assert certificates.check_run(kept).ok
    assert pairs_of(searched(program, cora)) == pairs_of(kept)
    assert pairs_of(ended(release_pair(program, mentor=mina, mentee=ben, by=cora, at=clock.now()))) == best


def test_a_pair_that_is_ruled_out_is_in_no_answer(two_and_two: tuple[Program, Person, Pair, Pair]) -> None:
    program, cora, (mina, otto), (ana, ben) = two_and_two
    without = ended(never_pair(program, mentor=mina, mentee=otto, by=cora, at=clock.now()))
    assert pairs_of(without) == {(mina, ben), (ana, otto)}
    assert certificates.check_run(without).ok
    twice = ended(never_pair(program, mentor=mina, mentee=otto, by=cora, at=clock.now()))
    assert (Ruling.objects.count(), pairs_of(twice)) == (1, pairs_of(without))


def test_what_a_rule_forbids_cannot_be_kept_and_says_no_more_than_the_rule(
    two_and_two: tuple[Program, Person, Pair, Pair],
) -> None:
    program, cora, (mina, otto), (ana, ben) = two_and_two
    same = FunctionFactory(name="The same")
    Person.objects.filter(pk__in=[ana.person_id, ben.person_id]).update(function=same)
    declare_conflict(one=mina.person, other=otto.person, kind=ConflictKind.NOT_WITH, by=otto.person, at=clock.now())
    said = {}
    for name, pair in (("function", (ana, ben)), ("conflict", (mina, otto))):
        with pytest.raises(ValidationError) as refused:
            keep_pair(program, mentor=pair[0], mentee=pair[1], by=cora, at=clock.now())
        said[name] = refused.value.messages
    assert said["function"] == ["This pair cannot be kept. Both work in the same function."]
    neutral = "They were a pair or were proposed to one another before, or another rule keeps the two apart."
    assert said["conflict"] == [f"This pair cannot be kept. {neutral}"]
    assert not Ruling.objects.exists()
    assert not MatchingRun.objects.exists()


def test_only_those_who_may_match_here_decide_and_a_candidate_may_not(
    two_and_two: tuple[Program, Person, Pair, Pair],
) -> None:
    program, cora, (mina, otto), _ = two_and_two
    candidate = PersonFactory(is_coordinator=True)
    DutyFactory(program=program, person=candidate)
    MentorFactory(program=program, person=candidate)
    bo = Person.objects.get(pk=otto.person.manager_id)
    for person in (candidate, bo):
        for decide in (keep_pair, never_pair, release_pair):
            with pytest.raises(ValidationError, match="Only a coordinator who does not take part"):
                decide(program, mentor=mina, mentee=otto, by=person, at=clock.now())
    assert not Ruling.objects.exists()
    keep_pair(program, mentor=mina, mentee=otto, by=cora, at=clock.now())
    with pytest.raises(ValidationError, match="Only a coordinator who does not take part"):
        keep_pair(program, mentor=mina, mentee=otto, by=candidate, at=clock.now())  # nor is shown what is under way


def test_a_pair_that_became_possible_after_the_search_is_not_said_to_lack_a_place(
    two_and_two: tuple[Program, Person, Pair, Pair],
) -> None:
    program, cora, (mina, otto), _ = two_and_two
    conflict = declare_conflict(
        one=mina.person, other=otto.person, kind=ConflictKind.NOT_WITH, by=otto.person, at=clock.now()
    )
    run, client = searched(program, cora), client_of(cora)
    assert "What stands in the way" in words_of(client.get(address(run, (mina, otto))).content)
    DeclaredConflict.objects.filter(pk=conflict.pk).update(withdrawn_at=clock.now())
    page = words_of(client.get(address(run, (mina, otto))).content)
    assert "They could not be paired when this search was made, and can be now." in page
    assert "All places" not in page
    client.post(address(run), {"mentor": mina.pk, "mentee": otto.pk, "decision": "keep"})
    assert (mina, otto) in pairs_of(ended(MatchingRun.objects.order_by("-requested_at")[0]))


def test_one_place_is_not_kept_for_two_and_the_refusal_names_the_pair_that_has_it(
    two_and_two: tuple[Program, Person, Pair, Pair],
) -> None:
    program, cora, (mina, otto), (_, ben) = two_and_two
    ended(keep_pair(program, mentor=mina, mentee=otto, by=cora, at=clock.now()))
    with pytest.raises(ValidationError, match="Mina Mentor has 1 free place, kept by hand for Otto Executive"):
        keep_pair(program, mentor=mina, mentee=ben, by=cora, at=clock.now())


@pytest.mark.parametrize("replies", [(), (Reply.ACCEPTED, Reply.ACCEPTED)])
def test_a_kept_pair_that_was_sent_takes_its_place_once(
    two_and_two: tuple[Program, Person, Pair, Pair], replies: tuple[Reply, ...]
) -> None:
    program, cora, (mina, otto), (_, ben) = two_and_two
    Participation.objects.filter(pk=mina.pk).update(places=2, hours_a_month=4)
    run, at = ended(keep_pair(program, mentor=mina, mentee=otto, by=cora, at=clock.now())), clock.now()
    run.suggestions.exclude(mentor=mina, mentee=otto).delete()
    [proposal] = publish(run, by=cora, at=at)
    for person, reply in zip((mina.person, otto.person), replies, strict=False):
        answer_proposal(proposal, by=person, reply=reply, at=at)
    kept = keep_pair(program, mentor=mina, mentee=ben, by=cora, at=at)
    assert (mina, ben) in pairs_of(ended(kept))


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_keep_one_place_for_two_at_once_keep_it_for_one(
    two_and_two: tuple[Program, Person, Pair, Pair],
) -> None:
    program, cora, (mina, otto), (_, ben) = two_and_two

    refused = []

    def keep(mentee: Participation) -> None:
        try:
            keep_pair(program, mentor=mina, mentee=mentee, by=cora, at=clock.now())
        except ValidationError as refusal:
            refused.append(refusal)

    at_once(lambda: keep(otto), lambda: keep(ben))

    assert len(refused) == Ruling.objects.count() == MatchingRun.objects.count() == 1
    MatchingRun.objects.all().delete()
    Ruling.objects.all().delete()
    at_once(lambda: keep(otto), lambda: keep(otto))  # a double click
    assert len(refused) == 1
    assert Ruling.objects.count() == MatchingRun.objects.count() == 1


def test_a_kept_pair_that_no_longer_holds_is_set_back_and_named_and_the_search_goes_on(
    two_and_two: tuple[Program, Person, Pair, Pair],
) -> None:
    program, cora, (mina, otto), _ = two_and_two
    ended(keep_pair(program, mentor=mina, mentee=otto, by=cora, at=clock.now()))
    Participation.objects.filter(pk=mina.pk).update(withdrawn_at=clock.now())
    run = searched(program, cora)
    assert len(pairs_of(run)) == 1
    page = words_of(client_of(cora).get(board_of(run)).content)
    assert "Mina Mentor and Otto Executive: one of the two does not wait with a free place any more." in page


def test_what_keeping_costs_is_what_searching_again_finds() -> None:
    program, cora = program_of_cora()
    pool(program, 7, 6, seed=11)
    run = searched(program, cora)
    assert run.certificate is not None
    total, size = run.certificate["proof"]["total"], run.certificate["proof"]["size"]
    tried = 0
    for mentor in weighing.people_of(run, Side.MENTOR)[:4]:
        for mentee in weighing.people_of(run, Side.MENTEE)[:4]:
            weighed = weighing.weigh(run, mentor, mentee, clock.now())
            if weighed.keeping is None:
                continue
            tried += 1
            kept = ended(keep_pair(program, mentor=mentor, mentee=mentee, by=cora, at=clock.now()))
            assert kept.certificate is not None
            proof = kept.certificate["proof"]
            fewer = {0: "As many pairs", 1: "One pair fewer"}.get(size - proof["size"], "pairs fewer")
            assert fewer in weighed.keeping.words
            assert ("keeps the total" in weighed.keeping.words) == (proof["total"] == total)
            left_alone = weighed.keeping.words.partition("percent.")[2]
            assert str(mentor.person) not in left_alone
            assert str(mentee.person) not in left_alone
            gone = {(str(duo.mentor), str(duo.mentee)) for duo in weighed.keeping.apart}
            come = {(str(duo.mentor), str(duo.mentee)) for duo in weighed.keeping.together}
            before = {(str(one.person), str(other.person)) for one, other in pairs_of(run)}
            after = (before - gone) | come | {(str(mentor.person), str(mentee.person))}
            assert len(after) == proof["size"]
            Ruling.objects.all().delete()
    assert tried > 2


def test_never_pairing_two_says_what_happens_to_the_others(two_and_two: tuple[Program, Person, Pair, Pair]) -> None:
    program, cora, (mina, otto), (ana, ben) = two_and_two
    run = searched(program, cora)
    weighed = weighing.weigh(run, mina, otto, clock.now())
    assert weighed.found
    assert weighed.parting is not None
    assert weighed.parting.words.startswith("As many pairs, and it lowers the total fit by ")
    assert {(str(duo.mentor), str(duo.mentee)) for duo in weighed.parting.together} == {
        (str(mina.person), str(ben.person)), (str(ana.person), str(otto.person)),
    }  # fmt: skip


def test_what_never_pairing_two_would_do_is_not_told_where_a_few_seconds_do_not_prove_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program, cora, bo = bo_on_both_sides()  # who has hours for one pair of the two that would be best
    spend_two_hours_elsewhere(bo[0].person, cora)
    mina_and_otto(program)
    MentorFactory(program=program)
    MenteeFactory(program=program)
    run = searched(program, cora)
    known = [weighing.weigh(run, *pair, clock.now()).parting for pair in pairs_of(run)]
    assert all(change and change.apart for change in known)
    monkeypatch.setattr(weighing, "PARTING_SECONDS", 0)
    unknown = weighing.Change("What that would change is not known: finding out takes a search.", (), ())
    assert unknown in [weighing.weigh(run, *pair, clock.now()).parting for pair in pairs_of(run)]


def test_the_page_weighs_decides_and_refuses_in_words(two_and_two: tuple[Program, Person, Pair, Pair]) -> None:
    program, cora, (mina, otto), (ana, ben) = two_and_two
    run, client = searched(program, cora), client_of(cora)
    empty = client.get(address(run))
    assert (empty.status_code, "Which two?" in words_of(empty.content)) == (200, True)
    page = words_of(client.get(address(run, (mina, ben))).content)
    assert "If you keep them together As many pairs, and it lowers the total fit by" in page
    assert "No longer a pair" in page
    assert f"{ana.person} and {otto.person}" in page

    both = {"mentor": mina.pk, "mentee": ben.pk}
    MatchingRun.objects.filter(pk=run.pk).update(engine_version="0")
    assert "Search again, then decide." in words_of(client.get(address(run, (mina, ben)), follow=True).content)
    MatchingRun.objects.filter(pk=run.pk).update(engine_version=run.engine_version)
    for odd in ({"mentor": mina.pk}, {**both, "decision": "burn"}, {"mentor": otto.pk, "mentee": mina.pk}):
        assert client.post(address(run), odd).status_code == 422
    elsewhere = MentorFactory(program=MatchingProgramFactory())
    refused = client.post(address(run), {**both, "mentor": elsewhere.pk, "decision": "keep"})
    assert "Choose a mentor who waited when this search was made." in words_of(refused.content)
    assert not Ruling.objects.exists()

    kept = client.post(address(run), {**both, "decision": "keep"})
    newest = MatchingRun.objects.order_by("-requested_at")[0]
    assert kept["Location"] == reverse("matching:progress", args=[program.pk, newest.pk])
    again = client.post(address(run), {**both, "decision": "keep"})  # a double click
    assert (again["Location"], MatchingRun.objects.count()) == (kept["Location"], 2)
    assert "A search is already under way" in words_of(client.post(address(run), {**both, "decision": "never"}).content)
    assert Ruling.objects.get().hand == Hand.KEEP
    board = words_of(client.get(board_of(ended(newest))).content)
    assert "Kept by hand Release" in board
    assert "1 pair that was to be kept is in it." in board


def test_the_board_shows_those_asked_for_in_the_order_asked_for(
    two_and_two: tuple[Program, Person, Pair, Pair],
) -> None:
    program, cora, _, (ana, _) = two_and_two
    run, client = searched(program, cora), client_of(cora)

    def shown(asked: str) -> list[str]:
        return [str(pair.mentor) for pair in client.get(board_of(run) + asked).context["board"].pairs]

    names = [str(pair.mentor) for pair in queries.board(run, clock.now()).pairs]
    assert names == [str(ana.person), "Mina Mentor"]
    assert shown("?order=strongest") == names[::-1]
    assert shown("?named=MINA") == shown("?named=executive+otto") == shown("?fit=good") == ["Mina Mentor"]
    assert shown("?named=nobody&fit=fair") == []
    assert shown("?order=%00&fit=odd&named=" + "x" * 200) == names


def test_when_something_changed_the_rest_is_kept_and_only_those_concerned_are_searched_for() -> None:
    program, cora = program_of_cora()
    pool(program, 8, 5, seed=3)
    run = searched(program, cora)
    gone = run.suggestions.order_by("fit")[0]
    Participation.objects.filter(pk=gone.mentor_id).update(withdrawn_at=clock.now())
    client = client_of(cora)
    assert "Repair" in words_of(client.post(address(run, name="send")).content)

    for _ in range(2):  # a double click
        client.post(address(run, name="repair"))
    assert MatchingRun.objects.count() == 2
    repaired = ended(MatchingRun.objects.order_by("-requested_at")[0])

    standing = {pair for pair in pairs_of(run) if pair[0].pk != gone.mentor_id}
    assert standing
    assert standing <= pairs_of(repaired)
    assert certificates.check_run(repaired).ok
    assert len(publish(repaired, by=cora, at=clock.now())) == Proposal.objects.count() == len(pairs_of(repaired))
    assert "have been sent already" in words_of(client.post(address(repaired, name="repair"), follow=True).content)


def test_a_search_that_is_stopped_writes_nothing_and_another_may_start(
    two_and_two: tuple[Program, Person, Pair, Pair],
) -> None:
    program, cora, _, _ = two_and_two
    run = request_run(program, by=cora, at=clock.now())
    held = take(run.pk, clock.now())
    assert isinstance(held, Held)
    page = client_of(cora).post(address(run, name="stop"), follow=True)
    assert "The search was stopped. Nobody was told anything." in words_of(page.content)
    with pytest.raises(LeaseLost):
        held.write_result()
    run.refresh_from_db()
    assert (run.state, run.suggestions.count(), run.certificate) == (RunState.STOPPED, 0, None)
    assert "This search was stopped before its end." in words_of(client_of(cora).get(board_of(run)).content)
    with pytest.raises(ValidationError, match="This search has come to an end already"):
        stop_run(searched(program, cora), by=cora, at=clock.now())


def test_the_proof_can_be_taken_away_and_checked_and_names_nobody(
    two_and_two: tuple[Program, Person, Pair, Pair], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program, cora, (mina, _), (_, ben) = two_and_two
    run = ended(keep_pair(program, mentor=mina, mentee=ben, by=cora, at=clock.now()))
    answer = client_of(cora).get(address(run, name="proof"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["README.txt", "instance.json", "result.json"]
        archive.extractall(tmp_path)
    files = [str(tmp_path / name) for name in ("instance.json", "result.json")]
    assert engine.main(["verify", *files]) == 0
    assert "Holds: 2 pairs" in capsys.readouterr().out
    everything = "".join(path.read_text() for path in tmp_path.iterdir())
    for person in Person.objects.all():
        assert person.family_name not in everything
        assert person.email not in everything
    tampered = json.loads(Path(files[1]).read_text())
    tampered["total"] += 1
    Path(files[1]).write_text(json.dumps(tampered))
    assert engine.main(["verify", *files]) == 1
    assert Client().get(address(run, name="proof")).status_code == 302


def test_weighing_asks_the_database_as_often_among_many_as_among_few() -> None:
    asked = []
    for size in (2, 6):
        program, cora = program_of_cora(name=f"Program of {size}")
        pool(program, size + 1, size, seed=size)
        run, client = searched(program, cora), client_of(cora)
        pair = min(pairs_of(run), key=lambda pair: pair[0].pk)
        client.get(address(run))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(run, pair)).status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1], asked
