"""Preparing, opening and answering a survey."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Final, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.views.decorators.debug import sensitive_variables

from notifications.actions import owe
from people.choices import Language
from programs import reminders
from programs import rules as program_rules
from programs.choices import AskedOf, Side
from programs.models import Program
from programs.reminders import days_of
from surveys import interest, queries, receipts, releases, rules, supply
from surveys.choices import IN_WORDS, OpensWith, SurveyKind
from surveys.languages import Original, Words, lines_for, original_of
from surveys.models import (
    Answer,
    Forecast,
    Invitation,
    Question,
    QuestionTranslation,
    Release,
    ReleasedComment,
    Survey,
    Translation,
)
from surveys.questions import Values, put_to
from surveys.templates import TEMPLATES, QuestionTemplate

if TYPE_CHECKING:
    from people.models import Person

Row = TypeVar("Row", Question, Translation, QuestionTranslation)
M = TypeVar("M", Survey, Program)

log = logging.getLogger(__name__)

INVITATION: Final = "surveys.invitation"
REMINDER: Final = "surveys.reminder"
RULES_APART: Final = "+"
"""Between the rules of reminding by which one reminder is owed."""


def start_end_of_term(program: Program, *, by: Person, at: datetime, opens_on: date, closes_on: date) -> Survey:
    """Prepare an end-of-term survey with our questions. Nobody is asked before it is opened."""
    return start_survey(program, SurveyKind.END_OF_TERM, by=by, opens_on=opens_on, closes_on=closes_on)


def start_halfway(program: Program, *, by: Person, at: datetime, opens_on: date, closes_on: date) -> Survey:
    """Prepare a survey at half time with our questions. Nobody is asked before it is opened."""
    return start_survey(program, SurveyKind.MID_TERM, by=by, opens_on=opens_on, closes_on=closes_on)


def start_interest(program: Program, *, by: Person, at: datetime, opens_on: date, closes_on: date) -> Survey:
    """Prepare an interest survey with our questions. Nobody is asked before it is opened."""
    return start_survey(program, SurveyKind.INTEREST, by=by, opens_on=opens_on, closes_on=closes_on)


@transaction.atomic
def start_survey(program: Program, template: str, *, by: Person, opens_on: date, closes_on: date) -> Survey:
    """Prepare a survey from one of our templates, by its name. Nobody is asked before it is opened."""
    program_rules.insist_coordinates(by, program)
    chosen = TEMPLATES[template]
    survey = Survey(
        program=program, kind=chosen.kind, title=chosen.title, introduction=chosen.introduction,
        opens_on=opens_on, closes_on=closes_on,
    )  # fmt: skip
    survey.full_clean()
    survey.save()
    put_our_questions(survey, template)
    return survey


@transaction.atomic
def put_our_questions(survey: Survey, template: str) -> list[Question]:
    """Give a survey that has no questions those of a template that fit whom it is put to."""
    rules.insist_questions_may_change(survey)
    put: list[QuestionTemplate] = []
    places: dict[int, int] = {}
    for place, asked in enumerate(TEMPLATES[template].questions, start=1):
        if AskedOf.BOTH in (survey.asks_side, asked.asked_of) or survey.asks_side == asked.asked_of:
            put += supply.as_put(asked, survey, k=releases.smallest_group())
            places[place] = len(put)
    return Question.objects.bulk_create(
        Question(
            survey=survey, position=position, kind=each.kind, words=each.words_in(survey.program),
            options=list(each.options), lowest=each.ends[0], highest=each.ends[1],
            asked_of=each.asked_of, begins_page=each.begins_page,
            only_if=None if each.only_if is None else places[each.only_if],
            only_if_answers=list(each.only_if_answers),
            measure=each.measure if survey.asks_side == AskedOf.BOTH else None,
        )
        for position, each in enumerate(put, start=1)
    )  # fmt: skip


@transaction.atomic
def translate(
    survey: Survey, *, by: Person, language: Language, title: str, introduction: str, points: Sequence[str],
    questions: Mapping[int, Words], of: Original | None = None, is_looked_over: bool = False,
) -> Translation:  # fmt: skip
    """Say what a survey is in one more language. What is left out falls back to the language it was written in.

    ``of`` is what was translated, if that may be other words than the survey says by now. What was said of other words
    before, and is sent as it was, stays a translation of those, unless somebody has looked it over.
    """
    survey = Survey.objects.select_for_update(of=("self",)).select_related("program").get(pk=survey.pk)
    program_rules.insist_coordinates(by, survey.program)
    rules.insist_may_be_translated(survey, language)
    asked = survey.questions.filter(pk__in=[question for question, words in questions.items() if words])
    of = of or original_of(survey, asked)
    before = None
    if not is_looked_over:
        before = Translation.objects.filter(survey=survey, language=language).prefetch_related("questions").first()
    by_question = {each.question_id: each for each in before.questions.all()} if before else {}
    there = before or Translation()
    translation, _ = Translation.objects.update_or_create(
        survey=survey, language=language,
        defaults={
            "title": title, "of_title": _stands_for(title, of.title, there.title, there.of_title),
            "introduction": introduction,
            "of_introduction": _stands_for(
                introduction, of.introduction, there.introduction, there.of_introduction
            ),
            "points": list(points),
        },
    )  # fmt: skip
    translation.questions.all().delete()
    QuestionTranslation.objects.bulk_create(
        _translated(
            translation, question, questions[question.pk], of.questions.get(question.pk, Words()),
            by_question.get(question.pk, QuestionTranslation()),
        )
        for question in asked
    )  # fmt: skip
    return translation


def _stands_for(said: str, shown: str, before: str, of_before: str) -> str:
    """Of which words this is said: of those it was said of before, if it is still the same."""
    return of_before if said and said == before else shown


def _translated(
    translation: Translation, question: Question, said: Words, shown: Words, before: QuestionTranslation
) -> QuestionTranslation:
    (lowest, highest), (of_lowest, of_highest) = said.ends, shown.ends
    options, of_options = list(said.options), list(shown.options)
    untouched = options in (before.options, lines_for(of_options, before))
    if options and untouched and not set(of_options) <= set(before.of_options):
        options, of_options = before.options, before.of_options
    return QuestionTranslation(
        translation=translation, question=question, options=options, of_options=of_options,
        words=said.words, of_words=_stands_for(said.words, shown.words, before.words, before.of_words),
        lowest=lowest, of_lowest=_stands_for(lowest, of_lowest, before.lowest, before.of_lowest),
        highest=highest, of_highest=_stands_for(highest, of_highest, before.highest, before.of_highest),
    )  # fmt: skip


@transaction.atomic
def drop_translation(survey: Survey, *, by: Person, language: Language) -> None:
    survey = Survey.objects.select_for_update(of=("self",)).select_related("program").get(pk=survey.pk)
    program_rules.insist_coordinates(by, survey.program)
    rules.insist_questions_may_change(survey)
    survey.translations.filter(language=language).delete()


@transaction.atomic
def open_survey(survey: Survey, *, by: Person, at: datetime) -> list[Invitation]:
    """Ask everybody whom a survey of this kind is for, if it has a question for their side. From now on the questions
    stay as they are.

    Where they are more than it may ask, chance draws them: from a seed that is kept, so that anybody can see afterwards
    that nobody was picked. One that waited for more than a day opens now, and stays open as long as was written. Owes
    each person an invitation, and two reminders that leave only while the answer is outstanding.
    """
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    Program.objects.select_for_update(no_key=True).get(pk=survey.program_id)  # its stage stays while we look
    on = at.astimezone(by.zone).date()
    program_rules.insist_coordinates(by, survey.program)
    asks = list(survey.questions.all())
    asked = [each for each in queries.people_to_ask(survey, on=on) if put_to(asks, each[1])]
    if survey.opens_with != OpensWith.DAY:
        survey.opens_on, survey.closes_on = on, rules.closing_day(survey, on)
    rules.insist_may_be_opened(survey, asks=asks, people=len(asked), closes_on=survey.closes_on, on=on)
    for translation in survey.translations.prefetch_related("questions"):
        rules.insist_translation_fits(translation, asks)
    if len(asked) > (most := survey.sample or rules.most_asked(survey, len(asked))):
        survey.seed = SystemRandom().getrandbits(62)
        asked = drawn(asked, most, seed=survey.seed)
    survey.opened_at, survey.opened_by = at, by
    survey.save(update_fields=["opened_at", "opened_by", "seed", "opens_on", "closes_on"])
    invitations = Invitation.objects.bulk_create(
        Invitation(survey=survey, person=person, side=side) for person, side in asked
    )
    for person, _ in asked:
        _owe_messages(survey, person, at=at)
    return invitations


def drawn(people: Sequence[tuple[Person, Side]], most: int, *, seed: int) -> list[tuple[Person, Side]]:
    """``most`` of these, by chance: the same ones for the same people and seed, in whatever order they come."""
    return Random(seed).sample(sorted(people, key=lambda each: each[0].pk), most)  # noqa: S311 - to be drawn again


@transaction.atomic
def plan_survey(survey: Survey, *, by: Person, at: datetime) -> Survey:
    """Let a survey open by itself once its day has come."""
    survey = Survey.objects.select_for_update(of=("self",)).select_related("program").get(pk=survey.pk)
    program_rules.insist_coordinates(by, survey.program)
    rules.insist_may_be_planned(survey, asks=list(survey.questions.all()), on=at.astimezone(by.zone).date())
    survey.planned_at, survey.planned_by = at, by
    survey.save(update_fields=["planned_at", "planned_by"])
    return survey


@transaction.atomic
def keep_from_opening(survey: Survey, *, by: Person, at: datetime) -> Survey:
    """Take a plan back: the survey waits until somebody opens it."""
    survey = Survey.objects.select_for_update(of=("self",)).select_related("program").get(pk=survey.pk)
    program_rules.insist_coordinates(by, survey.program)
    if survey.is_opened:
        raise rules.AlreadyOpened
    survey.planned_at = survey.planned_by = None
    survey.save(update_fields=["planned_at", "planned_by"])
    return survey


@transaction.atomic
def stop_repeating(survey: Survey, *, by: Person, at: datetime) -> Survey:
    """Let this be the last wave."""
    survey = Survey.objects.select_for_update(of=("self",)).select_related("program").get(pk=survey.pk)
    program_rules.insist_coordinates(by, survey.program)
    if survey.repeats_after_weeks is None:
        raise rules.NotRepeated
    survey.repeats_after_weeks = None
    survey.save(update_fields=["repeats_after_weeks"])
    return survey


def each_by_itself(rows: Iterable[M], do: Callable[[M], object]) -> int:
    """Do it for each of these; for how many it was done.

    One for which it fails keeps no other from it; that it did is raised at the end. A database that is away is away for
    all of them. What an error says may quote an answer, so nothing is told of it but its kind.
    """
    done = 0
    failed: list[Exception] = []
    for row in rows:
        try:
            done += bool(do(row))
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            told = f"{type(error).__name__} for {row._meta.verbose_name} {row.pk}"
            log.error("It failed: %s.", told)
            failed.append(RuntimeError(told))
    if failed:
        raise ExceptionGroup("It failed for some of them.", failed)
    return done


def open_planned_surveys(*, at: datetime) -> int:
    """Open those whose day has come where their coordinator works. What keeps one from opening stands at the desk."""
    planned = Survey.objects.planned().select_related("program", "planned_by").order_by("pk")
    due = [each for each in planned if _is_due(each, at)]
    return each_by_itself(due, lambda survey: _open_as_planned(survey, at=at))


def _is_due(survey: Survey, at: datetime) -> bool:
    by = survey.planned_by
    return by is not None and rules.is_due(survey, on=at.astimezone(by.zone).date())


@transaction.atomic
def _open_as_planned(survey: Survey, *, at: datetime) -> bool:
    """Whether it opened. Since it was found to be due the plan may have been taken back, or moved to another day."""
    there = Survey.objects.planned().select_for_update(of=("self",)).select_related("program", "planned_by")
    planned = there.filter(pk=survey.pk).first()
    if planned is None or planned.planned_by is None or not _is_due(planned, at):
        return False
    with suppress(rules.SurveyRefusal, program_rules.NotACoordinator):
        open_survey(planned, by=planned.planned_by, at=at)
        return True
    return False


def plan_next_waves(*, at: datetime) -> int:
    """Plan the same questions again for surveys that are repeated, once their results are out."""
    over = Survey.objects.filter(repeats_after_weeks__isnull=False, opened_at__isnull=False, followed_by=None)
    return each_by_itself(over, lambda survey: _plan_next(survey.pk, at=at))


@transaction.atomic
def _plan_next(survey_id: int, *, at: datetime) -> bool:
    survey = Survey.objects.select_for_update(of=("self",)).select_related("program", "opened_by").get(pk=survey_id)
    by = survey.opened_by
    if by is None or hasattr(survey, "followed_by"):
        return False
    opens_on = rules.next_opening_day(survey, on=at.astimezone(by.zone).date())
    if opens_on is None:
        return False
    following = Survey.objects.create(
        program=survey.program, kind=survey.kind, title=survey.title, introduction=survey.introduction,
        asks=survey.asks, asks_side=survey.asks_side, sample=survey.sample,
        opens_on=opens_on, closes_on=rules.closing_day(survey, opens_on), planned_at=at, planned_by=by,
        repeats_after_weeks=survey.repeats_after_weeks, follows=survey, wave=survey.wave + 1, language=survey.language,
    )  # fmt: skip
    asked = list(survey.questions.all())
    copies = dict(zip([each.pk for each in asked], _copied(asked, survey=following), strict=True))
    for translation in survey.translations.all():
        said = list(translation.questions.all())
        for each in said:
            each.question = copies[each.question_id]
        [copy] = _copied([translation], survey=following)
        _copied(said, translation=copy)
    return True


def _copied(rows: Sequence[Row], **belongs: Survey | Translation) -> list[Row]:
    """These rows once more, of another survey or translation."""
    for row in rows:
        row.pk = None
        row._state.adding = True
        for name, owner in belongs.items():
            setattr(row, name, owner)
    copies: list[Row] = type(rows[0]).objects.bulk_create(rows) if rows else []
    return copies


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
    return each_by_itself(
        Survey.objects.to_release(at.astimezone(UTC).date()), lambda survey: release_results(survey, at=at)
    )


def keep_forecast(survey: Survey, found: interest.Forecast | None, *, at: datetime) -> Forecast:
    """Keep what ``matching`` forecast from the released interest; once, and without numbers where it could not."""
    kept, _ = Forecast.objects.get_or_create(
        release=survey.release,
        defaults={
            "middle": found.middle if found else None,
            "nearly_always": found.nearly_always if found else None,
            "changes": [list(each) for each in found.changes] if found else [],
            "made_at": at,
        },
    )
    return kept


def _owe_messages(survey: Survey, person: Person, *, at: datetime) -> None:
    today = at.astimezone(person.zone).date()
    begins = max(survey.opens_on, today)
    owe(
        kind=INVITATION, subject=survey.pk, person=person, at=at, due_on=begins if begins > today else None,
        good_for=survey.closes_on - begins + timedelta(days=1),
    )  # fmt: skip
    by_rule = {
        reminders.SURVEY: {begins + timedelta(days=days) for days in days_of(survey.program, reminders.SURVEY)},
        reminders.SURVEY_CLOSES: {
            survey.closes_on - timedelta(days=days) for days in days_of(survey.program, reminders.SURVEY_CLOSES)
        },
    }
    for due_on in sorted(set().union(*by_rule.values())):
        if begins < due_on < survey.closes_on:
            by = RULES_APART.join(rule for rule, days in by_rule.items() if due_on in days)
            owe(
                kind=REMINDER, subject=survey.pk, person=person, at=at, due_on=due_on,
                occurrence=f"{due_on.isoformat()}/{by}", good_for=timedelta(days=1),
            )  # fmt: skip


@sensitive_variables()
@transaction.atomic
def answer(survey: Survey, *, by: Person, on: date, values: Values, code: str | None = None) -> bool:
    """Take somebody's answers. False when they had answered before: the first answers count, once.

    ``code`` is what the answer can be taken back with; only a keyed hash of it is kept.

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
    receipt = receipts.kept(code) if code else None
    if receipt and Answer.objects.filter(receipt=receipt).exists():
        raise rules.ReceiptTaken
    Answer.objects.create(
        survey=survey, side=invitation.side, values={str(key): value for key, value in values.items()}, receipt=receipt
    )
    Invitation.objects.filter(pk=invitation.pk).update(answered=True)
    for model in (Answer, Invitation):
        _rewrite_in_random_order(model, survey)
    return True


class Withdrawn(Enum):
    """What became of an answer that was taken back."""

    DELETED = auto()
    FIGURES_STAY = auto()
    """It is deleted, after it had been counted: what was let out is kept, and people have read it."""


@sensitive_variables()
@transaction.atomic
def withdraw_answer(code: str) -> Withdrawn | None:
    """Take back the answer that this code was given for; None if there is none (any more).

    Nobody is named and nothing is noted of who asked. That an invitation was answered stays true. Once results are
    out, what was written is taken out of them; no figure changes, for one that moved would tell what the one had said.
    Texts are kept apart from answers: where several are the same to the letter one of them goes, whoever wrote it. If
    this one had been left out by chance, that takes another's; what can be read then is the same.
    """
    found = Answer.objects.filter(receipt__in=receipts.stored_as(code))
    survey = Survey.objects.select_for_update(no_key=True, of=("self",)).filter(answers__in=found).first()
    answer = found.first()
    if survey is None or answer is None:
        return None
    for question in survey.questions.filter(kind__in=IN_WORDS):
        said = ReleasedComment.objects.filter(
            release__survey=survey, question=question, words=str(answer.values.get(str(question.pk), "")).strip()
        )
        ReleasedComment.objects.filter(pk__in=said.values("pk")[:1]).delete()
    answer.delete()
    _rewrite_in_random_order(Answer, survey)
    return Withdrawn.FIGURES_STAY if survey.is_released else Withdrawn.DELETED


def _rewrite_in_random_order(model: type[Answer | Invitation], survey: Survey) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"with taken as (delete from {table} where survey_id = %s returning *) "  # noqa: S608 - our own table
            f"insert into {table} select * from taken order by gen_random_uuid()",
            [survey.pk],
        )
