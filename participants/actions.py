"""Volunteering, changing one's profile, and withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.views.decorators.debug import sensitive_variables

from notifications.actions import owe
from participants import queries, rules
from participants.choices import ManagersReply
from participants.models import ManagersAnswer, OfferedSkill, Participation, TrainingDone, WantedSkill
from privacy.models import DataKey
from privacy.sealing import seal
from programs import rules as program_rules
from programs.choices import Side

if TYPE_CHECKING:
    from people.models import Person, Skill
    from programs.models import Program
    from programs.training import Piece

IN_POOL: Final = "participants.in_pool"
NOT_READY: Final = "participants.not_ready"
MANAGER_ASKED: Final = "participants.manager_asked"
MANAGER_WANTS_TO_TALK: Final = "participants.manager_wants_to_talk"
DAYS_BEFORE_REMINDER: Final = 3


class Profile(TypedDict, total=False):
    """What somebody tells about themselves. What is left out stays as it is, or at its default.

    ``wanted`` begins with the dearest wish. ``not_discussed`` is private text and is stored only sealed; an empty
    one erases what was there. ``charter_agreed`` signs the charter, and never unsigns it.
    """

    offered: Sequence[Skill]
    wanted: Sequence[Skill]
    number_one: str
    background: str
    introduce: bool
    hobbies: Sequence[str]
    languages: Sequence[str]
    ways: Sequence[str]
    half_days: Sequence[str]
    where_to_meet: str
    hours_a_month: int
    places: int
    not_discussed: str
    charter_agreed: bool


PLAIN_FIELDS: Final = (
    "number_one", "background", "introduce", "hobbies", "languages", "ways", "half_days", "where_to_meet",
    "hours_a_month", "places",
)  # fmt: skip


@sensitive_variables()
@transaction.atomic
def volunteer(*, program: Program, side: Side, by: Person, at: datetime, **profile: Unpack[Profile]) -> Participation:
    """Join the program on one side. Twice at the same moment is once; after withdrawing it begins anew.

    Refuses when the program takes no volunteers, and when the person may not take that side.
    """
    on = at.astimezone(by.zone).date()
    rules.insist_taking_volunteers(program)
    program_rules.insist_may_take_side(program, by, side, on)
    profile.setdefault("languages", by.languages)
    joining = Participation(program=program, person=by, side=side, volunteered_at=at)
    Participation.objects.bulk_create([joining], ignore_conflicts=True)
    participation = _locked(program=program, person=by, side=side)
    if participation.withdrawn_at is not None:
        participation.withdrawn_at = None
        participation.volunteered_at = at
        _empty(participation)
    _write(participation, at=at, profile=profile)
    if queries.missing_of(participation):
        owe(
            kind=NOT_READY, subject=participation.pk, person=by, at=at, occurrence=_occasion(participation),
            due_on=on + timedelta(days=DAYS_BEFORE_REMINDER),
        )  # fmt: skip
    return participation


@sensitive_variables()
@transaction.atomic
def change_profile(
    participation: Participation, *, by: Person, at: datetime, **profile: Unpack[Profile]
) -> Participation:
    """Change what others read about me, until the program closes."""
    participation = _locked(pk=participation.pk)
    rules.insist_ones_own(participation, by)
    rules.insist_may_change_profile(participation)
    _write(participation, at=at, profile=profile)
    return participation


@transaction.atomic
def withdraw(participation: Participation, *, by: Person, at: datetime) -> Participation:
    """Leave the program on this side, at any time and without a reason.

    What somebody proposed could not see is emptied at once, and the key deleted. The rest follows after
    ``rules.KEPT_AFTER_WITHDRAWING``: a profile that vanished from a proposal would tell the other who left, and when.
    Asking again changes nothing. Pairs go on until one of the two ends them: that is a decision of its own.
    """
    participation = _locked(pk=participation.pk)
    rules.insist_ones_own(participation, by)
    if participation.withdrawn_at is not None:
        return participation
    key = participation.data_key
    participation.withdrawn_at = at
    participation.charter_signed_at = None
    participation.not_discussed = None
    participation.data_key = None
    if not participation.introduce:
        participation.number_one = participation.background = ""
    participation.save()
    if key is not None:
        key.delete()
    here = Participation.objects.filter(program=participation.program_id, person=by)
    if not here.taking_part().exists():
        ManagersAnswer.objects.filter(program=participation.program_id, person=by).delete()
    return participation


@transaction.atomic
def answer_as_manager(
    *, program_id: int, person_id: int, reply: ManagersReply, by: Person, at: datetime
) -> ManagersAnswer:
    """Say whether one gives a report the time. The same again changes nothing; another answer takes its place."""
    line = queries.report_line(by, program_id=program_id, person_id=person_id, on=at.astimezone(by.zone).date())
    if line is None:
        raise rules.NotYourReport
    first = ManagersAnswer(
        program=line.program, person=line.person, manager=by, reply=reply, hours_a_month=line.hours, answered_at=at
    )
    ManagersAnswer.objects.bulk_create([first], ignore_conflicts=True)
    answer = ManagersAnswer.objects.select_for_update().get(program=line.program, person=line.person, manager=by)
    if (answer.reply, answer.hours_a_month) != (reply, line.hours):
        answer.reply, answer.hours_a_month, answer.answered_at = reply, line.hours, at
        answer.save()
    if answer.reply == ManagersReply.TALK:
        for coordinator in queries.coordinators_who_read_readiness(line.program).exclude(pk=by.pk):
            owe(
                kind=MANAGER_WANTS_TO_TALK, subject=answer.pk, person=coordinator, at=at,
                occurrence=f"{answer.answered_at:%Y%m%d}",
            )  # fmt: skip
    return answer


@transaction.atomic
def finish_piece(piece: Piece, *, by: Person, at: datetime) -> None:
    """Note that one has read a piece of guidance as it is now. Saying so again changes nothing.

    Whoever can be matched from now on is told so, as those are who had nothing to read.
    """
    done = TrainingDone(person=by, piece=piece.name, version=piece.version, done_at=at)
    TrainingDone.objects.bulk_create([done], ignore_conflicts=True)
    mine = queries.own(by).taking_part().filter(program__stage__in=rules.STAGES_BEFORE_A_PAIR)
    for participation in mine.select_related("person").select_for_update(of=("self",)).order_by("pk"):
        if piece in participation.program.requires(Side(participation.side)):
            _owe_if_ready(participation, at=at)


@transaction.atomic
def empty_withdrawn_profiles(*, at: datetime) -> int:
    """Empty what is left of the profiles of those who withdrew long enough ago; how many. The tick calls this."""
    due = Participation.objects.filter(withdrawn_at__lte=at - rules.KEPT_AFTER_WITHDRAWING)
    said = Q(Exists(OfferedSkill.objects.filter(participation=OuterRef("pk"))))
    said |= Q(Exists(WantedSkill.objects.filter(participation=OuterRef("pk"))))
    empty = Participation()
    for name in PLAIN_FIELDS:
        said |= ~Q(**{name: getattr(empty, name)})
    left = due.filter(said).select_for_update(of=("self",), skip_locked=True).order_by("pk")
    for participation in left:
        _empty(participation)
        participation.save()
    return len(left)


def _empty(participation: Participation) -> None:
    empty = Participation()
    for name in PLAIN_FIELDS:
        setattr(participation, name, getattr(empty, name))
    participation.offered.all().delete()
    participation.wanted.all().delete()


def _locked(**which: Any) -> Participation:
    participation: Participation = (
        Participation.objects.select_related("program", "person", "data_key")
        .select_for_update(of=("self",))
        .get(**which)
    )
    return participation


@sensitive_variables()
def _write(participation: Participation, *, at: datetime, profile: Profile) -> None:
    rules.insist_wishes_in_bounds(
        offered=profile.get("offered", ()), wanted=profile.get("wanted", ()), hobbies=profile.get("hobbies", ())
    )
    for name in PLAIN_FIELDS:
        if name in profile:
            given: Any = profile[name]
            setattr(participation, name, list(given) if isinstance(given, list | tuple) else given)
    if "not_discussed" in profile:
        _seal_not_discussed(participation, profile["not_discussed"].strip())
    if profile.get("charter_agreed") and participation.charter_signed_at is None:
        participation.charter_signed_at = at
        _owe_if_ready(participation, at=at)
        if participation.person.manager is not None:
            owe(
                kind=MANAGER_ASKED, subject=f"{participation.program_id}-{participation.person_id}",
                person=participation.person.manager, at=at,
            )  # fmt: skip
    participation.save()
    if "offered" in profile:
        participation.offered.all().delete()
        OfferedSkill.objects.bulk_create(
            OfferedSkill(participation=participation, skill=skill) for skill in dict.fromkeys(profile["offered"])
        )
    if "wanted" in profile:
        participation.wanted.all().delete()
        WantedSkill.objects.bulk_create(
            WantedSkill(participation=participation, skill=skill, rank=rank)
            for rank, skill in enumerate(profile["wanted"], start=1)
        )


@sensitive_variables()
def _seal_not_discussed(participation: Participation, words: str) -> None:
    key = participation.data_key
    if words:
        key = key or DataKey.objects.mint()
        participation.data_key = key
        participation.not_discussed = seal(words, key=key, row=participation.row("not_discussed"))
        return
    participation.not_discussed = None
    participation.data_key = None
    if key is not None:
        participation.save(update_fields=["not_discussed", "data_key"])
        key.delete()


def _owe_if_ready(participation: Participation, *, at: datetime) -> None:
    """Once for each time of joining, whichever came last, the charter or a piece to read."""
    if not queries.missing_of(participation):
        owe(
            kind=IN_POOL, subject=participation.pk, person=participation.person, at=at,
            occurrence=_occasion(participation),
        )  # fmt: skip


def _occasion(participation: Participation) -> str:
    """Each time of joining is an occasion of its own for messages."""
    return f"{participation.volunteered_at:%Y%m%dT%H%M%S}"
