"""Preparing, opening and answering a survey."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import SystemRandom
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.views.decorators.debug import sensitive_variables

from notifications.actions import owe
from programs import reminders
from programs import rules as program_rules
from programs.choices import Side
from programs.models import Program
from programs.reminders import days_of
from surveys import queries, releases, rules
from surveys.choices import SurveyKind
from surveys.models import Answer, Forecast, Invitation, Question, Release, ReleasedComment, Survey
from surveys.questions import Values, put_to
from surveys.templates import TEMPLATES

if TYPE_CHECKING:
    from people.models import Person

INVITATION: Final = "surveys.invitation"
REMINDER: Final = "surveys.reminder"


def start_end_of_term(program: Program, *, by: Person, at: datetime, opens_on: date, closes_on: date) -> Survey:
    """Prepare an end-of-term survey with our questions. Nobody is asked before it is opened."""
    return _start(SurveyKind.END_OF_TERM, program, by=by, opens_on=opens_on, closes_on=closes_on)


def start_halfway(program: Program, *, by: Person, at: datetime, opens_on: date, closes_on: date) -> Survey:
    """Prepare a survey at half time with our questions. Nobody is asked before it is opened."""
    return _start(SurveyKind.MID_TERM, program, by=by, opens_on=opens_on, closes_on=closes_on)


def start_interest(program: Program, *, by: Person, at: datetime, opens_on: date, closes_on: date) -> Survey:
    """Prepare an interest survey with our questions. Nobody is asked before it is opened."""
    return _start(SurveyKind.INTEREST, program, by=by, opens_on=opens_on, closes_on=closes_on)


@transaction.atomic
def _start(kind: SurveyKind, program: Program, *, by: Person, opens_on: date, closes_on: date) -> Survey:
    program_rules.insist_coordinates(by, program)
    template = TEMPLATES[kind]
    survey = Survey(
        program=program, kind=kind, title=template.title, introduction=template.introduction,
        opens_on=opens_on, closes_on=closes_on,
    )  # fmt: skip
    survey.full_clean()
    survey.save()
    put_our_questions(survey)
    return survey


@transaction.atomic
def put_our_questions(survey: Survey) -> list[Question]:
    """Give a survey that has no questions those of its template."""
    rules.insist_questions_may_change(survey)
    return Question.objects.bulk_create(
        Question(
            survey=survey, position=position, kind=each.kind, words=each.words_in(survey.program),
            options=list(each.options), measure=each.measure,
        )
        for position, each in enumerate(TEMPLATES[SurveyKind(survey.kind)].questions, start=1)
    )  # fmt: skip


@transaction.atomic
def open_survey(survey: Survey, *, by: Person, at: datetime) -> list[Invitation]:
    """Ask everybody whom a survey of this kind is for, if it has a question for their side. From now on the questions
    stay as they are.

    An interest survey asks people who may take part, at random where there are more than ``rules.MOST_ASKED``.
    Owes each person an invitation, and two reminders that leave only while the answer is outstanding.
    """
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    Program.objects.select_for_update(no_key=True).get(pk=survey.program_id)  # its stage stays while we look
    on = at.astimezone(by.zone).date()
    program_rules.insist_coordinates(by, survey.program)
    asks = list(survey.questions.all())
    asked = [each for each in queries.people_to_ask(survey, on=on) if put_to(asks, each[1])]
    if len(asked) > rules.MOST_ASKED and survey.kind == SurveyKind.INTEREST:
        asked = SystemRandom().sample(asked, rules.MOST_ASKED)
    rules.insist_may_be_opened(survey, asks=asks, people=len(asked), on=on)
    survey.opened_at, survey.opened_by = at, by
    survey.save(update_fields=["opened_at", "opened_by"])
    invitations = Invitation.objects.bulk_create(
        Invitation(survey=survey, person=person, side=side) for person, side in asked
    )
    for person, _ in asked:
        _owe_messages(survey, person, at=at)
    return invitations


@transaction.atomic
def close_today(survey: Survey, *, by: Person, at: datetime) -> Survey:
    """Let a survey close at the end of this day instead of later. Whoever is answering can still finish."""
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    on = at.astimezone(by.zone).date()
    program_rules.insist_coordinates(by, survey.program)
    rules.insist_open(survey, on=on)
    survey.closes_on = on
    survey.save(update_fields=["closes_on"])
    return survey


@transaction.atomic
def release_results(survey: Survey, *, at: datetime) -> Release:
    """Let the results out: counted now, once, and read as they are from then on by everybody, in every format.

    Whatever becomes of the answers later changes no figure of it, so that no two versions can be compared.
    """
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if survey.is_released:
        return survey.release
    rules.insist_may_be_released(survey, on=at.astimezone(UTC).date())
    counted = releases.count(survey)
    release = Release.objects.create(survey=survey, released_at=at, results=releases.as_kept(counted.results))
    ReleasedComment.objects.bulk_create(
        ReleasedComment(release=release, question_id=question, words=words)
        for question, texts in counted.texts.items()
        for words in texts
    )
    return release


def release_due_results(*, at: datetime) -> int:
    """Let out the results of every survey that has closed everywhere; how many."""
    due = list(Survey.objects.to_release(at.astimezone(UTC).date()))
    for survey in due:
        release_results(survey, at=at)
    return len(due)


def keep_forecast(
    survey: Survey, *, at: datetime, middle: int | None, nearly_always: int | None, changes: Sequence[tuple[str, int]]
) -> Forecast:
    """Keep what ``matching`` forecast from the released interest; once, and without numbers where it could not."""
    kept, _ = Forecast.objects.get_or_create(
        release=survey.release,
        defaults={
            "middle": middle, "nearly_always": nearly_always, "changes": [list(each) for each in changes], "made_at": at
        },
    )  # fmt: skip
    return kept


def _owe_messages(survey: Survey, person: Person, *, at: datetime) -> None:
    today = at.astimezone(person.zone).date()
    begins = max(survey.opens_on, today)
    owe(
        kind=INVITATION, subject=survey.pk, person=person, at=at, due_on=begins if begins > today else None,
        good_for=survey.closes_on - begins + timedelta(days=1),
    )  # fmt: skip
    after = {begins + timedelta(days=days) for days in days_of(survey.program, reminders.SURVEY)}
    before = {survey.closes_on - timedelta(days=days) for days in days_of(survey.program, reminders.SURVEY_CLOSES)}
    for due_on in sorted(after | before):
        if begins < due_on < survey.closes_on:
            owe(
                kind=REMINDER, subject=survey.pk, person=person, at=at, due_on=due_on,
                occurrence=due_on.isoformat(), good_for=timedelta(days=1),
            )  # fmt: skip


@sensitive_variables()
@transaction.atomic
def answer(survey: Survey, *, by: Person, on: date, values: Values) -> bool:
    """Take somebody's answers. False when they had answered before: the first answers count, once.

    Anonymous by construction. That ``by`` answered is noted on the invitation, what was answered in a row with a
    random key and neither person nor time. Two things of PostgreSQL's own would still join the two, to somebody who
    reads the tables as a superuser: the hidden column ``xmin``, the transaction that wrote a row, and ``ctid``, where
    the row lies, which follows the order of writing. So each answer rewrites all answers and all invitations of its
    survey, in a random order: afterwards every row comes from this one transaction and lies anywhere. The lock makes
    one answer wait for another, so none is rewritten twice at once.

    What this cannot hide: somebody who copies the whole database before and after a single answer, or who reads its
    write-ahead log or not yet vacuumed pages, can compare. Backups belong under the same lock as the server.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    invitation = Invitation.objects.filter(survey=survey, person=by).first()
    if invitation is None:
        raise rules.NotInvited
    if invitation.answered:
        return False
    rules.insist_open(survey, on=on)
    rules.insist_answers_fit(list(survey.questions.all()), values, side=Side(invitation.side))
    Answer.objects.create(
        survey=survey, side=invitation.side, values={str(key): value for key, value in values.items()}
    )
    Invitation.objects.filter(pk=invitation.pk).update(answered=True)
    for model in (Answer, Invitation):
        _rewrite_in_random_order(model, survey)
    return True


def _rewrite_in_random_order(model: type[Answer | Invitation], survey: Survey) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"with taken as (delete from {table} where survey_id = %s returning *) "  # noqa: S608 - our own table
            f"insert into {table} select * from taken order by gen_random_uuid()",
            [survey.pk],
        )
