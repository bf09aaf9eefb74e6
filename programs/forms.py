"""What coordinators write about a program."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from operator import itemgetter
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.forms.models import BaseInlineFormSet
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils import timezone

from people.choices import Language
from people.fields import ColleagueField
from people.languages import direction_of
from people.models import Function, LineOfBusiness, Site, Skill
from privacy.audiences import DECLARED, DECLARED_ALONE
from programs import documents, promises, questions, reminders, rules
from programs.choices import PERCENT, ConflictKind, Criterion, Duty, Importance, Side
from programs.models import (
    AREA_KINDS,
    DEFAULT_CHARTER,
    HIGHEST_POSITION,
    LONGEST_BUTTON,
    LONGEST_CHARTER,
    LONGEST_LINE_SAID,
    LONGEST_OPTION,
    LONGEST_TEXT_SAID,
    MOST_OPTIONS,
    Areas,
    Objective,
    Program,
    ProgramDuty,
    ProgramQuestion,
    ProgramTemplate,
)
from programs.sayings import Saying, Words, reasons_against
from programs.training import pieces_for
from ui import widgets
from ui.fields import DaysField, LinesField
from ui.forms import UpwellForm, UpwellModelForm

RULE_FIELDS = (
    "mentor_highest_level",
    "mentor_months_here",
    "mentee_lowest_level",
    "level_gap",
    "different_function",
    "different_line_of_business",
    "is_pilot",
)
"""The answers that decide who is eligible and who may be paired."""

COUNT = "_count"
"""The button that counts who is eligible and keeps everything as it was typed, for browsers without a script."""

AREA_FIELDS = {"functions": Function, "lines_of_business": LineOfBusiness, "sites": Site}
"""Fields of the form for the areas of a pilot, in the order of ``programs.models.AREA_KINDS``."""

CRITERIA_HELP = {
    Criterion.WISHES_MET: "The first wish counts most, and more where the mentor knows clearly more of it.",
    Criterion.WISHES_RETURNED: "The same the other way round.",
    Criterion.LANGUAGE: "Somebody who names none speaks the languages of the directory.",
    Criterion.TIME: "In real time zones. Eight hours a week are enough.",
    Criterion.WAY: "Counts less where one of the two would have to travel.",
    Criterion.SITE: "Somebody without a site is at nobody’s site.",
    Criterion.HOBBIES: "Two are enough.",
    Criterion.BACKGROUND: "Topics both want to learn; two are enough. What people write freely is not read.",
    Criterion.ACROSS: "Counts what the rules above do not ask for anyway.",
    Criterion.PARTNER_WISHES: "Where you give lists of possible partners. Both count alike.",
}
IMPORTANCE_FIELDS = {documents.importance_field(criterion): criterion for criterion in Criterion}

ROWS = {"objectives": "Objectives", "questions": "Questions of the program", "duties": "People of the program"}
"""Rows on the page of a program besides its form, and how the page calls them."""

LONGEST_TOLD = 60

LONGEST_TOPIC = 120
MOST_NEW_TOPICS = 50


def marks_of(program: Program) -> dict[str, str]:
    """For each part of a program's page a mark that changes whenever that part has been saved."""
    columns = [column.name for column in Program._meta.concrete_fields if column.editable and not column.primary_key]
    values = Program.objects.values(*columns).get(pk=program.pk)
    # A form takes blanks from the ends of a text; that changes nothing anybody means.
    parts: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    parts["charter"] = list(program.charter_versions.order_by("pk").values_list("pk"))
    parts["topics"] = list(program.topics.order_by("pk").values_list())
    for row, name in zip(AREA_KINDS, AREA_FIELDS, strict=True):
        parts[name] = sorted(program.pilot_areas.exclude(**{row: None}).values_list(row, flat=True))
    parts |= {documents.importance_field(criterion): says for criterion, says in program.importances.items()}
    for name in ROWS:
        parts[name] = list(getattr(program, name).order_by("pk").values_list())
    return {name: hashlib.sha256(repr(value).encode()).hexdigest()[:8] for name, value in parts.items()}


def mark_of(program: Program) -> str:
    """All of them, as the form brings them back."""
    return " ".join(f"{name}:{mark}" for name, mark in marks_of(program).items())


def changed_meanwhile(program: Program, form: forms.ModelForm, *, mark: str) -> str:
    """Who has saved ``program`` since ``mark`` was taken, and what; empty where nobody has."""
    before = dict(part.partition(":")[::2] for part in mark.split())
    parts = [name for name, now in marks_of(program).items() if before.get(name) != now]
    if not parts:
        return ""
    who = program.changed_by.name if program.changed_by is not None else "Somebody else"
    when = f" on {timezone.localtime(program.changed_at):%-d %B at %H:%M}" if program.changed_at is not None else ""
    what = "; ".join(_told(program, form, name) for name in parts) if before else "all of it"
    return (
        f"{who} has saved this program{when}, since you opened it. Changed meanwhile: {what}. "
        "Nothing of that was overwritten, and what you wrote stands below. Save again to keep yours."
    )


def _told(program: Program, form: forms.ModelForm, name: str) -> str:
    """The label of a part, and what it is now where that is short."""
    if name in ROWS:
        return ROWS[name]
    label = str(form.fields[name].label)
    if name in ("charter", "topics") or name in AREA_FIELDS:
        return label
    if name in IMPORTANCE_FIELDS:
        return f"{label} (now {program.importances[IMPORTANCE_FIELDS[name]].label.lower()})"
    column, value = Program._meta.get_field(name), getattr(program, name)
    if isinstance(value, bool):
        said = "yes" if value else "no"
    elif isinstance(value, list):
        said = ", ".join(str(each) for each in value)
    else:
        said = str(getattr(program, f"get_{column.name}_display", lambda: value)() if value is not None else "empty")
    return f"{label} (now {said})" if 0 < len(said) <= LONGEST_TOLD else label


class KeptAsTyped(UpwellModelForm):
    """While somebody only counts, nothing typed is judged, and nothing is saved."""

    def is_valid(self) -> bool:
        return not only_counting(self) and super().is_valid()

    def full_clean(self) -> None:
        if only_counting(self):
            self._errors = ErrorDict()
            self.cleaned_data = {}
        else:
            super().full_clean()


def only_counting(form: forms.BaseForm | BaseFormSet[Any]) -> bool:
    return form.is_bound and COUNT in form.data


class RequiredPieces(forms.MultipleChoiceField):
    """Pieces of guidance that somebody on this side reads before they can be matched."""

    def __init__(self, *, side: Side, **kwargs: Any) -> None:
        choices = [(piece.name, f"{piece.title} ({piece.reading_time})") for piece in pieces_for(side)]
        super().__init__(choices=choices, widget=widgets.RowsMany, required=False, **kwargs)


class ProgramForm(KeptAsTyped):
    never_in_line = forms.BooleanField(
        label="Never within one reporting line",
        help_text="Always holds, at any depth and in both directions.",
        initial=True, disabled=True, required=False,
    )  # fmt: skip
    proposal_reminder_days = DaysField(
        label="Remind of a proposal after days",
        help_text="Up to five numbers with commas between. Whoever has answered is not reminded.",
        required=False, initial=lambda: [2, 4],
    )  # fmt: skip
    end_prompt_days = DaysField(
        label="Ask about the end this many days before",
        help_text="Up to five numbers with commas between; 0 is the last day. Whoever has decided is not asked again.",
        required=False, initial=lambda: [28, 7, 0],
    )  # fmt: skip
    topics = forms.ModelMultipleChoiceField(
        Skill.objects.all(), widget=widgets.ChipsMany, label="Topics", required=False,
        help_text="What people are asked to offer and to learn. They may choose other skills, too.",
    )  # fmt: skip
    new_topics = forms.CharField(
        label="Topics that are not in the list",
        help_text="One per line, or with commas between. They join the company’s list of skills when you save.",
        widget=forms.Textarea(attrs={"rows": 2}), max_length=4000, required=False,
    )  # fmt: skip
    charter = forms.CharField(
        label="Charter", help_text="Both sides agree to these words before they are matched.",
        widget=forms.Textarea(attrs={"rows": 9}), max_length=LONGEST_CHARTER, initial=DEFAULT_CHARTER.strip,
    )  # fmt: skip
    charter_note = forms.CharField(
        label="What changed in the charter",
        help_text="One sentence, if you changed a word. It is a new version then: everybody who agreed to the former "
        "one is asked to read both and agree again. New pairs need that; pairs under way go on.",
        max_length=300, required=False,
    )  # fmt: skip
    required_of_mentors = RequiredPieces(side=Side.MENTOR, label="Mentors read")
    required_of_mentees = RequiredPieces(side=Side.MENTEE, label="Mentees read")
    functions = forms.ModelMultipleChoiceField(
        Function.objects.all(), widget=widgets.ChipsMany, label="Only these functions", required=False,
        help_text="None chosen means all.",
    )  # fmt: skip
    lines_of_business = forms.ModelMultipleChoiceField(
        LineOfBusiness.objects.all(), widget=widgets.ChipsMany, label="Only these lines of business", required=False,
        help_text="None chosen means all.",
    )  # fmt: skip
    sites = forms.ModelMultipleChoiceField(
        Site.objects.all(), widget=widgets.ChipsMany, label="Only these sites", required=False,
        help_text="None chosen means all.",
    )  # fmt: skip
    mark = forms.CharField(widget=forms.HiddenInput, required=False)
    locals().update(
        {
            rule.name: DaysField(
                label=rule.label, help_text=f"{rule.help} Empty sends none.", required=False,
                longest=rule.longest, most=reminders.MOST, initial=reminders.Days(*rule.default),
            )
            for rule in reminders.RULES
        }
    )  # fmt: skip
    locals().update(
        {
            name: forms.ChoiceField(label=criterion.label, help_text=CRITERIA_HELP[criterion], choices=Importance)
            for name, criterion in IMPORTANCE_FIELDS.items()
        }
    )

    class Meta:
        model = Program
        exclude = ("stage", "created_by", "created_at")
        widgets: ClassVar = {"description": forms.Textarea}
        labels: ClassVar = {
            "purpose": "Purpose",
            "starts_on": "Starts on",
            "ends_on": "Ends on",
        }
        help_texts: ClassVar = {
            "mentor_months_here": "0 admits everyone. Somebody without a hiring date counts as new.",
            "different_function": "Somebody without a function in the directory is in nobody’s function.",
            "different_line_of_business": "Somebody without one in the directory is in nobody’s line of business.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        importances = self.instance.importances
        for name, criterion in IMPORTANCE_FIELDS.items():
            self.fields[name].initial = importances[criterion]
        if self.instance.pk is not None:
            self.initial["mark"] = mark_of(self.instance)
            version = self.instance.charter_versions.first()
            if version is not None:
                self.initial["charter"] = version.words
                self.fields["charter"].help_text += f" Version {version.number}, since {version.made_at:%-d %B %Y}."
            self.initial["topics"] = list(self.instance.topics.values_list("skill", flat=True))
            for kind, name in zip(AREA_KINDS, AREA_FIELDS, strict=True):
                if chosen := list(getattr(self.instance.areas, kind)):
                    self.initial[name] = chosen

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_dates(said)
        self._refuse_rhythm(said)
        if all(said.get(name) is not None for name in ("mentor_highest_level", "mentee_lowest_level", "level_gap")):
            try:
                rules.insist_levels_leave_gap(
                    mentor_highest=said["mentor_highest_level"],
                    mentee_lowest=said["mentee_lowest_level"],
                    gap=said["level_gap"],
                )
            except ValidationError as refusal:
                self.add_error(None, refusal)
        self._refuse_silent_charter(said)
        self._refuse_limits_without_pilot(said)
        self._refuse_that_nothing_counts(said)
        self._refuse_broken_promises(said)
        self._refuse_overwriting(said)
        return said

    def clean_new_topics(self) -> list[str]:
        """Split at commas and line ends; each once, however it is written."""
        named: dict[str, str] = {}
        for each in self.cleaned_data["new_topics"].replace("\n", ",").split(","):
            topic = " ".join(each.split())
            if len(topic) > LONGEST_TOPIC:
                raise ValidationError(
                    f"“{topic[:20]}…” has {len(topic)} characters. Keep each topic to {LONGEST_TOPIC}."
                )
            if topic:
                named.setdefault(topic.casefold(), topic)
        if len(named) > MOST_NEW_TOPICS:
            raise ValidationError(f"These are {len(named)} topics. Add {MOST_NEW_TOPICS} or fewer at a time.")
        return list(named.values())

    def importances(self) -> dict[Criterion, Importance]:
        """How much each criterion is to count, once the form is valid."""
        return {criterion: Importance(self.cleaned_data[name]) for name, criterion in IMPORTANCE_FIELDS.items()}

    def areas(self) -> list[Any]:
        """What the pilot is limited to, once the form is valid."""
        return [place for name in AREA_FIELDS for place in self.cleaned_data[name]]

    def _refuse_silent_charter(self, said: dict[str, Any]) -> None:
        words = documents.plain(said.get("charter") or "")
        if self.instance.pk is None or not words or words == self.instance.charter:
            return
        if not rules.charter_is_open(self.instance):
            try:
                rules.insist_says_what_changed(said.get("charter_note", ""))
            except ValidationError as refusal:
                self.add_error(None, refusal)

    def _refuse_broken_promises(self, said: dict[str, Any]) -> None:
        if self.instance.pk is None or not {"asks_line_managers", "wish_lists"} <= said.keys():
            return
        broken = promises.broken_by(
            self.instance, asks_line_managers=said["asks_line_managers"], wish_lists=said["wish_lists"]
        )
        for name, sentence in broken.items():
            self.add_error(name, sentence)

    def _refuse_limits_without_pilot(self, said: dict[str, Any]) -> None:
        limits = ("most_mentors", "most_mentees", "most_people", *AREA_FIELDS)
        if not said.get("is_pilot") and any(said.get(name) for name in limits):
            self.add_error("is_pilot", "Only a pilot is limited like this. Tick it, or take the limits out.")

    def _refuse_that_nothing_counts(self, said: dict[str, Any]) -> None:
        if not set(IMPORTANCE_FIELDS) & set(self.errors):
            asked = ("different_function", "different_line_of_business", "wish_lists")
            ruled = Program(**{name: said[name] for name in asked if name in said})
            wishes, importances = documents.importance_field(Criterion.PARTNER_WISHES), self.importances()
            for insist, field in (
                (rules.insist_something_counts, next(iter(IMPORTANCE_FIELDS))),
                (rules.insist_wishes_fit, wishes),
            ):
                try:
                    insist(ruled, importances)
                except ValidationError as refusal:
                    self.add_error(field, refusal)

    def _refuse_dates(self, said: dict[str, Any]) -> None:
        starts, ends = said.get("starts_on"), said.get("ends_on")
        if starts is None or ends is None:
            return
        if ends <= starts:
            self.add_error("ends_on", "The program ends before it starts. Choose a later end.")
        elif said.get("term_weeks") and (ends - starts).days < said["term_weeks"] * 7:
            weeks = (ends - starts).days // 7
            self.add_error(
                "term_weeks",
                f"The program itself is {rules.counted(weeks, 'week')} long. Choose fewer weeks or a later end.",
            )

    def _refuse_rhythm(self, said: dict[str, Any]) -> None:
        days, reminders = said.get("proposal_days"), said.get("proposal_reminder_days")
        if days and reminders and max(reminders) >= days:
            self.add_error(
                "proposal_reminder_days",
                f"A proposal waits {days} days. Remind earlier than that.",
            )
        weeks, prompts = said.get("term_weeks"), said.get("end_prompt_days")
        if weeks and prompts and max(prompts) >= weeks * 7:
            self.add_error("end_prompt_days", f"A pair runs {weeks * 7} days. Ask later than on the first.")

    def _refuse_overwriting(self, said: dict[str, Any]) -> None:
        """Two coordinators with the page open: the second hears of the first. The row stays locked until saved."""
        if self.instance.pk is None:
            return
        now = Program.objects.select_for_update(of=("self",)).select_related("changed_by").get(pk=self.instance.pk)
        if sentence := changed_meanwhile(now, self, mark=said.get("mark", "")):
            self.data = with_answer(self.data, self.add_prefix("mark"), mark_of(now))
            self.add_error(None, sentence)

    def validate_constraints(self) -> None:
        """Dates and limits are judged at their fields; a second sentence above the form would say the same."""
        if not {"ends_on", "is_pilot"} & set(self.errors):
            super().validate_constraints()


class RulesForm(UpwellModelForm):
    """The rules alone, while they are being edited: enough to count, nothing to save."""

    functions = forms.ModelMultipleChoiceField(Function.objects.all(), label="Only these functions", required=False)
    lines_of_business = forms.ModelMultipleChoiceField(
        LineOfBusiness.objects.all(), label="Only these lines of business", required=False
    )
    sites = forms.ModelMultipleChoiceField(Site.objects.all(), label="Only these sites", required=False)

    class Meta:
        model = Program
        fields = RULE_FIELDS

    def program(self) -> Program:
        """An unsaved one by these rules, once the form is valid."""
        said = self.cleaned_data
        program = Program(**{name: said[name] for name in RULE_FIELDS})
        program.areas_under_edit = Areas(
            *({place.pk: place.name for place in said[name]} if said["is_pilot"] else {} for name in AREA_FIELDS)
        )
        return program


class ObjectiveForm(KeptAsTyped):
    class Meta:
        model = Objective
        fields = ("measure", "target", "by")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        target = said.get("target")
        if target is not None and said.get("measure") in PERCENT and target > 100:
            self.add_error("target", "A percentage is at most 100.")
        return said


class QuestionForm(KeptAsTyped):
    options = LinesField(
        label="Choices", help_text="For “One of several”: each in a line of its own.", required=False,
        widget=widgets.Textarea, max_length=2 * MOST_OPTIONS * (LONGEST_OPTION + 2),
    )  # fmt: skip

    class Meta:
        model = ProgramQuestion
        fields = (
            "words", "help", "kind", "options", "lowest", "highest", "asked_of", "required", "position", "retired"
        )  # fmt: skip
        widgets: ClassVar = {
            name: forms.TextInput({"class": "uw-long"}) for name in ("words", "help")
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:  # what has never been asked cannot be asked no longer
            self.fields["retired"] = forms.BooleanField(widget=forms.HiddenInput, required=False, disabled=True)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not {"kind", "options", "lowest", "highest"} & set(self.errors):
            told = {name: said[name] for name in ("kind", "options", "lowest", "highest")}
            for name, sentence in questions.reasons_against(**told).items():
                self.add_error(name, sentence)
        return said

    def has_changed(self) -> bool:
        """A new row comes with its order; nothing else is filled in, so nothing is asked."""
        return super().has_changed() and (self.instance.pk is not None or self.changed_data != ["position"])


class DutyForm(KeptAsTyped):
    person = ColleagueField(label="Person")

    class Meta:
        model = ProgramDuty
        fields = ("person", "duty")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.person_id is not None:
            self.initial["person"] = self.instance.person

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        person = said.get("person")
        if person is not None and said.get("duty") == Duty.COORDINATOR and not person.is_coordinator:
            self.add_error(
                "person", f"{person.name} may not open the desk. An administrator can change that in the directory."
            )
        return said


class Rows(BaseInlineFormSet):
    """Rows on the page of a program."""

    def is_valid(self) -> bool:
        return not only_counting(self) and super().is_valid()

    def full_clean(self) -> None:
        if only_counting(self):
            self._errors: list[Any] = []
            self._non_form_errors = self.error_class()
        else:
            super().full_clean()


class ObjectiveRows(Rows):
    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            said = getattr(form, "cleaned_data", {})
            by, starts = said.get("by"), self.instance.starts_on
            if by is None or starts is None:
                continue
            if by < starts:
                form.add_error("by", "The program has not started by then. Choose a later day.")
                continue
            try:
                rules.insist_known_by(self.instance, said.get("measure", ""), by)
            except rules.KnownLater as refusal:
                form.add_error("by", refusal)


class QuestionRows(Rows):
    """Those that somebody has answered keep their meaning. The program is locked by now, also for those who answer."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """A new question comes last."""
        super().add_fields(form, index)
        if index is not None and (new := index - self.initial_form_count()) >= 0:
            last = max((question.position for question in self.get_queryset()), default=0)
            form.initial["position"] = min(last + 1 + new, HIGHEST_POSITION)

    def clean(self) -> None:
        kept = [form for form in self.forms if getattr(form, "cleaned_data", None)]
        answered = questions.answered([form.instance.pk for form in kept if form.instance.pk is not None])
        before = ProgramQuestion.objects.in_bulk(answered)
        for form in kept:
            if (former := before.get(form.instance.pk)) is None:
                continue
            if form.cleaned_data.get("DELETE"):
                form.cleaned_data["DELETE"] = False
                form.add_error(None, questions.STAYS_WHOLE)
            for name in questions.changed_meaning(former, form.cleaned_data):
                form.add_error(name, questions.STAYS)
        super().clean()  # Django's own word on a row to be removed would speak of the answers that point at it
        asked = [form for form in kept if not form.cleaned_data.get("DELETE") and not form.cleaned_data.get("retired")]
        if len(asked) > questions.MOST_QUESTIONS:
            raise ValidationError(
                f"These are {len(asked)} questions. Ask at most {questions.MOST_QUESTIONS}: each one more keeps "
                "somebody from volunteering."
            )


class DutyRows(Rows):
    def clean(self) -> None:
        super().clean()
        kept = [
            form.cleaned_data
            for form in self.forms
            if hasattr(form, "cleaned_data") and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        if self.instance.pk is not None and not any(row.get("duty") == Duty.COORDINATOR for row in kept):
            raise ValidationError("A program needs a coordinator. Name another before you remove this one.")

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """Whoever makes a program is its coordinator already, also if they named themselves."""
        said = form.cleaned_data
        there = ProgramDuty.objects.filter(program=self.instance, person=said["person"], duty=said["duty"]).first()
        return there or super().save_new(form, commit)


NAMED = ("name", "when_to_use")


class TemplateForm(UpwellModelForm):
    """How a kept template is called and when to use it. What it sets does not change: save another."""

    mark = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ProgramTemplate
        fields = NAMED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["mark"] = str(self.instance.version)

    def clean(self) -> dict[str, Any]:
        """Judged while nobody else changes a template; what the action judges again is what was judged here."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        ProgramTemplate.objects.all().one_at_a_time()
        now = ProgramTemplate.objects.select_related("changed_by").get(pk=self.instance.pk)
        try:
            if any(said.get(name, "") != getattr(now, name) for name in NAMED):
                rules.insist_unchanged(now, version=said.get("mark", ""))
        except ValidationError as refusal:
            self.data = with_answer(self.data, self.add_prefix("mark"), str(now.version))
            self.add_error(None, refusal)
        if now.archived_at is None:
            refuse_taken_name(self, but_for=now)
        return said


class NewTemplateForm(UpwellForm):
    """A program's configuration, kept under a name for others to start from."""

    name = forms.CharField(label="Name", max_length=documents.LONGEST_NAME)
    when_to_use = forms.CharField(
        label="When to use it", help_text="One or two sentences for other coordinators.",
        max_length=documents.LONGEST_WHEN, required=False, widget=widgets.Textarea,
    )  # fmt: skip
    layout: ClassVar = ["name", "when_to_use"]


class CoordinatorForm(UpwellForm):
    """Who looks after a program that nobody coordinates any more."""

    person = ColleagueField(label="Coordinator", help_text="Somebody who may open the desk.")
    layout: ClassVar = ["person"]


class RewordingForm(UpwellForm):
    """What a program says in one reminder, in one language. ``changes`` is how often its words had been changed."""

    subject = forms.CharField(label="Subject", max_length=LONGEST_LINE_SAID)
    heading = forms.CharField(label="Heading", max_length=LONGEST_LINE_SAID)
    text = forms.CharField(
        label="Text", max_length=LONGEST_TEXT_SAID,
        help_text="An empty line begins a new paragraph. Name no topics: each message says that it names none.",
        widget=widgets.Textarea(attrs={"rows": 9}),
    )  # fmt: skip
    action = forms.CharField(label="On the button", max_length=LONGEST_BUTTON)
    changes = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    layout: ClassVar = ["subject", "heading", "text", "action", "changes"]

    def __init__(self, *args: Any, saying: Saying, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.saying = saying
        for each in fields(Words):
            self.fields[each.name].widget.attrs |= {"lang": language, "dir": direction_of(language)}

    @property
    def words(self) -> Words:
        return Words(**{each.name: self.cleaned_data[each.name] for each in fields(Words)})

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for name, sentence in reasons_against(self.saying, self.words):
                self.add_error(name, sentence)
        return said

    def clean_changes(self) -> int:
        return self.cleaned_data["changes"] or 0


class LanguageForm(UpwellForm):
    """In which language the words of a program are looked at."""

    language = forms.ChoiceField(label="Language", choices=sorted(Language.choices, key=itemgetter(1)))
    layout: ClassVar = ["language"]


class TemplateFileForm(UpwellModelForm):
    """A template from a file, called as the file says unless somebody calls it otherwise."""

    file = forms.FileField(
        label="File", help_text="A YAML file, downloaded here or from another Upwell. Up to 64 kB.",
        allow_empty_file=True, error_messages={"required": "Choose a file first."},
    )  # fmt: skip

    class Meta:
        model = ProgramTemplate
        fields = NAMED
        help_texts: ClassVar = {
            "name": "Leave it empty to take the name in the file.",
            "when_to_use": "Leave it empty to take the words in the file.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.document: documents.Document = {}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        self.document = documents.read(file.read(documents.LARGEST + 1))
        return file

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if "file" in self.errors:
            return said
        for name in NAMED:
            if name not in self.errors:
                said[name] = said.get(name) or self.document.get(name, "")
        if "name" not in self.errors and not said["name"]:
            self.add_error("name", "The file says no name. Write one.")
        if not self.errors:
            ProgramTemplate.objects.all().one_at_a_time()
            kept = documents.without_occasion(self.document)
            twin = ProgramTemplate.objects.all().twin(document=kept, **{name: said[name] for name in NAMED})
            refuse_taken_name(self, but_for=twin)
        return said


def refuse_taken_name(form: forms.BaseForm, *, but_for: ProgramTemplate | None = None) -> None:
    if "name" not in form.errors:
        try:
            rules.insist_name_is_free(form.cleaned_data["name"], but_for=but_for)
        except ValidationError as refusal:
            form.add_error(None, refusal)


def with_answer(typed: Any, name: str, value: str) -> QueryDict:
    """What was typed, with another value in one hidden field: the page knows now what it did not."""
    answers = QueryDict(mutable=True)
    answers.update(typed)
    answers[name] = value
    return answers


LONGEST_REASON = 1000


class ConflictForm(UpwellForm):
    """A conflict of interest between oneself and a colleague."""

    other = ColleagueField(label="Your colleague")
    kind = forms.TypedChoiceField(
        label="What it is about", choices=ConflictKind, coerce=ConflictKind, widget=widgets.Rows
    )
    reason = forms.CharField(
        label="In your own words",
        help_text="For your own memory. Nobody else ever reads it.",
        widget=widgets.Textarea, max_length=LONGEST_REASON, required=False,
    )  # fmt: skip
    until = forms.DateField(
        label="Until", help_text="The last day on which it holds. Leave it empty if there is none.", required=False
    )
    layout: ClassVar = ["other", "kind", "reason", "until"]
    audiences: ClassVar = {
        "other": DECLARED, "kind": DECLARED_ALONE, "reason": DECLARED_ALONE, "until": DECLARED_ALONE
    }  # fmt: skip


class ConflictBetweenTwoForm(ConflictForm):
    """A conflict of interest between two others, declared at the desk."""

    one = ColleagueField(label="One of the two")
    other = ColleagueField(label="The other one")
    kind = forms.TypedChoiceField(
        label="What it is about", coerce=ConflictKind, widget=widgets.Rows,
        choices=[(each.value, each.label) for each in ConflictKind if each is not ConflictKind.NOT_WITH],
    )  # fmt: skip
    layout: ClassVar = ["one", "other", "kind", "reason", "until"]
    audiences: ClassVar = {**ConflictForm.audiences, "one": DECLARED}
