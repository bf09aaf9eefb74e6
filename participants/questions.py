"""A program's own questions: as fields of the form of a profile, and as answers in words for whoever may read them.

A required question counts on joining and on changing the profile, and nowhere else: one that is added later makes
nobody unready. Whoever joined before it reads on their pages that it is there, and answers when they like. A question
that is no longer asked stays on the form of those who answered it, so that they can take the answer back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.views.decorators.debug import sensitive_variables

from participants.models import Participation, ParticipationQuerySet, ProgramAnswer
from participants.rules import LONGEST_ANSWER, AnswerRefused, answer_field, insist_as_read, mark_field
from privacy.audiences import PROGRAM_QUESTION
from programs.choices import AnswerKind, Side
from programs.models import Program, ProgramQuestion
from programs.questions import mark_of
from ui import layout, widgets
from ui.forms import UpwellForm

POINTS: Final = range(1, 6)
ANSWER: Final = "question"
MARK: Final = "asked"
NO_ANSWER: Final = ("", "No answer")


def put_to(program: Program, side: Side, *, also: Iterable[int] = ()) -> list[ProgramQuestion]:
    """What the program asks this side, in its order, and those of ``also`` that it no longer asks."""
    return list(program.questions.of_side(side).filter(Q(retired=False) | Q(pk__in=list(also))))


# On the form of a profile


class Mark(forms.Field):
    """How a question was read: what is sent is judged, and what is shown is always the question of now."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


Asked = Mapping[int, ProgramQuestion]
"""The questions of a form, by primary key."""


def add_to(form: UpwellForm, *, program: Program, side: Side, joining: bool) -> Asked:
    """Give the form a field for each question, and one for how it was read."""
    answered = [] if joining else [key for name in form.initial if (key := _key_of(name)) is not None]
    asked = {each.pk: each for each in put_to(program, side, also=answered)}
    for key, question in asked.items():
        form.add_field(answer_field(key), _field(question), audience=PROGRAM_QUESTION)
        form.fields[mark_field(key)] = Mark(initial=mark_of(question), required=False)
    return asked


def sections(asked: Asked) -> list[layout.Level]:
    """Where the form shows them; none where nothing is asked."""
    names = [name for key in asked for name in (answer_field(key), mark_field(key))]
    return [layout.Level("Questions of this program", *names)] if asked else []


def refuse_changed(form: UpwellForm, asked: Asked) -> None:
    """Say at each question that has changed since it was answered that it has; what was answered stays there."""
    marks = read(form)
    for key, said in given(form).items():
        try:
            insist_as_read({key: said}, read=marks, asked=asked)
        except AnswerRefused as refusal:
            form.add_error(None, refusal)


def have_changed(form: UpwellForm, asked: Asked, *, typed: Mapping[str, list[str]]) -> bool:
    """Whether a question on this page has changed since what was ``typed`` of a draft answered it."""
    return any(
        any(typed.get(answer_field(key), ())) and typed.get(mark_field(key)) != [mark_of(question)]
        for key, question in asked.items()
        if answer_field(key) in form.fields
    )


def given(form: UpwellForm) -> dict[int, str | int]:
    """What was answered, as the actions take it, once the form is valid."""
    return {key: said for name, said in form.cleaned_data.items() if (key := _key_of(name)) is not None}


def read(form: UpwellForm) -> dict[int, str]:
    """How the questions were read, as the actions take it."""
    return {key: said for name, said in form.cleaned_data.items() if (key := _key_of(name, MARK)) is not None}


@sensitive_variables()
def told(participation: Participation) -> dict[str, str | int]:
    """What somebody answered so far, for the form in which they change it."""
    return {answer_field(each.question_id): each.value for each in participation.answers.all()}


def is_asked_by(name: str) -> bool:
    """Whether a field of this name belongs to a question of a program."""
    return _key_of(name) is not None or is_mark(name)


def is_mark(name: str) -> bool:
    """Whether a field of this name says how a question was read."""
    return _key_of(name, MARK) is not None


def _key_of(name: str, of: str = ANSWER) -> int | None:
    prefix, _, key = name.rpartition("_")
    return int(key) if prefix == of else None


def _field(question: ProgramQuestion) -> forms.Field:
    required = question.required and not question.retired
    gone = "No longer asked. You can leave your answer, or take it back." if question.retired else ""
    about: dict[str, Any] = {
        "label": question.words, "help_text": f"{question.help} {gone}".strip(), "required": required
    }  # fmt: skip
    none = [] if required else [NO_ANSWER]
    if question.kind == AnswerKind.SCALE:
        ends = {POINTS[0]: f"1 · {question.lowest}", POINTS[-1]: f"5 · {question.highest}"}
        points: list[tuple[Any, str]] = [(point, ends.get(point, str(point))) for point in POINTS]
        return forms.TypedChoiceField(choices=points + none, coerce=int, empty_value="", widget=widgets.Scale, **about)
    if question.kind == AnswerKind.CHOICE:
        options = [(option, option) for option in question.options]
        return forms.ChoiceField(choices=options + none, widget=widgets.Rows, **about)
    return forms.CharField(max_length=LONGEST_ANSWER, widget=widgets.Textarea({"rows": 2}), **about)


# In words


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A question and what somebody answered; ``words`` is empty where they have not."""

    question: str
    words: str


_ANSWERS: Final = Prefetch("answers", ProgramAnswer.objects.select_related("question"))


def with_answers(participations: ParticipationQuerySet) -> ParticipationQuerySet:
    """With what was answered, in one query however many rows there are."""
    filled: ParticipationQuerySet = participations.prefetch_related(_ANSWERS)
    return filled


@sensitive_variables()
def shown(participation: Participation) -> tuple[ShownAnswer, ...]:
    """What somebody answered. ``profiles.profile_shown_to`` decides to whom."""
    prefetch_related_objects([participation], _ANSWERS)
    return tuple(ShownAnswer(each.question.words, each.in_words) for each in participation.answers.all())


# What is left, and what stays


def left_of(participations: Collection[Participation]) -> dict[Any, int]:
    """How many required questions each of them has not answered, by primary key; those with none are left out."""
    if not participations:
        return {}
    required = ProgramQuestion.objects.asked().filter(required=True, program__participations__in=participations)
    pairs = required.filter(Q(asked_of="both") | Q(asked_of=F("program__participations__side")))
    found: dict[Any, set[int]] = {}
    for row, question in pairs.order_by().values_list("program__participations", "pk"):
        found.setdefault(row, set()).add(question)
    answers = ProgramAnswer.objects.filter(participation__in=found).order_by().values_list("participation", "question")
    for row, question in answers if found else ():
        found[row].discard(question)
    return {row: len(left) for row, left in found.items() if left}


def left_in_words(number: int) -> str:
    return "One more question since you joined" if number == 1 else f"{number} more questions since you joined"


def answered(keys: Collection[int]) -> set[int]:
    """Which of these questions somebody has answered: ``programs.questions`` asks before one is changed."""
    answers = ProgramAnswer.objects.filter(question__in=keys).order_by()
    return set(answers.values_list("question", flat=True).distinct())
