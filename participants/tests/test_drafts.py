"""Volunteering step by step: what is typed is kept for the person alone, and gone when they send or delete it."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from participants import actions, drafts, enrolment, profiles, rules
from participants.choices import Relation, SkillLevel, Step
from participants.models import Draft, OfferedSkill, Participation, WantedSkill
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MentorFactory
from participants.tests.instant import at_once, while_another_waits
from participants.tests.offer import send_offer, step_url
from participants.tests.test_views import posted
from people.models import Person, Skill
from people.tests.factories import PersonFactory
from privacy.models import DataKey
from programs import queries as program_queries
from programs.actions import declare_conflict, withdraw_conflict
from programs.choices import ConflictKind, Side, Stage
from programs.models import DeclaredConflict
from programs.tests.factories import program_with

CANARY = "CANARY-NEVER-SENT"


@pytest.fixture
def signed_in(client, mina):
    client.force_login(mina)
    return client


def entry(program) -> str:
    return reverse("participants:volunteer", args=[program.pk, "mentor"])


def leave_off(client, program, step: str = "about", **typed: object):
    return client.post(step_url(program, "mentor", step), {"finish_later": "1", **typed})


def test_each_step_is_kept_and_one_goes_on_where_one_left_off(signed_in, program, mina):
    assert signed_in.get(entry(program)).url == step_url(program, "mentor", "offer")
    answer = signed_in.post(step_url(program, "mentor", "offer"), posted())
    assert answer.url == step_url(program, "mentor", "about")
    assert signed_in.get(entry(program)).url == step_url(program, "mentor", "about")
    assert not Participation.objects.exists()
    page = signed_in.get(step_url(program, "mentor", "offer")).text
    assert f'value="{posted()["wish_1"]}" selected' in page


@pytest.mark.parametrize("leave", ["back", "finish_later"])
def test_whatever_is_typed_is_kept_right_or_wrong(signed_in, program, leave):
    typed = {"hobbies": "x" * 60, "number_one": CANARY, "introduce": "on", leave: "1"}
    answer = signed_in.post(step_url(program, "mentor", "about"), typed)
    there = step_url(program, "mentor", "offer")
    assert answer.url == (there if leave == "back" else reverse("participants:program", args=[program.pk]))
    page = signed_in.get(step_url(program, "mentor", "about"))
    assert "x" * 60 in page.text
    assert CANARY in page.text
    assert "checked" in str(page.context["form"]["introduce"])
    assert not page.context["form"].is_bound


def test_what_is_missing_on_an_earlier_step_is_shown_there(signed_in, program):
    answer = signed_in.post(step_url(program, "mentor", "boundaries"), posted())
    assert answer.url == f"{step_url(program, 'mentor', 'offer')}?look"
    page = signed_in.get(answer.url)
    assert page.status_code == 200
    assert "Choose at least one thing a leader could learn from you." in page.text
    assert not Participation.objects.exists()


def test_an_earlier_step_that_is_changed_back_to_something_odd_is_noticed_in_the_end(signed_in, program):
    send_offer(signed_in, program, "mentor", **posted(charter=""))
    leave_off(signed_in, program, "ways", **posted(hours_a_month="99"))
    answer = signed_in.post(step_url(program, "mentor", "boundaries"), posted())
    assert answer.url == f"{step_url(program, 'mentor', 'ways')}?look"
    assert not Participation.objects.exists()


def test_sending_it_leaves_no_draft_and_no_key(signed_in, program):
    before = set(DataKey.objects.values_list("pk", flat=True))
    assert send_offer(signed_in, program, "mentor", **posted(not_discussed="")).status_code == 302
    assert Participation.objects.count() == 1
    assert not Draft.objects.exists()
    assert set(DataKey.objects.values_list("pk", flat=True)) == before


def test_it_can_be_deleted(signed_in, program):
    leave_off(signed_in, program, number_one=CANARY)
    assert "Delete what I have written" in signed_in.get(step_url(program, "mentor", "about")).text
    for _ in range(2):
        answer = signed_in.post(step_url(program, "mentor", "about"), {"discard": "1"}, follow=True)
        assert "Nobody has seen it." in answer.text
    assert (Draft.objects.count(), DataKey.objects.count()) == (0, 0)
    assert CANARY not in signed_in.get(step_url(program, "mentor", "about")).text


def test_nobody_else_reads_it_and_the_database_holds_it_sealed(signed_in, program, mina, cora, bo, otto):
    leave_off(signed_in, program, number_one=CANARY, hobbies=CANARY)
    assert CANARY.encode() not in bytes(Draft.objects.get().answers or b"")
    for reader in (cora, bo, otto):
        client = Client()
        client.force_login(reader)
        for there in (
            step_url(program, "mentor", "about"), reverse("dashboards:home"), reverse("participants:programs"),
            reverse("admin:index"),
        ):  # fmt: skip
            page = client.get(there)
            assert CANARY not in page.text
            assert "You have begun" not in page.text
    assert program_queries.eligible(program, Side.MENTOR, on=TODAY).filter(pk=mina.pk).exists()
    assert enrolment.enrolment_counts(program, TODAY).mentors == 0


def begin(program, person, side=Side.MENTOR, *, words=CANARY, at=NOON):
    return actions.keep_draft(
        program, side=side, step=Step.ABOUT, answers={"number_one": [words]}, is_done=True, by=person, at=at
    )


def test_each_person_program_and_side_has_a_draft_of_its_own_and_nothing_touches_the_others(program, mina, sten, cora):
    another, all_four = program_with(cora, name="Another"), {
        (mina, program, Side.MENTOR), (mina, program, Side.MENTEE), (sten, program, Side.MENTOR),
    }  # fmt: skip
    all_four.add((mina, another, Side.MENTOR))

    def begun() -> set:
        return {(each.person, each.program, each.side) for each in Draft.objects.all()}

    def begin_all() -> None:
        for person, where, side in all_four:
            begin(where, person, side, words=f"{person.pk} {where.pk} {side}")

    begin_all()
    for person, where, side in all_four:
        told = drafts.told_so_far(person, where, side)
        assert told.answers == {"number_one": [f"{person.pk} {where.pk} {side}"]}
    assert drafts.drafted_sides(mina, another) == {Side.MENTOR}
    assert drafts.drafted_sides(sten, program) == {Side.MENTOR}
    one = (mina, program, Side.MENTOR)
    actions.discard_draft(program, side=Side.MENTOR, by=mina)
    assert begun() == all_four - {one}
    begin_all()
    mine = actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON)
    assert begun() == all_four - {one}
    assert actions.forget_old_drafts(at=NOON) == 0, "she takes part on the other side only"
    actions.withdraw(mine, by=mina, at=NOON)
    begin_all()
    assert actions.forget_old_drafts(at=NOON) == 0, "she has withdrawn, and begins anew"
    actions.leave_programs(by=mina, at=NOON)
    assert begun() == {(sten, program, Side.MENTOR)}


def test_a_text_that_is_copied_to_another_row_does_not_open(program, mina, sten):
    begin(program, mina)
    begin(program, sten, words="Mine.")
    hers, his = Draft.objects.get(person=mina), Draft.objects.get(person=sten)
    Draft.objects.filter(pk=hers.pk).update(data_key=None)
    Draft.objects.filter(pk=his.pk).update(answers=hers.answers, data_key=hers.data_key)
    assert drafts.told_so_far(sten, program, Side.MENTOR).is_empty


def test_a_draft_signs_nothing(signed_in, program, mina):
    leave_off(signed_in, program, "boundaries", charter="on", charter_read="1", not_discussed="Kept.")
    told = drafts.told_so_far(mina, program, Side.MENTOR).answers
    assert told == {"not_discussed": ["Kept."], "not_with_1": [], "not_with_2": []}


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_anew_in_the_moment_in_which_it_is_too_old_stays(program, mina):
    begin(program, mina, words="Old.")
    later = NOON + rules.DRAFT_KEPT
    with transaction.atomic():
        begin(program, mina, words="New.", at=later)
        forgotten = while_another_waits(lambda: actions.forget_old_drafts(at=later))
    assert forgotten() == [0]
    assert drafts.told_so_far(mina, program, Side.MENTOR).answers == {"number_one": ["New."]}


def test_home_leads_back_to_it_while_it_can_be_sent(signed_in, program, mina):
    leave_off(signed_in, program, number_one="Begun.")
    page = signed_in.get(reverse("dashboards:home")).text
    assert f"You have begun an offer to {program}" in page
    assert entry(program) in page
    taking_part = MentorFactory(program=program, person=mina)  # and the tick has not come by yet
    assert "You have begun an offer" not in signed_in.get(reverse("dashboards:home")).text
    taking_part.delete()
    assert "You have begun an offer" in signed_in.get(reverse("dashboards:home")).text
    program.stage = Stage.RUNNING
    program.save()
    assert drafts.waiting_for(mina, taking_part=()) == []


def test_a_draft_waits_two_months_and_not_for_a_closed_program(signed_in, program, cora):
    leave_off(signed_in, program, number_one="Begun.")
    saved = Draft.objects.get().saved_at
    assert actions.forget_old_drafts(at=saved + rules.DRAFT_KEPT - timedelta(seconds=1)) == 0
    assert actions.forget_old_drafts(at=saved + rules.DRAFT_KEPT) == 1
    assert (Draft.objects.count(), DataKey.objects.count()) == (0, 0)
    leave_off(signed_in, program, number_one="Begun.")
    program.stage = Stage.CLOSED
    program.save()
    assert actions.forget_old_drafts(at=saved) == 1


def test_a_draft_that_slipped_in_while_the_offer_was_sent_is_forgotten(signed_in, program, mina):
    leave_off(signed_in, program, number_one=CANARY)
    leave_off(signed_in, program_with(mina, name="Another round"), number_one="Stays.")
    MentorFactory(program=program, person=mina)
    assert actions.forget_old_drafts(at=NOON) == 1
    assert [draft.program.name for draft in Draft.objects.all()] == ["Another round"]


def test_more_text_than_can_be_kept_is_refused_and_shown_again(signed_in, program):
    leave_off(signed_in, program, number_one="Kept before.")
    much = "x" * (rules.LONGEST_DRAFT + 1)
    answer = leave_off(signed_in, program, number_one=much)
    assert answer.status_code == 422
    assert "This is more text than can be kept." in answer.text
    assert much in answer.text
    assert "Kept before." in signed_in.get(step_url(program, "mentor", "about")).text


def test_a_draft_whose_key_is_gone_is_begun_anew(signed_in, program):
    leave_off(signed_in, program, number_one=CANARY)
    DataKey.objects.all().delete()
    assert signed_in.get(step_url(program, "mentor", "about")).status_code == 200
    assert leave_off(signed_in, program, number_one="Anew.").status_code == 302
    assert "Anew." in signed_in.get(step_url(program, "mentor", "about")).text


@pytest.mark.django_db(transaction=True)
def test_steps_saved_at_the_same_moment_leave_one_draft_with_all_of_them(program, mina):
    saved: dict[str, dict[str, list[str]]] = {
        "about": {"number_one": ["One."]},
        "ways": {"where_to_meet": ["Two."]},
        "boundaries": {"not_discussed": []},
    }
    start = Barrier(6)

    def save(step: str) -> None:
        start.wait()
        actions.keep_draft(
            program, side=Side.MENTOR, step=Step(step), answers=saved[step], is_done=True, by=mina, at=NOON
        )
        connection.close()

    threads = [Thread(target=save, args=(step,)) for step in [*saved, *saved]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = drafts.told_so_far(mina, program, Side.MENTOR)
    assert told.answers == {name: values for step in saved.values() for name, values in step.items()}
    assert told.done == set(saved)
    assert (Draft.objects.count(), DataKey.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_step_saved_while_the_offer_is_sent_or_deleted_ends_whole_whichever_comes_first(program, mina):
    def save() -> object:
        typed = {"where_to_meet": ["Leeds."]}
        return actions.keep_draft(
            program, side=Side.MENTOR, step=Step.WAYS, answers=typed, is_done=True, by=mina, at=NOON
        )

    def send() -> object:
        return actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON)

    def discard() -> None:
        actions.discard_draft(program, side=Side.MENTOR, by=mina)

    save()
    with transaction.atomic():
        Draft.objects.select_for_update().get()
        saved = while_another_waits(save, then=discard)
    assert saved() == [drafts.told_so_far(mina, program, Side.MENTOR)], "it is kept anew"
    with transaction.atomic():
        save()
        sent = while_another_waits(send)
    assert sent() == [Participation.objects.get()]
    assert (Draft.objects.count(), DataKey.objects.count()) == (0, 0)
    actions.withdraw(Participation.objects.get(), by=mina, at=NOON)
    save()
    with transaction.atomic():
        send()
        saved = while_another_waits(save)
    assert isinstance(saved()[0], drafts.Told)
    assert (Draft.objects.count(), DataKey.objects.count()) == (0, 0)
    assert at_once(save, send, discard, save, send) == []
    actions.forget_old_drafts(at=NOON)
    assert (Draft.objects.count(), DataKey.objects.count(), Participation.objects.taking_part().count()) == (0, 0, 1)


def test_a_step_saved_after_the_offer_was_sent_leaves_nothing(program, mina):
    MentorFactory(program=program, person=mina)
    actions.keep_draft(program, side=Side.MENTOR, step=Step.WAYS, answers={}, is_done=True, by=mina, at=NOON)
    assert not Draft.objects.exists()


def test_an_unknown_step_does_not_exist(signed_in, program):
    for method in (signed_in.get, signed_in.post):
        assert method(step_url(program, "mentor", "money")).status_code == 404


def test_every_step_asks_the_database_as_often_with_little_told_as_with_much(signed_in, program):
    def asked_of_each_step() -> list[int]:
        counts = []
        for step in Step:
            with CaptureQueriesContext(connection) as asked:
                assert signed_in.get(step_url(program, "mentor", step)).status_code == 200
            counts.append(len(asked))
        return counts

    leave_off(signed_in, program, number_one="Begun.")
    signed_in.get(step_url(program, "mentor", "offer"))  # what was said of saving it is read, and gone
    little = asked_of_each_step()
    assert max(little) <= 18
    skills = [str(key) for key in Skill.objects.order_by("pk").values_list("pk", flat=True)]
    assert len(skills) > 2
    levels = {f"level_{key}": "3" for key in skills}
    much = posted(charter="", offered=skills, wish_1=skills[0], wish_2=skills[1], wish_3=skills[2], **levels)
    send_offer(signed_in, program, "mentor", **much)
    assert "level_" in signed_in.get(step_url(program, "mentor", "about")).text
    assert asked_of_each_step() == little


# How well somebody knows a skill


def test_the_level_of_what_is_chosen_is_asked_and_kept(signed_in, program, mina):
    social, access = (Skill.objects.get(name=name) for name in ("Social media", "Accessibility"))
    signed_in.post(step_url(program, "mentor", "offer"), posted())
    page = signed_in.get(step_url(program, "mentor", "about")).text
    assert f'name="level_{social.pk}"' in page
    assert f'name="level_{Skill.objects.get(name="Using AI tools well").pk}"' not in page
    levels = {f"level_{social.pk}": "5", f"level_{access.pk}": ""}
    assert send_offer(signed_in, program, "mentor", **posted(**levels)).status_code == 302
    assert (OfferedSkill.objects.get().level, WantedSkill.objects.get().level) == (SkillLevel.COULD_TEACH, None)
    row = Participation.objects.get()
    assert profiles.profile_shown_to(row, Relation.PROPOSED).offered == ("Social media (could teach it)",)
    profile = reverse("participants:profile", args=[program.pk, "mentor"])
    assert 'value="5" selected' in signed_in.get(profile).text
    assert signed_in.post(profile, posted(**levels | {f"level_{access.pk}": "2"})).status_code == 302
    assert (OfferedSkill.objects.get().level, WantedSkill.objects.get().level) == (5, 2)


@pytest.mark.parametrize("odd", ["6", "0", "x", "2.5"])
def test_a_level_that_is_none_is_refused_at_its_field(signed_in, program, odd):
    social = Skill.objects.get(name="Social media").pk
    answer = send_offer(signed_in, program, "mentor", **posted(**{f"level_{social}": odd}))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {f"level_{social}": ["Please choose one of these."]}


# Not with this person


def vetoes() -> list[DeclaredConflict]:
    return list(DeclaredConflict.objects.filter(withdrawn_at=None))


def test_somebody_is_kept_apart_without_a_reason_and_nobody_learns_of_it(signed_in, program, mina, otto, cora):
    assert send_offer(signed_in, program, "mentor", **posted(not_with_1=otto.email)).status_code == 302
    [veto] = vetoes()
    assert {veto.one, veto.other} == {mina, otto}
    assert (veto.declared_by, veto.kind, veto.reason) == (mina, ConflictKind.NOT_WITH, None)
    row = Participation.objects.get()
    for reader in (otto, cora):
        client = Client()
        client.force_login(reader)
        assert mina.name not in client.get(reverse("programs:conflicts")).text
        assert client.get(reverse("programs:withdraw_conflict", args=[veto.pk])).status_code == 404
    cora_reads = Client()
    cora_reads.force_login(cora)
    page = cora_reads.get(reverse("admin:participants_participation_change", args=[row.pk])).text
    assert otto.name not in page
    assert otto.email not in page
    mine = signed_in.get(reverse("programs:conflicts")).text
    assert otto.name in mine
    assert "I would rather not be paired with them" in mine


def test_what_was_declared_before_stands(signed_in, program, mina, otto):
    declare_conflict(one=mina, other=otto, kind=ConflictKind.FAMILY, reason="Brother.", by=mina, at=NOON)
    assert send_offer(signed_in, program, "mentor", **posted(not_with_1=otto.email)).status_code == 302
    [kept] = vetoes()
    assert kept.kind == ConflictKind.FAMILY
    assert kept.reason is not None


def test_what_another_declared_or_what_holds_no_longer_keeps_nobody_from_saying_it(program, mina, otto, sten, cora):
    declare_conflict(one=mina, other=otto, kind=ConflictKind.FAMILY, by=otto, at=NOON)
    withdrawn = declare_conflict(one=mina, other=sten, kind=ConflictKind.FAMILY, by=mina, at=NOON)
    withdraw_conflict(withdrawn, by=mina, at=NOON)
    declare_conflict(one=mina, other=cora, kind=ConflictKind.FAMILY, by=mina, at=NOON, until=NOON.date())
    tomorrow = NOON + timedelta(days=1)
    actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=tomorrow, not_with=[otto, sten, cora])
    hers = DeclaredConflict.objects.declared_by(mina).in_force(tomorrow.date())
    assert {(each.one if each.other == mina else each.other) for each in hers} == {otto, sten, cora}
    assert {each.kind for each in hers} == {ConflictKind.NOT_WITH}


def test_whom_not_to_meet_is_asked_on_joining_and_kept_on_a_page_of_its_own(signed_in, program, mina):
    MentorFactory(program=program, person=mina)
    form = signed_in.get(reverse("participants:profile", args=[program.pk, "mentor"])).context["form"]
    assert not {"not_with_1", "not_with_2"} & set(form.fields)


@pytest.mark.parametrize(
    ("first", "second", "field", "sentence"),
    [
        ("self", "", "not_with_1", "This is you. Name a colleague, or leave it empty."),
        ("other", "other", "not_with_2", "You named the same person twice. Once is enough."),
        ("", "nobody", "not_with_2", "Nobody in the directory has this e-mail address or employee number."),
    ],
)
def test_an_odd_veto_is_refused_at_its_field(signed_in, program, mina, otto, first, second, field, sentence):
    typed = {"self": mina.email, "other": otto.email, "nobody": "x@example.org", "": ""}
    answer = send_offer(signed_in, program, "mentor", **posted(not_with_1=typed[first], not_with_2=typed[second]))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert vetoes() == []


# What was told elsewhere


def test_a_profile_is_used_again_in_another_program(signed_in, program, mina, told, cora):
    actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON, **told)
    other = program_with(cora, name="Another round")
    pages = "".join(signed_in.get(step_url(other, "mentor", step)).text for step in Step)
    assert "We filled in what you told in Two-Way Northwind." in pages
    assert "I came here as a nurse." in pages
    assert "CANARY-ILLNESS in the spring" in pages
    signed_in.post(step_url(other, "mentor", "about"), {"background": "Something else."})
    page = signed_in.get(step_url(other, "mentor", "about")).text
    assert "Something else." in page
    assert "I came here as a nurse." not in page
    assert Participation.objects.get().background == "I came here as a nurse."


def test_nobody_is_shown_what_somebody_else_told_elsewhere(client, program, mina, told, cora):
    actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON, **told)
    stranger: Person = PersonFactory(rank=2)
    client.force_login(stranger)
    other = program_with(cora, name="Another round")
    pages = "".join(client.get(step_url(other, "mentor", step)).text for step in Step)
    assert "nurse" not in pages
    assert "We filled in" not in pages
