"""What the two may send. Each field says who can see it; nothing here saves."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from crispy_forms.layout import Layout
from django import forms

from pairings import pausing, rules, wall_clock
from pairings.choices import Agreeing, Arranger, Fit, GoalState, Kind, Mastery, Moment
from pairings.leaving import Leaving
from pairings.models import Goal, Pairing
from pairings.private_words import AgreementWords
from pairings.room import LONGEST
from participants.choices import Way
from people.models import Person, Skill
from privacy.audiences import (
    COORDINATED_FACT,
    COORDINATORS_TOO,
    COUNTED_ONLY,
    HELP,
    HELP_GIVEN,
    ONESELF,
    ONESELF_OR_SHARED,
    OWN_THEN_COUNTED,
    PARTNERS,
    SIGNED_ONLY,
)
from programs.choices import Side
from ui import layout, widgets
from ui.forms import UpwellForm, refusals_shown_on

RHYTHMS: Final = (7, 14, 21, 28, 42)


class Paragraph(forms.CharField):
    """A few lines of text."""

    def __init__(self, *, rows: int = 2, max_length: int = 600, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, widget=widgets.Textarea(attrs={"rows": rows}), **kwargs)


class VersionedForm(UpwellForm):
    """A form over something the partner may change at the same time; it carries the version its writer has read."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def start_from(self, version: int) -> None:
        """Let the next attempt build on a newer version; what was typed stays."""
        self.data = {**self.data.dict(), self.add_prefix("based_on"): str(version)}  # type: ignore[attr-defined]


class AgreementForm(VersionedForm):
    """The agreement of two: some facts, and words that only they read."""

    meet_every_days = forms.TypedChoiceField(label="We meet", coerce=int, widget=widgets.Chips)
    meeting_minutes = forms.IntegerField(label="Minutes each time", min_value=10, max_value=480)
    arranged_by = forms.ChoiceField(label="Who arranges the meetings?", choices=Arranger, widget=widgets.Chips)
    number_one = Paragraph(label="The number one thing we want out of it", required=False)
    mentor_expects = Paragraph(label="What the mentor expects", required=False)
    mentee_expects = Paragraph(label="What the mentee expects", required=False)
    where = forms.CharField(label="Where and how we meet", max_length=200, required=False)
    channel = forms.CharField(label="How we reach each other between meetings", max_length=200, required=False)
    boundaries = Paragraph(label="What stays off the table", required=False)
    if_not_getting_on = Paragraph(label="If we do not get on", required=False)

    audiences: ClassVar = {
        "meet_every_days": COORDINATORS_TOO,
        "meeting_minutes": SIGNED_ONLY,
        "arranged_by": SIGNED_ONLY,
        "number_one": SIGNED_ONLY,
        "mentor_expects": SIGNED_ONLY,
        "mentee_expects": SIGNED_ONLY,
        "where": SIGNED_ONLY,
        "channel": SIGNED_ONLY,
        "boundaries": SIGNED_ONLY,
        "if_not_getting_on": SIGNED_ONLY,
    }
    layout: ClassVar = [
        "based_on",
        layout.Level("Our rhythm", "meet_every_days", "meeting_minutes", "arranged_by"),
        layout.Level("What we want", "number_one", "mentor_expects", "mentee_expects"),
        layout.Level("How we do it", "where", "channel", "boundaries", "if_not_getting_on"),
    ]

    def __init__(self, *args: Any, pairing: Pairing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = {*RHYTHMS, pairing.program.meet_every_days, int(self.initial.get("meet_every_days") or RHYTHMS[0])}
        field = self.fields["meet_every_days"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        arranger = self.fields["arranged_by"]
        assert isinstance(arranger, forms.ChoiceField)  # noqa: S101 - for the type checker
        arranger.choices = [(each.value, rules.arranger_in_words(each, pairing.program)) for each in Arranger]
        field.choices = [(each, rules.rhythm_in_words(each)) for each in sorted(days)]
        self.fields["mentor_expects"].label = f"What {pairing.mentor.person.given_name} expects"
        self.fields["mentee_expects"].label = f"What {pairing.mentee.person.given_name} expects"

    @property
    def words(self) -> AgreementWords:
        """The sealed part of what was sent."""
        return AgreementWords(**{name: self.cleaned_data[name] for name in AgreementWords.names()})


class GoalForm(UpwellForm):
    title = forms.CharField(label="What do you want to reach?", max_length=200)
    due_on = forms.DateField(label="By when?")

    audiences: ClassVar = {"title": PARTNERS, "due_on": PARTNERS}

    def __init__(self, *args: Any, pairing: Pairing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairing = pairing

    def clean_due_on(self) -> date:
        """Judged here too, so that a wrong day and whatever else is wrong are said at once."""
        due_on: date = self.cleaned_data["due_on"]
        if due_on != self.initial.get("due_on"):
            rules.insist_due_in_term(self.pairing, due_on)
        return due_on


class GoalChangeForm(VersionedForm, GoalForm):
    progress = forms.IntegerField(label="Percent, your estimate", min_value=0, max_value=100)
    state = forms.ChoiceField(label="Where does it stand?", widget=widgets.Rows)

    audiences: ClassVar = {**GoalForm.audiences, "progress": PARTNERS, "state": COUNTED_ONLY}
    layout: ClassVar = ["based_on", "title", layout.Inline("due_on", "progress"), "state"]

    HINTS: ClassVar[Mapping[GoalState, str]] = {
        GoalState.OPEN: "You are working on it.",
        GoalState.MET: "You have reached it.",
        GoalState.DROPPED: "You leave it. No reason is asked.",
    }

    def __init__(self, *args: Any, goal: Goal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            (state.value, widgets.Described(state.label, hint=self.HINTS[state]))
            for state in GoalState
            if rules.may_move(goal, state)
        ]


class TaskForm(UpwellForm):
    """It stands beside the form of its goal, so its fields have names of their own."""

    prefix = "task"
    title = forms.CharField(label="One small step", max_length=200)
    due_on = forms.DateField(label="By when?", required=False)

    audiences: ClassVar = {"title": PARTNERS, "due_on": PARTNERS}


class MeetingForm(UpwellForm):
    held_on = forms.DateField(label="Date")
    minutes = forms.IntegerField(
        label="Minutes", min_value=rules.LEAST_MINUTES, max_value=rules.MOST_MINUTES,
        error_messages=dict.fromkeys(("min_value", "max_value"), rules.MinutesOutOfBounds.sentence),
    )  # fmt: skip
    way = forms.ChoiceField(label="How did you meet?", choices=Way, widget=widgets.Chips)
    kind = forms.ChoiceField(
        label="Who led?",
        choices=Kind,
        widget=widgets.Chips,
    )
    topics = Paragraph(label="What did you talk about?", rows=3, max_length=2000, required=False)

    audiences: ClassVar = {
        "held_on": COORDINATED_FACT,
        "minutes": COORDINATED_FACT,
        "way": COORDINATORS_TOO,
        "kind": COORDINATED_FACT,
        "topics": PARTNERS,
    }
    layout: ClassVar = [layout.Inline("held_on", "minutes"), "way", "kind", "topics"]

    def __init__(self, *args: Any, pairing: Pairing, on: date, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairing, self.on = pairing, on
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        mentor = pairing.program.word(Side.MENTOR)
        field.choices = [(Kind.MENTOR_LED, f"The {mentor}"), (Kind.RECIPROCAL, "Both in turn")]
        field.help_text = hint

    def clean_held_on(self) -> date:
        """Judged here too, so that a wrong day and whatever else is wrong are said at once."""
        held_on: date = self.cleaned_data["held_on"]
        rules.insist_meeting_day(self.pairing, held_on=held_on, on=self.on)
        return held_on


class PlanForm(UpwellForm):
    """When to meet, on the wall clock of whoever plans it; ``cleaned_data["starts_at"]`` is the instant.

    Whether one means the first or the second is asked only of a time that comes twice, once it was typed.
    """

    day = forms.DateField(label="Date")
    time = forms.TimeField(label="Time")
    minutes = forms.IntegerField(
        label="Minutes", min_value=rules.LEAST_MINUTES, max_value=rules.MOST_MINUTES,
        error_messages=dict.fromkeys(("min_value", "max_value"), rules.MinutesOutOfBounds.sentence),
    )  # fmt: skip
    way = forms.ChoiceField(label="How will you meet?", choices=Way, widget=widgets.Chips)
    kind = forms.ChoiceField(label="Who leads?", choices=Kind, widget=widgets.Chips)

    audiences: ClassVar = {
        **dict.fromkeys(("day", "minutes", "kind"), COORDINATED_FACT),
        "time": PARTNERS,
        "way": COORDINATORS_TOO,
    }

    def __init__(self, *args: Any, pairing: Pairing, zone: ZoneInfo, at: datetime, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairing, self.zone, self.at = pairing, zone, at
        self.fields["time"].label = f"Time in {zone.key.replace('_', ' ')}"
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - for the type checker
        kind.choices = [
            (Kind.MENTOR_LED, f"The {pairing.program.word(Side.MENTOR)}"),
            (Kind.RECIPROCAL, "Both in turn"),
        ]
        kind.help_text = hint
        if twice := self._comes_twice():
            self.add_field("which", self._which(*twice), audience=PARTNERS)
        named = [name for name in ("based_on", "which") if name in self.fields]
        self.helper.layout = Layout(*named, layout.Inline("day", "time", "minutes"), "way", "kind")

    def _comes_twice(self) -> tuple[date, time_of_day] | None:
        """The day and time as typed, or as they stand, if the clocks show them twice."""
        try:
            day, wall = (self.fields[name].to_python(self[name].value()) for name in ("day", "time"))
        except forms.ValidationError:
            return None
        if day is None or wall is None or not self._is_in_term(day):
            return None
        return (day, wall) if wall_clock.comes_twice(day, wall, self.zone) else None

    def _which(self, day: date, wall: time_of_day) -> forms.Field:
        choices = [
            (fold, f"{words}, {wall_clock.offset_in_words(datetime.combine(day, wall.replace(fold=fold), self.zone))}")
            for fold, words in ((wall_clock.FIRST, "The first"), (wall_clock.SECOND, "The second"))
        ]
        return forms.TypedChoiceField(
            label=f"{wall:%H:%M} comes twice on that day. Which do you mean?", coerce=int, choices=choices,
            widget=widgets.Chips, help_text="The clocks go back that night.",
        )  # fmt: skip

    def _is_in_term(self, day: date) -> bool:
        return self.pairing.started_on <= day <= self.pairing.last_day

    def clean(self) -> dict[str, Any]:
        """Judged here too, so that a wrong time and whatever else is wrong are said at once."""
        cleaned = super().clean() or self.cleaned_data
        day, wall, which = cleaned.pop("day", None), cleaned.pop("time", None), cleaned.pop("which", None)
        if day is None or wall is None or "which" in self.errors:
            return cleaned
        with refusals_shown_on(self):
            if not self._is_in_term(day):
                raise rules.PlannedOutsideTerm(self.pairing)
            cleaned["starts_at"] = starts_at = wall_clock.instant(day, wall, self.zone, which=which)
            if starts_at <= self.at and starts_at != self.initial.get("starts_at"):
                raise rules.TimeHasPassed
        return cleaned


class MoveForm(VersionedForm, PlanForm):
    pass


class HeldForm(UpwellForm):
    """That a planned meeting took place; only the minutes may have been others."""

    minutes = forms.IntegerField(
        label="Minutes", min_value=rules.LEAST_MINUTES, max_value=rules.MOST_MINUTES,
        error_messages=dict.fromkeys(("min_value", "max_value"), rules.MinutesOutOfBounds.sentence),
    )  # fmt: skip

    audiences: ClassVar = {"minutes": COORDINATED_FACT}


class MetForm(HeldForm):
    """Where nothing was planned, the day is asked too."""

    held_on = forms.DateField(label="Date")

    audiences: ClassVar = {**HeldForm.audiences, "held_on": COORDINATED_FACT}
    layout: ClassVar = [layout.Inline("held_on", "minutes")]


class FeedForm(VersionedForm):
    """``nonce`` is new on every page, so that the same form sent twice makes one address."""

    nonce = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)


def _scale(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, choices=Agreeing, widget=widgets.Scale)


class CheckInForm(UpwellForm):
    meeting = _scale("We meet as we agreed.")
    getting = _scale("I am getting what I want out of it.")
    speaking = _scale("I can say what I really think.")
    worth = _scale("It is worth the time.")

    audiences: ClassVar = {
        "meeting": OWN_THEN_COUNTED,
        "getting": OWN_THEN_COUNTED,
        "speaking": OWN_THEN_COUNTED,
        "worth": OWN_THEN_COUNTED,
    }

    def __init__(self, *args: Any, asks_fit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = list(self.fields)
        if asks_fit:
            fit = forms.TypedChoiceField(
                label="How does it look with you two so far?", coerce=lambda said: Fit(int(said)), choices=Fit,
                widget=widgets.Chips, help_text="Both of you are asked. Neither learns what the other says.",
            )  # fmt: skip
            self.add_field("fit", fit, audience=ONESELF)
            self.helper.layout = Layout("fit", *points)


class SkillsForm(UpwellForm):
    """Made by :func:`skills_form_of`, with one scale for each skill."""

    skills: ClassVar[Mapping[str, Skill]] = {}

    @property
    def ratings(self) -> dict[int, Mastery]:
        """What was said, by the primary key of the skill."""
        return {skill.pk: self.cleaned_data[name] for name, skill in self.skills.items()}


def skills_form_of(skills: Iterable[Skill], moment: Moment) -> type[SkillsForm]:
    """The names of the fields say the moment: an answer for the start is none for the end."""
    named = {f"{moment}-{skill.pk}": skill for skill in skills}
    fields = {
        name: forms.TypedChoiceField(
            label=skill.name, coerce=lambda value: Mastery(int(value)), choices=Mastery, widget=widgets.Scale
        )
        for name, skill in named.items()
    }
    audiences = dict.fromkeys(named, OWN_THEN_COUNTED)
    return type("FormOfSkills", (SkillsForm,), {**fields, "audiences": audiences, "skills": named})


class ExtensionForm(UpwellForm):
    until = forms.DateField(label="Until when?")

    audiences: ClassVar = {"until": COORDINATORS_TOO}

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].help_text = f"Any day up to {rules.in_words(last)}, when the program ends."
        self.fields["until"].widget.attrs.update(min=first.isoformat(), max=last.isoformat())


class FineForm(UpwellForm):
    until = forms.DateField(label="Until when?")

    audiences: ClassVar = {"until": COORDINATORS_TOO}

    def __init__(self, *args: Any, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].help_text = f"Any day up to {rules.in_words(last)}. You can say so again then."


class PauseForm(UpwellForm):
    """From when to when a pair pauses; while it does, only the return moves. There is no field for a reason."""

    paused_from = forms.DateField(label="First day of the pause")
    back_on = forms.DateField(label="First day back")
    seen = forms.DateField(widget=forms.HiddenInput, required=False)

    audiences: ClassVar = {"paused_from": COORDINATORS_TOO, "back_on": COORDINATORS_TOO}

    def __init__(self, *args: Any, pairing: Pairing, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = rules.in_words(pairing.runs_until)
        self.fields["back_on"].help_text = f"Any day up to the last one, {last}. You can change it later."
        if pausing.running(pairing, on=on):
            self.fields["paused_from"].disabled = True

    def start_from(self, back_on: date | None) -> None:
        """Let the next attempt build on the pause as it stands; what was typed stays."""
        self.data = {**self.data.dict(), self.add_prefix("seen"): back_on.isoformat() if back_on else ""}  # type: ignore[attr-defined]


class ReflectionForm(UpwellForm):
    words = Paragraph(
        label="What stays with you?",
        help_text="What you learned, what you will do differently, what you want to thank for.",
        rows=6,
        max_length=4000,
    )
    shared = forms.BooleanField(label="My partner may read it", required=False)

    audiences: ClassVar = {"words": ONESELF_OR_SHARED, "shared": PARTNERS}

    def __init__(self, *args: Any, partner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shared"].label = f"{partner} may read it too"
        self.fields["shared"].help_text = "They can keep a copy as PDF. Leave this empty to keep it for yourself."


class PairsToEnd(forms.TypedMultipleChoiceField):
    """Pairs under way to choose from. One's own that have ended meanwhile are taken too: there is nothing to refuse."""

    def __init__(self, **kwargs: Any) -> None:
        self.mine: frozenset[uuid.UUID] = frozenset()
        super().__init__(coerce=uuid.UUID, required=False, **kwargs)

    def valid_value(self, value: str) -> bool:
        return value in {str(pk) for pk in self.mine}


class LeaveForm(UpwellForm):
    """Which pairs end along with leaving; those that are not chosen go on."""

    end = PairsToEnd(label="Your pairs", help_text="A pair you do not choose goes on.", widget=widgets.RowsMany)

    audiences: ClassVar = {"end": COORDINATED_FACT}

    def __init__(self, *args: Any, leaving: Leaving, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["end"]
        field.choices = [(str(pair.pk), pair.words) for pair in leaving.pairs]  # type: ignore[attr-defined]
        field.mine = leaving.mine  # type: ignore[attr-defined]


class MessageForm(UpwellForm):
    """Something for the partner. The key of the form tells a second click from a second message."""

    form = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    words = Paragraph(label="Write", rows=4, max_length=LONGEST)

    audiences: ClassVar = {"words": PARTNERS}

    def __init__(self, *args: Any, partner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = f"Write to {partner}"


class NoteForm(UpwellForm):
    """Something for oneself. The key of the form tells a second click from a second note."""

    form = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    words = Paragraph(label="Note for yourself", rows=4, max_length=LONGEST)

    audiences: ClassVar = {"words": ONESELF}


class NoteChangeForm(VersionedForm):
    words = Paragraph(label="Your note", rows=8, max_length=LONGEST)

    audiences: ClassVar = {"words": ONESELF}


class HelpForm(UpwellForm):
    """A first message to a supervisor of one's choice."""

    form = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    supervisor = forms.TypedChoiceField(label="Who should read it?", widget=widgets.Rows)
    words = Paragraph(label="What would you like to say?", rows=6, max_length=LONGEST)

    audiences: ClassVar = {"supervisor": HELP, "words": HELP}

    def __init__(self, *args: Any, supervisors: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {str(person.pk): person for person in supervisors}
        field = self.fields["supervisor"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(key, f"{person.name}, {person.line}") for key, person in people.items()]
        field.coerce = people.__getitem__


class HelpMessageForm(UpwellForm):
    """One more message in a thread, by whoever asked or by the supervisor."""

    form = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(self, *args: Any, i_asked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = Paragraph(label="Write", rows=4, max_length=LONGEST)
        self.add_field("words", words, audience=HELP if i_asked else HELP_GIVEN)
