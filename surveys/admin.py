"""Where coordinators write a survey, open it, and see how many have answered; never what anybody answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from surveys.models import Question, Survey
from ui.admin import DeskInline, DeskModelAdmin, Move


class QuestionInline(DeskInline):
    model = Question
    extra = 0
    lead = "Leave this empty to begin with our questions. They can be changed until the survey is opened."
    fields = ("position", "kind", "words", "options", "measure")

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
                    says=f"{len(queries.people_to_ask(obj, on=today))} people who take part with a pair are asked. "
                    "The questions no longer change.",
                    why_not="" if obj.questions.exists() else rules.NoQuestions().messages[0],
                    look="primary",
                ),
            )
        return (
            Move("See the results", reverse("surveys:results", args=[obj.pk]), by_post=False,
                 says=f"They are shown from {obj.results_on:%-d %B %Y} on, in groups of five or more."),
        )  # fmt: skip

    def get_urls(self) -> list[Any]:
        view: Callable[..., HttpResponse] = self.admin_site.admin_view(require_POST(self.open_view))
        return [path("<int:survey_id>/open/", view, name="surveys_survey_open"), *super().get_urls()]

    def open_view(self, request: HttpRequest, survey_id: int) -> HttpResponse:
        if not self.may_see(request) or not isinstance(request.user, Person):
            raise Http404
        survey = get_object_or_404(self.get_queryset(request), pk=survey_id)
        try:
            invitations = actions.open_survey(survey, by=request.user, at=clock.now())
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
        else:
            messages.success(request, f"The survey is opened. {len(invitations)} people are asked.")
        return redirect("admin:surveys_survey_change", survey.pk)

    @admin.display(description="state")
    def state(self, survey: Survey) -> str:
        return "Opened" if survey.is_opened else "Being written"

    @admin.display(description="answered so far")
    def returns(self, survey: Survey) -> str:
        counted = queries.returns(survey)
        return f"{counted.answered} of {counted.asked} people"
