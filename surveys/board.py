"""The insight board: what groups said, and what the program's sponsor does about it. It closes the loop.

Themes rest on released results, which whoever reads the board may or may not read; so a theme itself must speak of a
group alone. Replies are read by everybody who takes part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse

from participants.models import Participation
from programs import rules as program_rules
from programs.choices import Duty, Stage
from programs.documents import plain
from programs.models import Program, ProgramDuty, ProgramQuerySet
from surveys.choices import Decision, ThemeKind
from surveys.models import Release, Reply, Theme
from surveys.releases import from_kept
from ui.components import QueueItem, in_words

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from people.models import Person


# Who


def programs_read_by(person: Person) -> ProgramQuerySet:
    """Programs whose board this person may read: those who take part, those with a duty for it, and executives, who
    know of no other draft."""
    if person.is_executive and person.is_active:
        own = _own_programs(person).values("pk")
        everywhere: ProgramQuerySet = Program.objects.filter(~Q(stage=Stage.DRAFT) | Q(pk__in=own))
        return everywhere
    return _own_programs(person)


def _own_programs(person: Person) -> ProgramQuerySet:
    """Those one takes part in or has a duty for."""
    taking_part = Participation.objects.taking_part().filter(person=person).values("program")
    mine: ProgramQuerySet = Program.objects.filter(Q(pk__in=taking_part) | Q(pk__in=_programs_with_duty(person)))
    return mine


def themes_replied_to_by(person: Person) -> QuerySet[Theme]:
    """Themes of programs this person is the sponsor of."""
    return Theme.objects.filter(program__in=_programs_with_duty(person, Duty.SPONSOR)).select_related("program")


def _programs_with_duty(person: Person, *duties: Duty) -> ProgramQuerySet:
    mine = ProgramDuty.objects.held().filter(person=person, duty__in=duties or Duty.values)
    held: ProgramQuerySet = Program.objects.filter(pk__in=mine.values("program"))
    return held


def is_sponsor(person: Person, program: Program) -> bool:
    return program.duties.filter(person=person, duty=Duty.SPONSOR).exists()


# What stands on it


def themes(program: Program) -> list[Theme]:
    """The newest first, each with its replies, the newest of them first."""
    found = Theme.objects.filter(program=program).select_related("rests_on__survey")
    return list(found.prefetch_related("replies__replied_by"))


def releases_to_rest_on(program: Program) -> QuerySet[Release]:
    """Released results of which anything can be read."""
    there = Release.objects.filter(survey__program=program).select_related("survey").order_by("-released_at", "-pk")
    return there.filter(pk__in=[each.pk for each in there if from_kept(each.results).say_something])


def waiting_for(person: Person) -> list[QueueItem]:
    """Programs in which a theme has no reply yet, for their sponsor."""
    waiting: dict[Program, int] = {}
    for theme in themes_replied_to_by(person).filter(replies=None).order_by("program__name", "written_at"):
        waiting[theme.program] = waiting.get(theme.program, 0) + 1
    return [
        QueueItem(
            what="A theme waits for your reply" if number == 1 else f"{number} themes wait for your reply",
            detail=f"{program}. Decided, declined because, or by when: whoever takes part reads it.",
            action="Read and reply",
            url=reverse("surveys:board", args=[program.pk]),
        )
        for program, number in waiting.items()
    ]


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A board on the home page of somebody it belongs to: how much stands on it."""

    program: str
    words: str
    url: str


def at_home(person: Person) -> list[BoardCard]:
    """The boards of one’s own programs, the newest program first; none on which nothing stands. One query."""
    programs = _own_programs(person).filter(themes__isnull=False).annotate(
        number=Count("themes", distinct=True), answered=Count("themes__replies__theme", distinct=True)
    )  # fmt: skip
    return [
        BoardCard(
            program.name,
            f"{in_words(program.number)} theme{'' if program.number == 1 else 's'}, "
            f"{in_words(program.answered).lower() if program.answered else 'none'} answered.",
            reverse("surveys:board", args=[program.pk]),
        )
        for program in programs.order_by("-starts_on", "name")
    ]


# Rules


class NotTheSponsor(ValidationError):
    def __init__(self) -> None:
        super().__init__("Only a sponsor of this program replies to its themes.", code="not_sponsor")


class RestsElsewhere(ValidationError):
    def __init__(self) -> None:
        super().__init__("Choose released results of this program.", code="rests_elsewhere")


class RestsOnNothing(ValidationError):
    def __init__(self) -> None:
        super().__init__("Nothing of these results may be shown, so nothing can rest on them.", code="rests_on_nothing")


class RepliedAlready(ValidationError):
    def __init__(self) -> None:
        super().__init__("A sponsor has replied to this theme, so it stays.", code="replied")


class ByWhen(ValidationError):
    """A day that is missing or over."""


NO_DAY: Final = "Say by when: people will look for it on that day."


def insist_day_fits(decision: Decision, by_when: date | None, *, on: date) -> None:
    if decision == Decision.DECLINED:
        return
    if by_when is None:
        raise ByWhen({"by_when": NO_DAY})
    if by_when < on:
        raise ByWhen({"by_when": f"{by_when:%-d %B %Y} is over. Choose a later day."})


# Actions


@transaction.atomic
def write_theme(program: Program, *, kind: ThemeKind, words: str, rests_on: Release, by: Person, at: datetime) -> Theme:
    """Put what a group said on the board. The same words twice stand there once."""
    program_rules.insist_coordinates(by, program)
    if rests_on.survey.program_id != program.pk:
        raise RestsElsewhere
    if not from_kept(rests_on.results).say_something:
        raise RestsOnNothing
    theme, _ = Theme.objects.get_or_create(
        program=program, words=plain(words).strip(),
        defaults={"kind": kind, "rests_on": rests_on, "written_by": by, "written_at": at},
    )  # fmt: skip
    return theme


@transaction.atomic
def remove_theme(program: Program, number: int, *, by: Person) -> None:
    """Take a theme off the board before anybody has replied. Again changes nothing."""
    program_rules.insist_coordinates(by, program)
    theme = Theme.objects.select_for_update().filter(program=program, pk=number).first()
    if theme is None:
        return
    if theme.replies.exists():
        raise RepliedAlready
    theme.delete()


@transaction.atomic
def reply_to_theme(
    theme: Theme, *, decision: Decision, words: str, by_when: date | None, by: Person, at: datetime
) -> Reply:
    """Say what becomes of a theme. An earlier reply stays readable beneath; the same one twice stands there once."""
    theme = Theme.objects.select_for_update().select_related("program").get(pk=theme.pk)
    if not is_sponsor(by, theme.program):
        raise NotTheSponsor
    insist_day_fits(decision, by_when, on=at.astimezone(by.zone).date())
    said = {
        "decision": decision, "words": plain(words).strip(), "replied_by": by,
        "by_when": None if decision == Decision.DECLINED else by_when,
    }  # fmt: skip
    newest: Reply | None = theme.replies.first()
    if newest is not None and all(getattr(newest, name) == value for name, value in said.items()):
        return newest
    return Reply.objects.create(theme=theme, replied_at=at, **said)
