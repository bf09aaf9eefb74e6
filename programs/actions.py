"""What happens to a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from people.actions import hold_skills, list_skills
from people.models import Function, LineOfBusiness, Person, Site, Skill
from privacy.models import DataKey
from privacy.sealing import seal
from programs import changes, charters, rules
from programs.choices import DEFAULT_IMPORTANCE, About, ConflictKind, Criterion, Duty, Importance
from programs.documents import Document, judged, plain, without_occasion
from programs.models import (
    DEFAULT_CHARTER,
    CharterVersion,
    CriterionImportance,
    DeclaredConflict,
    DeclaredConflictQuerySet,
    Learning,
    PilotArea,
    Program,
    ProgramDuty,
    ProgramTemplate,
    Rewording,
    Topic,
)
from programs.sayings import Saying, Words, words_of

Place = Function | LineOfBusiness | Site


@transaction.atomic
def create_program(
    program: Program,
    *,
    charter: str = DEFAULT_CHARTER,
    topics: Iterable[Skill] = (),
    new_topics: Iterable[str] = (),
    areas: Iterable[Place] = (),
    importances: Mapping[Criterion, Importance] = DEFAULT_IMPORTANCE,
    grown_from: Program | None = None,
    by: Person,
    at: datetime,
) -> Program:
    """Keep a new program; whoever makes it is its first coordinator. It grows out of a pilot of theirs, or of none.

    ``new_topics`` are names that the list of skills may lack; they join it.
    """
    if grown_from is not None:
        rules.insist_coordinates(by, grown_from)
        rules.insist_may_be_learned_from(grown_from)
    program.created_by, program.grown_from = by, grown_from
    program.save(force_insert=True)
    ProgramDuty.objects.create(program=program, person=by, duty=Duty.COORDINATOR)
    CharterVersion.objects.create(program=program, number=1, words=plain(charter).strip(), made_by=by, made_at=at)
    _set_topics(program, [*topics, *list_skills(new_topics)])
    _set_areas(program, areas)
    _set_importances(program, importances)
    return program


@transaction.atomic
def change_program(
    *, program: Program, charter: str = "", note: str = "", topics: Iterable[Skill], new_topics: Iterable[str] = (),
    areas: Iterable[Place] = (), importances: Mapping[Criterion, Importance] = {}, by: Person, at: datetime,
) -> Program:  # fmt: skip
    """Keep what a coordinator changed. The stage is not among it: only :func:`move_to` touches that.

    Other words of the ``charter`` are a new version, and ``note`` says what changed. No charter leaves it as it is,
    and so does a criterion of which ``importances`` say nothing.
    """
    rules.insist_coordinates(by, program)
    columns = {field.name for field in Program._meta.concrete_fields} - {"id", "stage", "created_by", "created_at"}
    program.changed_by, program.changed_at = by, at
    program.save(update_fields=columns)
    if charter:
        _change_charter(program, words=plain(charter).strip(), note=note, by=by, at=at)
    _set_topics(program, [*topics, *list_skills(new_topics)])
    _set_areas(program, areas)
    _set_importances(program, {**program.importances, **importances})
    changes.tell(program, at=at)
    return program


def _change_charter(program: Program, *, words: str, note: str, by: Person, at: datetime) -> None:
    """Before enrolment nobody can have signed, so a version is replaced; after it another one comes into force.

    The program stays locked meanwhile, also for those who sign: whoever signs the former version is asked again.
    """
    locked = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    former = locked.charter_versions.first()
    if former is not None and former.words == words:
        return
    version = CharterVersion(program=locked, number=1, words=words, note=note, made_by=by, made_at=at)
    if former is not None and rules.charter_is_open(locked):
        version.number = former.number
        version.note = former.note
        former.delete()
    elif former is not None:
        rules.insist_says_what_changed(note)
        version.number = former.number + 1
    version.save(force_insert=True)
    charters.tell(version, at=at)


def _set_topics(program: Program, topics: Iterable[Skill]) -> None:
    """These and no others; a topic that stays keeps its row."""
    wanted = hold_skills(list(topics))
    program.topics.exclude(skill__in=wanted).delete()
    Topic.objects.bulk_create((Topic(program=program, skill=skill) for skill in wanted), ignore_conflicts=True)


def _set_areas(program: Program, areas: Iterable[Place]) -> None:
    """These and no others, of a pilot; an area that stays keeps its row."""
    kind_of = {Function: "function", LineOfBusiness: "line_of_business", Site: "site"}
    wanted = {(kind_of[type(place)], place.pk) for place in areas} if program.is_pilot else set()
    there = {(row.place[0], row.place[1].pk): row.pk for row in program.pilot_areas.with_names()}
    program.pilot_areas.filter(pk__in=[there[key] for key in there.keys() - wanted]).delete()
    PilotArea.objects.bulk_create(
        (PilotArea(program=program, **{f"{kind}_id": pk}) for kind, pk in sorted(wanted - there.keys())),
        ignore_conflicts=True,
    )


def _set_importances(program: Program, importances: Mapping[Criterion, Importance]) -> None:
    """A criterion that counts as by default has no row; one that stays as it was keeps its row."""
    rules.insist_something_counts(program, importances)
    rules.insist_wishes_fit(program, importances)
    chosen = {each: says for each, says in importances.items() if says != DEFAULT_IMPORTANCE[each]}
    program.criterion_importances.exclude(criterion__in=chosen).delete()
    CriterionImportance.objects.bulk_create(
        (CriterionImportance(program=program, criterion=each, importance=says) for each, says in chosen.items()),
        update_conflicts=True,
        unique_fields=["program", "criterion"],
        update_fields=["importance"],
    )


@transaction.atomic
def move_to(program: Program, *, stage: str, by: Person, at: datetime) -> Program:
    """Take the program to its next stage, or back where nothing was promised.

    A second press of the same button finds the program there already and changes nothing.
    """
    locked = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    rules.insist_coordinates(by, locked)
    if locked.stage != stage:
        rules.insist_may_move(locked, stage, on=at.astimezone(by.zone).date())
        locked.stage = stage
        locked.save(update_fields=["stage"])
        changes.tell(locked, at=at)
    program.stage = locked.stage
    return program


@transaction.atomic
def name_coordinator(program: Program, *, person: Person, by: Person, at: datetime) -> None:
    """Give a program somebody who looks after it, where all who did have left it. The same again changes nothing."""
    locked = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    if rules.coordinates(person, locked) and person.works_here(at.astimezone(by.zone).date()):
        return
    rules.insist_may_name_coordinator(locked, person, by=by, on=at.astimezone(by.zone).date())
    ProgramDuty.objects.get_or_create(program=locked, person=person, duty=Duty.COORDINATOR)


@transaction.atomic
def add_learning(program: Program, *, about: About, words: str, by: Person, at: datetime) -> Learning:
    """Note what was learned about a part of the program. The same twice is noted once."""
    rules.insist_coordinates(by, program)
    rules.insist_may_be_learned_from(program)
    learning, _ = Learning.objects.get_or_create(
        program=program, about=about, words=plain(words).strip(), defaults={"written_by": by, "written_at": at}
    )
    return learning


@transaction.atomic
def remove_learning(program: Program, number: int, *, by: Person) -> None:
    """Take a note on this program away. Again changes nothing."""
    rules.insist_coordinates(by, program)
    program.learnings.filter(pk=number).delete()


@transaction.atomic
def reword(
    program: Program, saying: Saying, *, language: str, words: Words, changes: int, by: Person, at: datetime
) -> Rewording:
    """Say it in these words from now on; the same again changes nothing. ``changes`` as in ``rules.insist_seen``."""
    rules.insist_coordinates(by, program)
    rules.insist_sayable(saying, words)
    there = _rewording(program, saying, language)
    if there is not None and words_of(there) == words:
        return there
    rules.insist_seen(there, changes=changes)
    rewording = there or Rewording(program=program, saying=saying.name, language=language, changes=0)
    for each in fields(Words):
        setattr(rewording, each.name, getattr(words, each.name))
    rewording.changes, rewording.changed_by, rewording.changed_at = rewording.changes + 1, by, at
    rewording.save()
    return rewording


@transaction.atomic
def take_words_back(program: Program, saying: Saying, *, language: str, changes: int, by: Person) -> None:
    """Say it in our words again. Again changes nothing."""
    rules.insist_coordinates(by, program)
    there = _rewording(program, saying, language)
    if there is not None:
        rules.insist_seen(there, changes=changes)
        there.delete()


def _rewording(program: Program, saying: Saying, language: str) -> Rewording | None:
    """One change of a program's words at a time."""
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    return program.rewordings.filter(saying=saying.name, language=language).select_related("changed_by").first()


@transaction.atomic
def keep_template(document: Document, *, name: str, when_to_use: str = "", by: Person, at: datetime) -> ProgramTemplate:
    """Keep a configuration for others to start from, without the name, the days and the people of its program.

    The same twice is kept once.
    """
    rules.insist_may_keep_templates(by)
    kept = judged(without_occasion(document))
    ProgramTemplate.objects.all().one_at_a_time()
    twin = ProgramTemplate.objects.all().twin(name=name, when_to_use=when_to_use, document=kept)
    if twin is not None:
        return twin
    rules.insist_name_is_free(name)
    return ProgramTemplate.objects.create(
        name=name, when_to_use=when_to_use, document=kept, saved_by=by, saved_at=at, changed_by=by
    )


@transaction.atomic
def change_template(
    template: ProgramTemplate, *, name: str, when_to_use: str, version: str, by: Person
) -> ProgramTemplate:
    """Call it otherwise. ``version`` is the one its writer saw; a later one is not overwritten."""
    rules.insist_may_keep_templates(by)
    ProgramTemplate.objects.all().one_at_a_time()
    template = ProgramTemplate.objects.select_related("changed_by").get(pk=template.pk)
    if (template.name, template.when_to_use) == (name, when_to_use):
        return template
    rules.insist_unchanged(template, version=version)
    if template.archived_at is None:
        rules.insist_name_is_free(name, but_for=template)
    template.name, template.when_to_use, template.changed_by = name, when_to_use, by
    template.version += 1
    template.save()
    return template


@transaction.atomic
def archive_template(template: ProgramTemplate, *, by: Person, at: datetime) -> None:
    """No new program starts from it any more. Programs that did are as they were. Again changes nothing."""
    rules.insist_may_keep_templates(by)
    ProgramTemplate.objects.on_offer().filter(pk=template.pk).update(archived_at=at)


@transaction.atomic
def bring_template_back(template: ProgramTemplate, *, by: Person) -> None:
    """On offer again, unless another has taken its name meanwhile. Again changes nothing."""
    rules.insist_may_keep_templates(by)
    ProgramTemplate.objects.all().one_at_a_time()
    template.refresh_from_db()
    if template.archived_at is not None:
        rules.insist_name_is_free(template.name)
        template.archived_at = None
        template.save(update_fields=["archived_at"])


@sensitive_variables()
@transaction.atomic
def declare_conflict(
    *, one: Person, other: Person, kind: ConflictKind, reason: str = "", until: date | None = None, by: Person,
    at: datetime,
) -> DeclaredConflict:  # fmt: skip
    """Keep two people apart in every program until that day, or for good. The reason is stored only sealed.

    Twice at the same moment is once. Declaring the same two again replaces what one said of them before. Nobody is
    written to.
    """
    on = at.astimezone(by.zone).date()
    rules.insist_may_declare(one=one, other=other, until=until, by=by, on=on)
    first, second = sorted((one, other), key=lambda person: person.pk)
    mine = _declarations_of(by)
    conflict = mine.filter(one=first, other=second, withdrawn_at=None).first() or DeclaredConflict(
        one=first, other=second, declared_by=by, declared_at=at
    )
    conflict.kind, conflict.until = kind, until
    _seal_reason(conflict, reason.strip())
    return conflict


@transaction.atomic
def withdraw_conflict(conflict: DeclaredConflict, *, by: Person, at: datetime) -> DeclaredConflict:
    """It holds no longer, and its reason is erased at once. Asking again changes nothing."""
    rules.insist_declared(conflict, by)
    conflict = _declarations_of(by).get(pk=conflict.pk)
    if conflict.withdrawn_at is None:
        conflict.withdrawn_at = at
        _seal_reason(conflict, "")
    return conflict


def _declarations_of(person: Person) -> DeclaredConflictQuerySet:
    """Theirs, and nobody else's; until the transaction ends no other window of theirs changes them."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    mine: DeclaredConflictQuerySet = DeclaredConflict.objects.declared_by(person).select_related("data_key")
    return mine


@sensitive_variables()
def _seal_reason(conflict: DeclaredConflict, words: str) -> None:
    """Each text gets a key of its own, so that a text which is replaced or taken back is erased for good."""
    former = conflict.data_key
    conflict.data_key = DataKey.objects.mint() if words else None
    conflict.reason = (
        seal(words, key=conflict.data_key, row=conflict.row("reason")) if conflict.data_key is not None else None
    )
    conflict.save()
    if former is not None:
        former.delete()
