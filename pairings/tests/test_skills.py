"""Somebody rates what they want to learn, at the start and at the end, and nobody else sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from pairings import actions, queries, rules
from pairings.choices import Mastery, Moment
from pairings.models import Pairing, SkillRating
from pairings.skills import asked
from pairings.tests.conftest import DAY, as_seen_by
from pairings.tests.factories import STARTED_ON, noon
from pairings.tests.instant import at_the_same_instant
from participants.tests.factories import with_skills
from people.actions import merge_places
from people.models import Skill
from people.tests.factories import AdaFactory, SkillFactory

AT_THE_END = STARTED_ON + timedelta(weeks=25)
AI, BOARD, DATA, SPEAKING = "AI tools", "How the board decides", "Data analysis", "Speaking up"


@pytest.fixture
def skilled(pairing: Pairing) -> Pairing:
    """Otto wants AI tools and data analysis; Mina offers the first. She wants what he does not offer."""
    ai, data = SkillFactory(name=AI), SkillFactory(name=DATA)
    with_skills(pairing.mentor, offered=[ai, BOARD], wanted=[SPEAKING])
    with_skills(pairing.mentee, offered=["Budgets"], wanted=[data, ai])
    return pairing


def names(pairing: Pairing, person, moment: Moment | None = Moment.START) -> list[str]:
    return [skill.name for skill in asked(pairing, person, moment)]


def rate(pairing: Pairing, person, point: int = 2, *, on=DAY, moment: Moment = Moment.START) -> None:
    ratings = {skill.pk: Mastery(point) for skill in asked(pairing, person, moment)}
    actions.rate_skills(pairing, by=person, at=noon(on), on=on, moment=moment, ratings=ratings)


def address(pairing: Pairing) -> str:
    return reverse("pairings:skills", args=[pairing.pk])


def text(response) -> str:
    return " ".join(response.content.decode().split())


def field(moment: str, name: str) -> str:
    return f"{moment}-{Skill.objects.get(name=name).pk}"


class TestWhatIsRated:
    def test_what_one_wants_and_the_partner_can_show_else_all_one_wants(self, skilled):
        assert names(skilled, skilled.mentee.person) == [AI]
        assert names(skilled, skilled.mentor.person) == [SPEAKING]

    def test_the_end_asks_for_what_was_rated_at_the_start_whatever_the_profile_says_by_then(self, skilled):
        otto = skilled.mentee.person
        rate(skilled, otto, 2)
        skilled.mentee.wanted.all().delete()
        assert names(skilled, otto, Moment.END) == [AI]
        assert names(skilled, skilled.mentor.person, Moment.END) == []

    @pytest.mark.parametrize(
        ("day", "moment"),
        [
            (STARTED_ON - timedelta(days=3), Moment.START),
            (STARTED_ON + timedelta(days=28), Moment.START),
            (STARTED_ON + timedelta(days=29), None),
            (STARTED_ON + timedelta(weeks=22) - timedelta(days=1), None),
            (STARTED_ON + timedelta(weeks=22), Moment.END),
            (STARTED_ON + timedelta(weeks=26, days=30), Moment.END),
            (STARTED_ON + timedelta(weeks=26, days=31), None),
        ],
    )
    def test_the_first_days_are_the_start_and_the_last_weeks_the_end(self, pairing, day, moment):
        assert rules.moment_of_rating(pairing, on=day) is moment

    def test_a_short_pair_has_a_start_and_an_end(self, pairing):
        pairing.runs_until = STARTED_ON + timedelta(weeks=4)
        days = [STARTED_ON + timedelta(days=days) for days in (0, 9, 10, 28)]
        moments = [rules.moment_of_rating(pairing, on=day) for day in days]
        assert moments == [Moment.START, Moment.START, Moment.END, Moment.END]

    def test_a_pair_that_ended_early_is_at_its_end(self, pairing):
        pairing.ended_on = STARTED_ON + timedelta(days=5)
        assert rules.moment_of_rating(pairing, on=STARTED_ON + timedelta(days=6)) is Moment.END


class TestRating:
    def test_it_may_be_changed_as_long_as_its_moment_lasts(self, skilled):
        otto = skilled.mentee.person
        rate(skilled, otto, 2)
        rate(skilled, otto, 3)
        assert SkillRating.objects.get().mastery == Mastery.WITH_HELP

    @pytest.mark.parametrize(
        ("moment", "on", "refusal"),
        [
            (Moment.END, DAY, rules.NotRatedNow),
            (Moment.START, STARTED_ON + timedelta(days=29), rules.NotRatedNow),
            (Moment.END, AT_THE_END, rules.OtherSkills),
            (Moment.END, STARTED_ON + timedelta(weeks=40), rules.PairingOutOfSight),
        ],
    )
    def test_each_refusal(self, skilled, moment, on, refusal):
        with pytest.raises(refusal):
            rate(skilled, skilled.mentee.person, on=on, moment=moment)
        assert not SkillRating.objects.exists()

    def test_other_skills_than_those_asked_and_other_people_are_refused(self, skilled):
        ratings = {SkillFactory().pk: Mastery.NEW}
        for person, refusal in ((skilled.mentee.person, rules.OtherSkills), (AdaFactory(), rules.NotYourPair)):
            with pytest.raises(refusal):
                actions.rate_skills(
                    skilled, by=person, at=noon(DAY), on=DAY, moment=Moment.START, ratings=ratings
                )  # fmt: skip

    @pytest.mark.parametrize("change", [{"mastery": 6}, {"mastery": 0}, {"moment": "later"}, {}])
    def test_the_database_keeps_scale_moment_and_once(self, skilled, change):
        rate(skilled, skilled.mentee.person, 2)
        row = SkillRating.objects.get()
        row.pk = None
        row.skill = SkillFactory() if change else row.skill
        for name, value in change.items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_rating(skilled):
    otto = skilled.mentee.person
    outcomes = at_the_same_instant(*(lambda point=point: rate(skilled, otto, point) for point in (2, 3, 2, 3)))
    assert outcomes == [None] * 4
    assert SkillRating.objects.get().mastery in (2, 3)


class TestThePage:
    def test_a_tap_for_each_skill_and_the_words_of_both_ends(self, skilled, otto, today):
        shown = text(otto.get(address(skilled)))
        assert "Where do you stand?" in shown
        assert AI in shown
        assert DATA not in shown
        kept = text(otto.post(address(skilled), {field("start", AI): "2"}, follow=True))
        assert "Kept. Only you see what you said." in kept
        assert "I know a little" in kept
        today(AT_THE_END)
        as_of_old = text(otto.get(address(skilled)))
        assert "Where do you stand now?" in as_of_old
        assert "How you see it" not in as_of_old
        done = text(otto.post(address(skilled), {field("end", AI): "4"}, follow=True))
        assert "Two steps up" in done

    def test_without_an_answer_it_asks_and_keeps_nothing(self, skilled, otto):
        response = otto.post(address(skilled), {field("start", AI): ""})
        assert response.status_code == 422
        assert "Please choose one." in text(response)
        for nonsense in ("6", "x", "1e9"):
            assert otto.post(address(skilled), {field("start", AI): nonsense}).status_code == 422
        assert not SkillRating.objects.exists()

    def test_between_start_and_end_a_late_answer_is_told_so(self, skilled, otto, today):
        today(STARTED_ON + timedelta(days=40))
        response = otto.post(address(skilled), {field("start", AI): "2"}, follow=True)
        assert "Nothing was saved." in text(response)
        assert not SkillRating.objects.exists()

    def test_a_page_of_the_start_sent_at_the_end_rates_nothing(self, skilled, otto, today):
        rate(skilled, skilled.mentee.person, 2)
        today(AT_THE_END)
        assert otto.post(address(skilled), {field("start", AI): "5"}).status_code == 422
        assert SkillRating.objects.count() == 1

    def test_the_partner_sees_nothing_of_it_and_nobody_else_has_the_page(self, skilled, mina, otto, others):
        rate(skilled, skilled.mentee.person, 2)
        assert "I know a little" in text(otto.get(address(skilled)))
        shown = text(mina.get(address(skilled)))
        assert AI not in shown
        assert shown.count("checked") == 0
        for who, person in others.items():
            assert as_seen_by(person).get(address(skilled)).status_code == 404, who

    def test_it_costs_the_same_with_one_skill_and_with_three(self, skilled, otto, django_assert_num_queries):
        mina = as_seen_by(skilled.mentor.person)
        with_skills(skilled.mentor, wanted=[])
        for client in (otto, mina):
            client.get(address(skilled))
        for number in (2, 3):
            skilled.mentor.wanted.create(skill=SkillFactory(name=f"Skill {number}"), rank=number)
        with django_assert_num_queries(7):
            otto.get(address(skilled))
        with django_assert_num_queries(7):
            mina.get(address(skilled))


class TestWhatWaits:
    def waiting(self, person, on) -> list[str]:
        return [item.what for item in queries.at_home(person, on).waiting if item.action == "Rate yourself"]

    def test_it_waits_at_the_start_and_again_at_the_end_until_it_is_given(self, skilled):
        otto = skilled.mentee.person
        assert self.waiting(otto, DAY) == ["Say where you stand before you begin"]
        rate(skilled, otto, 2)
        assert self.waiting(otto, DAY) == []
        assert self.waiting(otto, DAY + timedelta(days=40)) == []
        after = skilled.runs_until + timedelta(days=2)
        for day in (AT_THE_END, after):
            assert self.waiting(otto, day) == ["Look back on what you learned with Mina"]
        rate(skilled, otto, 4, on=after, moment=Moment.END)
        assert self.waiting(otto, after) == []

    def test_nothing_waits_for_somebody_who_wants_nothing_or_said_nothing_at_the_start(self, skilled):
        skilled.mentor.wanted.all().delete()
        assert self.waiting(skilled.mentor.person, DAY) == []
        assert self.waiting(skilled.mentee.person, AT_THE_END) == []

    def test_the_pair_page_says_so_too(self, skilled, otto):
        detail = reverse("pairings:detail", args=[skilled.pk])
        assert "Where do you stand before you begin?" in text(otto.get(detail))
        rate(skilled, skilled.mentee.person, 2)
        assert "See your ratings" in text(otto.get(detail))


def test_ratings_move_along_when_two_skills_become_one_and_nobody_reads_how_many(skilled, client):
    otto, ada = skilled.mentee.person, AdaFactory()
    kept, dropped = Skill.objects.get(name=DATA), Skill.objects.get(name=AI)
    rate(skilled, otto, 2)
    client.force_login(ada)
    page = client.get(f"/desk/people/skill/{dropped.pk}/merge/", {"into": kept.pk})
    assert "rating" not in text(page)
    merge_places(kept=kept, dropped=dropped, by=ada)
    assert SkillRating.objects.get().skill == kept
    again = SkillFactory(name="A.I.")
    SkillRating.objects.create(
        pairing=skilled, person=otto, skill=again, moment=Moment.START, mastery=5, rated_at=noon(DAY)
    )
    merge_places(kept=kept, dropped=again, by=ada)
    assert [each.mastery for each in SkillRating.objects.all()] == [2]
