"""No stored path from an answer to a person: by the schema, by what one answer writes, and by where rows lie."""

from __future__ import annotations

import os
import random
from datetime import timedelta
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pairings.tests.factories import STARTED_ON, PairingFactory, noon
from people.models import Person
from people.tests.factories import PersonFactory
from programs.choices import Side
from surveys import actions, insights
from surveys.choices import ThemeKind
from surveys.models import Answer, Invitation, Survey
from surveys.tests.factories import OPENS_ON, QuestionFactory, SurveyFactory, opened, three_questions

LONG = os.environ.get("UPWELL_LONG_PROOFS") == "1"
WRITTEN_BY_AN_ANSWER = {"surveys_answer", "surveys_invitation"}


def rows(sql: str, *args: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        found: list[tuple] = cursor.fetchall()
    return found


# By the schema


def test_nothing_in_the_database_points_at_an_answer_and_an_answer_points_at_its_survey_alone(db):
    """Read from PostgreSQL's own catalogue, so that no table escapes that Django does not know of."""
    keys = rows(
        "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f' "
        "and 'surveys_answer'::regclass in (conrelid, confrelid)"
    )
    assert keys == [("surveys_answer", "surveys_survey")]
    assert rows("select tgname from pg_trigger where tgrelid = 'surveys_answer'::regclass and not tgisinternal") == []
    told = rows(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = 'surveys_answer'::regclass and attnum > 0 and not attisdropped order by attname"
    )
    assert told == [
        ("id", "uuid"), ("receipt", "character varying(64)"), ("side", "character varying(6)"),
        ("survey_id", "bigint"), ("values", "jsonb"),
    ]  # fmt: skip


def test_no_column_anywhere_could_hold_the_key_of_an_answer(db):
    """An answer’s key is a uuid: every other uuid in the database is a key of its own table or leads to a known one."""
    uuids = rows(
        "select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid "
        "join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public' "
        "where a.atttypid = 'uuid'::regtype and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped"
    )
    leading = {
        (table, column)
        for table, column in rows(
            "select con.conrelid::regclass::text, a.attname from pg_constraint con join pg_attribute a "
            "on a.attrelid = con.conrelid and a.attnum = any(con.conkey) where con.contype in ('f', 'p')"
        )
    }
    assert ("surveys_answer", "id") in uuids
    assert set(uuids) - leading == set()


def test_every_way_from_an_answer_to_a_person_leads_over_what_is_said_of_the_whole_survey():
    """Walk all relations of all models from an answer: each first step is its survey, which all its answers share."""
    first = {field.related_model for field in Answer._meta.get_fields() if field.is_relation}
    assert first == {Survey}
    generic = [
        model
        for model in apps.get_models()
        if any(getattr(field, "related_model", None) and "content_type" in field.name for field in model._meta.fields)
        and model._meta.app_label == "surveys"
    ]
    assert generic == []
    shared = {field.name for field in Answer._meta.fields} & {field.name for field in Invitation._meta.fields}
    assert shared - {"id"} == {"survey", "side"}, "the two can be compared by nothing but these"
    assert isinstance(Answer._meta.pk, models.UUIDField)
    assert isinstance(Invitation._meta.pk, models.BigAutoField)
    fields = [*Answer._meta.fields, *Invitation._meta.fields]
    assert not any(isinstance(field, models.DateField) for field in fields), "and by no time"


def test_nothing_in_the_database_leads_from_what_stands_on_the_board_to_a_pair(db):
    """A theme points at its program, and at results and their coordinator where it has any; replies point at it."""
    keys = rows(
        "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f' "
        "and 'surveys_theme'::regclass in (conrelid, confrelid) order by 1, 2"
    )
    assert keys == [
        ("surveys_reply", "surveys_theme"), ("surveys_theme", "people_person"), ("surveys_theme", "programs_program"),
        ("surveys_theme", "surveys_release"),
    ]  # fmt: skip
    told = rows(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = 'surveys_theme'::regclass and attnum > 0 and not attisdropped order by attname"
    )
    assert told == [
        ("id", "bigint"), ("kind", "character varying(12)"), ("program_id", "bigint"), ("rests_on_id", "bigint"),
        ("words", "character varying(300)"), ("written_at", "timestamp with time zone"), ("written_by_id", "bigint"),
    ]  # fmt: skip


# By what one answer writes


def contents() -> dict[str, str]:
    """A fingerprint of every table: its rows in the order of their text, without what PostgreSQL hides."""
    tables = rows(
        "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = 'public' and c.relkind = 'r'"
    )
    whole = "select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) from {} t"
    return {table: str(rows(whole.format(connection.ops.quote_name(table)))[0][0]) for (table,) in tables}


def counters() -> dict[str, int]:
    """Every sequence: a number drawn at one instant could be compared with one drawn beside it."""
    return {name: value or 0 for name, value in rows("select sequencename, last_value from pg_sequences")}


@pytest.fixture
def now_open(program, mina) -> Survey:
    today = timezone.now().date()
    survey = SurveyFactory(program=program, opens_on=today, closes_on=today + timedelta(days=5))
    three_questions(survey)
    return opened(survey, (mina, Side.MENTOR))


def test_answering_changes_two_tables_and_draws_no_number(now_open, mina, client):
    client.force_login(mina)
    page = reverse("surveys:answer", args=[now_open.pk])
    client.get(page)
    before, numbers = contents(), counters()
    scale = now_open.questions.all()[0]
    assert "Your answers are in" in client.post(page, {"page": "0", "go": "send", f"q{scale.pk}": "4"}).text
    after = contents()
    assert {table for table in before if before[table] != after[table]} == WRITTEN_BY_AN_ANSWER
    assert counters() == numbers


def test_taking_an_answer_back_changes_one_table_and_knows_nobody(now_open, mina):
    code = "A" * 16
    scale = now_open.questions.all()[0]
    actions.answer(now_open, by=mina, on=now_open.opens_on, values={scale.pk: 3}, code=code)
    before = contents()
    assert Client().post(reverse("surveys:withdraw"), {"code": code}).status_code == 200
    after = contents()
    assert {table for table in before if before[table] != after[table]} == {"surveys_answer"}


def test_what_a_pair_released_changes_two_tables_and_leaves_nothing_of_the_pair(pairing, mina, otto):
    for _ in range(4):
        PairingFactory(program=pairing.program)
    at = noon(STARTED_ON + timedelta(days=20))
    for words in ("Who are you?", "And you?"):
        insight = insights.suggest_insight(pairing, by=mina, at=at, on=at.date(), kind=ThemeKind.WISH, words=words)
        insights.agree_to_insight(insight, by=otto, at=at, on=at.date(), version=1)
    before, numbers = contents(), counters()
    assert insights.bring_insights_to_board(at=at + timedelta(days=30)) == 1, "on one board"
    after = contents()
    assert {table for table in before if before[table] != after[table]} == {"surveys_insight", "surveys_theme"}
    assert {name for name, value in counters().items() if numbers[name] != value} == {"surveys_theme_id_seq"}
    theirs = [pairing.pk, pairing.mentor_id, pairing.mentee_id, pairing.data_key_id, insight.pk]
    kept = rows("select t::text from surveys_theme t")
    assert not [each for each in theirs for (row,) in kept if str(each) in row]
    assert not rows("select 1 from surveys_insight")
    assert len({each for (each,) in rows("select xmin::text from surveys_theme")}) == 1, "all come from one transaction"


# By where rows lie


def correlation(one: list[int], other: list[int]) -> float:
    """Spearman's, for two orders of the same length without ties."""
    n = len(one)
    return 1 - 6 * sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) / (n * (n * n - 1))


def places(values: list[int]) -> list[int]:
    return [sorted(values).index(value) for value in values]


@pytest.mark.django_db(transaction=True)
def test_where_rows_lie_says_nothing_of_the_order_of_answering_nor_of_one_another(program):
    """Each answer is a transaction of its own, in an order that is neither that of names nor of keys."""
    number = 200 if LONG else 60
    people: list[Person] = [PersonFactory() for _ in range(number)]
    survey = SurveyFactory(program=program)
    question = QuestionFactory(survey=survey, kind="short", words="Who are you?")
    opened(survey, *((person, Side.MENTOR) for person in people))
    answering = random.Random(7).sample(people, number)
    for person in answering:
        actions.answer(survey, by=person, on=OPENS_ON, values={question.pk: str(person.pk)})
    order = {person.pk: place for place, person in enumerate(answering)}
    for hidden in ("ctid", "xmin::text::bigint, ctid"):
        said = [int(value) for (value,) in rows(
            f"select \"values\" ->> %s from surveys_answer order by {hidden}", str(question.pk)  # noqa: S608
        )]  # fmt: skip
        noted = [key for (key,) in rows(f"select person_id from surveys_invitation order by {hidden}")]  # noqa: S608
        assert sorted(said) == sorted(noted) == sorted(order)
        limit = 4 / (number - 1) ** 0.5  # four standard deviations of a correlation by chance alone
        assert abs(correlation([order[key] for key in said], list(range(number)))) < limit
        assert abs(correlation([order[key] for key in noted], list(range(number)))) < limit
        assert abs(correlation([order[key] for key in said], [order[key] for key in noted])) < limit
        assert sum(a == b for a, b in zip(said, noted, strict=True)) < 8, "about one by chance"
        steps = [order[b] - order[a] for a, b in pairwise(said)]
        assert sum(step == 1 for step in steps) < 8, "no runs of the order in which they came"


@pytest.mark.django_db(transaction=True)
def test_without_the_rewriting_the_place_would_tell(program, monkeypatch):
    """The proof sees what it should see: rows that are only written lie in the order in which people answered."""
    monkeypatch.setattr(actions, "_rewrite_in_random_order", lambda model, survey: None)
    people: list[Person] = [PersonFactory() for _ in range(30)]
    survey = SurveyFactory(program=program)
    question = QuestionFactory(survey=survey, kind="short", words="Who are you?")
    opened(survey, *((person, Side.MENTOR) for person in people))
    answering = random.Random(7).sample(people, 30)
    for person in answering:
        actions.answer(survey, by=person, on=OPENS_ON, values={question.pk: str(person.pk)})
    answers = rows('select "values" ->> %s from surveys_answer order by ctid', str(question.pk))
    assert [int(value) for (value,) in answers] == [person.pk for person in answering]
