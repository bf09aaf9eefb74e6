from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pairings import actions
from pairings.choices import GoalState
from pairings.tests.conftest import DAY, as_seen_by, pair_beside
from pairings.tests.factories import STARTED_ON, met, noon, signed

PAIRS = "/desk/pairings/pairing/"
MEETINGS = "/desk/pairings/meeting/"


def text(response):
    return " ".join(response.content.decode().split())


def cells(response):
    """The texts of the cells of a list of the desk, a list for each row."""
    rows = re.findall(r"<tr.*?</tr>", response.content.decode(), re.S)[1:]
    found = []
    for row in rows:
        parts = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)
        found.append([re.sub(r"<[^>]+>", "", part).strip() for part in parts])
    return found


@pytest.fixture
def desk(pairing, cora):
    return as_seen_by(cora)


def test_a_coordinator_sees_both_sides_dates_and_counts(desk, pairing):
    mina = pairing.mentor.person
    signed(pairing)
    met(pairing, STARTED_ON + timedelta(days=3), minutes=50)
    met(pairing, STARTED_ON + timedelta(days=9), minutes=40)
    for title in ("One", "Two", "Three"):
        goal = actions.set_goal(pairing, by=mina, at=noon(DAY), on=DAY, title=title, due_on=DAY)
        state = {"One": GoalState.MET, "Two": GoalState.DROPPED}.get(title, GoalState.OPEN)
        actions.update_goal(
            goal, by=mina, at=noon(DAY), on=DAY, based_on=1, title=title, due_on=DAY, progress=0, state=state
        )  # fmt: skip
    (row,) = cells(desk.get(PAIRS))
    assert row == [
        "Mina Mentor and Otto Executive", pairing.program.name, "4 Jan 2027", "5 Jul 2027", "Under way", "Signed",
        "2", "90", "1 of 2",
    ]  # fmt: skip


def test_a_coordinator_learns_that_a_pair_ended_and_not_who_ended_it(desk, pairing):
    actions.end_pairing(pairing, by=pairing.mentee.person, at=noon(DAY), on=DAY)
    page = desk.get(f"{PAIRS}{pairing.pk}/change/")
    assert "Ended early" in text(page)
    assert "ended by" not in text(page).lower()


def test_meetings_are_listed_with_date_minutes_kind_and_way(desk, pairing):
    met(pairing, STARTED_ON, minutes=50, topics="Depots")
    (row,) = cells(desk.get(MEETINGS))
    assert row == [
        "4 Jan 2027", "Mina Mentor and Otto Executive", pairing.program.name, "50", "The mentor led", "By video",
    ]  # fmt: skip


def test_the_pages_of_a_pair_and_a_meeting_are_called_by_who_and_when(desk, pairing):
    met(pairing, STARTED_ON, minutes=50)
    page = text(desk.get(f"{PAIRS}{pairing.pk}/change/"))
    assert "Mina Mentor and Otto Executive – Upwell coordinator’s desk" in page
    assert "5 Jul 2027" in page
    assert "2027-07-05" not in page
    assert str(pairing) not in page
    meeting = text(desk.get(f"{MEETINGS}{pairing.meetings.get().pk}/change/"))
    assert "Mina Mentor and Otto Executive, 4 Jan 2027 – Upwell coordinator’s desk" in meeting


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [(PAIRS, 5), (MEETINGS, 5)])
def test_lists_cost_the_same_with_one_row_and_three(desk, pairing, rows, address, queries, django_assert_num_queries):
    pairs = [pairing, *(pair_beside(pairing) for _ in range(rows - 1))]
    for each in pairs:
        met(each, STARTED_ON)
    with django_assert_num_queries(queries):
        assert len(cells(desk.get(address))) == rows


def test_nobody_changes_anything_here(desk, pairing):
    met(pairing, STARTED_ON)
    for address in (f"{PAIRS}add/", f"{MEETINGS}add/", f"{PAIRS}{pairing.pk}/delete/", f"{PAIRS}{pairing.pk}/history/"):
        assert desk.get(address).status_code == 404
    assert desk.post(f"{PAIRS}{pairing.pk}/change/", {"ended_on": "2027-01-05"}).status_code == 404
    pairing.refresh_from_db()
    assert pairing.ended_on is None


def test_no_sealed_column_leaves_the_database_for_the_desk(desk, pairing):
    meeting = met(pairing, STARTED_ON, topics="Depots")
    signed(pairing)
    with CaptureQueriesContext(connection) as captured:
        for address in (PAIRS, MEETINGS, f"{PAIRS}{pairing.pk}/change/", f"{MEETINGS}{meeting.pk}/change/"):
            assert desk.get(address).status_code == 200
    for query in captured.captured_queries:
        assert '"topics"' not in query["sql"]
        assert '"words"' not in query["sql"]
        assert '"title"' not in query["sql"]
        assert "pairings_checkin" not in query["sql"]


@pytest.mark.parametrize("who", ["Bo, his manager", "Sia, the supervisor", "Eva, an executive and the sponsor",
                                 "Ada, the administrator", "Sten, a stranger"])  # fmt: skip
def test_the_windows_do_not_exist_for_anybody_else(who, others, pairing):
    met(pairing, STARTED_ON)
    client = as_seen_by(others[who])
    for address in (PAIRS, MEETINGS, f"{PAIRS}{pairing.pk}/change/"):
        assert client.get(address).status_code in (302, 404)
        assert "Mina" not in client.get(address).content.decode()
