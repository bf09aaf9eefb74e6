"""What others see of me, for me: the same fields as on their own pages, and only ever my own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from participants import actions, profiles, queries, seen
from participants.choices import ChampionsReply, Relation
from participants.models import Champion, Participation
from participants.tests.factories import MenteeFactory, MentorFactory, with_not_discussed, with_skills
from people.models import Person
from people.tests.factories import BoFactory, CoraFactory, OttoFactory, PersonFactory
from programs.choices import Duty, Stage
from programs.tests.factories import DutyFactory, ProgramFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
OTHERS = [relation for relation in Relation if relation is not Relation.ONESELF]


@pytest.fixture
def otto() -> Person:
    return OttoFactory(manager=BoFactory())


@pytest.fixture
def row(otto) -> Participation:
    row = MenteeFactory(
        program=ProgramFactory(stage=Stage.ENROLMENT), person=otto, introduce=False, hours_a_month=3,
        number_one="To hear what nobody tells me", background="Started on the shop floor", hobbies=["Chess"],
    )  # fmt: skip
    with_skills(row, offered=["Budgets"], wanted=["Video editing"])
    return with_not_discussed(row, "The merger of 2019")


def lines(person: Person, relation: Relation) -> dict[str, str]:
    [profile] = seen.seen_of(person, seen.reader_named(relation), at=NOW).profiles
    return {line.name: line.words for line in profile.lines}


def page(client, person: Person, relation: str) -> str:
    client.force_login(person)
    answer = client.get(reverse("dashboards:seen_of_me"), {"as": relation})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    text: str = answer.content.decode()
    return text


def test_every_kind_of_reader_but_the_person_can_be_chosen():
    assert sorted(reader.relation for reader in seen.READERS) == sorted(OTHERS)


@pytest.mark.parametrize("relation", OTHERS)
@pytest.mark.parametrize("introduce", [False, True])
def test_each_reader_is_shown_with_exactly_the_fields_they_may_see(row, otto, relation, introduce):
    Participation.objects.filter(pk=row.pk).update(introduce=introduce)
    row.refresh_from_db()
    assert set(lines(otto, relation)) == profiles.fields_seen(row, relation)


@pytest.mark.parametrize("relation", [Relation.STRANGER, Relation.LINE_MANAGER, Relation.PROPOSED])
def test_the_page_follows_the_one_place_that_decides(row, otto, client, monkeypatch, relation):
    assert "Chess" not in page(client, otto, Relation.STRANGER)
    monkeypatch.setattr(profiles, "SEEN_BY", {**profiles.SEEN_BY, relation: frozenset({"hobbies"})})
    assert list(lines(otto, relation)) == ["hobbies"]
    assert "Chess" in page(client, otto, relation)
    assert "Budgets" not in page(client, otto, relation)


def test_each_reader_reads_what_is_theirs_and_nothing_of_the_rest(row, otto, client):
    texts = ("The merger of 2019", "To hear what nobody tells me", "Chess")
    found = {relation: [text for text in texts if text in page(client, otto, relation)] for relation in OTHERS}
    assert found == {
        Relation.PARTNER: list(texts),
        Relation.PROPOSED: ["Chess"],
        Relation.COORDINATOR: ["To hear what nobody tells me", "Chess"],
        Relation.SUPERVISOR: [],
        Relation.LINE_MANAGER: [],
        Relation.EXECUTIVE: [],
        Relation.ADMINISTRATOR: [],
        Relation.STRANGER: [],
    }


def test_the_line_manager_is_shown_with_the_hours_of_both_sides_as_on_their_own_page(row, otto):
    MentorFactory(program=row.program, person=otto, hours_a_month=2)
    [line] = queries.reports_taking_part(otto.manager, on=NOW.date())
    shown = seen.seen_of(otto, seen.reader_named(Relation.LINE_MANAGER), at=NOW).profiles
    assert [{each.name: each.words for each in profile.lines} for profile in shown] == [
        {"program": str(row.program), "hours_a_month": str(line.hours)}
    ] * 2
    assert line.hours == 5


def test_before_the_charter_the_line_manager_is_told_nothing(otto):
    MenteeFactory(program=ProgramFactory(stage=Stage.ENROLMENT), person=otto, charter_signed_at=None)
    [profile] = seen.seen_of(otto, seen.reader_named(Relation.LINE_MANAGER), at=NOW).profiles
    assert profile.lines == ()
    assert profile.why == "Nothing: your line manager is not told of this program now."
    assert queries.reports_taking_part(otto.manager, on=NOW.date()) == []


def test_after_withdrawing_only_partner_and_proposed_read_what_is_left_until_it_is_emptied(row, otto):
    actions.withdraw(row, by=otto, at=NOW)

    def readers(at: datetime) -> list[Relation]:
        return [each.relation for each in seen.READERS if seen.seen_of(otto, each, at=at).profiles]

    assert readers(NOW + timedelta(hours=1)) == [Relation.PROPOSED, Relation.PARTNER]
    assert readers(NOW + timedelta(days=2)) == []


def test_bo_and_cora_get_their_own_page_and_nothing_of_ottos(row, otto, client):
    cora = CoraFactory()
    DutyFactory(program=row.program, person=cora, duty=Duty.COORDINATOR)
    for person in (otto.manager, cora):
        for relation in (*OTHERS, "oneself", "nobody", str(otto.pk)):
            text = page(client, person, relation)
            assert otto.email not in text
            assert "Chess" not in text
    assert f"Coordinator of {row.program}" in page(client, cora, Relation.STRANGER)


def test_nobody_signed_out_gets_the_page(client):
    assert client.get(reverse("dashboards:seen_of_me")).status_code == 302


def test_the_directory_entry_and_a_champions_yes_stand_beside(row, otto, client):
    champion = Champion.objects.create(program=row.program, person=otto, named_by=CoraFactory(), named_at=NOW)
    assert "Champion of" not in page(client, otto, Relation.STRANGER)
    actions.answer_as_champion(champion, reply=ChampionsReply.YES, by=otto, at=NOW)
    text = page(client, otto, Relation.STRANGER)
    assert f"Champion of {row.program}" in text
    assert otto.email in text
    assert otto.manager.name in text


def test_the_page_asks_the_database_as_often_for_three_programs_as_for_one(row, otto, client):
    client.force_login(otto)
    counts = []
    for more in (0, 2):
        for _ in range(more):
            with_not_discussed(MenteeFactory(program=ProgramFactory(stage=Stage.ENROLMENT), person=otto), "x")
        for relation in (Relation.PARTNER, Relation.LINE_MANAGER):
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("dashboards:seen_of_me"), {"as": relation})
            counts.append(len(captured))
    assert counts[:2] == counts[2:]


def test_odd_words_are_shown_as_words(client):
    pat = PersonFactory(given_name="<b>=cmd()", family_name="O’Neil & Co")
    MentorFactory(person=pat, number_one="<script>alert(1)</script>")
    text = page(client, pat, Relation.PARTNER)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
