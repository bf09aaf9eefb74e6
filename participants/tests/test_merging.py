"""Two entries of the company's lists become one: all that points at the one points at the other afterwards."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from django.urls import reverse

from participants.actions import volunteer
from participants.models import OfferedSkill, WantedSkill
from participants.rules import NoLongerListed
from participants.tests.conftest import NOON
from participants.tests.factories import MenteeFactory, MentorFactory, with_skills
from people import rules
from people.actions import merge_places
from people.models import Function, Level, LineOfBusiness, Person, Site, Skill
from people.tests.factories import (
    AdaFactory,
    BoFactory,
    CoraFactory,
    FunctionFactory,
    LevelFactory,
    LineOfBusinessFactory,
    PersonFactory,
    SiteFactory,
    SkillFactory,
)
from programs.choices import Side
from programs.models import Topic
from programs.tests.factories import ProgramFactory, TopicFactory, ladder

pytestmark = pytest.mark.django_db

LISTS: dict[str, Any] = {
    "function": FunctionFactory,
    "line_of_business": LineOfBusinessFactory,
    "site": SiteFactory,
    "level": LevelFactory,
}


def test_everything_that_points_at_a_list_is_known_here():
    """Whoever adds another reference adds it to a ``merging.register``, and to this list."""
    lists = {Function, LineOfBusiness, Site, Level, Skill}
    pointing = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and field.related_model in lists
    }
    assert pointing == {
        "people.Person.function", "people.Person.line_of_business", "people.Person.site", "people.Person.level",
        "programs.Program.mentor_highest_level", "programs.Program.mentee_lowest_level", "programs.Topic.skill",
        "participants.OfferedSkill.skill", "participants.WantedSkill.skill",
        "pairings.SkillRating.skill", "programs.PilotArea.function", "programs.PilotArea.line_of_business",
        "programs.PilotArea.site",
    }  # fmt: skip


@pytest.mark.parametrize("column", LISTS)
def test_people_move(column):
    ada = AdaFactory()
    kept, dropped = LISTS[column](), LISTS[column]()
    moved, others = PersonFactory(**{column: dropped}), PersonFactory()
    before = getattr(others, column)
    merge_places(kept=kept, dropped=dropped, by=ada)
    moved.refresh_from_db()
    others.refresh_from_db()
    assert (getattr(moved, column), getattr(others, column)) == (kept, before)
    assert not type(kept).objects.filter(pk=dropped.pk).exists()


def test_whoever_named_both_skills_names_one_at_the_dearer_place():
    ada = AdaFactory()
    kept, dropped = SkillFactory(name="AI tools"), SkillFactory(name="A.I. tools")
    one, two, three = MentorFactory(), MenteeFactory(), MenteeFactory()
    with_skills(one, offered=[kept, dropped], wanted=[dropped, "Chess", kept, "Budgets"])
    with_skills(two, offered=[dropped], wanted=["Film", kept, dropped])
    with_skills(three, wanted=[dropped])
    program = ProgramFactory()
    for skill in (kept, dropped):
        TopicFactory(program=program, skill=skill)
    TopicFactory(skill=dropped)

    merge_places(kept=kept, dropped=dropped, by=ada)

    def wishes(of: Any) -> list[tuple[int, str]]:
        return [(wish.rank, wish.skill.name) for wish in WantedSkill.objects.filter(participation=of)]

    assert wishes(one) == [(1, "AI tools"), (2, "Chess"), (3, "Budgets")]
    assert wishes(two) == [(1, "Film"), (2, "AI tools")]
    assert wishes(three) == [(1, "AI tools")]
    assert OfferedSkill.objects.filter(skill=kept).count() == 2
    assert Topic.objects.filter(skill=kept).count() == 2
    assert not Skill.objects.filter(pk=dropped.pk).exists()


def test_levels_of_programs_move_and_the_rank_kept_counts():
    ladder()
    ada = AdaFactory()
    program = ProgramFactory()
    merge_places(kept=LevelFactory(rank=2), dropped=LevelFactory(rank=3), by=ada)
    program.refresh_from_db()
    ada.refresh_from_db()
    assert (program.mentor_highest_level.rank, ada.level.rank) == (2, 2)


def test_levels_that_would_leave_somebody_without_a_partner_are_refused():
    ladder()
    ada = AdaFactory()
    program = ProgramFactory(level_gap=3)
    with pytest.raises(rules.CannotMerge, match="too near to the end"):
        merge_places(kept=LevelFactory(rank=6), dropped=program.mentor_highest_level, by=ada)
    program.refresh_from_db()
    assert program.mentor_highest_level.rank == 3


def test_who_may_not_and_what_is_refused():
    ada, kept, dropped = AdaFactory(), SiteFactory(), SiteFactory()
    with pytest.raises(rules.NotTheAdministrator):
        merge_places(kept=kept, dropped=dropped, by=CoraFactory())
    with pytest.raises(rules.CannotMerge, match="the same entry"):
        merge_places(kept=kept, dropped=kept, by=ada)
    merge_places(kept=kept, dropped=dropped, by=ada)
    with pytest.raises(rules.CannotMerge, match="not there any more"):
        merge_places(kept=kept, dropped=dropped, by=ada)


@pytest.mark.django_db(transaction=True)
def test_two_merges_at_once_leave_one_entry_and_lose_nobody():
    ada, one, other = AdaFactory(), SiteFactory(), SiteFactory()
    PersonFactory(site=one)
    PersonFactory(site=other)
    together, outcomes = Barrier(2), []

    def merge(kept: int, dropped: int) -> None:
        places = Site.objects.in_bulk([kept, dropped])
        together.wait()
        try:
            merge_places(kept=places[kept], dropped=places[dropped], by=ada)
            outcomes.append("merged")
        except rules.CannotMerge:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=merge, args=pair) for pair in ((one.pk, other.pk), (other.pk, one.pk))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["merged", "refused"]
    left = Site.objects.get(pk__in=[one.pk, other.pk])
    assert Person.objects.filter(site=left).count() == 2


# -- the page -----------------------------------------------------------------------------------------------------


def test_an_administrator_reads_what_will_happen_before_it_does(client):
    client.force_login(AdaFactory())
    kept, dropped = FunctionFactory(name="Sales"), FunctionFactory(name="Sales & more")
    PersonFactory.create_batch(2, function=dropped)
    page = reverse("admin:people_function_merge", args=[dropped.pk])
    edit = client.get(reverse("admin:people_function_change", args=[dropped.pk]))
    assert page in edit.content.decode()
    told = client.post(page, {"kept": kept.pk})
    assert told.context["effects"][0] == "“Sales” takes over 2 people."
    assert Function.objects.filter(pk=dropped.pk).exists()
    other = FunctionFactory(name="Finance")
    client.post(page, {"kept": other.pk, "sure": kept.pk})
    assert Function.objects.filter(pk=dropped.pk).exists()
    assert client.post(page, {"kept": kept.pk, "sure": kept.pk}).status_code == 302
    assert Person.objects.filter(function=kept).count() == 2
    assert client.post(page, {"kept": kept.pk, "sure": kept.pk}).status_code == 404  # the second click


@pytest.mark.parametrize("model", ["function", "lineofbusiness", "level", "site", "skill"])
def test_every_list_has_the_page_and_only_for_administrators(client, model):
    entries = apps.get_model("people", model).objects
    for factory in (FunctionFactory, LineOfBusinessFactory, LevelFactory, SiteFactory, SkillFactory):
        factory.create_batch(2)
    entry, kept = entries.order_by("pk")[:2]
    page = reverse(f"admin:people_{model}_merge", args=[entry.pk])
    client.force_login(AdaFactory())
    assert client.get(page).status_code == 200
    assert client.post(page, {"kept": kept.pk}).context["effects"]
    assert client.post(page, {"kept": entry.pk}).status_code == 422
    assert client.post(page, {"kept": ""}).status_code == 422
    for factory in (CoraFactory, BoFactory):
        client.force_login(factory())
        assert client.get(page).status_code == 404
        assert client.post(page, {"kept": kept.pk, "sure": kept.pk}).status_code == 404
    assert entries.filter(pk=entry.pk).exists()


def test_who_names_a_skill_at_the_moment_it_is_merged_away_reads_a_sentence(mina, program, told):
    kept, dropped = SkillFactory(name="Kept"), SkillFactory(name="Dropped")
    merge_places(kept=kept, dropped=Skill.objects.get(pk=dropped.pk), by=AdaFactory())
    with pytest.raises(NoLongerListed) as refusal:
        volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON, **{**told, "offered": [dropped]})
    assert refusal.value.messages == ["“Dropped” was taken off the list of skills a moment ago. Choose again."]
