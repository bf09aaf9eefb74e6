"""The recusal register: two names and a day, for the two and for the coordinators of the program."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pairings import actions, ending
from pairings.models import Pairing
from pairings.tests.conftest import DAY, as_seen_by, pair_beside
from pairings.tests.factories import PairingFactory, noon, pair
from people.models import Person
from people.tests.factories import PersonFactory
from programs.models import Program
from programs.tests.factories import ProgramFactory

MINE = reverse("pairings:recusals")
SHOULD_NOT = "and you should not sit on a promotion panel about one another, or write a reference for one another."


def end(pairing, on=DAY):
    return actions.end_pairing(pairing, by=pairing.mentor.person, at=noon(on), on=on)


def test_both_read_it_from_the_end_of_a_pair_to_its_last_day(pairing, mina, otto, today):
    assert "None. A line stands here from the end of a pair" in mina.get(MINE).text
    assert "For 12 months from today" in mina.get(reverse("pairings:end", args=[pairing.pk])).text
    end(pairing)
    for reader, partner in ((mina, "Otto"), (otto, "Mina")):
        page = " ".join(reader.get(MINE).text.split())
        assert f"Until <b>24 January 2028</b>, <b>{partner}" in page
        own = reader.get(reverse("pairings:detail", args=[pairing.pk])).text
        assert f"Until 24 January 2028, {partner} {SHOULD_NOT}" in own
    today(date(2028, 1, 24))
    assert "24 January 2028" in mina.get(MINE).text
    today(date(2028, 1, 25))
    assert "None. A line" in mina.get(MINE).text


def test_a_pair_keeps_the_months_it_began_with_and_one_that_ran_its_term_has_them_too(pairing):
    Program.objects.update(recused_months=3)
    [line] = ending.recusals_of(pairing.mentor.person, on=pairing.runs_until + timedelta(days=1))
    assert (line.until, line.ended_on) == (date(2028, 7, 5), date(2027, 7, 5))
    assert ending.recusals_of(pairing.mentor.person, on=pairing.runs_until) == []
    later = pair(PersonFactory(rank=2), PersonFactory(rank=6), program=Program.objects.get(), on=DAY)
    assert (end(later).recused_months, ending.recused_until(later)) == (3, date(2027, 10, 25))
    none = PairingFactory(program=ProgramFactory(), recused_months=0)
    assert ending.recusal_in_words(end(none), none.mentor.person) == ""
    assert ending.recusals_of(none.mentor.person, on=DAY + timedelta(days=1)) == []


@pytest.mark.parametrize("months", [1, 6, 12, 13, 24])
def test_the_database_counts_months_as_we_do(pairing, months):
    for last in (date(2027, 8, 31), date(2028, 2, 29), date(2027, 1, 31), date(2027, 12, 30)):
        Pairing.objects.update(runs_until=last, recused_months=months)
        [row] = Pairing.objects.recused(last + timedelta(days=1))
        assert row.last_recused == ending.months_after(last, months)


def test_coordinators_read_the_register_of_their_program_and_take_it_along(pairing, cora, others):
    Person.objects.filter(pk=pairing.mentor.person.pk).update(given_name="=HYPERLINK(1)")
    end(pairing)
    page, file = (
        reverse(f"pairings:{name}", args=[pairing.program_id]) for name in ("recusals_at_desk", "recusals_file")
    )
    desk = as_seen_by(cora)
    assert "24 January 2028" in desk.get(page).text
    assert page in desk.get(f"/desk/programs/program/{pairing.program_id}/change/").text
    answer = desk.get(file)
    assert answer["Content-Disposition"] == 'attachment; filename="recusals-2027-01-24.csv"'
    head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head == [
        "Mentor", "Mentor, personnel number", "Mentee", "Mentee, personnel number", "Pair ended on", "Recused until",
    ]  # fmt: skip
    mina, otto = pairing.mentor.person, pairing.mentee.person
    assert row == [
        "'=HYPERLINK(1) Mentor", mina.employee_number, otto.name, otto.employee_number, "2027-01-24", "2028-01-24",
    ]  # fmt: skip
    elsewhere = PersonFactory(is_coordinator=True)
    for who in (*(person for person in others.values() if person != cora), elsewhere, mina):
        assert as_seen_by(who).get(page).status_code == as_seen_by(who).get(file).status_code == 404
        if who != mina:
            assert "Otto" not in as_seen_by(who).get(MINE).text


def test_the_register_costs_the_same_for_three_lines_as_for_one(pairing, cora):
    page, desk = reverse("pairings:recusals_at_desk", args=[pairing.program_id]), as_seen_by(cora)

    def asked(lines):
        with CaptureQueriesContext(connection) as some:
            assert desk.get(page).text.count('<tr><th scope="row">') == lines
        return len(some)

    end(pairing)
    asked(1)
    one = asked(1)
    for _ in range(2):
        end(pair_beside(pairing))
    assert asked(3) == one
