"""The coordinators' windows on pairs: dates, counts and states. No text of a pair, no check-in answer, no reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import admin
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse

import clock
from pairings import rules
from pairings.choices import GoalState
from pairings.conflicts import looks_after
from pairings.models import Agreement, Goal, Meeting, Pairing
from people.models import Person
from privacy.audiences import DESK
from ui.admin import Move, ReadOnlyWindow, day_in_words

UNDER_WAY, BEGINS, RAN, ENDED = "Under way", "Begins soon", "Ran to its last day", "Ended early"
PAUSED = "Paused"


class _Counted(Subquery):
    """A number about the rows of one pair, 0 where there are none; a join of several would multiply them."""

    def __init__(self, rows: QuerySet, number: Count | Sum) -> None:
        of_pair = rows.filter(pairing=OuterRef("pk")).order_by().values("pairing").annotate(number=number)
        super().__init__(of_pair.values("number"), output_field=IntegerField())


class PairWindow(ReadOnlyWindow):
    """For coordinators, and only the programs they coordinate."""

    audience = DESK

    def may_see(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and request.user.is_coordinator

    def own(self, request: HttpRequest) -> QuerySet[Pairing]:
        if not isinstance(request.user, Person):
            return Pairing.objects.none()
        return Pairing.objects.coordinated_by(request.user)


@admin.register(Pairing)
class PairingWindow(PairWindow):
    lead = (
        "Pairs of the programs you coordinate: both sides, dates and counts. What they agreed, aim for and talk about "
        "is theirs alone."
    )
    list_display = (
        "pair", "program", "started_on", "last_day", "state", "agreement_signed", "meetings_held", "minutes_together",
        "goals_of_the_pair",
    )  # fmt: skip
    list_display_links = ("pair",)
    list_filter = (("program", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("mentor__person__sort_name", "mentee__person__sort_name")
    search_help_text = "Search by name."
    fields = (
        "mentor_person", "mentee_person", "program", "started_on", "last_day", "state", "paused_from", "back_on",
        "agreement_signed", "meetings_held", "minutes_together", "goals_set", "goals_met",
    )  # fmt: skip
    readonly_fields = fields

    def heading(self, obj: Pairing) -> str:
        return in_words(obj)

    def moves(self, request: HttpRequest, obj: Pairing) -> Sequence[Move]:
        if not isinstance(request.user, Person) or not looks_after(request.user, obj):
            return ()
        if not rules.is_attended(obj, on=clock.today(request.user.zone)):
            return ()
        return [Move("Pause this pair", url=reverse("pairings:pause_at_desk", args=[obj.pk]), by_post=False)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pairing]:
        rows: QuerySet[Pairing] = super().get_queryset(request)
        on = clock.today(request.user.zone) if isinstance(request.user, Person) else date.max
        both_signed = Agreement.objects.exclude(mentor_signed_at=None).exclude(mentee_signed_at=None)
        goals = Goal.objects.exclude(state=GoalState.DROPPED)
        return (
            rows.filter(pk__in=self.own(request).values("pk"))
            .select_related("program", "mentor__person", "mentee__person")
            .annotate(
                shown_state=Case(
                    When(ended_on__lt=F("runs_until"), then=Value(ENDED)),
                    When(Q(ended_on__isnull=False) | Q(runs_until__lt=on), then=Value(RAN)),
                    When(started_on__gt=on, then=Value(BEGINS)),
                    When(paused_from__lte=on, back_on__gt=on, then=Value(PAUSED)),
                    default=Value(UNDER_WAY),
                    output_field=CharField(),
                ),
                shown_signed=Exists(both_signed.filter(pairing=OuterRef("pk"))),
                shown_meetings=Coalesce(_Counted(Meeting.objects.all(), Count("pk")), 0),
                shown_minutes=Coalesce(_Counted(Meeting.objects.all(), Sum("minutes")), 0),
                shown_goals=Coalesce(_Counted(goals, Count("pk")), 0),
                shown_met=Coalesce(_Counted(goals.filter(state=GoalState.MET), Count("pk")), 0),
            )
        )

    @admin.display(description="pair", ordering="mentor__person__sort_name")
    def pair(self, row: Pairing) -> str:
        return in_words(row)

    @admin.display(description="mentor")
    def mentor_person(self, row: Pairing) -> str:
        return f"{row.mentor.person}, {row.mentor.person.job_title}".rstrip(", ")

    @admin.display(description="mentee")
    def mentee_person(self, row: Pairing) -> str:
        return f"{row.mentee.person}, {row.mentee.person.job_title}".rstrip(", ")

    @admin.display(description="last day")
    def last_day(self, row: Pairing) -> str:
        return day_in_words(row.last_day)

    @admin.display(description="state", ordering="shown_state")
    def state(self, row: Model) -> str:
        return str(getattr(row, "shown_state", ""))

    @admin.display(description="agreement", ordering="shown_signed")
    def agreement_signed(self, row: Model) -> str:
        return "Signed" if getattr(row, "shown_signed", False) else "Not yet"

    @admin.display(description="meetings", ordering="shown_meetings")
    def meetings_held(self, row: Model) -> int:
        return int(getattr(row, "shown_meetings", 0))

    @admin.display(description="minutes", ordering="shown_minutes")
    def minutes_together(self, row: Model) -> int:
        return int(getattr(row, "shown_minutes", 0))

    @admin.display(description="goals met", ordering="shown_met")
    def goals_of_the_pair(self, row: Model) -> str:
        return f"{self.goals_met(row)} of {self.goals_set(row)}" if self.goals_set(row) else "None set"

    @admin.display(description="goals", ordering="shown_goals")
    def goals_set(self, row: Model) -> int:
        return int(getattr(row, "shown_goals", 0))

    @admin.display(description="goals met", ordering="shown_met")
    def goals_met(self, row: Model) -> int:
        return int(getattr(row, "shown_met", 0))


@admin.register(Meeting)
class MeetingWindow(PairWindow):
    lead = "When the pairs you coordinate met, for how long and how. What they talked about is theirs alone."
    list_display = ("held_on", "pair", "program", "minutes", "kind", "way")
    list_display_links = ("held_on",)
    list_filter = (("pairing__program", admin.RelatedOnlyFieldListFilter), "kind", "way")
    search_fields = ("pairing__mentor__person__sort_name", "pairing__mentee__person__sort_name")
    search_help_text = "Search by name."
    ordering = ("-held_on", "pk")
    fields = ("held_on", "pair", "program", "minutes", "kind", "way")
    readonly_fields = fields

    def heading(self, obj: Meeting) -> str:
        return f"{in_words(obj.pairing)}, {day_in_words(obj.held_on)}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        rows: QuerySet[Meeting] = super().get_queryset(request)
        # The sealed text does not even leave the database for this page.
        return (
            rows.filter(pairing__in=self.own(request).values("pk"))
            .select_related("pairing__program", "pairing__mentor__person", "pairing__mentee__person")
            .defer("topics")
        )

    @admin.display(description="pair", ordering="pairing__mentor__person__sort_name")
    def pair(self, row: Meeting) -> str:
        return in_words(row.pairing)

    @admin.display(description="program", ordering="pairing__program__name")
    def program(self, row: Meeting) -> str:
        return str(row.pairing.program)


def in_words(pairing: Pairing) -> str:
    """The mentor first, always."""
    return f"{pairing.mentor.person} and {pairing.mentee.person}"
