"""Where coordinators write a survey, open it, and see how many have answered; never what anybody answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

import clock
from people.models import Person
from programs.models import Program
from surveys import actions, queries, rules
from surveys.choices import SurveyKind
from surveys.models import Question, Survey
from surveys.question_forms import FIRST, FOLDED, QuestionForm, QuestionRows
from surveys.templates import TEMPLATES
from ui.admin import DeskInline, DeskModelAdmin, Move

SUGGESTED = timedelta(days=14)
"""How long a survey is open, unless a coordinator says otherwise."""


class QuestionInline(DeskInline):
    model = Question
    form = QuestionForm  # type: ignore[misc, unused-ignore]
    formset = QuestionRows
    lead = (
        "Leave this empty to begin with our questions. They can be changed until the survey is opened. Two empty rows "
        "wait at the end; save to get two more."
    )
    fieldsets = (
        (None, {"fields": FIRST}),
        ("For whom, when, and the ends of a scale", {"fields": FOLDED, "classes": ("collapse",)}),
    )

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj is None else 2

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is not None and obj.is_opened:
            self.lead = "They no longer change, so that every answer means the same."
        return super().get_formset(request, obj, **kwargs)


@admin.register(Survey)
class SurveyAdmin(DeskModelAdmin):
    lead = "A survey is anonymous. You see how many have answered, and the results in groups once it has closed."
    list_display = ("title", "program", "kind", "opens_on", "closes_on", "state")
    list_filter = (("program", admin.RelatedOnlyFieldListFilter), "kind")
    list_select_related = ("program",)
    fields = ("program", "kind", "title", "introduction", "opens_on", "closes_on")
    inlines = (QuestionInline,)

    def may_see(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and request.user.is_coordinator

    def may_add(self, request: HttpRequest) -> bool:
        return True

    def may_change(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or not obj.is_opened

    def get_queryset(self, request: HttpRequest) -> QuerySet[Survey]:
        surveys: QuerySet[Survey] = super().get_queryset(request)
        if not isinstance(request.user, Person):
            return surveys.none()
        mine = Survey.objects.coordinated_by(request.user).values("pk")
        return surveys.filter(pk__in=mine)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.fields, "returns") if obj is not None and obj.is_opened else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("returns",) if obj is not None and obj.is_opened else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A link to this form may name the kind; title, introduction and two weeks from today follow from it."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if initial.get("kind") in SurveyKind.values:
            template = TEMPLATES[SurveyKind(initial["kind"])]
            today = clock.today(request.user.zone)  # type: ignore[union-attr]
            suggested = {
                "title": template.title, "introduction": template.introduction,
                "opens_on": today, "closes_on": today + SUGGESTED,
            }  # fmt: skip
            initial = {**suggested, **initial}
        return initial

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "program" and isinstance(request.user, Person):
            kwargs["queryset"] = Program.objects.coordinated_by(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not form.instance.questions.exists():
            actions.put_our_questions(form.instance)
            messages.info(request, "We put our questions into the survey. Change them as you like, then open it.")

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and object_id is not None:
            survey = self.get_object(request, object_id)
            if survey is not None and survey.is_opened:
                messages.error(request, rules.QuestionsFrozen().messages[0])
                return redirect("admin:surveys_survey_change", survey.pk)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def moves(self, request: HttpRequest, obj: Any) -> Sequence[Move]:
        if not obj.is_opened:
            today = clock.today(request.user.zone)  # type: ignore[union-attr]
            return (
                Move(
                    "Open the survey",
                    reverse("admin:surveys_survey_open", args=[obj.pk]),
                    says=f"{_whom(obj, today)} The questions no longer change.",
                    why_not="" if obj.questions.exists() else rules.NoQuestions().messages[0],
                    look="primary",
                ),
            )
        today = clock.today(request.user.zone)  # type: ignore[union-attr]
        closing = (
            Move(
                "Close it today",
                reverse("admin:surveys_survey_close", args=[obj.pk]),
                says=f"It is open until {obj.closes_on:%-d %B %Y}. Nobody who is answering loses anything.",
            ),
        )
        return (
            *(closing if rules.is_open(obj, on=today) and obj.closes_on > today else ()),
            Move("See the results", reverse("surveys:results", args=[obj.pk]), by_post=False,
                 says=f"They are shown from {obj.results_on:%-d %B %Y} on, in groups of five or more."),
        )  # fmt: skip

    def get_urls(self) -> list[Any]:
        opening: Callable[..., HttpResponse] = self.admin_site.admin_view(require_POST(self.open_view))
        closing: Callable[..., HttpResponse] = self.admin_site.admin_view(require_POST(self.close_view))
        return [
            path("<int:survey_id>/open/", opening, name="surveys_survey_open"),
            path("<int:survey_id>/close/", closing, name="surveys_survey_close"),
            *super().get_urls(),
        ]

    def open_view(self, request: HttpRequest, survey_id: int) -> HttpResponse:
        def move(survey: Survey, by: Person) -> str:
            invitations = actions.open_survey(survey, by=by, at=clock.now())
            return f"The survey is opened. {len(invitations)} people are asked."

        return self._moved(request, survey_id, move)

    def close_view(self, request: HttpRequest, survey_id: int) -> HttpResponse:
        def move(survey: Survey, by: Person) -> str:
            closed = actions.close_today(survey, by=by, at=clock.now())
            return f"The survey closes at the end of today. Results are shown from {closed.results_on:%-d %B %Y} on."

        return self._moved(request, survey_id, move)

    def _moved(self, request: HttpRequest, survey_id: int, move: Callable[[Survey, Person], str]) -> HttpResponse:
        if not self.may_see(request) or not isinstance(request.user, Person):
            raise Http404
        survey = get_object_or_404(self.get_queryset(request), pk=survey_id)
        try:
            messages.success(request, move(survey, request.user))
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
        return redirect("admin:surveys_survey_change", survey.pk)

    @admin.display(description="state")
    def state(self, survey: Survey) -> str:
        if not survey.is_opened:
            return "Being written"
        today = clock.now().date()  # in UTC: near enough for one word in a list
        if rules.is_open(survey, on=today):
            return "Open"
        return "Opens later" if today < survey.opens_on else "Closed"

    @admin.display(description="answered so far")
    def returns(self, survey: Survey) -> str:
        counted = queries.returns(survey)
        return f"{counted.answered} of {counted.asked} people"


def _whom(survey: Survey, today: date) -> str:
    people = len(queries.people_to_ask(survey, on=today))
    if survey.kind != SurveyKind.INTEREST:
        return f"{people:,} people who take part with a pair are asked."
    if people > rules.MOST_ASKED:
        return f"{rules.MOST_ASKED:,} of the {people:,} people who may take part are asked, chosen at random."
    return f"{people:,} people who may take part are asked."
