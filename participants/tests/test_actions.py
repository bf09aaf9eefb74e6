from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from notifications.models import Notice
from participants import actions, profiles, rules
from participants.choices import Relation
from participants.models import OfferedSkill, Participation, WantedSkill
from participants.profiles import not_discussed
from participants.tests.conftest import NOON
from participants.tests.factories import MenteeFactory, MentorFactory
from people.tests.factories import MinaFactory, SkillFactory
from privacy.models import DataKey
from programs.choices import Side, Stage
from programs.rules import MayNotTakeSide
from programs.tests.factories import ladder, program_with


def volunteer(program, person, side=Side.MENTOR, **told) -> Participation:
    return actions.volunteer(program=program, side=side, by=person, at=NOON, **told)


def test_what_a_volunteer_tells_is_kept(program, mina, told):
    volunteer(program, mina, **told)

    participation = Participation.objects.get()
    assert [str(each) for each in participation.offered.all()] == ["Social media", "Using AI tools well"]
    assert [each.skill.name for each in participation.wanted.all()] == ["Budgeting", "Accessibility"]
    assert [each.rank for each in participation.wanted.all()] == [1, 2]
    plain = {name: getattr(participation, name) for name in actions.PLAIN_FIELDS}
    assert plain == {name: told[name] for name in actions.PLAIN_FIELDS}
    assert participation.charter_signed_at == NOON
    assert not_discussed(participation) == "CANARY-ILLNESS in the spring"


def test_who_tells_no_languages_is_taken_to_speak_those_of_the_directory(program, mina):
    assert volunteer(program, mina).languages == mina.languages == ["en"]


def test_somebody_on_the_wrong_level_is_refused_in_a_sentence(program, otto):
    with pytest.raises(MayNotTakeSide) as refusal:
        volunteer(program, otto, Side.MENTOR)
    assert refusal.value.messages == ["Mentors in this program are at most at level Level 3."]
    assert not Participation.objects.exists()


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.ENROLMENT])
def test_nobody_volunteers_outside_enrolment(program, mina, stage):
    program.stage = stage
    program.save()
    with pytest.raises(rules.EnrolmentNotOpen):
        volunteer(program, mina)


def test_somebody_in_the_middle_may_take_both_sides(cora):
    program = program_with(cora, mentee_lowest_level__rank=3)
    both = MinaFactory(rank=3)
    volunteer(program, both, Side.MENTOR)
    volunteer(program, both, Side.MENTEE)
    assert sorted(Participation.objects.values_list("person", "side")) == [
        (both.pk, Side.MENTEE),
        (both.pk, Side.MENTOR),
    ]


def test_volunteering_twice_is_once_with_one_message(program, mina, told):
    first = volunteer(program, mina, **told)
    again = actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON + timedelta(seconds=1), **told)
    assert first.pk == again.pk
    assert again.volunteered_at == NOON
    assert list(Notice.objects.values_list("kind", "person")) == [(actions.IN_POOL, mina.pk)]
    assert WantedSkill.objects.count() == OfferedSkill.objects.count() == 2
    assert DataKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_in_two_threads_makes_one_row(program, mina, told):
    start, failures = Barrier(2), []

    def click() -> None:
        try:
            start.wait(timeout=10)
            volunteer(program, mina, **told)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    clicks = [Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(timeout=20)

    assert failures == []
    assert Participation.objects.count() == 1
    assert WantedSkill.objects.count() == 2
    assert DataKey.objects.count() == 1
    assert Notice.objects.count() == 1


def test_who_leaves_the_charter_open_is_reminded_of_it_three_days_later(program, mina):
    participation = volunteer(program, mina)
    notice = Notice.objects.get()
    assert participation.charter_signed_at is None
    assert (notice.kind, notice.subject) == (actions.NOT_READY, str(participation.pk))
    assert notice.due_at.date() == NOON.date() + timedelta(days=3)


def test_the_charter_can_be_signed_later_and_not_unsigned_by_a_change(program, mina):
    participation = volunteer(program, mina)
    later = NOON + timedelta(days=1)
    actions.change_profile(participation, by=mina, at=later, charter_agreed=True)
    actions.change_profile(participation, by=mina, at=later + timedelta(days=1), charter_agreed=False)
    participation = Participation.objects.get()
    assert participation.charter_signed_at == later
    assert Notice.objects.filter(kind=actions.IN_POOL).count() == 1


def test_what_is_left_out_of_a_change_stays(program, mina, told):
    participation = volunteer(program, mina, **told)
    actions.change_profile(participation, by=mina, at=NOON, places=1)
    participation.refresh_from_db()
    assert participation.places == 1
    assert participation.number_one == told["number_one"]
    assert participation.wanted.count() == 2
    assert not_discussed(participation) == told["not_discussed"]


def test_wishes_can_change_places(program, mina, told):
    participation = volunteer(program, mina, **told)
    actions.change_profile(participation, by=mina, at=NOON, wanted=list(reversed(told["wanted"])))
    assert [each.skill.name for each in participation.wanted.all()] == ["Accessibility", "Budgeting"]


def test_emptying_what_is_not_discussed_erases_it_and_its_key(program, mina, told):
    participation = volunteer(program, mina, **told)
    actions.change_profile(participation, by=mina, at=NOON, not_discussed=" ")
    participation.refresh_from_db()
    assert participation.not_discussed is None
    assert participation.data_key is None
    assert not DataKey.objects.exists()


def test_one_skill_is_not_wished_twice(program, mina):
    skill = SkillFactory(name="Budgeting")
    with pytest.raises(rules.WishedTwice, match="You chose Budgeting twice"):
        volunteer(program, mina, wanted=[skill, skill])
    assert not Participation.objects.exists()


def test_nobody_changes_or_ends_the_part_of_another(program, mina, cora, told):
    participation = volunteer(program, mina, **told)
    with pytest.raises(rules.NotOnesOwn):
        actions.change_profile(participation, by=cora, at=NOON, places=5)
    with pytest.raises(rules.NotOnesOwn):
        actions.withdraw(participation, by=cora, at=NOON)
    participation.refresh_from_db()
    assert (participation.places, participation.withdrawn_at) == (2, None)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_profile_changes_until_the_program_is_closed(mina, stage):
    ladder()
    participation = MentorFactory(person=mina, program__stage=stage)
    if stage is Stage.CLOSED:
        with pytest.raises(rules.ProgramIsClosed):
            actions.change_profile(participation, by=mina, at=NOON, places=3)
    else:
        assert actions.change_profile(participation, by=mina, at=NOON, places=3).places == 3


@pytest.mark.parametrize("stage", list(Stage))
def test_withdrawing_is_possible_at_every_stage_and_empties_the_profile(program, mina, told, stage):
    participation = volunteer(program, mina, **told)
    program.stage = stage
    program.save()

    actions.withdraw(participation, by=mina, at=NOON)
    assert not DataKey.objects.exists()
    assert actions.empty_withdrawn_profiles(at=NOON + rules.KEPT_AFTER_WITHDRAWING) == 1
    assert actions.empty_withdrawn_profiles(at=NOON + rules.KEPT_AFTER_WITHDRAWING) == 0

    participation.refresh_from_db()
    emptied = Participation(pk=participation.pk, program=program, person=mina, side=Side.MENTOR)
    assert participation.withdrawn_at == NOON
    assert [each.signed_at for each in participation.signatures.all()] == [NOON]  # what was agreed stays agreed
    assert (participation.not_discussed, participation.data_key) == (None, None)
    assert [getattr(participation, name) for name in actions.PLAIN_FIELDS] == [
        getattr(emptied, name) for name in actions.PLAIN_FIELDS
    ]
    assert not OfferedSkill.objects.exists()
    assert not WantedSkill.objects.exists()
    assert not DataKey.objects.exists()


@pytest.mark.parametrize("introduce", [False, True])
def test_what_somebody_proposed_could_see_stays_until_they_learn_of_it(program, mina, told, introduce):
    participation = volunteer(program, mina, **{**told, "introduce": introduce})
    before = profiles.profile_shown_to(participation, Relation.PROPOSED)
    actions.withdraw(participation, by=mina, at=NOON)
    almost = NOON + rules.KEPT_AFTER_WITHDRAWING - timedelta(seconds=1)
    assert actions.empty_withdrawn_profiles(at=almost) == 0
    participation.refresh_from_db()
    assert profiles.profile_shown_to(participation, Relation.PROPOSED) == before
    assert (participation.number_one != "") == (participation.background != "") == introduce
    assert participation.not_discussed is None


def test_those_who_take_part_keep_their_profiles(program, mina, told):
    participation = volunteer(program, mina, **told)
    assert actions.empty_withdrawn_profiles(at=NOON + timedelta(days=400)) == 0
    participation.refresh_from_db()
    assert participation.number_one == told["number_one"]


@pytest.mark.parametrize(
    ("field", "many"), [("wanted", rules.MOST_WANTED), ("offered", rules.MOST_OFFERED), ("hobbies", rules.MOST_HOBBIES)]
)
def test_too_many_of_anything_are_refused_and_nobody_joins(program, mina, field, many):
    of = [f"Rowing {number}" if field == "hobbies" else SkillFactory() for number in range(many + 1)]
    with pytest.raises(rules.TooMany):
        volunteer(program, mina, **{field: of})
    assert not Participation.objects.exists()
    assert volunteer(program, mina, **{field: of[:-1]})


def test_withdrawing_twice_is_once(program, mina):
    participation = volunteer(program, mina)
    in_another_window = Participation.objects.get()
    actions.withdraw(participation, by=mina, at=NOON)
    actions.withdraw(in_another_window, by=mina, at=NOON + timedelta(hours=1))
    participation.refresh_from_db()
    assert participation.withdrawn_at == NOON


def test_who_has_withdrawn_changes_no_profile(program, mina):
    participation = volunteer(program, mina)
    actions.withdraw(participation, by=mina, at=NOON)
    with pytest.raises(rules.HasWithdrawn):
        actions.change_profile(participation, by=mina, at=NOON, places=2)


def test_who_comes_back_begins_anew_in_the_same_row(program, mina, told):
    participation = volunteer(program, mina, **told)
    actions.withdraw(participation, by=mina, at=NOON)
    later = NOON + timedelta(hours=2)
    again = actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=later, charter_agreed=True)
    assert again.pk == participation.pk
    assert (again.withdrawn_at, again.volunteered_at, again.charter_signed_at) == (None, later, later)
    assert (again.number_one, again.places) == ("", 1)
    assert Notice.objects.filter(kind=actions.IN_POOL).count() == 2


def test_topics_not_discussed_are_nowhere_in_clear(program, mina, told):
    participation = volunteer(program, mina, **told)
    with connection.cursor() as cursor:
        cursor.execute("select p::text, encode(p.not_discussed, 'escape') from participants_participation p")
        row = " ".join(cursor.fetchone())
        cursor.execute("select string_agg(k::text, ' ') from privacy_datakey k")
        keys = cursor.fetchone()[0]
        cursor.execute("select coalesce(string_agg(n::text, ' '), '') from notifications_notice n")
        notices = cursor.fetchone()[0]
    assert "canteen" in row  # the row was really read
    for text in (row, keys, notices, repr(participation), str(participation), repr(participation.__dict__)):
        assert "CANARY" not in text


def test_a_text_copied_to_another_row_does_not_open(program, mina, otto, told):
    participation = volunteer(program, mina, **told)
    other = MenteeFactory(program=program, person=otto)
    other.not_discussed, other.data_key = participation.not_discussed, participation.data_key
    assert not_discussed(participation) != ""
    assert not_discussed(other) == ""


def test_every_refusal_is_a_validation_error():
    for refusal in (rules.EnrolmentNotOpen, rules.ProgramIsClosed, rules.NotOnesOwn, rules.HasWithdrawn, rules.TooMany):
        assert issubclass(refusal, ValidationError)
