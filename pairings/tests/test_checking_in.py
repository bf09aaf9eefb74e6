"""The first check-in asks whether the two fit; later ones draw one's own answers. Nobody else learns a word of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Notice
from pairings import actions, queries, rules
from pairings.checking_in import FitIsAsked, fit_of
from pairings.choices import Fit
from pairings.models import CheckIn, Pairing
from pairings.tests.conftest import DAY, as_seen_by
from pairings.tests.factories import STARTED_ON, noon
from people.models import Person

pytestmark = pytest.mark.django_db

SECOND = STARTED_ON + timedelta(days=59)
LOOKS = "How does it look with you two so far?"
GOOD = dict.fromkeys(("meeting", "getting", "speaking", "worth"), 4)


def address(pairing: Pairing, name: str = "check_in") -> str:
    return reverse(f"pairings:{name}", args=[pairing.pk])


def text(response) -> str:
    return " ".join(response.content.decode().split())


def answer(pairing: Pairing, person: Person, fit: Fit | None = None, *, on=DAY, **points: int) -> CheckIn:
    said = {**GOOD, **points}
    return actions.answer_check_in(pairing, by=person, at=noon(on), on=on, fit=fit, **said)


class TestWhetherTheTwoFit:
    def test_both_are_asked_at_their_first_check_in_and_neither_afterwards(self, mina, otto, pairing, today):
        for client, person in ((mina, pairing.mentor.person), (otto, pairing.mentee.person)):
            assert LOOKS in text(client.get(address(pairing)))
            answer(pairing, person, Fit.GOOD)
        today(SECOND)
        for client in (mina, otto):
            assert LOOKS not in text(client.get(address(pairing)))
            assert client.post(address(pairing), {**GOOD, "fit": "3"}).status_code == 302
        assert set(CheckIn.objects.filter(due_on=SECOND).values_list("fit", flat=True)) == {None}

    def test_whoever_missed_the_first_one_is_asked_at_the_second(self, mina, pairing, today):
        today(SECOND)
        assert LOOKS in text(mina.get(address(pairing)))

    def test_it_is_asked_for(self, mina, pairing):
        with pytest.raises(FitIsAsked):
            answer(pairing, pairing.mentor.person)
        for nonsense in ("", "4", "good"):
            response = mina.post(address(pairing), {**GOOD, "fit": nonsense})
            assert response.status_code == 422
        assert not CheckIn.objects.exists()

    def test_the_same_answers_twice_are_one_check_in_and_another_one_is_refused(self, pairing):
        mina = pairing.mentor.person
        assert answer(pairing, mina, Fit.DECIDING) == answer(pairing, mina, Fit.DECIDING)
        with pytest.raises(rules.CheckInAnswered):
            answer(pairing, mina, Fit.GOOD)
        assert fit_of(CheckIn.objects.get(), pairing) is Fit.DECIDING

    def test_it_is_sealed_and_its_length_tells_nothing(self, pairing):
        for person, fit in ((pairing.mentor.person, Fit.GOOD), (pairing.mentee.person, Fit.NOT_A_FIT)):
            answer(pairing, person, fit)
        mine, theirs = CheckIn.objects.order_by("person")
        assert len({len(bytes(each.fit or b"")) for each in (mine, theirs)}) == 1
        CheckIn.objects.filter(pk=mine.pk).update(fit=theirs.fit)
        mine.refresh_from_db()
        assert fit_of(mine, pairing) is None, "one's answer does not open as the other's"

    def test_it_goes_with_the_key_of_the_pair_and_the_page_stays(self, mina, pairing):
        answer(pairing, pairing.mentor.person, Fit.NOT_A_FIT)
        assert "<strong>Not a fit</strong>" in text(mina.get(address(pairing)))
        pairing.data_key.delete()
        response = mina.get(address(pairing))
        assert response.status_code == 200
        assert "Not a fit" not in text(response)

    def test_not_a_fit_brings_ideas_and_both_ways_out_to_whoever_said_it(self, mina, pairing):
        shown = text(mina.post(address(pairing), {**GOOD, "fit": "3"}, follow=True))
        assert "change the agreement before you change the pair" in shown
        assert address(pairing, "end") in shown
        assert reverse("pairings:ask_for_help", args=[pairing.program_id]) in shown

    def test_who_is_still_deciding_gets_ideas_and_no_way_to_end(self, mina, pairing):
        shown = text(mina.post(address(pairing), {**GOOD, "fit": "2"}, follow=True))
        assert "are a fair try" in shown
        assert address(pairing, "end") not in shown

    def test_the_second_check_in_does_not_come_back_to_it(self, mina, pairing, today):
        answer(pairing, pairing.mentor.person, Fit.NOT_A_FIT)
        today(SECOND)
        answer(pairing, pairing.mentor.person, on=SECOND)
        assert "Things to try" not in text(mina.get(address(pairing)))


class TestNobodyElse:
    def test_nothing_is_owed_to_anybody_and_no_page_of_another_changes(self, otto, pairing, others, monkeypatch):
        low = dict.fromkeys(GOOD, 1)

        def seen() -> list[str]:
            pages = [text(otto.get(address(pairing, name))) for name in ("detail", "check_in")]
            desk = as_seen_by(others["Cora, the coordinator"])
            pages += [text(desk.get(reverse(f"pairings:{name}", args=[pairing.program_id]))) for name in ("doing",)]
            pages += [text(as_seen_by(each).get("/")) for each in others.values()]
            return [re.sub(r'nonce="[^"]+"|value="[^"]{30,}"|"X-CSRFToken": "\w+"', "", page) for page in pages]

        before, owed = seen(), Notice.objects.count()
        answer(pairing, pairing.mentor.person, Fit.NOT_A_FIT, **low)
        assert Notice.objects.count() == owed
        assert seen() == before

    def test_bo_and_everybody_else_gets_404(self, pairing, others):
        answer(pairing, pairing.mentor.person, Fit.NOT_A_FIT)
        for who, person in others.items():
            assert as_seen_by(person).get(address(pairing)).status_code == 404, who


class TestOverTime:
    def test_one_answer_is_no_trend(self, mina, pairing):
        answer(pairing, pairing.mentor.person, Fit.GOOD)
        assert "uw-trend" not in text(mina.get(address(pairing)))

    def test_one_s_own_answers_are_drawn_the_newest_last_and_the_table_has_them_in_words(self, mina, otto, pairing):
        answer(pairing, pairing.mentor.person, Fit.GOOD, worth=2)
        answer(pairing, pairing.mentor.person, on=SECOND, worth=5)
        answer(pairing, pairing.mentee.person, Fit.GOOD, worth=1)
        shown = text(mina.get(address(pairing)))
        assert shown.count('<svg class="uw-trend"') == 4
        assert "Fully, after a little the time before." in shown
        assert "Mostly, as the time before." in shown
        assert '<td data-label="Worth the time">A little</td>' in shown
        page = queries.check_in_page(pairing, pairing.mentor.person, SECOND)
        worth = page.trends[3]
        assert worth.line == "10,35 30,8"
        assert [dot.is_now for dot in worth.dots] == [False, True]
        assert "uw-trend" not in text(otto.get(address(pairing)))

    def test_a_long_pair_is_drawn_with_its_last_dozen(self, pairing):
        CheckIn.objects.bulk_create(
            CheckIn(
                pairing=pairing, person=pairing.mentor.person, due_on=STARTED_ON + timedelta(days=number),
                answered_at=noon(DAY), **GOOD,
            )
            for number in range(15)
        )  # fmt: skip
        page = queries.check_in_page(pairing, pairing.mentor.person, DAY)
        assert (len(page.trends[0].dots), len(page.lines)) == (12, 15)
        assert max(dot.x for dot in page.trends[0].dots) < 240

    def test_the_page_asks_as_much_for_many_answers_as_for_two(self, mina, pairing):
        def asked() -> int:
            with CaptureQueriesContext(connection) as context:
                mina.get(address(pairing))
            return len(context)

        answer(pairing, pairing.mentor.person, Fit.GOOD)
        answer(pairing, pairing.mentor.person, on=SECOND)
        few = asked()
        for days in (104, 149):
            answer(pairing, pairing.mentor.person, on=STARTED_ON + timedelta(days=days))
        assert asked() == few
