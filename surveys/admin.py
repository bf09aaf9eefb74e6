"""Where coordinators write a survey, open it, and see how many have answered; never what anybody answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

import clock
from people.models import Person
from programs.choices import AskedOf
from programs.models import Program
from surveys import actions, queries, releases, rules
from surveys.choices import SurveyKind
from surveys.models import Question, Survey
from surveys.question_forms import FIRST, FOLDED, QuestionForm, QuestionRows, SurveyForm
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
    list_select_related = ("program", "planned_by")
    form = SurveyForm
    fieldsets = (
        (None, {"fields": ("program", "kind", "begin_with", "title", "introduction", "language")}),
        ("Whom it asks", {"fields": ("asks", "asks_side", "sample", "was_drawn")}),
        (
            "When",
            {
                "fields": ("opens_on", "closes_on", "opens_with", "repeats_after_weeks", "returns"),
                "description": "Open it by hand, or plan it: then it opens by itself. If it waits for something other "
                "than a day, it stays open for as many days as lie between the two below.",
            },
        ),
    )
    change_list_template = "surveys/surveys_at_desk.html"
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

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What to begin with is asked once; who has answered, and how chance drew, is known once it is opened."""
        left_out = {"returns", "was_drawn"}
        if obj is not None:
            left_out = {"begin_with"} if obj.is_opened else {"begin_with", "returns", "was_drawn"}
        return [
            (name, {**options, "fields": [each for each in options["fields"] if each not in left_out]})
            for name, options in self.fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("returns", "was_drawn") if obj is not None and obj.is_opened else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A link to this form may name a kind or one of our templates; title, introduction and two weeks follow."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        template = TEMPLATES.get(initial.get("begin_with", "")) or TEMPLATES.get(initial.get("kind", ""))
        if template is not None:
            today = clock.today(request.user.zone)  # type: ignore[union-attr]
            suggested = {
                "kind": template.kind, "title": template.title, "introduction": template.introduction,
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
            chosen = form.cleaned_data.get("begin_with") or form.instance.kind
            actions.put_our_questions(form.instance, chosen)
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
        today = clock.today(request.user.zone)  # type: ignore[union-attr]
        return list(_moves_of_opened(obj, today) if obj.is_opened else _moves_before(obj, today))

    def get_urls(self) -> list[Any]:
        opening: Callable[..., HttpResponse] = self.admin_site.admin_view(require_POST(self.open_view))
        closing: Callable[..., HttpResponse] = self.admin_site.admin_view(require_POST(self.close_view))
        planning: Callable[..., HttpResponse] = self.admin_site.admin_view(require_POST(self.plan_view))
        keeping: Callable[..., HttpResponse] = self.admin_site.admin_view(require_POST(self.keep_view))
        stopping: Callable[..., HttpResponse] = self.admin_site.admin_view(require_POST(self.stop_view))
        templates: Callable[..., HttpResponse] = self.admin_site.admin_view(require_safe(self.templates_view))
        return [
            path("templates/", templates, name="surveys_survey_templates"),
            path("<int:survey_id>/open/", opening, name="surveys_survey_open"),
            path("<int:survey_id>/close/", closing, name="surveys_survey_close"),
            path("<int:survey_id>/plan/", planning, name="surveys_survey_plan"),
            path("<int:survey_id>/keep/", keeping, name="surveys_survey_keep"),
            path("<int:survey_id>/stop/", stopping, name="surveys_survey_stop"),
            *super().get_urls(),
        ]

    def templates_view(self, request: HttpRequest) -> HttpResponse:
        """All that we suggest, question by question, to begin from."""
        if not self.may_see(request):
            raise Http404
        kinds = [(kind, [(name, each) for name, each in TEMPLATES.items() if each.kind == kind]) for kind in SurveyKind]
        return render(
            request, "surveys/templates_at_desk.html", {**self.admin_site.each_context(request), "kinds": kinds}
        )

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

    def plan_view(self, request: HttpRequest, survey_id: int) -> HttpResponse:
        def move(survey: Survey, by: Person) -> str:
            planned = actions.plan_survey(survey, by=by, at=clock.now())
            return f"The survey is planned. {_opens(planned, clock.today(by.zone))}"

        return self._moved(request, survey_id, move)

    def keep_view(self, request: HttpRequest, survey_id: int) -> HttpResponse:
        def move(survey: Survey, by: Person) -> str:
            actions.keep_from_opening(survey, by=by, at=clock.now())
            return "The survey waits until you open it."

        return self._moved(request, survey_id, move)

    def stop_view(self, request: HttpRequest, survey_id: int) -> HttpResponse:
        def move(survey: Survey, by: Person) -> str:
            actions.stop_repeating(survey, by=by, at=clock.now())
            return "No other one is planned after this."

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
        today = clock.now().date()  # in UTC: near enough for one word in a list
        if not survey.is_opened:
            if survey.planned_at is None:
                return "Being written"
            # Why not, its own page says: whom it would be put to is too much to ask for each line of a list.
            return "Planned, and not open though its day has come" if rules.is_due(survey, on=today) else "Planned"
        if rules.is_open(survey, on=today):
            return "Open"
        return "Opens later" if today < survey.opens_on else "Closed"

    @admin.display(description="answered so far")
    def returns(self, survey: Survey) -> str:
        counted = queries.returns(survey)
        return f"{counted.answered} of {counted.asked} people"

    @admin.display(description="drawn by chance")
    def was_drawn(self, survey: Survey) -> str:
        if survey.seed is None:
            return "No: everybody was asked."
        return f"Yes, from the seed {survey.seed}, which our server chose."


def _moves_before(survey: Survey, today: date) -> Iterator[Move]:
    why_not = "" if survey.questions.exists() else rules.NoQuestions().messages[0]
    yield Move(
        "Open the survey",
        reverse("admin:surveys_survey_open", args=[survey.pk]),
        says=f"{_whom(survey, today)} The questions no longer change.",
        why_not=why_not,
        look="primary",
    )
    yield from _looks(survey)
    if survey.planned_at is None:
        says = f"{_opens(survey, today)} You can change it until then."
        yield Move(
            "Let it open by itself", reverse("admin:surveys_survey_plan", args=[survey.pk]), says=says, why_not=why_not
        )
    else:
        hindered = queries.why_not_opened(survey, on=today)
        says = f"It cannot open yet. {hindered}" if hindered else f"It is planned. {_opens(survey, today)}"
        yield Move("Keep it from opening", reverse("admin:surveys_survey_keep", args=[survey.pk]), says=says)


def _moves_of_opened(survey: Survey, today: date) -> Iterator[Move]:
    enough = releases.in_people()["enough"]
    if rules.is_open(survey, on=today) and survey.closes_on > today:
        yield Move(
            "Close it today",
            reverse("admin:surveys_survey_close", args=[survey.pk]),
            says=f"It is open until {survey.closes_on:%-d %B %Y}. Nobody who is answering loses anything.",
        )
    if survey.repeats_after_weeks and not hasattr(survey, "followed_by"):
        again = survey.opens_on + timedelta(weeks=survey.repeats_after_weeks)
        yield Move(
            "Let this be the last one",
            reverse("admin:surveys_survey_stop", args=[survey.pk]),
            says=f"The same questions are planned again for {again:%-d %B %Y}.",
        )
    yield from _looks(survey)
    yield Move(
        "See the results",
        reverse("surveys:results", args=[survey.pk]),
        by_post=False,
        says=f"Shown from {survey.results_on:%-d %B %Y} on, in groups of {enough} or more.",
    )


def _looks(survey: Survey) -> Iterator[Move]:
    yield Move(
        "Preview it", reverse("surveys:preview", args=[survey.pk, "mentor"]), by_post=False,
        says="Page by page, as either side or as somebody who is not asked. Nothing is stored.",
    )  # fmt: skip
    yield Move(
        "Languages", reverse("surveys:languages", args=[survey.pk]), by_post=False,
        says="In which it can be read, and how far it is translated.",
    )  # fmt: skip


def _opens(survey: Survey, today: date) -> str:
    day = rules.opening_day(survey, on=today)
    if day is None:
        return "It opens once the program is in review."
    day = max(day, today)
    return f"It opens on {day:%-d %B %Y}, and closes on {rules.closing_day(survey, day):%-d %B %Y}."


def _whom(survey: Survey, today: date) -> str:
    people, who = len(queries.people_to_ask(survey, on=today)), survey.whom.label
    if survey.asks_side != AskedOf.BOTH:
        who += f", on the side of {AskedOf(survey.asks_side).label.lower()},"
    most = survey.sample or rules.most_asked(survey, people)
    if people > most:
        return f"{who} can be asked: {most:,} of {people:,} are, chosen at random."
    return f"{who} is asked: {people:,} today."
