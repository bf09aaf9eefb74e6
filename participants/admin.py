"""The coordinators' window on who takes part. Nothing here is sealed text, and nobody who withdrew is listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from django.contrib import admin
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

import clock
from participants import profiles, queries
from participants.choices import Relation
from participants.models import Participation, ParticipationQuerySet, something_unread
from people.models import Person
from privacy.audiences import DESK
from programs.choices import Side
from ui.admin import ReadOnlyWindow, day_in_words

READ_FROM: Mapping[str, str] = {
    "charter": "charter_signed_at", "line_manager": "charter_signed_at", "training": "charter_signed_at",
    "required": "charter_signed_at",
    "offers": "offered", "would_like_to_learn": "wanted", "talks": "languages", "people_at_a_time": "places",
    "hours_a_month": "hours_a_month", "number_one": "number_one", "own_questions": "answers",
}  # fmt: skip
"""What of a profile each line of the page shows."""


def relation_to(row: Participation) -> Relation:
    """Of the coordinator who reads this row of the window to its person."""
    return Relation.PROPOSED if getattr(row, "to_a_candidate", False) else Relation.COORDINATOR


@admin.register(Participation)
class ParticipationWindow(ReadOnlyWindow):
    lead = "Who takes part in the programs you coordinate. People change their own profiles; you read them here."
    audience = DESK
    empty_value_display = "Not said"
    list_display = ("person", "side", "program", "since", "hours_a_month", "people_at_a_time", "charter", "required")
    list_filter = (("program", admin.RelatedOnlyFieldListFilter), "side")
    list_select_related = ("person", "program")
    search_fields = ("person__sort_name",)
    search_help_text = "Search by name."
    fields = (
        "person", "program", "side", "since", "hours_a_month", "people_at_a_time", "charter", "line_manager",
        "required", "training", "offers", "would_like_to_learn", "talks", "number_one", "own_questions",
    )  # fmt: skip
    readonly_fields = (
        "since", "people_at_a_time", "charter", "line_manager", "required", "training", "offers",
        "would_like_to_learn", "talks", "own_questions",
    )  # fmt: skip

    def may_see(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and request.user.is_coordinator

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participation]:
        rows = cast("ParticipationQuerySet", super().get_queryset(request))
        if not isinstance(request.user, Person):
            return rows.none()
        mine = Participation.objects.coordinated_by(request.user).taking_part().values("pk")
        candidate = Participation.objects.filter(program=OuterRef("program"), person=request.user)
        # The sealed text does not even leave the database for this page.
        return (
            rows.filter(pk__in=mine)
            .with_signatures()
            .defer("not_discussed")
            .annotate(
                to_a_candidate=Exists(candidate) & ~Q(person=request.user),
                lacks_guidance=ExpressionWrapper(something_unread(), output_field=BooleanField()),
            )
        )

    def get_fields(self, request: HttpRequest, obj: Participation | None = None) -> tuple[str, ...]:
        """A coordinator who takes part reads of the others what anybody proposed to them would."""
        if obj is None:
            return self.fields
        seen = profiles.fields_seen(obj, relation_to(obj))
        return tuple(name for name in self.fields if name not in READ_FROM or READ_FROM[name] in seen)

    @admin.display(description="since", ordering="volunteered_at")
    def since(self, row: Participation) -> str:
        return day_in_words(row.volunteered_at.date())

    @admin.display(description="people at a time", ordering="places")
    def people_at_a_time(self, row: Participation) -> int:
        return row.places

    @admin.display(description="charter")
    def charter(self, row: Participation) -> str:
        if "charter_signed_at" not in profiles.fields_seen(row, relation_to(row)):
            return "Not shown to candidates"
        if row.charter_signed_at is not None:
            return "Agreed"
        return "Agreed to a former version" if row.agreed_once_at is not None else "Still open"

    @admin.display(description="line manager")
    def line_manager(self, row: Participation) -> str:
        asked = queries.asked_of_manager(row.program, row.person, on=clock.today(row.person.zone))
        if asked is None:
            return "Not asked"
        if asked.reply is None:
            return "Has not answered"
        return "Gives the time" if asked.gives_the_time else "Wants to talk"

    @admin.display(description="required guidance")
    def required(self, row: Participation) -> str:
        if "charter_signed_at" not in profiles.fields_seen(row, relation_to(row)):
            return "Not shown to candidates"
        if not row.program.requires(Side(row.side)):
            return "None required"
        lacks = getattr(row, "lacks_guidance", True)
        return "Still to read" if lacks else "Read"

    @admin.display(description="guidance read")
    def training(self, row: Participation) -> str:
        return queries.training_as(row.person, Side(row.side)).words

    @admin.display(description="can show")
    def offers(self, row: Participation) -> str:
        return ", ".join(profiles.profile_shown_to(row, relation_to(row)).offered or ()) or self.empty_value_display

    @admin.display(description="would like to learn")
    def would_like_to_learn(self, row: Participation) -> str:
        return ", ".join(profiles.profile_shown_to(row, relation_to(row)).wanted or ()) or self.empty_value_display

    @admin.display(description="talks in")
    def talks(self, row: Participation) -> str:
        return ", ".join(profiles.profile_shown_to(row, relation_to(row)).languages or ()) or self.empty_value_display

    @admin.display(description="answers to the program’s questions")
    def own_questions(self, row: Participation) -> str:
        answers = profiles.profile_shown_to(row, relation_to(row)).answers or ()
        told = format_html_join("", "<p><b>{}</b><br>{}</p>", ((each.question, each.words) for each in answers))
        return told or "None"
