"""What a program points at in the company's lists, and how it moves when two entries become one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from people.models import Function, Level, LineOfBusiness, Site, Skill
from people.references import Reference, follow
from people.rules import CannotMerge
from programs.choices import Stage
from programs.models import PilotArea, Program, Topic
from programs.rules import LevelsLeaveNoGap, insist_levels_leave_gap


def _move_topics(kept: Skill, dropped: Skill) -> None:
    """A program that suggests both suggests one afterwards."""
    both = Topic.objects.filter(skill=kept).values("program")
    Topic.objects.filter(skill=dropped, program__in=both).delete()
    Topic.objects.filter(skill=dropped).update(skill=kept)


def _at_level(level: Level) -> Q:
    return Q(mentor_highest_level=level) | Q(mentee_lowest_level=level)


def _move_levels(kept: Level, dropped: Level) -> None:
    Program.objects.filter(mentor_highest_level=dropped).update(mentor_highest_level=kept)
    Program.objects.filter(mentee_lowest_level=dropped).update(mentee_lowest_level=kept)


def _judge_levels(kept: Level) -> None:
    """Refuse to leave a program whose levels admit somebody who could never be paired."""
    programs = Program.objects.exclude(stage=Stage.CLOSED).select_related("mentor_highest_level", "mentee_lowest_level")
    for program in programs:
        try:
            insist_levels_leave_gap(
                mentor_highest=program.mentor_highest_level,
                mentee_lowest=program.mentee_lowest_level,
                gap=program.level_gap,
            )
        except LevelsLeaveNoGap:
            raise CannotMerge(
                "The levels of a program would lie too near to the end of the ladder, and somebody could never be "
                "paired. Its coordinator can change the program first. Nothing was changed."
            ) from None


def _area(column: str) -> Reference:
    def move(kept: Any, dropped: Any) -> None:
        """A pilot for both is for one afterwards."""
        both = PilotArea.objects.filter(**{column: kept}).values("program")
        PilotArea.objects.filter(**{column: dropped}, program__in=both).delete()
        PilotArea.objects.filter(**{column: dropped}).update(**{column: kept})

    return Reference(
        "pilot for it", "pilots for it", lambda entry: PilotArea.objects.filter(**{column: entry}).count(), move
    )


def register() -> None:
    for place, column in ((Function, "function"), (LineOfBusiness, "line_of_business"), (Site, "site")):
        follow(place, _area(column))
    follow(
        Skill,
        Reference(
            "topic of a program",
            "topics of programs",
            lambda skill: Topic.objects.filter(skill=skill).count(),
            _move_topics,
        ),
    )
    follow(
        Level,
        Reference(
            "program with a limit at this level",
            "programs with a limit at this level",
            lambda level: Program.objects.filter(_at_level(level)).count(),
            _move_levels,
            _judge_levels,
        ),
    )
