"""What taking part tells somebody of themselves, and of nobody else; ``mentoring.tests.test_my_data`` reads files."""

from __future__ import annotations

from participants import exports
from participants.choices import WaitOutcome
from participants.models import WaitListEntry
from participants.tests.conftest import NOON
from programs.choices import Side


def test_whoever_has_nothing_to_do_with_any_of_it_finds_nothing_of_it(rows, mina, otto, cora, sten):
    for model, facts in rows.items():
        model._default_manager.create(**facts)
    told = {who: {part.name for part in exports.PARTS if part.gather(who, NOON)} for who in (mina, otto, cora, sten)}
    assert told == {
        mina: {
            "taking_part", "drafts", "wait_lists", "guidance", "asked_to_volunteer", "champion", "line_manager",
            "referees",
        },
        otto: {"taking_part", "line_manager", "references_given"},
        cora: {"calls", "named_champions"},
        sten: set(),
    }  # fmt: skip


def test_how_a_wait_ended_is_told_only_to_whoever_ended_it(program, mina):
    [wait] = (part for part in exports.PARTS if part.name == "wait_lists")
    entry = WaitListEntry.objects.create(
        program=program, person=mina, side=Side.MENTOR, asked_at=NOON, offered_at=NOON, held_until=NOON.date()
    )
    for outcome in WaitOutcome:
        WaitListEntry.objects.filter(pk=entry.pk).update(outcome=outcome, ended_at=NOON)
        [record] = wait.gather(mina, NOON)
        assert ("outcome" in record, "offered_at" in record) == (outcome in exports.BY_ONESELF, False)
