"""Forms say who reads the answer, refuse in sentences, and show what an action refused."""

from __future__ import annotations

from typing import ClassVar

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.template import engines
from django.test import RequestFactory
from pytest_django.asserts import assertHTMLEqual

from privacy.audiences import ONESELF, PARTNERS
from ui import widgets
from ui.forms import Problem, UpwellForm, problems_of, refusals_shown_on, render_form
from ui.lines import NO_LINE
from ui.templatetags.upwell import box


class NoteForm(UpwellForm):
    text = forms.CharField(label="Note", max_length=10, widget=forms.Textarea, help_text="One sentence is enough.")
    held_on = forms.DateField(label="Date", required=False)
    side = forms.ChoiceField(
        label="Side", choices=[("a", widgets.Described("A", "First")), ("b", "B")], widget=widgets.Rows
    )

    audiences: ClassVar = {"text": PARTNERS, "side": ONESELF}


def drawn(form):
    page = engines["django"].from_string("{% load crispy_forms_tags %}{% errors form %}{% crispy form %}")
    return page.render({"form": form})


def test_a_text_that_is_too_long_is_told_how_much_to_take_out():
    form = NoteForm({"text": "twelve chars", "side": "a"})
    assert form.errors == {"text": ["This is 12 characters long. Take out 2 or more."]}


def test_a_line_break_counts_as_one_character():
    assert NoteForm({"text": "four\r\nfive5", "side": "a"}).is_valid()
    assert NoteForm({"text": "four\r\nfive56", "side": "a"}).errors["text"] == [
        "This is 11 characters long. Take out 1 or more."
    ]


def test_the_browser_is_never_told_to_cut_a_text():
    assert "maxlength" not in drawn(NoteForm())


def test_a_date_that_is_not_one_is_told_how_to_write_it():
    form = NoteForm({"text": "ok", "side": "a", "held_on": "12 November"})
    assert form.errors == {"held_on": ["Write the date as year-month-day: 2027-03-12."]}


def test_a_day_before_the_month_is_not_guessed():
    assert not NoteForm({"text": "ok", "side": "a", "held_on": "12/11/2026"}).is_valid()


def test_missing_answers_are_asked_for_in_the_words_of_their_kind():
    assert NoteForm({}).errors == {"text": ["Please answer this."], "side": ["Please choose one."]}


def test_a_number_out_of_bounds_is_told_the_bound():
    class Minutes(UpwellForm):
        minutes = forms.IntegerField(min_value=10, max_value=480)

    assert Minutes({"minutes": "5"}).errors == {"minutes": ["This must be 10 or more."]}
    assert Minutes({"minutes": "500"}).errors == {"minutes": ["This must be 480 or less."]}


def test_words_of_the_form_itself_win_over_ours():
    class Own(UpwellForm):
        name = forms.CharField(error_messages={"required": "Say who you are."})

    assert Own({}).errors == {"name": ["Say who you are."]}


def test_what_describes_a_field_is_read_readers_first_then_help_then_count_then_error():
    field = NoteForm({"text": "", "side": "a"})["text"]
    assert field.aria_describedby == "id_text_depth id_text_helptext id_text_counter id_text_error"
    html = drawn(NoteForm({"text": "", "side": "a"}))
    places = [html.index(f'id="id_text_{part}"') for part in ("depth", "helptext", "counter", "error")]
    assert places == sorted(places)


def test_an_audience_for_a_field_that_is_not_there_is_a_mistake():
    class Misspelt(UpwellForm):
        text = forms.CharField()
        audiences: ClassVar = {"txt": PARTNERS}

    with pytest.raises(LookupError, match="txt"):
        Misspelt()


def test_the_summary_leads_to_each_field_and_counts_in_words():
    form = NoteForm({"text": ""})
    assert problems_of(form) == [
        Problem("id_text", "Note: Please answer this."), Problem("id_side_0", "Side: Please choose one."),
    ]  # fmt: skip
    html = drawn(form)
    assert "Two answers need another look" in html
    assert "Everything else is kept." in html
    assert 'id="id_side_0"' in html


def test_nobody_is_promised_that_a_password_or_a_file_is_kept():
    class Secret(UpwellForm):
        word = forms.CharField(widget=forms.PasswordInput)

    class Letter(UpwellForm):
        file = forms.FileField()

    assert "please type yours again" in drawn(Secret({}))
    assert "please choose yours again" in drawn(Letter({}))


def test_what_is_wrong_with_the_whole_form_is_not_called_an_answer():
    form = NoteForm({"text": "ok", "side": "a"})
    form.add_error(None, "Nothing is answered yet.")
    assert "This needs another look" in drawn(form)


def test_one_answer_is_not_called_answers():
    assert "One answer needs another look" in drawn(NoteForm({"text": "ok"}))


def test_nothing_stands_above_a_form_that_was_not_refused():
    assert "another look" not in drawn(NoteForm())
    assert "another look" not in drawn(NoteForm({"text": "ok", "side": "a"}))


def test_what_an_action_refuses_is_shown_at_its_field_or_above_the_form():
    form = NoteForm({"text": "ok", "side": "a"})
    assert form.is_valid()
    with refusals_shown_on(form):
        raise ValidationError({"held_on": "That day has not come yet.", "elsewhere": "The program is closed."})
    assert form.errors == {"held_on": ["That day has not come yet."], "__all__": ["The program is closed."]}


def test_a_refusal_without_a_field_is_shown_above_the_form():
    form = NoteForm({"text": "ok", "side": "a"})
    assert form.is_valid()
    with refusals_shown_on(form):
        raise ValidationError("This pair has ended.")
    assert form.non_field_errors() == ["This pair has ended."]


def test_other_errors_of_an_action_are_not_swallowed():
    form = NoteForm({"text": "ok", "side": "a"})
    with pytest.raises(ZeroDivisionError), refusals_shown_on(form):
        1 / 0  # noqa: B018


@pytest.mark.parametrize(("answers", "status"), [(None, 200), ({"text": "ok", "side": "a"}, 200), ({"text": ""}, 422)])
def test_a_refused_form_answers_422_and_a_page_200(answers, status):
    response = render_form(RequestFactory().get("/"), "components/errors.html", {"form": NoteForm(answers)})
    assert response.status_code == status


def test_a_choice_may_have_a_second_line():
    html = drawn(NoteForm())
    assert "<b>A</b><small>First</small>" in html
    assert "<b>B</b></span>" in html


def test_what_people_typed_comes_back_escaped():
    html = drawn(NoteForm({"text": "</textarea><script>x</script>"}))
    assert "<script>" not in html


class LineForm(UpwellForm):
    name = forms.CharField()
    email = forms.EmailField(required=False)
    words = forms.CharField(widget=forms.Textarea, required=False)


@pytest.mark.parametrize(
    "hidden", ["\n", "\r\nBcc: x@evil.example ", "\t", "\x1b", "\x7f", "\u2028", "\u202e", "\u2066", "\u200b"]
)
def test_one_line_takes_no_break_and_nothing_that_cannot_be_seen(hidden):
    assert LineForm({"name": f"Mi{hidden}na"}).errors == {"name": [NO_LINE]}
    assert "email" in LineForm({"name": "Mina", "email": f"mi{hidden}na@example.org"}).errors
    assert LineForm({"name": f" Mina{hidden}" if hidden.isspace() else "Mina"}).is_valid()  # blanks around are cut off


@pytest.mark.parametrize("name", ["Zoë", "O’Neil-Łukasz", "می\u200cخواهم", "क्\u200dष", "李 小龍"])
def test_names_of_all_scripts_are_lines(name):
    assert LineForm({"name": name}).is_valid()


def test_a_text_of_several_lines_may_have_them():
    assert LineForm({"name": "Mina", "words": "One\nand another."}).is_valid()


GROUPS = [("", "Nothing"), ("<i>Skills</i>", [("7", "R & D"), ("8", '"Quoted"')]), ("Plain", [("9", "Chess")])]


@pytest.mark.parametrize("attrs", [{}, {"class": "wide", "required": True, "disabled": False, "data-q": '"<&'}])
@pytest.mark.parametrize(
    ("widget", "chosen"),
    [
        (forms.Select, "8"), (forms.Select, None), (forms.SelectMultiple, ["7", "9"]),
        (forms.RadioSelect, "7"), (forms.CheckboxSelectMultiple, ["8", "9"]), (forms.NullBooleanSelect, True),
    ],
)  # fmt: skip
def test_lists_are_drawn_in_one_step_and_say_what_those_of_django_say(widget, chosen, attrs):
    made = widget(attrs) if widget is forms.NullBooleanSelect else widget(attrs, choices=GROUPS)
    ours = made.render("skill", chosen, {"id": "id_skill"}, renderer=TemplatesSetting())
    assertHTMLEqual(ours, made.render("skill", chosen, {"id": "id_skill"}, renderer=DjangoTemplates()))


@pytest.mark.parametrize("widget", [widgets.Chips, widgets.RowsMany])
def test_a_box_is_what_django_draws_and_its_label_stays_beside_it(widget):
    class PickForm(forms.Form):
        picked = forms.MultipleChoiceField(choices=[("<", "Less"), (7, "Seven")], widget=widget({"data-q": '"'}))

    for choice in PickForm({"picked": ["7"]}, renderer=TemplatesSetting())["picked"]:
        assertHTMLEqual(box(choice), choice.tag())


def test_large_numbers_in_a_list_stay_as_a_server_reads_them(settings):
    settings.USE_THOUSAND_SEPARATOR = True

    class PickForm(forms.Form):
        listed = forms.ChoiceField(choices=[(12345, "Many")])
        ticked = forms.ChoiceField(choices=[(12345, "Many")], widget=widgets.Chips)

    form = PickForm(renderer=TemplatesSetting())
    assert 'value="12345"' in str(form["listed"])
    assert [box(choice) for choice in form["ticked"]] == [
        '<input type="radio" name="ticked" value="12345" id="id_ticked_0" required>'
    ]
