"""What somebody answers to a proposal, and what a coordinator asks of a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError

from matching import rules
from matching.choices import BoardOrder, FitInWords, Hand, Reply, TradeOff, Word
from matching.departures import decision_in_words, limit_in_words
from matching.queries import BoardLook
from matching.scoring.partner_wishes import MOST_WISHED
from matching.terms import Decision, Terms
from matching.wish_lists import WishList
from participants.models import Participation, ParticipationQuerySet
from people.fields import ColleagueField
from people.models import Person
from privacy.audiences import COORDINATORS, FOR_THE_SEARCH
from programs.choices import Criterion, Importance, Side
from programs.forms import CRITERIA_HELP, IMPORTANCE_FIELDS
from programs.models import Program
from ui.forms import BoundField, UpwellForm
from ui.layout import Inline, Level
from ui.widgets import Described, Rows, RowsMany

NOTHING: Final = Described("No word", "You two are not proposed to one another again in this program.")
EFFECTS: Final = {
    Word.SAME_TEAM: "You two are never proposed to one another again, in any program.",
    Word.TOO_WELL: "You two are never proposed to one another again, in any program.",
    Word.TOPIC: "What this proposal was about counts less for you in the searches of this program.",
    Word.NOT_NOW: "Nobody is proposed to you in this program before the day below.",
}


WISHES: Final = tuple(f"wish_{rank}" for rank in range(1, MOST_WISHED + 1))


class AsideForm(UpwellForm):
    """What somebody may tell the search alone with "not this one"."""

    word = forms.TypedChoiceField(
        label="A word to the search",
        required=False,
        choices=[("", NOTHING), *((word.value, Described(word.label, hint)) for word, hint in EFFECTS.items())],
        coerce=Word,
        empty_value=None,
        widget=Rows,
        help_text="It changes the next search and nothing else. Coordinators do not read it, and no reason shows it.",
    )
    out_until = forms.DateField(
        label="Propose nobody to me before",
        required=False,
        help_text="For “Not now”: it begins once you both know that this proposal is over, as a rule the next morning. "
        "You are in the search again from this day on. Coordinators can see that you have no free place meanwhile, and "
        "not why. You can change it here.",
    )
    audiences: ClassVar = {"word": FOR_THE_SEARCH, "out_until": FOR_THE_SEARCH}
    layout = Layout("word", "out_until")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """The day is asked at its field; what is not about a day is kept without one."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("word") and "out_until" in cleaned:
            rules.insist_day_fits(cleaned["word"], cleaned["out_until"], self.today)
        return cleaned


class ReplyForm(AsideForm):
    """Its two buttons are drawn by the page."""

    reply = forms.ChoiceField(
        label="Your answer",
        choices=Reply,
        error_messages={
            "required": "Choose one of the two answers.",
            "invalid_choice": "Choose one of the two answers.",
        },
    )
    audiences: ClassVar = {**AsideForm.audiences, "reply": COORDINATORS}

    def clean_reply(self) -> Reply:
        return Reply(self.cleaned_data["reply"])

    def clean(self) -> dict[str, Any]:
        """A yes needs no word, and is not held up by one that was begun."""
        if self.cleaned_data.get("reply") == Reply.ACCEPTED:
            for name in ("word", "out_until"):
                self.errors.pop(name, None)
                self.cleaned_data[name] = None
        return super().clean()


class WishesForm(UpwellForm):
    """Up to five of a list, the dearest first; an empty place between two is left out."""

    layout = Layout(*WISHES)

    def __init__(self, *args: Any, shown: WishList, **kwargs: Any) -> None:
        chosen = dict(zip(WISHES, shown.chosen, strict=False))
        super().__init__(*args, initial=chosen, **kwargs)
        on_the_list = {each.key: each for each in shown.possible}
        for name, rank in zip(WISHES, ("First", "Second", "Third", "Fourth", "Fifth"), strict=True):
            field = forms.TypedChoiceField(
                label=f"{rank} wish",
                required=False,
                choices=[("", "Nobody"), *((key, each.called) for key, each in on_the_list.items())],
                coerce=on_the_list.__getitem__,
                empty_value=None,
                error_messages={"invalid_choice": "Your list has changed. Choose again."},
            )
            self.add_field(name, field, audience=FOR_THE_SEARCH)

    def clean(self) -> dict[str, Any]:
        seen: set[str] = set()
        for name in WISHES:
            if (wished := self.cleaned_data.get(name)) is not None:
                if wished.key in seen:
                    self.add_error(name, f"You chose {wished.called} twice. Choose another, or leave one empty.")
                seen.add(wished.key)
        return self.cleaned_data

    def chosen(self) -> list[Participation]:
        said = [self.cleaned_data[name] for name in WISHES]
        return [wished.participation for wished in said if wished is not None]


class FilterField(BoundField):
    """What narrows a list is left out more often than not; saying so at each would be noise."""

    is_optional = False


class BoardForm(UpwellForm):
    """Which pairs a board shows, from its address. Whatever it does not understand, it leaves out."""

    bound_field_class = FilterField

    named = forms.CharField(label="Name", required=False, max_length=100)
    fit = forms.ChoiceField(label="Fit", required=False, choices=[("", "Any fit"), *reversed(FitInWords.choices)])
    order = forms.ChoiceField(label="Order", required=False, choices=BoardOrder)
    all = forms.ChoiceField(required=False, choices=[("yes", "All")], widget=forms.HiddenInput)
    layout = Layout("named", "fit", "order")

    def look(self) -> BoardLook:
        self.is_valid()
        said = self.cleaned_data
        return BoardLook(
            named=said.get("named", ""),
            fit=said.get("fit", ""),
            order=BoardOrder(said.get("order") or BoardOrder.WEAKEST),
            all=said.get("all") == "yes",
        )


class PairForm(UpwellForm):
    """Two people who waited when a search was made."""

    mentor = forms.TypedChoiceField(empty_value=None)
    mentee = forms.TypedChoiceField(empty_value=None)
    layout = Layout("mentor", "mentee")

    def __init__(self, *args: Any, mentors: Sequence[Participation], mentees: Sequence[Participation], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, people in (("mentor", mentors), ("mentee", mentees)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  declared above
            found = {str(one.pk): one for one in people}
            word = people[0].program.word(name) if people else name
            field.label = word.capitalize()
            field.coerce = found.__getitem__
            field.choices = [("", f"Choose a {word}"), *((key, _line(one)) for key, one in found.items())]
            asks = f"Choose a {word} who waited when this search was made."
            field.error_messages = {**field.error_messages, "required": asks, "invalid_choice": asks}


def _line(participation: Participation) -> str:
    person = participation.person
    return f"{person.name}, {person.line}" if person.line else person.name


ROWS_AT_ONCE: Final = 3
MOST_PLACES: Final = 5
TRIED_FIELDS: Final = {
    name: criterion for name, criterion in IMPORTANCE_FIELDS.items() if criterion is not Criterion.PARTNER_WISHES
}
"""How much wishes for one another count is not tried: what changes with it would tell who wished for whom."""


class ScenarioForm(UpwellForm):
    """Another way to search: everything as in ``terms``, apart from what is said here."""

    bound_field_class = FilterField

    name = forms.CharField(
        label="Name of the scenario", max_length=60, help_text="What you try, in a few words: “One level is enough”."
    )
    level_gap = forms.IntegerField(label="Levels between the two, at least", min_value=1, max_value=20)
    different_function = forms.BooleanField(label="Never within one function", required=False)
    different_line_of_business = forms.BooleanField(label="Never within one line of business", required=False)
    trade_off = forms.ChoiceField(
        label="What a stronger weakest pair may cost",
        choices=TradeOff,
        widget=Rows,
        help_text="As many pairs are made in any case. Where people have waited through earlier rounds they come "
        "first, and nothing is given up.",
    )
    limits = forms.MultipleChoiceField(
        label="Fewer places, so far", required=False, widget=RowsMany, help_text="Untick what is not to hold here."
    )
    decisions = forms.MultipleChoiceField(
        label="Decided by hand, so far", required=False, widget=RowsMany, help_text="Untick what is not to hold here."
    )
    locals().update(
        {
            name: forms.ChoiceField(label=criterion.label, help_text=CRITERIA_HELP[criterion], choices=Importance)
            for name, criterion in TRIED_FIELDS.items()
        }
    )
    for _row in range(1, ROWS_AT_ONCE + 1):
        locals()[f"limited_{_row}"] = ColleagueField(label="Person", required=False, help_text="")
        locals()[f"most_{_row}"] = forms.IntegerField(
            label="Partners, at most",
            required=False,
            min_value=0,
            max_value=MOST_PLACES,
        )
        locals()[f"mentor_{_row}"] = ColleagueField(required=False, help_text="")
        locals()[f"mentee_{_row}"] = ColleagueField(required=False, help_text="")
        locals()[f"hand_{_row}"] = forms.ChoiceField(
            label="Together or never",
            required=False,
            choices=[("", "Choose"), (Hand.KEEP, "Keep together"), (Hand.NEVER, "Never pair")],
        )
    del _row

    def __init__(self, *args: Any, program: Program, terms: Terms, names: Mapping[UUID, str], **kwargs: Any) -> None:
        self.program, self.start = program, terms
        self._limits = {str(one): limit_in_words(one, most, names) for one, most in terms.places.items()}
        self._decisions = {f"{each.mentor}.{each.mentee}": each for each in terms.decisions}
        initial: dict[str, Any] = {**terms.rules, "trade_off": terms.trade_off}
        initial |= {name: terms.importances[criterion] for name, criterion in TRIED_FIELDS.items()}
        initial |= {"limits": list(self._limits), "decisions": list(self._decisions)}
        super().__init__(*args, initial=initial, **kwargs)
        self._offer("limits", list(self._limits.items()))
        self._offer("decisions", [(key, decision_in_words(each, names)) for key, each in self._decisions.items()])
        for row in range(1, ROWS_AT_ONCE + 1):
            for side in Side:
                self.fields[f"{side}_{row}"].label = program.word(side, capital=True)
        self.helper.layout = self._layout()

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = choices

    def _layout(self) -> Layout:
        rows = range(1, ROWS_AT_ONCE + 1)
        return Layout(
            "name",
            Level(
                "Rules for a pair",
                "level_gap",
                "different_function",
                "different_line_of_business",
                help="Never with oneself, never within one reporting line, never where a conflict is declared: that "
                "always holds, here too.",
            ),
            Level("What makes a good pair", Div(*TRIED_FIELDS, css_class="uw-beside uw-beside--fields")),
            Level("Fairness", "trade_off"),
            Level(
                "Places",
                *(["limits"] if self._limits else []),
                *(Inline(f"limited_{row}", f"most_{row}") for row in rows),
                help="Fewer partners for some people than they told us, never more; 0 leaves a person out. Name people "
                "by work e-mail or employee number.",
            ),
            Level(
                "Pairs decided by hand",
                *(["decisions"] if self._decisions else []),
                *(Inline(f"mentor_{row}", f"mentee_{row}", f"hand_{row}") for row in rows),
                help="Rules go on applying: a pair that they keep apart is not kept together here either. Name people "
                "by work e-mail or employee number.",
            ),
        )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for row in range(1, ROWS_AT_ONCE + 1):
                self._judge_limit(row, said)
                self._judge_pair(row, said)
        return said

    def terms(self) -> Terms:
        """What the scenario goes by, once the form is valid."""
        said, rows = self.cleaned_data, range(1, ROWS_AT_ONCE + 1)
        places = {one: self.start.places[one] for one in map(UUID, said["limits"])}
        for row in rows:
            places |= dict.fromkeys(said[f"limited_{row}"] or (), said[f"most_{row}"])
        decided = {(each.mentor, each.mentee): each for each in map(self._decisions.__getitem__, said["decisions"])}
        for row in rows:
            if pair := said[f"mentor_{row}"]:
                decision = Decision(pair, said[f"mentee_{row}"], Hand(said[f"hand_{row}"]))
                decided[decision.mentor, decision.mentee] = decision
        return Terms(
            rules={
                "level_gap": said["level_gap"],
                "different_function": said["different_function"],
                "different_line_of_business": said["different_line_of_business"],
            },
            importances={
                **self.start.importances,
                **{criterion: Importance(said[name]) for name, criterion in TRIED_FIELDS.items()},
            },
            decisions=tuple(decided.values()),
            places=places,
            trade_off=TradeOff(said["trade_off"]),
        )

    def _judge_limit(self, row: int, said: dict[str, Any]) -> None:
        """Somebody on both sides is limited on both; what comes out are their participations."""
        person, most = said[f"limited_{row}"], said[f"most_{row}"]
        if person is None and most is None:
            return
        if person is None or most is None:
            self.add_error(f"most_{row}" if most is None else f"limited_{row}", "A limit needs a person and a number.")
            return
        found = list(self._taking_part(person))
        if not found:
            self.add_error(f"limited_{row}", f"{person.name} does not take part in this program.")
        elif over := next((one for one in found if one.places < most), None):
            self.add_error(f"most_{row}", rules.MorePlacesThanTold(over))
        else:
            said[f"limited_{row}"] = [one.pk for one in found]

    def _judge_pair(self, row: int, said: dict[str, Any]) -> None:
        told = {name: said[f"{name}_{row}"] for name in (*Side.values, "hand")}
        if not any(told.values()):
            return
        for name, value in told.items():
            if not value:
                self.add_error(f"{name}_{row}", "A decision needs two people, and whether they are kept together.")
                return
        for side in Side:
            person = told[side]
            participation = self._taking_part(person).filter(side=side).first()
            if participation is None:
                self.add_error(
                    f"{side}_{row}",
                    ValidationError(f"{person.name} is not {self.program.word(side, article=True)} in this program."),
                )
                return
            said[f"{side}_{row}"] = participation.pk

    def _taking_part(self, person: Person) -> ParticipationQuerySet:
        found: ParticipationQuerySet = Participation.objects.filter(program=self.program, person=person).taking_part()
        return found.select_related("person")
