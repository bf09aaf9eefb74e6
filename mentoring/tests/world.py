"""One running program with everybody in it, and a colleague of each kind looking on.

Each person has a family name of their own that no page uses for anything else, so a test can see whose names a page
gives away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import clock
from matching.choices import Reply, Word
from matching.models import Aside, MatchingRun, PartnerWish, Proposal, Scenario, Suggestion
from mentoring.access import Who
from notifications.models import Notice
from pairings import actions as pairing_actions
from pairings.choices import Arranger, Kind
from pairings.models import Extension, Goal, Pairing
from pairings.private_words import AgreementWords, sealed
from participants.choices import ChampionsReply, Way
from participants.models import Champion, Participation, Reference, WaitListEntry
from participants.tests.factories import MenteeFactory, MentorFactory
from people.choices import ImportState
from people.models import DirectoryImport, Person
from people.tests.factories import PersonFactory
from programs.actions import declare_conflict, keep_template
from programs.choices import ConflictKind, Duty, Side, Stage, WishLists
from programs.documents import document_of
from programs.models import DeclaredConflict, Program, ProgramTemplate
from programs.tests.factories import DutyFactory, ObjectiveFactory, ProgramFactory, TopicFactory, ladder
from surveys.actions import release_due_results
from surveys.choices import QuestionKind, SurveyKind, ThemeKind
from surveys.insights import Said
from surveys.models import Insight, Invitation, Question, Survey, Theme

COUNTED = ("new", "changed", "leaving", "unchanged", "not_in_file", "problems", "new_manager")
NAMES = {
    Who.STRANGER: ("Sten", "Strandqvist"),
    Who.MENTOR: ("Mina", "Minakshi"),
    Who.MENTEE: ("Otto", "Ottokarsson"),
    Who.VOLUNTEER: ("Vera", "Veraswamy"),
    Who.LINE_MANAGER: ("Bo", "Bobrowski"),
    Who.COORDINATOR: ("Cora", "Coraggio"),
    Who.CANDIDATE: ("Kim", "Kimathi"),
    Who.ELSEWHERE: ("Nora", "Noramly"),
    Who.SUPERVISOR: ("Sia", "Siamwalla"),
    Who.EXECUTIVE: ("Eva", "Evaristo"),
    Who.ADMINISTRATOR: ("Ada", "Adamczyk"),
}


@dataclass
class World:
    people: dict[Who, Person]
    program: Program
    elsewhere: Program
    pairing: Pairing
    proposal: Proposal
    run: MatchingRun
    tried: MatchingRun
    survey: Survey
    closed_survey: Survey
    written_survey: Survey
    goal: Goal
    extension: Extension
    notice: Notice
    participation: Participation
    conflict: DeclaredConflict
    template: ProgramTemplate
    reference: Reference
    declined: Proposal
    feed: str
    """The token of the mentor's calendar address."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What a test has looked up once."""


def build() -> World:
    now = clock.now()
    today = now.date()
    ladder()
    people: dict[Who, Person] = {}
    ranks = {Who.MENTEE: 6, Who.LINE_MANAGER: 7, Who.EXECUTIVE: 7, Who.CANDIDATE: 2, Who.VOLUNTEER: 2, Who.MENTOR: 2}
    for who, (given, family) in NAMES.items():
        people[who] = PersonFactory(
            given_name=given,
            family_name=family,
            rank=ranks.get(who, 3),
            is_coordinator=who in {Who.COORDINATOR, Who.CANDIDATE, Who.ELSEWHERE},
            is_executive=who is Who.EXECUTIVE,
            is_administrator=who is Who.ADMINISTRATOR,
            hired_on=today - timedelta(days=900),
            time_zone="UTC",
        )
    Person.objects.filter(pk=people[Who.MENTEE].pk).update(manager=people[Who.LINE_MANAGER])
    people[Who.MENTEE].refresh_from_db()

    program = ProgramFactory(
        stage=Stage.RUNNING,
        starts_on=today - timedelta(days=60),
        ends_on=today + timedelta(days=300),
        different_function=False,
        wish_lists=WishLists.NAMED,
    )
    elsewhere = ProgramFactory(
        stage=Stage.RUNNING, starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=300)
    )
    ObjectiveFactory(program=program, by=today + timedelta(days=30))
    TopicFactory(program=program)
    for who, duty, where in (
        (Who.COORDINATOR, Duty.COORDINATOR, program),
        (Who.CANDIDATE, Duty.COORDINATOR, program),
        (Who.SUPERVISOR, Duty.SUPERVISOR, program),
        (Who.ELSEWHERE, Duty.COORDINATOR, elsewhere),
    ):
        DutyFactory(program=where, person=people[who], duty=duty)

    started = today - timedelta(days=30)
    at = datetime.combine(started, datetime.min.time(), tzinfo=UTC)
    mentor = MentorFactory(program=program, person=people[Who.MENTOR], volunteered_at=at)
    mentee = MenteeFactory(program=program, person=people[Who.MENTEE], volunteered_at=at)
    volunteer = MentorFactory(program=program, person=people[Who.VOLUNTEER], volunteered_at=at)
    MentorFactory(program=program, person=people[Who.CANDIDATE], volunteered_at=at)
    counterpart = MenteeFactory(
        program=program, person=PersonFactory(given_name="Paul", family_name="Counterpart", rank=6), volunteered_at=at
    )
    pairing = pairing_actions.open_pairing(mentor=mentor, mentee=mentee, by=mentor.person, at=at, on=started)
    pairing_actions.draft_agreement(
        pairing, by=mentor.person, at=at, on=started, based_on=0, words=AgreementWords(where="Leeds"),
        meet_every_days=21, meeting_minutes=60, arranged_by=Arranger.MENTEE,
    )  # fmt: skip
    pairing_actions.log_meeting(
        pairing, by=mentor.person, at=at, on=started, held_on=started, minutes=60, kind=Kind.MENTOR_LED, way=Way.VIDEO,
    )  # fmt: skip
    pairing_actions.plan_meeting(
        pairing, by=mentor.person, at=now, starts_at=now + timedelta(days=9), zone=mentor.person.zone, minutes=60,
        kind=Kind.RECIPROCAL, way=Way.WALK,
    )  # fmt: skip
    feed = pairing_actions.make_feed(by=mentor.person, at=now, based_on=0, nonce="a-form-of-the-mentor")
    goal = pairing_actions.set_goal(
        pairing, by=mentor.person, at=at, on=started, title="Ride along", due_on=today + timedelta(days=30)
    )
    pairing_actions.add_task(goal, by=mentor.person, at=at, on=started, title="Find a day")
    pairing_actions.write_message(pairing, by=mentor.person, at=at, on=started, words="See you at the depot")
    pairing_actions.write_note(pairing, by=mentor.person, at=at, on=started, words="Ask about the depot")
    pairing_actions.ask_for_help(
        program, supervisor=people[Who.SUPERVISOR], by=mentor.person, at=now, on=today, words="What if he asks my boss?"
    )
    others = [
        MentorFactory(
            program=program, person=PersonFactory(given_name="In", family_name="Acircle", rank=2), volunteered_at=at
        ).pk
        for _ in range(2)
    ]
    circle = pairing_actions.form_circle(
        program, members=[mentor.pk, volunteer.pk, *others], by=people[Who.COORDINATOR], at=now, on=today
    )
    pairing_actions.set_circle_day(circle, day=today, by=people[Who.COORDINATOR], at=now, on=today)
    extension = pairing_actions.propose_extension(
        pairing, by=mentor.person, at=now, on=today, until=pairing.runs_until + timedelta(days=28)
    )
    run = MatchingRun.objects.create(
        program=program, state="published", requested_by=people[Who.COORDINATOR], requested_at=now, finished_at=now,
        published_at=now, published_by=people[Who.COORDINATOR], mentors=1, mentees=1, allowed_pairs=1,
    )  # fmt: skip
    Suggestion.objects.create(run=run, mentor=volunteer, mentee=counterpart, fit=40_000, parts={})
    tried = MatchingRun.objects.create(
        program=program, state="tried", requested_by=people[Who.COORDINATOR], requested_at=now, finished_at=now,
        mentors=1, mentees=1, allowed_pairs=1,
    )  # fmt: skip
    Scenario.objects.create(run=tried, base=run, name="One level is enough")
    proposal = Proposal.objects.create(
        program=program, run=run, mentor=volunteer, mentee=counterpart, fit=40_000, parts={}, proposed_at=now,
        expires_at=now + timedelta(days=7),
    )  # fmt: skip
    declined = Proposal.objects.create(
        program=program, mentor=volunteer, mentee=MenteeFactory(program=program, volunteered_at=at), fit=40_000,
        parts=[], proposed_at=now, expires_at=now + timedelta(days=7), mentor_reply=Reply.DECLINED, closed_at=now,
    )  # fmt: skip
    PartnerWish.objects.create(participation=volunteer, wished=counterpart, rank=1)
    Aside.objects.create(proposal=declined, participation=volunteer, word=Word.TOPIC, topics=["Talks"], said_at=now)
    surveys = []
    for kind, opens, closes in (
        (SurveyKind.MID_TERM, today - timedelta(days=3), today + timedelta(days=10)),
        (SurveyKind.END_OF_TERM, today - timedelta(days=30), today - timedelta(days=10)),
    ):
        survey = Survey.objects.create(
            program=program, kind=kind, title=kind.label, opens_on=opens, closes_on=closes,
            opened_by=people[Who.COORDINATOR],
        )  # fmt: skip
        Question.objects.create(survey=survey, position=1, kind=QuestionKind.SCALE, words="I can say what I think.")
        survey.opened_at = now  # only now: an opened survey takes no more questions
        survey.save()
        for who, side in ((Who.MENTOR, "mentor"), (Who.MENTEE, "mentee")):
            Invitation.objects.create(survey=survey, person=people[who], side=side)
        surveys.append(survey)
    release_due_results(at=now)
    Theme.objects.create(
        program=program, kind=ThemeKind.WISH, words="More time, say many.", rests_on=surveys[1].release,
        written_by=people[Who.COORDINATOR], written_at=now,
    )  # fmt: skip
    insight = Insight(pairing=pairing, written_by=mentor.person, changed_at=now)
    insight.words = sealed(Said(ThemeKind.WISH, "Ask first").as_text(), pairing, insight, "words")
    insight.save()
    written = Survey.objects.create(
        program=program, kind=SurveyKind.OWN, title="Being written", opens_on=today, closes_on=today
    )
    Question.objects.create(survey=written, position=1, kind=QuestionKind.CHOICE, words="Again?", options=["Yes", "No"])
    DirectoryImport.objects.create(
        file_name="people.csv", content=b"number,mail\n", state=ImportState.CHECKED, uploaded_at=now,
        uploaded_by=people[Who.ADMINISTRATOR], counts=dict.fromkeys(COUNTED, 1),
    )  # fmt: skip
    conflict = declare_conflict(
        one=people[Who.MENTOR], other=people[Who.STRANGER], kind=ConflictKind.FAMILY, by=people[Who.MENTOR], at=now
    )
    template = keep_template(document_of(program), name="Two-Way", by=people[Who.COORDINATOR], at=now)
    program.references_asked = 1
    program.save()
    reference = Reference.objects.create(participation=volunteer, referee=people[Who.STRANGER], asked_at=now)
    asked = {"program": program, "named_by": people[Who.COORDINATOR], "named_at": now}
    Champion.objects.create(person=people[Who.MENTOR], reply=ChampionsReply.YES, replied_at=now, **asked)
    Champion.objects.create(person=people[Who.VOLUNTEER], **asked)
    WaitListEntry.objects.create(program=program, person=people[Who.EXECUTIVE], side=Side.MENTEE, asked_at=now)
    notice = Notice.objects.order_by("pk").first()
    assert notice is not None
    # The desk shows only what did not arrive.
    Notice.objects.filter(pk=notice.pk).update(state="failed", finished_at=now, reason="SMTPRecipientsRefused 550")
    return World(
        people, program, elsewhere, pairing, proposal, run, tried, surveys[0], surveys[1], written, goal, extension,
        notice, mentor, conflict, template, reference, declined, feed,
    )  # fmt: skip
