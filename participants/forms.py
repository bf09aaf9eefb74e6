"""What a volunteer tells: who can see it stands at every field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, ClassVar, Final

from crispy_forms.layout import HTML, Layout, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from participants import questions, rules
from participants.actions import Profile
from participants.calls import Area
from participants.choices import ChampionsReply, HalfDay, ManagersReply, RefereesReply, SkillLevel, Step, Way
from participants.models import Participation
from participants.profiles import not_discussed
from participants.queries import SkillsToChoose
from people.choices import Language
from people.fields import SHORT_HELP, ColleagueField
from people.models import Function, LineOfBusiness, Person, Site, Skill
from privacy.audiences import (
    CHAMPION,
    CHARTER,
    DECLARED,
    HOURS,
    INTRODUCED,
    MANAGERS_ANSWER,
    ONESELF,
    PARTNER_LATER,
    PROGRAM,
    REFEREES,
    REFERENCE,
)
from programs.choices import Side
from programs.models import CharterVersion, Program
from ui import layout, widgets
from ui.forms import BoundField, UpwellForm, speak_plainly

WISHES: Final = ("wish_1", "wish_2", "wish_3")
NOT_WITH: Final = ("not_with_1", "not_with_2")
MANY: Final = 12
"""More skills than this are found by typing, where there is JavaScript."""

CHARTER_FIELDS: Final = ("charter", "charter_read")


class More(LayoutObject):
    """Choices that are folded away until somebody wants them, or has chosen one."""

    def __init__(self, summary: str, field: str) -> None:
        self.summary, self.fields = summary, [field]

    def render(self, form: Any, context: Any, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        field = form[self.fields[0]]
        return render_to_string(
            "participants/_more.html",
            {
                "summary": self.summary,
                "is_open": bool(field.value() or field.errors),
                "fields": self.get_rendered_fields(form, context, template_pack, **kwargs),
            },
        )


def skill_by_key(choose: SkillsToChoose) -> dict[str, Skill]:
    return {str(skill.pk): skill for skill in (*choose.topics, *choose.others)}


def skill_choices(skills: Iterable[Skill]) -> list[tuple[str, str]]:
    return [(str(skill.pk), skill.name) for skill in skills]


class ProfileField(BoundField):
    """A mentor offers at least one thing, from the topics or from the other skills: neither list is required alone.

    That a level need not be said stands above all of them.
    """

    @property
    def is_optional(self) -> bool:
        needed = self.name == "offered" and getattr(self.form, "must_offer", False)
        return super().is_optional and not needed and not self.name.startswith("level_")


def level_field(skill: Skill) -> str:
    return f"level_{skill.pk}"


def chosen_skills(choose: SkillsToChoose, values: Mapping[str, Any]) -> list[Skill]:
    """What somebody chose to show or wishes for, each once. ``values`` are a form's, by the name of the field."""
    skills = skill_by_key(choose)
    keys: list[str] = []
    for name in FIELDS_OF[Step.OFFER]:
        value = values.get(name) or ()
        keys += [value] if isinstance(value, str) else value
    return [skills[key] for key in dict.fromkeys(keys) if key in skills]


class ProfileForm(UpwellForm):
    """What others read about somebody on one side of a program, the charter last.

    ``joining`` is who volunteers with it; without, they take part already. With a ``step`` it is that page of it
    alone. ``chosen`` are the skills whose level is asked.
    """

    bound_field_class = ProfileField

    offered = forms.TypedMultipleChoiceField(widget=widgets.ChipsMany)
    offered_more = forms.TypedMultipleChoiceField(
        label="Something else you could share", widget=widgets.ChipsMany, required=False
    )
    wish_1 = forms.TypedChoiceField(label="First wish", required=False, empty_value=None)
    wish_2 = forms.TypedChoiceField(label="Second wish", required=False, empty_value=None)
    wish_3 = forms.TypedChoiceField(label="Third wish", required=False, empty_value=None)
    number_one = forms.CharField(
        label="The number one thing you want out of it",
        help_text="One or two sentences. Coordinators read it when they look for your match.",
        max_length=400, required=False, widget=forms.Textarea,
    )  # fmt: skip
    background = forms.CharField(
        label="Your background",
        help_text="Only what you would like to be asked about: where you come from, what you did before.",
        max_length=400, required=False, widget=forms.Textarea,
    )  # fmt: skip
    introduce = forms.BooleanField(label="Show these two to people I am proposed to", required=False)
    hobbies = forms.CharField(
        label="Hobbies", help_text="With commas between, like: chess, rowing.", max_length=400, required=False
    )
    languages = forms.MultipleChoiceField(
        label="Languages you like to talk in",
        choices=sorted(Language.choices, key=itemgetter(1)),
        widget=widgets.ChipsMany,
    )
    ways = forms.MultipleChoiceField(
        label="How would you like to meet?", help_text="Choose all that work.", choices=Way, widget=widgets.ChipsMany
    )
    half_days = forms.MultipleChoiceField(
        label="When could you meet?",
        help_text="Half-days in your own time zone that are usually possible. None means any.",
        choices=HalfDay, widget=widgets.ChipsMany, required=False,
    )  # fmt: skip
    where_to_meet = forms.CharField(
        label="Where to meet",
        help_text="A place, and anything that makes meeting easier for you. You need not say why.",
        max_length=200, required=False,
    )  # fmt: skip
    hours_a_month = forms.IntegerField(
        label="Hours a month",
        help_text="Meetings and preparation, with everybody you meet in any program.",
        min_value=1,
        max_value=rules.MOST_HOURS,
        initial=2,
    )
    places = forms.IntegerField(
        label="People you can meet at a time", help_text="One is enough.", min_value=1, max_value=5, initial=1
    )
    not_with_1 = ColleagueField(
        label="Somebody you would rather not be paired with",
        help_text=f"{SHORT_HELP} You need no reason, and they never learn of it.",
        required=False,
    )
    not_with_2 = ColleagueField(label="Somebody else", required=False)
    not_discussed = forms.CharField(
        label="Topics you will not discuss",
        help_text="It is stored sealed. Coordinators cannot read it, and it is not used for matching.",
        max_length=300, required=False, widget=forms.Textarea,
    )  # fmt: skip
    charter_read = forms.IntegerField(widget=forms.HiddenInput, required=False)
    charter = forms.BooleanField(
        label="I agree to the charter",
        help_text="The person you meet agrees to the same words.",
        error_messages={
            "required": "We can only match people who agree to the charter. "
            "Take your time: you can save and decide later."
        },
    )

    audiences: ClassVar = {
        **dict.fromkeys(("offered", "offered_more", *WISHES), PROGRAM),
        "number_one": INTRODUCED,
        "background": INTRODUCED,
        "introduce": ONESELF,
        **dict.fromkeys(("hobbies", "languages", "ways", "half_days", "where_to_meet", "places"), PROGRAM),
        "hours_a_month": HOURS,
        **dict.fromkeys(NOT_WITH, DECLARED),
        "not_discussed": PARTNER_LATER,
        "charter": CHARTER,
    }

    def __init__(
        self, *args: Any, side: Side, choose: SkillsToChoose, program: Program,
        charter: CharterVersion | None = None,
        later: bool = False, joining: Person | None = None, step: Step | None = None, chosen: Sequence[Skill] = (),
        **kwargs: Any,
    ) -> None:  # fmt: skip
        mentors = side is Side.MENTOR
        super().__init__(*args, **kwargs)
        self.to_sign, self.joining = charter, joining
        self.chosen = chosen
        self._ask_levels(chosen)
        self.asked = questions.add_to(self, program=program, side=side, joining=joining is not None)
        sections = self._sections(mentors=mentors, has_others=bool(choose.others))
        self.helper.layout = Layout(*(each for name in Step if step in (None, name) for each in sections[name]))
        skills = skill_by_key(choose)
        for name, offered in (("offered", choose.topics), ("offered_more", choose.others)):
            self._typed(name).coerce = skills.__getitem__
            self._typed(name).choices = skill_choices(offered)
        for name in WISHES:
            self._typed(name).coerce = skills.__getitem__
            self._typed(name).choices = [
                ("", "No wish"),
                ("Topics of this program", skill_choices(choose.topics)),
                ("Other skills", skill_choices(choose.others)),
            ]
            if len(skills) > MANY:
                self.fields[name].widget.attrs["data-find"] = True
        mentors_named = program.word(Side.MENTOR, plural=True, capital=True)
        self.fields["offered"].label = "What could a leader learn from you?" if mentors else "What could you share?"
        self.fields["offered"].help_text = (
            f"Up to {rules.MOST_OFFERED}. Everyday knowledge counts most."
            if mentors
            else f"Up to {rules.MOST_OFFERED}. {mentors_named} prepare better when they know."
        )
        self.fields["offered"].required = False
        self.fields["wish_1"].required = not mentors
        self.fields["charter"].required = not later
        if charter is not None:
            self.initial["charter_read"] = charter.pk
        self.must_offer = mentors
        if not program.asks_line_managers:
            self.audiences = {**self.audiences, "hours_a_month": PROGRAM}  # type: ignore[misc]
        here = {name for name in self.fields if step is None or self.step_of(name) is step}
        here -= set(CHARTER_FIELDS if charter is None else ()) | set(NOT_WITH if joining is None else ())
        self.fields = {name: field for name, field in self.fields.items() if name in here}

    def _ask_levels(self, chosen: Sequence[Skill]) -> None:
        for skill in chosen:
            field = forms.TypedChoiceField(
                label=skill.name, choices=[("", "Not said"), *SkillLevel.choices], coerce=int, empty_value=None,
                required=False,
            )  # fmt: skip
            speak_plainly(field)
            self.fields[level_field(skill)] = field  # who can see it stands above all of them

    @staticmethod
    def step_of(name: str) -> Step:
        """The page on which a field stands."""
        if name.startswith("level_") or questions.is_asked_by(name):
            return Step.ABOUT
        return next(step for step, names in FIELDS_OF.items() if name in names)

    def refused_at(self) -> Step:
        """The first page with a field that was refused: nothing is refused but at a field."""
        return min((self.step_of(name) for name in self.errors), key=list(Step).index)

    def as_sent(self) -> dict[str, list[str]]:
        """The values of each field as the browser sent them, right or wrong; of a draft, which signs nothing."""
        sent = self.data if isinstance(self.data, MultiValueDict) else MultiValueDict()
        return {
            name: [str(value) for value in sent.getlist(name)] for name in self.fields if name not in CHARTER_FIELDS
        }

    def _typed(self, name: str) -> Any:
        return self.fields[name]

    def _sections(self, *, mentors: bool, has_others: bool) -> dict[Step, list[Any]]:
        offer: list[Any] = ["offered"]
        if has_others:
            offer.append(More("Other skills in the company", "offered_more"))
        wishes = layout.Inline(*WISHES)
        learn = (
            layout.Level("What you would like in return", wishes, help="The one that matters most comes first.")
            if mentors
            else layout.Level("What you would like to learn", wishes, help="The one that matters most comes first.")
        )
        show = layout.Level("What you can show" if mentors else "What you can share in return", *offer)
        known = layout.Level(
            "How well you know them", layout.Inline(*(level_field(skill) for skill in self.chosen)),
            help="If you like to say. It helps to find somebody a good step ahead.", audience=PROGRAM,
        )  # fmt: skip
        apart = [] if self.joining is None else [layout.Level("Whom not to meet", *NOT_WITH)]
        to_sign = [HTML('{% include "participants/_charter.html" %}'), "charter_read", "charter"]
        return {
            Step.OFFER: [show, learn] if mentors else [learn, show],
            Step.ABOUT: [
                *([known] if self.chosen else []),
                layout.Level("About you", "number_one", "background", "introduce", "hobbies"),
                *questions.sections(self.asked),
            ],
            Step.WAYS: [
                layout.Level(
                    "Ways of working", "languages", "ways", "half_days", "where_to_meet",
                    layout.Inline("hours_a_month", "places"),
                )
            ],
            Step.BOUNDARIES: [
                layout.Level("Boundaries", "not_discussed"),
                *apart,
                *([] if self.to_sign is None else [layout.Level("The charter", *to_sign)]),
            ],
        }  # fmt: skip

    def clean_hobbies(self) -> list[str]:
        """Split at commas and line ends; each once, however it is written."""
        found: dict[str, str] = {}
        for each in self.cleaned_data["hobbies"].replace("\n", ",").replace(";", ",").split(","):
            hobby = " ".join(each.split())
            if len(hobby) > rules.LONGEST_HOBBY:
                raise forms.ValidationError(
                    f"“{hobby[:20]}…” has {len(hobby)} characters. Keep each hobby to {rules.LONGEST_HOBBY}."
                )
            if hobby:
                found.setdefault(hobby.casefold(), hobby)
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        offered = {"offered", "offered_more"} & set(self.fields)
        if (
            self.must_offer
            and offered
            and not offered & set(self.errors)
            and not any(cleaned[name] for name in offered)
        ):
            self.add_error("offered", "Choose at least one thing a leader could learn from you.")
        self._refuse_too_many(
            [skill for name in offered for skill in cleaned.get(name) or ()], cleaned.get("hobbies") or []
        )
        if self.to_sign is not None and cleaned.get("charter"):
            self._refuse_unread(self.to_sign)
        questions.refuse_changed(self, self.asked)
        self._refuse_odd_vetoes([(name, cleaned[name]) for name in NOT_WITH if cleaned.get(name) is not None])
        seen: list[Skill] = []
        for name in WISHES:
            wish = cleaned.get(name)
            if wish in seen:
                self.add_error(name, rules.WishedTwice(wish))
            elif wish is not None:
                seen.append(wish)
        return cleaned

    def _refuse_too_many(self, offered: Sequence[Skill], hobbies: Sequence[str]) -> None:
        try:
            rules.insist_wishes_in_bounds(offered=offered, wanted=(), hobbies=hobbies)
        except rules.TooMany as refusal:
            self.add_error(refusal.field, refusal)

    def _refuse_odd_vetoes(self, named: list[tuple[str, Person]]) -> None:
        for place, (name, person) in enumerate(named):
            if person == self.joining:
                self.add_error(name, "This is you. Name a colleague, or leave it empty.")
            elif person in [other for _, other in named[:place]]:
                self.add_error(name, "You named the same person twice. Once is enough.")

    def _refuse_unread(self, charter: CharterVersion) -> None:
        """The page shows the words in force, and waits for another tick."""
        try:
            rules.insist_in_force(self.cleaned_data.get("charter_read") or 0, charter)
        except forms.ValidationError as refusal:
            typed = QueryDict(mutable=True)
            typed.update(self.data)
            typed[self.add_prefix("charter_read")] = str(charter.pk)
            typed.pop(self.add_prefix("charter"), None)
            self.data = typed
            self.add_error("charter", refusal)

    def profile(self) -> Profile:
        """What was told, as the actions take it."""
        told = self.cleaned_data
        agreed: Profile = {"charter_agreed": True, "charter_read": told["charter_read"]} if told.get("charter") else {}
        return {
            **agreed,
            "offered": [*told["offered"], *told["offered_more"]],
            "wanted": [told[name] for name in WISHES if told[name] is not None],
            "number_one": told["number_one"],
            "background": told["background"],
            "introduce": told["introduce"],
            "hobbies": told["hobbies"],
            "languages": told["languages"],
            "ways": told["ways"],
            "half_days": told["half_days"],
            "where_to_meet": told["where_to_meet"],
            "hours_a_month": told["hours_a_month"],
            "places": told["places"],
            "not_discussed": told["not_discussed"],
            "levels": {
                skill: told[level_field(skill)] for skill in self.chosen if told.get(level_field(skill)) is not None
            },
            "answers": questions.given(self),
            "questions_read": questions.read(self),
        }

    def not_with(self) -> list[Person]:
        return [self.cleaned_data[name] for name in NOT_WITH if self.cleaned_data.get(name) is not None]


FIELDS_OF: Final[Mapping[Step, tuple[str, ...]]] = {
    Step.OFFER: ("offered", "offered_more", *WISHES),
    Step.ABOUT: ("number_one", "background", "introduce", "hobbies"),
    Step.WAYS: ("languages", "ways", "half_days", "where_to_meet", "hours_a_month", "places"),
    Step.BOUNDARIES: ("not_discussed", *NOT_WITH, *CHARTER_FIELDS),
}


def first_told(person: Person, before: Participation | None) -> dict[str, Any]:
    """What the form can say already about somebody who volunteers: what they told in another program, or their
    languages in the directory."""
    return {"languages": person.languages} if before is None else told_before(before)


def as_typed(answers: Mapping[str, list[str]]) -> dict[str, Any]:
    """What a draft holds, as the form shows it again, beside the questions as they are now."""
    shown: dict[str, Any] = {}
    for name, values in answers.items():
        if questions.is_mark(name):
            continue
        field = ProfileForm.base_fields.get(name)
        if isinstance(field, forms.MultipleChoiceField):
            shown[name] = values
        elif isinstance(field, forms.BooleanField):
            shown[name] = bool(values)
        else:
            shown[name] = values[0] if values else ""
    return shown


def told_before(participation: Participation) -> dict[str, Any]:
    """What somebody told so far, for the form in which they change it; private text is opened for them alone."""
    wishes = [str(each.skill_id) for each in participation.wanted.all()]
    offered = [str(each.skill_id) for each in participation.offered.all()]
    plain = (
        "number_one", "background", "introduce", "languages", "ways", "half_days", "where_to_meet", "hours_a_month",
        "places",
    )  # fmt: skip
    return {
        **{name: getattr(participation, name) for name in plain},
        **{level_field(each.skill): each.level for each in (*participation.wanted.all(), *participation.offered.all())},
        **dict(zip(WISHES, wishes, strict=False)),
        "offered": offered,
        "offered_more": offered,
        "hobbies": ", ".join(participation.hobbies),
        "not_discussed": not_discussed(participation),
        **questions.told(participation),
    }


class AgreeForm(UpwellForm):
    """Its one button is drawn by the page."""

    read = forms.IntegerField(
        label="Your answer", widget=forms.HiddenInput,
        error_messages={"required": "Read the charter, then agree.", "invalid": "Read the charter, then agree."},
    )  # fmt: skip
    audiences: ClassVar = {"read": CHARTER}


class ManagersAnswerForm(UpwellForm):
    """Its two buttons are drawn by the page."""

    reply = forms.ChoiceField(
        label="Your answer",
        choices=ManagersReply,
        error_messages={
            "required": "Choose one of the two answers.",
            "invalid_choice": "Choose one of the two answers.",
        },
    )
    audiences: ClassVar = {"reply": MANAGERS_ANSWER}

    def clean_reply(self) -> ManagersReply:
        return ManagersReply(self.cleaned_data["reply"])


def _referee(label: str) -> ColleagueField:
    return ColleagueField(
        label=label,
        help_text="Work e-mail or employee number of somebody who knows how you treat what is told in confidence.",
    )


class RefereesForm(UpwellForm):
    """As many colleagues as the program asks for."""

    first = _referee("A colleague who can speak for you")
    second = _referee("Another colleague")
    audiences: ClassVar = {"first": REFEREES, "second": REFEREES}

    def __init__(self, *args: Any, wanted: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if wanted < 2:
            del self.fields["second"]

    def referees(self) -> list[Person]:
        return [self.cleaned_data[name] for name in ("first", "second") if name in self.fields]


class RefereesAnswerForm(UpwellForm):
    reply = forms.TypedChoiceField(
        label="Can this person keep a confidence?", choices=RefereesReply, coerce=RefereesReply, widget=widgets.Rows
    )
    remark = forms.CharField(
        label="Something you would like to add",
        help_text="Only what helps to decide. It is deleted when the person leaves the program.",
        max_length=rules.LONGEST_REMARK, required=False, widget=widgets.Textarea,
    )  # fmt: skip
    audiences: ClassVar = {"reply": REFERENCE, "remark": REFERENCE}


class NameChampionForm(UpwellForm):
    person = ColleagueField(
        label="Somebody who takes or took part", help_text=f"{SHORT_HELP} They are asked, and shown only after a yes."
    )


class ChampionsAnswerForm(UpwellForm):
    """Its two buttons are drawn by the page."""

    reply = forms.TypedChoiceField(
        label="Your answer",
        choices=ChampionsReply,
        coerce=ChampionsReply,
        error_messages={"required": "Choose yes or no.", "invalid_choice": "Choose yes or no."},
    )
    audiences: ClassVar = {"reply": CHAMPION}


COUNT: Final = "_count"
"""The button that says how many would be asked, and asks nobody."""

MOST_NAMED = 100


class CallForm(UpwellForm):
    """Whom a coordinator asks to volunteer, and in which words. Nobody is asked before it is sent."""

    side = forms.TypedChoiceField(label="Who is missing", choices=Side, coerce=Side, widget=widgets.Rows)
    functions = forms.ModelMultipleChoiceField(
        Function.objects.all(), label="Functions", widget=widgets.ChipsMany, required=False,
        help_text="Choose none to ask in all of them.",
    )  # fmt: skip
    lines_of_business = forms.ModelMultipleChoiceField(
        LineOfBusiness.objects.all(), label="Lines of business", widget=widgets.ChipsMany, required=False
    )
    sites = forms.ModelMultipleChoiceField(Site.objects.all(), label="Sites", widget=widgets.ChipsMany, required=False)
    people = forms.CharField(
        label="Or these people alone",
        help_text="Work e-mails or employee numbers, one in each line.",
        widget=widgets.Textarea, max_length=10_000, required=False,
    )  # fmt: skip
    words = forms.CharField(
        label="What you write to them", widget=widgets.Textarea, max_length=600,
        help_text="It begins the mail. A sentence about the program and a link follow.",
    )  # fmt: skip

    def clean_people(self) -> list[Person] | None:
        named = list(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["people"].strip().casefold())))
        if named == [""]:
            return None
        if len(named) > MOST_NAMED:
            raise ValidationError(f"These are {len(named)} people. Name {MOST_NAMED} or fewer, or choose an area.")
        found: dict[str, Person] = {}
        if not any("\x00" in each for each in named):
            lowered = Person.objects.annotate(mail=Lower("email"), number=Lower("employee_number"))
            for person in lowered.filter(Q(mail__in=named) | Q(number__in=named)):
                found |= {person.mail: person, person.number: person}
        if strangers := [each for each in named if each not in found]:
            raise ValidationError(f"Nobody in the directory has this e-mail or number: {', '.join(strangers[:10])}.")
        return list({found[each].pk: found[each] for each in named}.values())

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("people") and any(said.get(name) for name in ("functions", "lines_of_business", "sites")):
            self.add_error("people", "Either choose an area or name people, not both.")
        return said

    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        said = self.cleaned_data
        area = Area(said["functions"], said["lines_of_business"], said["sites"])
        return {"side": said["side"], "area": area, "people": said["people"], "words": said["words"]}
