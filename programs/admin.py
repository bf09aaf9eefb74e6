"""The coordinators' desk for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

import clock
from people.models import Person
from people.requests import me
from privacy.audiences import COLLEAGUES, COORDINATORS_OF_ALL, DESK
from programs import actions, ahead, documents, queries, reminders, rules
from programs.choices import BEFORE_ENROLMENT, LEARNED_IN, About, Duty, Stage
from programs.forms import (
    AREA_FIELDS,
    COUNT,
    IMPORTANCE_FIELDS,
    NAMED,
    RULE_FIELDS,
    CoordinatorForm,
    DutyForm,
    DutyRows,
    NewTemplateForm,
    ObjectiveForm,
    ObjectiveRows,
    ProgramForm,
    QuestionForm,
    QuestionRows,
    RulesForm,
    TemplateFileForm,
    TemplateForm,
)
from programs.models import Learning, Objective, Program, ProgramDuty, ProgramQuestion, ProgramTemplate
from programs.saying_desk import SayingDesk
from ui.admin import DeskInline, DeskModelAdmin, Move
from ui.forms import REFUSED, refusals_shown_on, render_form

LEADS = {
    Stage.DRAFT: "A draft. Only the people named below know of it.",
    Stage.INTEREST: "Before enrolment you ask people whether they would take part. Nobody can volunteer yet.",
    Stage.ENROLMENT: "Enrolment is open. Changed rules count for everyone who volunteers from now on.",
    Stage.MATCHING: "Pairs are being searched. Changed rules count from the next search on.",
    Stage.RUNNING: "Pairs meet. Those under way keep the end they were opened with.",
    Stage.REVIEW: "The review. No new pairs are made.",
    Stage.CLOSED: "Closed. It is kept to read.",
}

RULE_PARTS = ("Who may take part", "Rules for a pair", "Pilot")
FORM_ONLY = ("never_in_line", "mark", "topics", "new_topics", "charter_note", *AREA_FIELDS, *IMPORTANCE_FIELDS)


FILE = "configuration"
"""The name of the file field of the import."""


class ObjectiveInline(DeskInline):
    model = Objective
    form = ObjectiveForm
    formset = ObjectiveRows
    lead = "What the program wants to reach. Dashboards show these against what was reached, in groups of five or more."

    def get_extra(self, request: HttpRequest, obj: Program | None = None, **kwargs: Any) -> int:
        return max(self.extra, len(beginning_of(request).objectives) if obj is None else 0)


class QuestionInline(DeskInline):
    model = ProgramQuestion
    form = QuestionForm
    formset = QuestionRows
    lead = (
        "Asked beside the profile, of whoever volunteers here. The person reads the answers, and coordinators who do "
        "not take part; no partner does. Ask for nothing that you would not look at."
    )

    def get_extra(self, request: HttpRequest, obj: Program | None = None, **kwargs: Any) -> int:
        return max(self.extra, len(beginning_of(request).questions) if obj is None else 0)


DUTIES_ASKED_FOR = (Duty.SUPERVISOR, Duty.SPONSOR)
"""A new program has a row for each of them ready: only the person has to be named."""


class DutyInline(DeskInline):
    model = ProgramDuty
    form = DutyForm
    formset = DutyRows
    lead = (
        "Whoever adds a program is its first coordinator. "
        "A supervisor is somebody to turn to in difficulty, also from outside HR."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgramDuty]:
        rows: QuerySet[ProgramDuty] = super().get_queryset(request)
        return rows.select_related("person")

    def get_extra(self, request: HttpRequest, obj: Program | None = None, **kwargs: Any) -> int:
        return max(self.extra, len(DUTIES_ASKED_FOR) if obj is None else 0)


@admin.register(Program)
class ProgramAdmin(SayingDesk):
    form = ProgramForm
    inlines = (ObjectiveInline, QuestionInline, DutyInline)
    readonly_fields = ("what_counts",)
    list_display = ("name", "stage", "purpose", "starts_on", "ends_on")
    list_filter = ("stage",)
    search_fields = ("name",)
    lead = "A new program begins as a draft. You are its first coordinator."
    audience = DESK
    audiences = {"name": COLLEAGUES, "description": COLLEAGUES, "charter": COLLEAGUES}
    fieldsets = (
        ("The basics", {"fields": ("name", "purpose", "description", "starts_on", "ends_on", "mark")}),
        (
            RULE_PARTS[0],
            {
                "fields": ("mentor_highest_level", "mentor_months_here", "mentee_lowest_level"),
                "description": "Mentors are less senior than the people they mentor.",
            },
        ),
        (
            RULE_PARTS[1],
            {
                "fields": ("never_in_line", "different_function", "different_line_of_business", "level_gap"),
                "description": "Hard rules are never broken, neither by a search nor by hand.",
            },
        ),
        (
            "What makes a good pair",
            {
                "fields": (*IMPORTANCE_FIELDS, "what_counts"),
                "classes": ("uw-lines",),
                "description": "Among the pairs that the rules allow, a search prefers those that fit better. “Must” "
                "allows no pair without it.",
            },
        ),
        (
            RULE_PARTS[2],
            {
                "fields": ("is_pilot", *AREA_FIELDS, "most_mentors", "most_mentees", "most_people"),
                "description": "Leave all of this empty unless the program is a first try.",
            },
        ),
        (
            "Guidelines",
            {
                "fields": (
                    "topics",
                    "new_topics",
                    "term_weeks",
                    "meet_every_days",
                    "meeting_minutes",
                    "reciprocal_every",
                    "recused_months",
                    "kept_days",
                    "out_of_bounds",
                    "references_asked",
                    "asks_line_managers",
                    "wish_lists",
                ),
                "description": "A rhythm that guides. Pairs agree on their own within it.",
            },
        ),
        ("The charter", {"fields": ("charter", "charter_note")}),
        (
            "Words for the two sides",
            {
                "fields": ("mentor_word", "mentor_words", "mentee_word", "mentee_words"),
                "description": "Everybody who takes part reads these, in pages and mail. Here and in the guidance they "
                "are called mentor and mentee.",
            },
        ),
        (
            "Before a pair starts",
            {
                "fields": ("required_of_mentors", "required_of_mentees"),
                "description": "Whoever has not read these is not matched. Pairs under way go on. Somebody who has "
                "read an older version of a text has read it.",
            },
        ),
        (
            "Reminders",
            {
                "fields": (
                    "proposal_days",
                    "proposal_reminder_days",
                    "first_check_in_days",
                    "check_in_every_days",
                    "end_prompt_days",
                    "nudges_quiet_pairs",
                    "weekly_digest",
                    *reminders.BY_NAME,
                ),
                "description": "Numbers of days, with commas between. Sent in the morning where the person is: what "
                "may wait in one message on a working day, what cannot wait by itself, and nothing to somebody who "
                "is done. Other days hold for what begins from now on; an empty field also stops what is on its way.",
            },
        ),
    )

    # Who

    def may_see(self, request: HttpRequest) -> bool:
        person = request.user
        return isinstance(person, Person) and (person.is_coordinator or person.is_administrator)

    def may_add(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and request.user.is_coordinator

    def may_change(self, request: HttpRequest, obj: Program | None = None) -> bool:
        person = request.user
        if not isinstance(person, Person) or not person.is_coordinator:
            return False
        return obj is None or (obj.stage != Stage.CLOSED and obj.pk in self._coordinated(request, person))

    def _coordinated(self, request: HttpRequest, person: Person) -> frozenset[int]:
        """The admin asks dozens of times for one page; the database is asked once."""
        if not hasattr(request, "programs_coordinated"):
            found = Program.objects.coordinated_by(person).values_list("pk", flat=True)
            request.programs_coordinated = frozenset(found)  # type: ignore[attr-defined]
        return request.programs_coordinated  # type: ignore[attr-defined,no-any-return]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Program]:
        person = request.user
        rows: QuerySet[Program] = super().get_queryset(request)
        if not isinstance(person, Person):
            return rows.none()
        seen = Q(pk__in=Program.objects.coordinated_by(person).values("pk")) if person.is_coordinator else Q(pk=None)
        if person.is_administrator:
            seen |= ~Q(stage=Stage.DRAFT)
        return rows.filter(seen).select_related("mentor_highest_level", "mentee_lowest_level")

    # Writing

    def save_model(self, request: HttpRequest, obj: Program, form: ProgramForm, change: bool) -> None:
        if change:
            actions.change_program(
                program=obj,
                charter=form.cleaned_data["charter"],
                note=form.cleaned_data["charter_note"],
                topics=form.cleaned_data["topics"],
                new_topics=form.cleaned_data["new_topics"],
                areas=form.areas(),
                importances=form.importances(),
                by=me(request),
                at=clock.now(),
            )
        else:
            actions.create_program(
                obj,
                charter=form.cleaned_data["charter"],
                topics=form.cleaned_data["topics"],
                new_topics=form.cleaned_data["new_topics"],
                areas=form.areas(),
                importances=form.importances(),
                grown_from=self._pilot_of(request, None),
                by=me(request),
                at=clock.now(),
            )

    # The page

    def get_fieldsets(self, request: HttpRequest, obj: Program | None = None) -> Any:
        """Readers see what is kept; the sign of what always holds and the mark belong to the form.

        What changed in the charter is asked once somebody may have signed it.
        """
        left_out: tuple[str, ...] = ("what_counts",)
        if obj is None or rules.charter_is_open(obj):
            left_out = ("charter_note", "what_counts")
        if obj is not None and not self.has_change_permission(request, obj):
            left_out = FORM_ONLY
        learned = self._learned(request, obj)
        return [
            (
                name,
                {
                    **options,
                    "fields": [field for field in options["fields"] if field not in left_out],
                    "description": described(str(options.get("description", "")), learned.get(name, [])),
                },
            )
            for name, options in self.fieldsets
        ]

    @admin.display(description="what counts")
    def what_counts(self, program: Program) -> str:
        """For whoever reads the page and changes nothing on it."""
        lines = ((criterion.label, says.label.lower()) for criterion, says in program.importances.items())
        return format_html_join(mark_safe("<br>"), "{}: {}", lines)

    # What was learned in the pilot that a program grows out of

    def _pilot_of(self, request: HttpRequest, obj: Program | None) -> Program | None:
        """Of a program that is added, the one in ``?grow=``, which the form is sent to again."""
        if obj is not None and obj.pk is not None:
            return obj.grown_from if obj.pk in self._coordinated(request, me(request)) else None
        if "grow" not in request.GET:
            return None
        number = request.GET["grow"]
        pilots = queries.reviewed_by(me(request)).filter(is_pilot=True).with_levels()
        pilot: Program | None = pilots.filter(pk=int(number)).first() if is_key(number) else None
        if pilot is None:
            raise Http404
        return pilot

    def _learned(self, request: HttpRequest, obj: Program | None) -> dict[str, list[Learning]]:
        """By the name of the part of the form. The admin asks for its parts several times a page."""
        if not hasattr(request, "programs_learned"):
            pilot = self._pilot_of(request, obj)
            found = queries.learnings(pilot) if pilot is not None else {}
            request.programs_pilot = pilot  # type: ignore[attr-defined]
            request.programs_learned = {str(about.label): notes for about, notes in found.items()}  # type: ignore[attr-defined]
        return request.programs_learned  # type: ignore[attr-defined,no-any-return]

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "eligibility/", self.admin_site.admin_view(self.eligibility_view), name="programs_program_eligibility"
            ),
            path(
                "<int:object_id>/save-as-template/",
                self.admin_site.admin_view(self.save_as_template_view),
                name="programs_program_save_as_template",
            ),
            path("import/", self.admin_site.admin_view(self.import_view), name="programs_program_import"),
            path(
                "<int:object_id>/export/",
                self.admin_site.admin_view(self.export_view),
                name="programs_program_export",
            ),
            path(
                "<int:object_id>/coordinator/",
                self.admin_site.admin_view(self.coordinator_view),
                name="programs_program_coordinator",
            ),
            path(
                "<int:object_id>/reminders/",
                self.admin_site.admin_view(self.reminders_view),
                name="programs_program_reminders",
            ),
            path(
                "<int:object_id>/move/<slug:stage>/",
                self.admin_site.admin_view(self.move_view),
                name="programs_program_move",
            ),
            *self.saying_urls(),
            *super().get_urls(),
        ]

    def moves(self, request: HttpRequest, obj: Program) -> Sequence[Move]:
        today = clock.today(me(request).zone)
        if self._may_name_coordinator(request, obj):
            url = reverse("admin:programs_program_coordinator", args=[obj.pk])
            says = "Nobody who works here coordinates this program any more. Without somebody nothing in it changes."
            return [Move("Name a coordinator", url=url, says=says, look="primary", by_post=False)]
        if not self.has_change_permission(request, obj):
            return ()
        return [
            Move(
                label=step.verb,
                url=reverse("admin:programs_program_move", args=[obj.pk, step.target]),
                says=step.then,
                why_not=" ".join(rules.missing_for(obj, step.target, on=today)),
                look="quiet" if step.back else "primary",
            )
            for step in rules.steps_from(obj.stage)
        ]

    def beside(self, request: HttpRequest, obj: Program | None) -> Mapping[str, Any]:
        told: dict[str, Any] = {"count_name": COUNT, "rule_parts": RULE_PARTS}
        learned = self._learned(request, obj)
        told["grown_from"] = getattr(request, "programs_pilot", None)
        told["learned"] = [
            (about.label, learned.get(str(about.label), [])) for about in (About.GENERAL, About.OBJECTIVES)
        ]
        if obj is None:
            told |= {
                "shipped": documents.shipped(),
                "kept": queries.templates_on_offer(),
                "left_out": beginning_of(request).left_out,
                "is_filled_in": bool(beginning_of(request).initial),
                "file_name": FILE,
                "file_refused": getattr(request, "programs_file_refused", ()),
            }
        if obj is not None and obj.pk is not None:
            stage = Stage(obj.stage)
            told |= {"lead": LEADS[stage], "stage": stage.label, "is_before_enrolment": stage in BEFORE_ENROLMENT}
            told["asks_for_interest"] = stage == Stage.INTEREST and self.has_change_permission(request, obj)
            told["is_coordinator_here"] = obj.pk in self._coordinated(request, me(request))
            told["is_reviewed"] = stage in LEARNED_IN and obj.pk in self._coordinated(request, me(request))
        if request.method == "POST":
            return told | self._counted(request, RulesForm(request.POST))
        if obj is not None:
            return told | {"eligibility": queries.eligibility(obj, on=clock.today(me(request).zone))}
        return told

    def _counted(self, request: HttpRequest, form: RulesForm) -> dict[str, Any]:
        """Who is eligible by the rules as they stand on the page, or which answers are missing to say so."""
        if not form.is_valid():
            missing = [str(form.fields[name].label) for name in RULE_FIELDS if name in form.errors]
            return {"eligibility": None, "uncountable": missing}
        return {"eligibility": queries.eligibility(form.program(), on=clock.today(me(request).zone))}

    # A form that begins with what another program, a template or a file says; nothing is saved by beginning

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return beginning_of(request).initial

    def get_formset_kwargs(self, request: HttpRequest, obj: Program, inline: Any, prefix: str) -> dict[str, Any]:
        asked: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if inline.model is Objective and obj._state.adding and request.method == "GET":
            asked["initial"] = beginning_of(request).objectives
        if inline.model is ProgramQuestion and obj._state.adding and request.method == "GET":
            asked["initial"] = beginning_of(request).questions
        if inline.model is ProgramDuty and obj._state.adding:
            # Also when it is sent: a row whose duty alone is filled in, and by us, is an empty row.
            asked["initial"] = [{"duty": duty} for duty in DUTIES_ASKED_FOR]
        return asked

    def response_post_save_add(self, request: HttpRequest, obj: Program) -> HttpResponseRedirect:
        """The page of the new program, which says what comes next, and not the list of all of them."""
        return redirect("admin:programs_program_change", obj.pk)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "GET" and self.has_add_permission(request) and not hasattr(request, "programs_beginning"):
            try:
                self._begin(request)
            except documents.DocumentRefused as refusal:
                request.programs_beginning = documents.Beginning()  # type: ignore[attr-defined]
                request.programs_file_refused = refusal.messages  # type: ignore[attr-defined]
        address = reverse("admin:programs_program_add")
        if self.has_add_permission(request) and (pilot := self._pilot_of(request, None)) is not None:
            address = f"{address}?grow={pilot.pk}"
        response = super().add_view(request, form_url or address, extra_context)
        if getattr(request, "programs_file_refused", ()):
            response.status_code = REFUSED
        return response

    def _begin(self, request: HttpRequest) -> None:
        """From ``?template=``, ``?kept=``, ``?copy=``, ``?soft=`` or ``?grow=``, and ``?starts_on=`` if it is known."""
        template, kept, copied, soft = (request.GET.get(name) for name in ("template", "kept", "copy", "soft"))
        if template is not None:
            document = documents.shipped().get(template)
        elif kept is not None:
            document = self._kept(kept)
        elif copied is not None:
            source = self._named(request, copied)
            document = documents.document_of(source) if source is not None else None
        elif soft is not None:
            source = self._named(request, soft)
            document = documents.soft_launch(documents.document_of(source)) if source is not None else None
        elif (pilot := self._pilot_of(request, None)) is not None:
            document = documents.without_limits(documents.document_of(pilot))
        else:
            return
        if document is None:
            raise Http404
        document = documents.without_occasion(document)
        if (starts_on := _day(request.GET.get("starts_on", ""))) is not None:
            document["starts_on"] = starts_on
        self._begin_with(request, document)

    def _begin_with(self, request: HttpRequest, document: documents.Document) -> None:
        today = clock.today(me(request).zone)
        request.programs_beginning = documents.beginning(document, starts_on=today)  # type: ignore[attr-defined]

    def _named(self, request: HttpRequest, number: str) -> Program | None:
        return self.get_queryset(request).filter(pk=int(number)).first() if is_key(number) else None

    def _kept(self, number: str) -> documents.Document | None:
        """None where there is no such template on offer, and where it was kept for an earlier Upwell: its card says so
        and leads nowhere."""
        found = ProgramTemplate.objects.on_offer().filter(pk=int(number)).first() if is_key(number) else None
        try:
            return documents.remembered(found) if found is not None else None
        except documents.DocumentRefused:
            return None

    def save_as_template_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """What the program is set up to do, kept for others; the page asks for a name and when to use it."""
        program = self.get_queryset(request).filter(pk=object_id).first()
        if request.method not in ("GET", "POST") or program is None or not self.has_add_permission(request):
            raise Http404
        form = NewTemplateForm(request.POST if request.method == "POST" else None, initial={"name": program.name})
        if form.is_valid():
            with refusals_shown_on(form):
                kept = actions.keep_template(
                    documents.document_of(program), by=me(request), at=clock.now(), **form.cleaned_data
                )
                messages.success(request, f"Kept. Other coordinators can start from “{kept.name}” now.")
                return redirect("admin:programs_programtemplate_change", kept.pk)
        context = {**self.admin_site.each_context(request), "program": program, "form": form}
        return render_form(request, "admin/programs/program/save_as_template.html", context)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The add form, filled with what the file says. The file itself is kept nowhere."""
        if request.method != "POST" or not self.has_add_permission(request):
            raise Http404
        asked = copy(request)
        asked.method = "GET"
        refused: list[str] = []
        file = request.FILES.get(FILE)
        if file is None:
            refused = ["Choose a file first."]
        else:
            try:
                self._begin_with(asked, documents.read(file.read(documents.LARGEST + 1)))
            except documents.DocumentRefused as refusal:
                refused = refusal.messages
        if refused:
            asked.programs_beginning = documents.Beginning()  # type: ignore[attr-defined]
            asked.programs_file_refused = refused  # type: ignore[attr-defined]
        return self.add_view(asked)

    def _may_name_coordinator(self, request: HttpRequest, program: Program) -> bool:
        """For administrators, who change nothing else in it."""
        person = me(request)
        return person.is_administrator and not rules.has_a_coordinator(program, on=clock.today(person.zone))

    def coordinator_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Somebody for a program whose coordinators have all left it."""
        program = self.get_queryset(request).filter(pk=object_id).first()
        if request.method not in ("GET", "POST") or program is None or not self._may_name_coordinator(request, program):
            raise Http404
        form = CoordinatorForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            with refusals_shown_on(form):
                named = form.cleaned_data["person"]
                actions.name_coordinator(program, person=named, by=me(request), at=clock.now())
                messages.success(request, f"{named.name} coordinates {program} now, and can name others.")
                return redirect("admin:programs_program_change", program.pk)
        context = {**self.admin_site.each_context(request), "program": program, "form": form}
        return render_form(request, "admin/programs/program/coordinator.html", context)

    def reminders_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """What would be sent to whom in the days ahead; for coordinators of the program alone."""
        person = me(request)
        program = self.get_queryset(request).filter(pk=object_id).first()
        if request.method != "GET" or program is None or not rules.coordinates(person, program):
            raise Http404
        days = ahead.reminders_ahead(program, person, at=clock.now())
        context = {**self.admin_site.each_context(request), "program": program, "days": days}
        return render(request, "admin/programs/program/reminders.html", context)

    def export_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        program = self.get_queryset(request).filter(pk=object_id).first()
        if request.method != "GET" or program is None or not self.may_see(request):
            raise Http404
        name = documents.file_name_of(program)
        return HttpResponse(
            documents.written(documents.document_of(program)),
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def eligibility_view(self, request: HttpRequest) -> HttpResponse:
        """The live count. POST, because a form under edit may be long; it changes nothing."""
        if request.method != "POST":
            raise Http404
        if not self.may_add(request):
            raise Http404
        return render(
            request, "admin/programs/program/_eligibility.html", self._counted(request, RulesForm(request.POST))
        )

    def move_view(self, request: HttpRequest, object_id: int, stage: str) -> HttpResponse:
        program = self.get_queryset(request).filter(pk=object_id).first()
        if request.method != "POST" or program is None or stage not in Stage.values:
            raise Http404
        if not self.may_change(request, program):
            raise Http404
        try:
            actions.move_to(program, stage=stage, by=me(request), at=clock.now())
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
        else:
            messages.success(request, f"{program} is now at the stage “{program.get_stage_display()}”.")
        return redirect("admin:programs_program_change", program.pk)


def described(lead: str, notes: Sequence[Learning]) -> str:
    """What a part of the form is about, and what the pilot taught about it."""
    learned = format_html_join("", "<br><b>Learned in the pilot:</b> {}", ((note.words,) for note in notes))
    return format_html("{}{}", lead, learned) if notes else lead


def is_key(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 10


def beginning_of(request: HttpRequest) -> documents.Beginning:
    """What the add form of this request begins with."""
    found: documents.Beginning = getattr(request, "programs_beginning", documents.Beginning())
    return found


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


@admin.register(ProgramTemplate)
class ProgramTemplateAdmin(DeskModelAdmin):
    """Templates belong to the company: every coordinator keeps, names, archives and uses them."""

    form = TemplateForm
    list_display = ("name", "when_to_use", "saved_by", "saved_at", "state")
    list_display_links = ("name",)
    list_select_related = ("saved_by",)
    search_fields = ("name", "when_to_use")
    lead = "A configuration to start programs from. It names no program, no day and no person."
    audience = COORDINATORS_OF_ALL

    def may_see(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and rules.may_keep_templates(request.user)

    def may_add(self, request: HttpRequest) -> bool:
        return True

    def may_change(self, request: HttpRequest, obj: ProgramTemplate | None = None) -> bool:
        return True

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        asked = kwargs if obj is not None else {**kwargs, "form": TemplateFileForm}
        return super().get_form(request, obj, change=change, **asked)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*NAMED, "mark") if obj is not None else ("file", *NAMED)

    def save_model(self, request: HttpRequest, obj: ProgramTemplate, form: Any, change: bool) -> None:
        named = {name: form.cleaned_data[name] for name in NAMED}
        if change:
            actions.change_template(obj, version=form.cleaned_data["mark"], by=me(request), **named)
        else:
            kept = actions.keep_template(form.document, by=me(request), at=clock.now(), **named)
            obj.pk, obj.name = kept.pk, kept.name

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:object_id>/{verb}/",
                self.admin_site.admin_view(view),
                name=f"programs_programtemplate_{verb}",
            )
            for verb, view in (
                ("export", self.export_view),
                ("archive", self.archive_view),
                ("restore", self.restore_view),
            )
        ] + super().get_urls()

    def moves(self, request: HttpRequest, obj: ProgramTemplate) -> Sequence[Move]:
        told = beside_template(obj)
        archived = obj.archived_at is not None
        verb, label = ("restore", "Bring it back") if archived else ("archive", "Archive it")
        return [
            *(
                []
                if archived or told["refused"]
                else [Move("Start a program from it", f"{reverse('admin:programs_program_add')}?kept={obj.pk}",
                           look="primary", by_post=False)]
            ),
            Move("Download it", reverse("admin:programs_programtemplate_export", args=[obj.pk]), by_post=False),
            Move(
                label,
                reverse(f"admin:programs_programtemplate_{verb}", args=[obj.pk]),
                says="" if archived else "Nobody starts from it any more. Programs that did stay as they are.",
            ),
        ]  # fmt: skip

    def beside(self, request: HttpRequest, obj: ProgramTemplate | None) -> Mapping[str, Any]:
        if obj is None:
            return {"lead": "From a file that was downloaded here or from another Upwell."}
        return beside_template(obj)

    def export_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        template = self._seen(request, object_id, "GET")
        name = documents.file_name_of(template)
        return HttpResponse(
            documents.template_written(template),
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def archive_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        template = self._seen(request, object_id, "POST")
        actions.archive_template(template, by=me(request), at=clock.now())
        messages.success(request, f"“{template.name}” is archived.")
        return redirect("admin:programs_programtemplate_change", template.pk)

    def restore_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        template = self._seen(request, object_id, "POST")
        try:
            actions.bring_template_back(template, by=me(request))
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
        else:
            messages.success(request, f"“{template.name}” is back on offer.")
        return redirect("admin:programs_programtemplate_change", template.pk)

    def _seen(self, request: HttpRequest, object_id: int, method: str) -> ProgramTemplate:
        template = self.get_queryset(request).filter(pk=object_id).first()
        if request.method != method or template is None or not self.may_see(request):
            raise Http404
        return template  # type: ignore[no-any-return]

    @admin.display(description="state")
    def state(self, template: ProgramTemplate) -> str:
        return "Archived" if template.archived_at is not None else "On offer"


def beside_template(template: ProgramTemplate) -> dict[str, Any]:
    """What the template sets, as its file says it, and why it cannot be used where it cannot."""
    try:
        documents.remembered(template)
    except documents.DocumentRefused as refusal:
        refused = refusal.messages
    else:
        refused = []
    return {"says": documents.written(documents.in_order(template.document)), "refused": refused}
