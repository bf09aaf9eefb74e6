"""The harness finds what it looks for."""

from __future__ import annotations

import pytest

from mentoring.faults.account import Account, Fault, Row

KILL = Fault(100.0, "kill -9 worker 1", kills=True)


def row(number, state="sent", waited=5.0, called=""):
    return Row(f"key:{number}", f"<{number}>", f"{number}@example.org", state, waited, called)


def account(**changes):
    told = {
        "owed": 2, "rows": [row(1), row(2)], "taken": {"<1>": [99.0], "<2>": [101.0]}, "spoilt": frozenset(),
        "faults": [KILL], "ages": [(90.0 + second, 10.0) for second in range(200)],
    }  # fmt: skip
    return Account(**{**told, **changes})


def ages(*late):
    """Late from the first to the second of each pair."""
    return [(at, 95.0 if any(a <= at < b for a, b in late) else 10.0) for at in map(float, range(90, 600))]


def test_all_is_well():
    assert account().judge() == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"rows": [row(1)], "taken": {"<1>": [99.0]}}, "2 were owed, and 1 stand"),
        ({"rows": [row(1), row(1)], "taken": {"<1>": [99.0]}}, "1 keys stand twice"),
        ({"rows": [row(1), row(2, "owed")]}, "Not sent in the end: {'owed': 1}"),
        ({"taken": {"<1>": [99.0]}}, "1 were noted as sent, and the mail server never took them"),
        ({"taken": {"<1>": [99.0], "<2>": [101.0], "<3>": [101.0]}}, "1 arrived under a Message-ID"),
        ({"taken": {"<1>": [104.0, 160.0], "<2>": [101.0]}}, "1 came twice without a kill that excuses it"),
        ({"taken": {"<1>": [90.0, 160.0], "<2>": [101.0]}}, "1 came twice without a kill that excuses it"),
        ({"taken": {"<1>": [99.0, 99.5, 200.0], "<2>": [300.0, 400.0]}}, "1 came twice without a kill"),
        ({"faults": [Fault(100.0, "wipe of Redis")], "taken": {"<1>": [99.9, 160.0], "<2>": [101.0]}}, "came twice"),
    ],
)  # fmt: skip
def test_what_should_not_have_happened_is_told(changes, word):
    (said,) = account(**changes).judge()
    assert word in said


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"<1>": {frozenset("1"), frozenset("12")}, "<2>": {frozenset("2")}}, "1 messages said one thing"),
        ({"<1>": {frozenset("12")}, "<2>": {frozenset("2")}}, "1 were told under more than one"),
        ({"<1>": {frozenset("1")}, "<2>": {frozenset()}}, "1 were noted as sent with a message that does not name"),
    ],
)
def test_what_a_message_says_is_held_against_what_was_sent_with_it(told, word):
    rows = [row(1, called="1"), row(2, called="2")]
    assert account(rows=rows, told={"<1>": {frozenset("1")}, "<2>": {frozenset("2")}}).judge() == []
    assert any(word in said for said in account(rows=rows, told=told).judge())


def test_a_copy_is_excused_by_a_kill_right_after_the_server_took_it():
    told = account(taken={"<1>": [99.9, 160.0], "<2>": [101.0]})
    assert told.judge() == []
    assert [message for message, _ in told.copies()] == ["<1>"]


def test_the_time_after_a_fault_is_counted_across_the_next_fault():
    faults = [Fault(100.0, "one"), Fault(150.0, "two")]
    told = account(faults=faults, ages=ages((140, 250)))
    assert [round(after) for _, after in told.recoveries()] == [149, 99]
    assert len(told.judge()) == 2
    assert round(told.seconds_late) == 110


def test_lateness_long_after_a_fault_is_not_its_doing():
    told = account(faults=[Fault(100.0, "one")], ages=ages((300, 320)))
    assert told.recoveries()[0][1] == 0


def test_being_late_for_a_moment_right_after_a_fault_is_allowed():
    assert account(ages=ages((110, 120))).judge() == []
