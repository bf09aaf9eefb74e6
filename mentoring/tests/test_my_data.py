"""Everything the application holds of a person, for that person: whole, their own, and nothing said in confidence."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.actions import answer_proposal
from matching.choices import Reply, RunState
from matching.models import MatchingRun, Proposal
from mentoring.tests.test_house import COLUMNS
from notifications.choices import NoticeState
from notifications.models import Notice
from pairings import actions as pairs
from pairings import rules
from pairings.choices import Fit, Moment
from pairings.models import Pairing, Reflection, Waiver
from pairings.private_words import AgreementWords, sealed
from pairings.tests.factories import STARTED_ON, drafted, met, noon, pair, signed
from participants import actions as participants
from participants.choices import ChampionsReply, ManagersReply, RefereesReply, Step
from participants.models import (
    Call,
    Called,
    Champion,
    Participation,
    Reference,
    ReferencesDecision,
)
from participants.tests.factories import MenteeFactory, MentorFactory, with_not_discussed, with_skills
from people import exports
from people.choices import ImportState, LineKind
from people.models import DirectoryImport, ImportLine, Person
from people.my_data import archive_of
from people.tests.factories import BoFactory, CoraFactory, MinaFactory, OttoFactory, PersonFactory, StenFactory
from privacy import classes
from privacy.models import DataKey
from privacy.sealing import seal
from programs.actions import declare_conflict
from programs.choices import About, ConflictKind, Duty, Side, Stage
from programs.models import Learning, Program
from programs.tests.factories import DutyFactory, ProgramFactory
from programs.training import pieces
from surveys.models import Answer, Invitation, Survey

pytestmark = pytest.mark.django_db
LATER = noon(STARTED_ON + timedelta(days=20))


# Whole: nothing is forgotten


def personal_columns() -> set[str]:
    fields = [param.values[0] for param in COLUMNS]
    return {
        f"{field.model._meta.label}.{field.name}"  # type: ignore[attr-defined]
        for field in fields
        if field.db_comment != classes.NOT_PERSONAL  # type: ignore[attr-defined]
    }


def test_every_personal_column_is_told_to_its_person_or_left_out_with_a_reason():
    told = frozenset().union(*(part.tells for part in exports.all_parts()))
    left_out = frozenset().union(*(each.columns for each in exports.all_left_out()))
    assert sorted(personal_columns() - told - left_out) == []


def test_a_column_nobody_tells_would_be_found():
    assert "participants.Participation.hobbies" in personal_columns()
    [taking_part] = [part for part in exports.all_parts() if part.name == "taking_part"]
    assert "participants.Participation.hobbies" in taking_part.tells


def test_each_reason_is_a_sentence_and_no_part_speaks_of_itself_twice():
    for each in exports.all_left_out():
        assert each.why.endswith(".")
        assert each.columns
    names = [part.name for part in exports.all_parts()]
    assert len(set(names)) == len(names)


def test_two_parts_of_one_name_are_refused():
    double = exports.Part("directory", "Again", "Again.", lambda person, at: [])
    with pytest.raises(ValueError, match="same name"):
        exports.register(double)
    assert double not in exports.all_parts()


def test_a_sealed_column_is_never_told_as_it_lies_in_the_database():
    row = with_not_discussed(MentorFactory(), "The merger")
    with pytest.raises(TypeError, match="bytes"):
        exports.told(row, "not_discussed")


# A life in which everybody has said something


@pytest.fixture(scope="module")
def everybody(django_db_setup: None, django_db_blocker: Any) -> Iterator[Pairing]:
    """One life serves the whole module; each test is undone inside of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield lived()
        transaction.set_rollback(True)


@pytest.fixture
def pairing(everybody: Pairing, db: None) -> Pairing:
    return Pairing.objects.get(pk=everybody.pk)


def lived() -> Pairing:
    """Mina and Otto, who have written everything two people can write; Bo and Cora have their say about them too."""
    bo, cora = BoFactory(), CoraFactory()
    mina, otto = MinaFactory(), OttoFactory(manager=bo)
    pairing = pair(mina, otto)
    program = pairing.program
    DutyFactory(program=program, person=cora, duty=Duty.COORDINATOR)
    for row, words in ((pairing.mentor, "mina-not-discussed"), (pairing.mentee, "otto-not-discussed")):
        with_not_discussed(with_skills(row, offered=["Short video"], wanted=["Budgets"]), words)
        Participation.objects.filter(pk=row.pk).update(number_one=words.replace("not-discussed", "number-one"))
    signed(pairing, words=AgreementWords(boundaries="both-agreed", where="Leeds"))
    drafted(pairing, by=otto, words=AgreementWords(boundaries="both-drafted"))
    goal = pairs.set_goal(
        pairing, by=otto, at=noon(STARTED_ON), on=STARTED_ON, title="both-goal", due_on=STARTED_ON + timedelta(days=50)
    )
    pairs.add_task(goal, by=mina, at=noon(STARTED_ON), on=STARTED_ON, title="both-step")
    met(pairing, STARTED_ON + timedelta(days=2), by=otto, topics="both-topics")
    on = STARTED_ON + timedelta(days=15)
    for person, value in ((mina, 2), (otto, 4)):
        answers = dict.fromkeys(("meeting", "getting", "speaking", "worth"), value)
        fit = Fit.NOT_A_FIT if person == mina else Fit.GOOD
        pairs.answer_check_in(pairing, by=person, at=noon(on), on=on, fit=fit, **answers)
        skill = with_skill(pairing, person)
        pairing.skill_ratings.create(person=person, skill=skill, moment=Moment.START, mastery=value, rated_at=noon(on))
        words = f"{person.given_name.lower()}-reflection"
        reflect(pairing, person, words)
    pairs.propose_extension(pairing, by=otto, at=noon(on), on=on, until=pairing.runs_until + timedelta(days=7))
    return pairing


def with_skill(pairing: Pairing, person: Person) -> Any:
    row = pairing.mentor if pairing.mentor.person_id == person.pk else pairing.mentee
    wanted = row.wanted.first()
    assert wanted is not None
    return wanted.skill


def reflect(pairing: Pairing, person: Person, words: str) -> None:
    kept = Reflection(pairing=pairing, person=person, shared=False, written_at=LATER)
    kept.words = sealed(words, pairing, kept, "words")
    kept.save()


def files_of(person: Person, at: datetime = LATER) -> tuple[str, dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(archive_of(person, at=at))) as archive:
        assert archive.namelist() == ["my-data/my-data.html", "my-data/my-data.json"]
        page, document = (archive.read(name).decode() for name in archive.namelist())
    return page, json.loads(document)


def records(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    [part] = [part for part in document["parts"] if part["name"] == name]
    found: list[dict[str, Any]] = part["records"]
    return found


def everything(person: Person, at: datetime = LATER) -> str:
    page, document = files_of(person, at)
    return page + json.dumps(document, ensure_ascii=False)


MINAS_ALONE = ("mina-reflection",)
OTTOS_ALONE = ("otto-reflection",)
BOTH = ("both-agreed", "both-drafted", "both-goal", "both-step", "both-topics")


def test_mina_gets_her_own_words_and_those_of_the_two_and_none_of_ottos(pairing):
    text = everything(pairing.mentor.person)
    for word in (*BOTH, *MINAS_ALONE, "mina-not-discussed", "mina-number-one"):
        assert word in text
    for word in (*OTTOS_ALONE, "otto-not-discussed", "otto-number-one"):
        assert word not in text
    for word in (*BOTH, *OTTOS_ALONE, "otto-not-discussed"):
        assert word in everything(pairing.mentee.person), "what must not leak is really there for whoever may read it"


def test_of_answers_alone_each_gets_their_own(pairing):
    for row, value in ((pairing.mentor, 2), (pairing.mentee, 4)):
        _, document = files_of(row.person)
        [told] = records(document, "pairs")
        [check_in], [rating] = told["your_check_ins"], told["your_skill_ratings"]
        assert check_in["it_is_worth_the_time"] == ("A little" if value == 2 else "Mostly")
        assert check_in["how_it_looked"] == ("Not a fit" if value == 2 else "Good")
        assert len(told["your_closing_words"]) == 1
        assert rating["moment"] == "At the start"


def test_once_the_page_of_a_pair_has_closed_only_facts_and_ones_own_words_are_told(pairing):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    on = STARTED_ON + timedelta(days=30)
    pairs.end_pairing(pairing, by=otto, at=noon(on), on=on)
    last = on + timedelta(days=rules.READABLE_DAYS)
    assert "both-topics" in everything(mina, noon(last))
    text = everything(mina, noon(last + timedelta(days=1)))
    assert [word for word in BOTH if word in text] == []
    assert "mina-reflection" in text
    _, document = files_of(mina, noon(last + timedelta(days=1)))
    [told] = records(document, "pairs")
    assert (told["partner"], told["ended_by"], told["ended_on"]) == (otto.name, otto.name, on.isoformat())
    assert [meeting["minutes"] for meeting in told["meetings"]] == [60]


def test_bo_gets_only_his_own(pairing):
    bo = pairing.mentee.person.manager
    mina = pairing.mentor.person
    line = {"program_id": pairing.program_id, "person_id": pairing.mentee.person_id}
    participants.answer_as_manager(**line, reply=ManagersReply.GIVES, by=bo, at=LATER)
    text = everything(bo)
    for word in (*BOTH, *MINAS_ALONE, *OTTOS_ALONE, mina.family_name, mina.email):
        assert word not in text
    _, document = files_of(bo)
    assert records(document, "pairs") == records(document, "taking_part") == []
    [answer] = records(document, "line_manager")
    assert (answer["about"], answer["answered_by"], answer["reply"]) == ("Otto Executive", "You", "I give the time")
    [known] = records(files_of(pairing.mentee.person)[1], "line_manager")
    assert (known["about"], known["answered_by"]) == ("You", bo.name)

    Person.objects.filter(pk=pairing.mentee.person_id).update(manager=None)
    [answer] = records(files_of(bo)[1], "line_manager")
    assert answer["about"] == "Somebody who reported to you"


def test_what_referees_said_reaches_the_referee_and_never_the_mentor(pairing):
    sten, cora = StenFactory(), Person.objects.get(given_name="Cora")
    reference = Reference(participation=pairing.mentor, referee=sten, asked_at=LATER)
    reference.reply, reference.replied_at, reference.data_key = RefereesReply.UNSURE, LATER, DataKey.objects.mint()
    reference.remark = seal("sten-remark", key=reference.data_key, row=reference.row("remark"))
    reference.save()
    ReferencesDecision.objects.create(participation=pairing.mentor, enough=False, decided_by=cora, decided_at=LATER)
    [given] = records(files_of(sten)[1], "references_given")
    assert (given["about"], given["reply"], given["remark"]) == ("Mina Mentor", "Not sure", "sten-remark")
    text = everything(pairing.mentor.person)
    assert "sten-remark" not in text
    assert "Not sure" not in text
    [named] = records(files_of(pairing.mentor.person)[1], "referees")
    assert sorted(named) == ["asked_at", "program", "referee"]
    assert "sten-remark" not in everything(cora)


def test_a_conflict_is_told_to_whoever_declared_it_and_not_to_whom_it_is_about(pairing):
    mina, sten = pairing.mentor.person, StenFactory()
    declare_conflict(one=mina, other=sten, kind=ConflictKind.FAMILY, reason="sten-reason", by=sten, at=LATER)
    assert "sten-reason" in everything(sten)
    text = everything(mina)
    assert "sten-reason" not in text
    assert sten.family_name not in text
    assert records(files_of(mina)[1], "conflicts") == []


def test_a_veto_is_told_to_whoever_gave_it_and_not_to_whom_it_keeps_away(pairing):
    mina, sten = pairing.mentor.person, StenFactory()
    declare_conflict(one=sten, other=mina, kind=ConflictKind.NOT_WITH, by=sten, at=LATER)
    [told] = records(files_of(sten)[1], "conflicts")
    assert mina.name in str(told)
    assert records(files_of(mina)[1], "conflicts") == []
    assert sten.family_name not in everything(mina)


def test_what_somebody_has_begun_to_tell_and_how_well_they_know_a_skill_is_theirs_alone(pairing):
    mina, otto = pairing.mentor.person, pairing.mentee.person
    with_skills(pairing.mentor, offered=["Knitting"])
    pairing.mentor.offered.update(level=5)
    program = ProgramFactory(stage=Stage.ENROLMENT)
    participants.keep_draft(
        program, side=Side.MENTOR, step=Step.ABOUT, answers={"number_one": ["mina-began"]}, is_done=False, by=mina,
        at=LATER,
    )  # fmt: skip
    text = everything(mina)
    assert "mina-began" in text
    assert "Knitting (could teach it)" in text
    assert "mina-began" not in everything(otto)
    assert "Knitting" not in everything(Person.objects.get(given_name="Bo"))


def test_how_a_wait_ended_is_told_only_where_the_person_ended_it():
    pilot = ProgramFactory(is_pilot=True, most_mentors=1)
    first, left, lapsed = MentorFactory(program=pilot), PersonFactory(rank=2), PersonFactory(rank=2)
    for person in (left, lapsed):
        participants.ask_to_wait(pilot, side=Side.MENTOR, by=person, at=noon(STARTED_ON))
    participants.leave_wait_list(pilot, side=Side.MENTOR, by=left, at=noon(STARTED_ON))
    participants.withdraw(first, by=first.person, at=noon(STARTED_ON))
    [gone] = records(files_of(left)[1], "wait_lists")
    assert gone["outcome"]
    [kept] = records(files_of(lapsed)[1], "wait_lists")
    assert not {"outcome", "ended_at", "offered_at", "held_until"} & set(kept)


def test_somebody_elses_no_to_a_proposal_shows_no_earlier_in_the_file_than_on_its_page():
    program = MentorFactory(program__stage=Stage.MATCHING).program
    mina = MentorFactory(program=program, person=PersonFactory(rank=2, time_zone="UTC"))
    otto = MenteeFactory(program=program, person=PersonFactory(rank=6, time_zone="UTC"))
    at = datetime(2027, 3, 2, 15, tzinfo=UTC)
    proposal = Proposal.objects.create(
        program=program, mentor=mina, mentee=otto, fit=1, parts=[], proposed_at=at, expires_at=at + timedelta(days=7)
    )
    before = files_of(otto.person, at)[1]
    answer_proposal(proposal, by=mina.person, reply=Reply.DECLINED, at=at + timedelta(hours=1))
    after = files_of(otto.person, at)[1]
    assert records(after, "proposals") == records(before, "proposals")
    assert records(after, "messages") == records(before, "messages")
    assert records(after, "proposals")[0]["with"] == mina.person.name
    [told] = records(files_of(otto.person, at + timedelta(days=1))[1], "proposals")
    assert (told["state"], told["with"], told["you_answered"]) == ("Not going ahead", None, None)
    assert "closed_at" not in json.dumps(told)


def test_of_messages_only_those_that_left_are_told(pairing):
    mina = pairing.mentor.person
    owed = Notice.objects.filter(person=mina)
    assert owed.filter(state=NoticeState.OWED).exists()
    assert records(files_of(mina)[1], "messages") == []
    first = owed.first()
    assert first is not None
    owed.filter(pk=first.pk).update(state=NoticeState.SENT, finished_at=LATER)
    assert len(records(files_of(mina)[1], "messages")) == 1


def test_answers_to_surveys_are_not_in_it_and_it_says_why(pairing):
    mina = pairing.mentor.person
    days = {"opens_on": STARTED_ON, "closes_on": STARTED_ON + timedelta(days=40)}
    survey = Survey.objects.create(program=pairing.program, kind="mid_term", title="Halfway", opened_at=LATER, **days)
    Invitation.objects.create(survey=survey, person=mina, side=Side.MENTOR, answered=True)
    Answer.objects.create(survey=survey, side=Side.MENTOR, values={"1": "minas-survey-words"})
    page, document = files_of(mina)
    [told] = records(document, "surveys")
    assert (told["survey"], told["answered"]) == ("Halfway", True)
    assert "minas-survey-words" not in page + json.dumps(document)
    assert "an answer is kept without anything that says whose it is" in page


def test_a_file_for_the_directory_is_told_of_only_once_it_was_carried_out():
    person, ada = PersonFactory(), PersonFactory(is_administrator=True)
    planned = DirectoryImport.objects.create(
        file_name="people.csv", state=ImportState.CHECKED, uploaded_by=ada, uploaded_at=LATER
    )
    ImportLine.objects.create(
        directory_import=planned, kind=LineKind.LEAVING, row=2, number=person.employee_number, name=person.name,
        details={"left_on": [None, "2027-12-31"]},
    )  # fmt: skip
    assert "2027-12-31" not in everything(person)
    DirectoryImport.objects.update(state=ImportState.DONE, finished_at=LATER)
    assert "2027-12-31" in everything(person)
    [upload] = records(files_of(ada)[1], "uploads")
    assert upload["file_name"] == "people.csv"
    assert person.employee_number not in everything(ada)


def test_what_somebody_did_at_the_desk_names_nobody_else(pairing):
    cora, program, mina = Person.objects.get(given_name="Cora"), pairing.program, pairing.mentor.person
    call = Call.objects.create(program=program, side=Side.MENTOR, words="cora-call", called_by=cora, called_at=LATER)
    Called.objects.create(call=call, program=program, person=StenFactory(), side=Side.MENTOR)
    Champion.objects.create(
        program=program, person=mina, named_by=cora, named_at=LATER, reply=ChampionsReply.YES, replied_at=LATER
    )
    Waiver.objects.create(pairing=pairing, rule="level_gap", waived_by=cora, waived_at=LATER)
    Learning.objects.create(
        program=program, about=About.GENERAL, words="cora-learning", written_by=cora, written_at=LATER
    )
    Program.objects.filter(pk=program.pk).update(created_by=cora)
    MatchingRun.objects.create(program=program, state=RunState.SOLVED, requested_by=cora, requested_at=LATER)
    participants.finish_piece(pieces()[0], by=cora, at=LATER)
    text = everything(cora)
    for word in ("cora-call", "cora-learning", "level_gap"):
        assert word in text
    for other in (mina, pairing.mentee.person, Person.objects.get(given_name="Sten")):
        assert other.name not in text
    filled = {part["name"] for part in files_of(cora)[1]["parts"] if part["records"]}
    assert filled == {
        "directory", "duties", "configured", "learnings", "guidance", "calls", "named_champions", "waivers", "searches",
    }  # fmt: skip
    assert len(records(files_of(mina)[1], "champion")) == 1
    assert len(records(files_of(Person.objects.get(given_name="Sten"))[1], "asked_to_volunteer")) == 1


def test_erased_words_are_said_to_be_gone(pairing):
    key = pairing.data_key
    pairing.data_key = None
    pairing.save()
    key.delete()
    [told] = records(files_of(pairing.mentor.person)[1], "pairs")
    assert told["meetings"][0]["topics"].startswith("Cannot be opened")
    assert told["agreements"][0]["words"].startswith("Cannot be opened")


# The file


def test_times_carry_their_zone_and_days_are_plain(pairing):
    Person.objects.filter(pk=pairing.mentor.person_id).update(time_zone="Asia/Kolkata")
    mina = Person.objects.get(pk=pairing.mentor.person_id)
    page, document = files_of(mina)
    assert (document["version"], document["time_zone"]) == (1, "Asia/Kolkata")
    assert document["made_at"] == "2027-01-24T17:30:00+05:30"
    [told] = records(document, "pairs")
    assert told["opened_at"] == "2027-01-04T17:30:00+05:30"
    assert told["started_on"] == "2027-01-04"
    assert "4 January 2027, 17:30 (Asia/Kolkata)" in page


def test_the_page_says_everything_the_json_says(pairing):
    page, document = files_of(pairing.mentor.person)
    for part in document["parts"]:
        assert f'id="{part["name"]}"' in page
    for each in document["left_out"]:
        assert each["what"] in page
    assert "both-step" in page
    assert "http://" not in page
    assert "<script" not in page


@pytest.mark.parametrize(
    "odd", ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "../../etc/passwd", "Zoë “Z” 🦀\u202e"]
)
def test_odd_names_and_words_stay_words(client, odd):
    person = PersonFactory(given_name=odd)
    MentorFactory(person=person, number_one=odd, hobbies=[odd])
    page, document = files_of(person)
    assert records(document, "taking_part")[0]["number_one"] == odd
    assert "<script" not in page
    client.force_login(person)
    answer = client.post(reverse("people:my_data"))
    assert re.fullmatch(r'attachment; filename="upwell-my-data-\d{4}-\d\d-\d\d\.zip"', answer["Content-Disposition"])


def test_it_is_made_for_whoever_is_signed_in_and_nobody_else(client, pairing, caplog):
    bo = pairing.mentee.person.manager
    assert client.post(reverse("people:my_data")).status_code == 302
    client.force_login(bo)
    answer = client.post(
        reverse("people:my_data"), {"person": pairing.mentee.person_id, "id": pairing.mentor.person_id}
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        document = json.loads(archive.read("my-data/my-data.json"))
    assert document["person"] == bo.name
    client.force_login(pairing.mentor.person)
    shown = client.get(reverse("people:my_data"))
    assert "both-topics" not in shown.content.decode(), "asking for the page alone tells nothing yet"
    with caplog.at_level("DEBUG"):
        client.post(reverse("people:my_data"))
    assert [word for word in (*BOTH, *MINAS_ALONE) if word in caplog.text] == []


def test_a_page_of_another_site_cannot_ask_for_it(pairing):
    client = Client(enforce_csrf_checks=True)
    client.force_login(pairing.mentor.person)
    assert client.post(reverse("people:my_data")).status_code == 403


def test_making_it_asks_the_database_as_often_with_three_pairs_as_with_one(pairing):
    mina = pairing.mentor.person
    counts = []
    for more in (0, 2):
        for _ in range(more):
            another = pair(mina, PersonFactory(rank=6))
            signed(another)
            met(another, STARTED_ON + timedelta(days=1), topics="x")
            pairs.set_goal(
                another, by=mina, at=noon(STARTED_ON), on=STARTED_ON, title="x", due_on=STARTED_ON + timedelta(days=9)
            )
        with CaptureQueriesContext(connection) as captured:
            archive_of(mina, at=LATER)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert len(records(files_of(mina)[1], "pairs")) == 3


def test_making_it_writes_nothing(pairing):
    def rows() -> dict[str, int]:
        ours: list[type[models.Model]] = list(apps.get_models())
        return {model._meta.label: model._default_manager.count() for model in ours}

    before = rows()
    archive_of(pairing.mentor.person, at=LATER)
    assert rows() == before
