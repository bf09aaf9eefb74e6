"""Give two people who have not both answered in time the same time once more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from matching import notices, rules
from matching.actions.publish import hold, hold_program, owe_reminders
from matching.choices import ProposalState
from matching.models import Proposal, Ruling
from matching.standing import judge
from notifications.actions import owe
from people.models import Person


@transaction.atomic
def reinstate(proposal: Proposal, *, by: Person, at: datetime) -> Proposal:
    """Open it again for as long as at first. A yes that was given stands; nobody is told who had given it.

    Judged as things stand now, as when it was sent. One that waits already stays as it is.
    """
    hold_program(proposal.program_id)
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("mentor__program", "mentor__person__level", "mentee__program", "mentee__person__level")
        .get(pk=proposal.pk)
    )
    program = proposal.mentor.program
    rules.insist_may_match(by, program)
    rules.insist_searching(program)
    if proposal.state(at) is ProposalState.WAITING:
        return proposal
    rules.insist_may_be_reinstated(proposal, at)
    pair = Ruling(program=program, mentor=proposal.mentor, mentee=proposal.mentee)
    hold([pair])
    for affected in judge(program, [pair], at=at):
        raise rules.NotToBeReinstated(affected.why)
    proposal.expires_at = at + timedelta(days=program.proposal_days)
    proposal.save(update_fields=["expires_at"])
    again = f"again {at.isoformat()}"
    for person in (proposal.mentor.person, proposal.mentee.person):
        owe(kind=notices.REINSTATED, subject=proposal.pk, person=person, at=at, occurrence=again)
        owe_reminders(proposal, person, at=at, occurrence=f" {again}")
    return proposal
