"""Somebody who opens the progress page every Monday, keeps every number, reads the survey results and calculates.

Each test takes one kind of number, writes it as equations over people, pairs or weeks, and looks for a group that is
too small. The last tests take one guard away each: then the attacker does find some.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pytest

from dashboards import queries
from disclosure import Figure, GroupedDistribution, Hidden, Reason, total
from disclosure.tests.attacker import Attacker
from disclosure.tests.proofs import LONG
from pairings import activity, staying
from pairings.choices import Moment
from pairings.models import Agreement, CheckIn, Meeting, Pairing, SkillRating
from pairings.tests.factories import STARTED_ON, PairingFactory, noon
from participants.models import Participation
from participants.tests.factories import MentorFactory
from people.tests.factories import PersonFactory, SkillFactory
from programs.choices import Side, Stage
from programs.models import Program
from programs.rules import STILL_HERE_KNOWN_AFTER
from programs.tests.factories import ProgramFactory
from surveys import releases as surveys
from surveys.choices import NO_ANSWER, OR_NONE
from surveys.models import Answer
from surveys.tests.factories import SurveyFactory, opened, three_questions

K = 5
WEEKS = 10
NEVER = WEEKS
MONDAYS = [STARTED_ON + timedelta(weeks=week) for week in range(1, WEEKS + 1)]
POINTS = range(1, 6)


@dataclass
class Company:
    program: Program
    read: list[queries.Progress]
    """What the page showed on each Monday."""


def day(week: int, chance: random.Random) -> date:
    return STARTED_ON + timedelta(weeks=week, days=chance.randrange(5))


def company(seed: int) -> Company:
    """Some pairs that begin, sign, meet, answer and end as they like; nobody is in two."""
    chance = random.Random(seed)
    program = ProgramFactory(stage=Stage.RUNNING, meet_every_days=14)
    PersonFactory.create_batch(12, rank=2)  # the directory tells who is eligible; here it is not nearly everybody
    MentorFactory.create_batch(chance.randrange(4), program=program)
    for _ in range(chance.randrange(3, 16)):
        start = chance.choice([0, 0, 0, 1, 2, 4])
        pairing = PairingFactory(program=program, started_on=STARTED_ON + timedelta(weeks=start))
        people = Participation.objects.filter(pk__in=[pairing.mentor_id, pairing.mentee_id])
        people.update(volunteered_at=noon(day(-chance.randrange(1, 4), chance)))
        if chance.random() < 0.3:
            pairing.ended_on = day(chance.randrange(start + 1, WEEKS), chance)
            pairing.save()
        live(pairing, start, chance)
    return Company(program, [queries.progress(program, on=monday) for monday in MONDAYS])


def live(pairing: Pairing, start: int, chance: random.Random) -> None:
    mentor, mentee = pairing.mentor.person, pairing.mentee.person
    signed = noon(day(start + chance.randrange(3), chance)) if chance.random() < 0.85 else None
    Agreement.objects.create(
        pairing=pairing, version=1, words=b"", meet_every_days=14, meeting_minutes=60, arranged_by="mentee",
        drafted_by=mentor, drafted_at=noon(STARTED_ON), mentor_signed_at=noon(STARTED_ON), mentee_signed_at=signed,
    )  # fmt: skip
    keen = chance.choice([0.1, 0.3, 0.7])
    for week in range(start, WEEKS):
        if chance.random() < keen:
            held_on = day(week, chance)
            Meeting.objects.create(
                pairing=pairing, held_on=held_on, minutes=chance.choice([30, 60, 120]), logged_by=mentor,
                logged_at=noon(held_on),
            )  # fmt: skip
    for month, share in ((date(2027, 1, 20), 0.8), (date(2027, 2, 20), 0.5)):
        for person in (mentor, mentee):
            if chance.random() < share:
                point = chance.choice([2, 3, 4, 4, 5, 5])
                CheckIn.objects.create(
                    pairing=pairing, person=person, due_on=month, answered_at=noon(month), meeting=point,
                    getting=point, speaking=point, worth=point,
                )  # fmt: skip


def learns(attacker: Attacker, figure: Figure, kinds: list[tuple], each: float = 1) -> None:
    if figure.number is not None and figure.is_shown:
        attacker.learns(kinds, round(figure.number / each))


# Attacks: each gives the groups it found


def on_states(found: Company) -> list[object]:
    """Pairs by the week in which they came, and the week and the way in which they went."""
    ways = ("ended", "completed")
    kinds = [(came, went, way) for came in range(WEEKS) for went in range(came, WEEKS) for way in ways]
    kinds += [(came, NEVER, "stays") for came in range(WEEKS)]
    attacker = Attacker(kinds)
    for week, page in enumerate(found.read):
        here = [kind for kind in kinds if kind[0] <= week]
        learns(attacker, page.activity.pairs_formed, here)
        learns(attacker, page.activity.pairs_under_way, [kind for kind in here if kind[1] > week])
        gone = [kind for kind in here if kind[1] <= week]
        learns(attacker, page.activity.pairs_ended_early, [kind for kind in gone if kind[2] == "ended"])
        learns(attacker, page.activity.pairs_completed, [kind for kind in gone if kind[2] == "completed"])
    return list(attacker.isolates_by_subtraction(activity.LEAST_PAIRS))


def on_steps(found: Company) -> list[object]:
    """People by the weeks in which they volunteered, were ready, in a pair, signed and met: week by week two pages.

    The attacker knows that nobody is in two pairs.
    """
    isolated: list[object] = []
    for before, after in pairwise(found.read):
        names = [step.label for step in before.funnel]
        reach = range(len(names))
        kinds = [(old, new) for old in reach for new in reach if old <= new]
        attacker = Attacker(kinds)
        for page, at in ((before, 0), (after, 1)):
            for place, step in enumerate(page.funnel):
                learns(attacker, step.figure, [kind for kind in kinds if kind[at] >= place])
            share = page.activity.agreements_signed
            formed = page.activity.pairs_formed
            if share.number is not None and formed.number:
                signed = round(share.number * formed.number / 100)
                attacker.learns([kind for kind in kinds if kind[at] >= names.index("Agreement signed")], 2 * signed)
        isolated += attacker.isolates_by_subtraction(K)
    return isolated


def on_weeks(found: Company) -> list[object]:
    """Weeks whose meetings, all told, were held by fewer than five pairs."""
    held = {
        week: Counter(
            pair
            for pair, on in Meeting.objects.filter(pairing__program=found.program).values_list("pairing", "held_on")
            if (on - STARTED_ON).days // 7 == week
        )
        for week in range(WEEKS)
    }
    attacker = Attacker([(week,) for week in range(WEEKS)])
    for page in found.read:
        of = {(week.monday - STARTED_ON).days // 7: week.held for week in page.activity.weeks}
        if of:
            learns(attacker, page.activity.meetings_held, [(week,) for week in range(max(of) + 1)])
        for week, figure in of.items():
            learns(attacker, figure, [(week,)])
    isolated: list[object] = []
    for row, value in attacker.eliminated():
        if value and set(row) <= {0, 1}:
            pairs = sum((held[week] for week, inside in enumerate(row) if inside), Counter())
            if 0 < len(pairs) < K:
                isolated.append((row, len(pairs)))
    return isolated


def on_meeting_again(found: Company) -> list[object]:
    """Meetings beyond the first of every pair that met: one to four are as few pairs that met again."""
    isolated: list[object] = []
    for page in found.read:
        meetings, met = page.activity.meetings_held.number, page.activity.places_met.number
        if meetings is not None and met and 0 < meetings - met / 2 < K:
            isolated.append((page.activity.as_of, meetings, met))
    return isolated


def read_answers(
    attacker: Attacker, shown: GroupedDistribution, at: int, scales: Sequence[activity.Scale] = activity.SCALES
) -> None:
    sides = list(shown.groups)
    for name, one in {"": shown.total, **shown.groups}.items():
        here = [kind for kind in attacker.kinds if kind[0] in (name or sides) and kind[at] is not None]
        learns(attacker, one.n, here)
        for bar in one.bars:
            points = {point for scale in scales for point, name in scale.items() if name in bar.categories}
            learns(attacker, bar.count, [kind for kind in here if kind[at] in points])


def on_check_ins(found: Company) -> list[object]:
    """Answers by side, before and after: newcomers and those who changed their mind."""
    isolated: list[object] = []
    shown = [activity.check_in_answers(found.program, monday) for monday in MONDAYS]
    for before, after in pairwise(shown):
        kinds = [
            (side.label, old, new) for side in Side for old in (None, *POINTS) for new in POINTS
        ]  # nobody takes an answer back
        attacker = Attacker(kinds)
        read_answers(attacker, before, 1)
        read_answers(attacker, after, 2)
        isolated += attacker.isolates_by_subtraction(K)
    return isolated


def on_growth(seed: int) -> list[object]:
    """Ratings of pairs that close month by month: who joined between two pages, by side and by how far they grew."""
    chance = random.Random(seed)
    program = ProgramFactory(stage=Stage.RUNNING)
    skill = SkillFactory()
    for _ in range(chance.randrange(8, 20)):
        ended_on = STARTED_ON + timedelta(days=chance.choice([10, 40, 70]))
        pairing = PairingFactory(program=program, ended_on=ended_on)
        for person in (pairing.mentor.person, pairing.mentee.person):
            if chance.random() < 0.8:
                for moment, mastery in ((Moment.START, 2), (Moment.END, chance.choice([2, 2, 3, 3, 4]))):
                    SkillRating.objects.create(
                        pairing=pairing, person=person, skill=skill, moment=moment, mastery=mastery,
                        rated_at=noon(ended_on),
                    )  # fmt: skip
    shown = [activity.skill_growth(program, date(2027, month, 1)).by_side for month in (3, 4, 5)]
    isolated: list[object] = []
    for before, after in pairwise(shown):
        kinds = [
            (side.label, old, new) for side in Side for new in range(3) for old in (None, new)
        ]  # who is in does not change
        attacker = Attacker(kinds)
        read_answers(attacker, before, 1, activity.GROWTH)
        read_answers(attacker, after, 2, activity.GROWTH)
        isolated += attacker.isolates_by_subtraction(K)
    return isolated


def on_leaving(seed: int) -> list[object]:
    """People by the Sunday from which the figure speaks of them, and whether they left within the year.

    The attacker has the directory, and is told more than the page says: how many people each figure speaks of, and
    once the share is on show, how many of them are gone.
    """
    chance = random.Random(seed)
    weeks = range(6)
    here = [
        staying.Stay(person, began, began + timedelta(days=6), began + timedelta(days=99) if person % 4 == 0 else None)
        for person in range(chance.randrange(15, 60))
        for began in [STARTED_ON + timedelta(weeks=chance.choice(weeks))]
    ]
    kinds = [(week, gone) for week in weeks for gone in (True, False)]
    attacker = Attacker(kinds)
    for week in weeks:
        told = staying.told_by(here, STARTED_ON + timedelta(weeks=week, days=6) + STILL_HERE_KNOWN_AFTER, k=K)
        spoken_of = [kind for kind in kinds if kind[0] <= week]
        attacker.learns(spoken_of, len(told))
        if sum(told.values()) >= K:
            attacker.learns([kind for kind in spoken_of if kind[1]], sum(told.values()))
    return list(attacker.isolates_by_subtraction(K))


def survey_of(seed: int) -> list[object]:
    """A survey in which a few skip a question; what its results page tells about each question."""
    chance = random.Random(seed)
    survey = SurveyFactory(program=ProgramFactory(stage=Stage.RUNNING))
    scale, several, _ = three_questions(survey)
    opened(survey)
    for side in Side:
        for _ in range(chance.choice([6, 9, 14, 22])):
            values: dict[str, object] = {}
            if chance.random() < 0.9:
                values[str(scale.pk)] = chance.choice([2, 3, 4, 4, 5, 5])
            if chance.random() < 0.9:
                values[str(several.pk)] = chance.choice(["Yes", "No"])
            Answer.objects.create(survey=survey, side=side, values=values)
    found = surveys.count(survey).results
    isolated: list[object] = []
    for result, answers in ((found.scales[0], POINTS), (found.choices[0], ("Yes", "No"))):
        attacker = Attacker([(side, answer) for side in surveys.SIDES.values() for answer in (None, *answers)])
        learns(attacker, found.answered, list(attacker.kinds))
        for group, figure in found.by_side:
            learns(attacker, figure, [kind for kind in attacker.kinds if kind[0] == group])
        for name, one in {"": result.released.total, **result.released.groups}.items():
            here = [kind for kind in attacker.kinds if not name or kind[0] == name]
            skips = any(OR_NONE in c or c == NO_ANSWER for bar in one.bars for c in bar.categories)
            learns(attacker, one.n, [kind for kind in here if skips or kind[1] is not None])
            for bar in one.bars:
                learns(attacker, bar.count, [kind for kind in here if means(bar.categories, kind[1])])
        isolated += attacker.isolates_by_subtraction(K)
    return isolated


def means(categories: tuple[str, ...], answer: object) -> bool:
    if answer is None:
        return any(OR_NONE in each or each == NO_ANSWER for each in categories)
    plain = {each.removesuffix(OR_NONE) for each in categories}
    return answer in plain or any(scale.get(answer) in plain for scale in activity.SCALES if isinstance(answer, int))


ATTACKS = (on_states, on_steps, on_weeks, on_meeting_again, on_check_ins)


def test_no_number_of_any_week_isolates_a_few_and_the_pages_do_say_something(db):
    """Silence would pass every attack."""
    companies = [company(seed) for seed in range(12 if LONG else 4)]
    for seed, found in enumerate(companies):
        assert [(seed, attack.__name__, leak) for attack in ATTACKS for leak in attack(found)] == []
    shown = [found.read[-1] for found in companies[:4]]
    assert sum(page.activity.pairs_formed.is_shown for page in shown) >= 3
    assert sum(bool(page.activity.meetings_held.number) for page in shown) >= 3
    assert sum(step.figure.is_shown for page in shown for step in page.funnel) >= 12


@pytest.mark.parametrize("seed", range(24 if LONG else 6))
def test_no_survey_isolates_a_few_who_answered_or_skipped(db, seed):
    assert survey_of(seed) == []


@pytest.mark.parametrize("seed", range(12))
def test_nobody_is_told_to_have_left_by_what_the_figure_grows(seed):
    assert on_leaving(seed) == []


@pytest.mark.parametrize("seed", range(12 if LONG else 3))
def test_no_month_tells_how_far_a_few_people_grew(db, seed):
    assert on_growth(seed) == []


# Without a guard


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Nothing is remembered from a guarded run, and nothing of an unguarded one is kept."""
    remembered = (activity._counted, activity._last_batch, surveys._released)
    for each in remembered:
        each.cache_clear()
    yield
    for each in remembered:
        each.cache_clear()


def alone(counted, now, *, enough):
    return dict(now)


def each_week_by_itself(weeks, k):
    return [
        (week, total(dict(held), k=k) if activity._fits(held, k) else Hidden(Reason.FEW, k))
        for week, held in weeks.items()
    ]


@pytest.mark.parametrize(
    ("guard", "without", "attack"),
    [
        ("moved_together", alone, on_states),
        ("moved_together", alone, on_steps),
        ("_fits", lambda held, k: True, on_weeks),
        ("_shown_weeks", each_week_by_itself, on_weeks),
        ("compatible", lambda *releases, k: True, on_check_ins),
        ("_is_told", lambda again, k: True, on_meeting_again),
    ],
)
def test_without_its_guard_some_company_is_seen_through(db, forgetful, monkeypatch, guard, without, attack):
    monkeypatch.setattr(activity, guard, without)
    assert any(attack(company(seed)) for seed in range(24))


def test_without_its_guard_somebody_who_left_is_seen(monkeypatch):
    monkeypatch.setattr(staying, "_may_follow", lambda told, more, k: len(told) + len(more) >= k)
    assert any(on_leaving(seed) for seed in range(12))


def test_without_its_guard_it_is_seen_how_far_a_few_grew(db, forgetful, monkeypatch):
    monkeypatch.setattr(activity, "compatible", lambda *releases, k: True)
    seen = [seed for seed in (range(24) if LONG else (20,)) if on_growth(seed)]
    assert seen == [20]  # of these companies only this one has two pages that differ by a few


def test_without_its_guard_a_skipped_question_is_seen(db, forgetful, monkeypatch):
    monkeypatch.setattr(surveys, "_would_tell", lambda skipped: False)
    assert any(survey_of(seed) for seed in range(12))
