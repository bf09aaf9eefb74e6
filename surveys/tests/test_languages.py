"""A survey in more than one language."""

from __future__ import annotations

import html
import importlib
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse
from django.utils import timezone

from people.choices import Language
from people.languages import direction_of, name_of
from people.tests.factories import AdaFactory, CoraFactory
from programs.choices import Side
from programs.rules import NotACoordinator
from programs.tests.factories import program_with
from surveys import actions, queries, rules
from surveys.choices import SurveyKind
from surveys.languages import POINTS, Spoken, Words
from surveys.models import Answer, Question, QuestionTranslation, Survey, Translation
from surveys.tests.factories import OPENED_AT, SurveyFactory, one_of_each_kind, opened, three_questions
from surveys.tests.test_waves import OVER, noon

GERMAN = ("Gar nicht", "Wenig", "Teils", "Meist", "Ganz")


def into_german(survey: Survey, by, **changed: Words) -> Translation:
    scale, choice, comment = survey.questions.all()
    words = {
        scale.pk: Words("Es hat sich gelohnt."),
        choice.pk: changed.get("choice", Words("Noch einmal?", ("Ja", "Nein"))),
    }
    return actions.translate(
        survey, by=by, language=Language.GERMAN, title="Wie war es?", introduction="Drei Fragen.", points=GERMAN,
        questions={**words, comment.pk: changed.get("comment", Words())},
    )  # fmt: skip


def test_what_was_translated_before_the_words_were_kept_stands_for_what_stands_beside_it(survey, cora):
    """The migration that added the columns, on a survey that is open and on rows without them."""
    into_german(survey, cora)
    opened(survey)
    fill = importlib.import_module("surveys.migrations.0006_same_words").FILL
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; alter table surveys_translation disable trigger user;"
                       "alter table surveys_questiontranslation disable trigger user")  # fmt: skip
        Translation.objects.update(of_title="", of_introduction="")
        QuestionTranslation.objects.update(of_words="", of_options=[])
        cursor.execute("set constraints all immediate; alter table surveys_translation enable trigger user;"
                       "alter table surveys_questiontranslation enable trigger user")  # fmt: skip
        assert Spoken(survey, survey.translations.get()).title == survey.title, "without them nothing is translated"
        cursor.execute(fill)
    scale, choice, _ = survey.questions.all()
    spoken = Spoken(survey, survey.translations.get())
    assert (spoken.title, spoken.introduction) == ("Wie war es?", "Drei Fragen.")
    assert spoken.words(scale) == "Es hat sich gelohnt."
    assert spoken.options(choice) == [("Yes", "Ja"), ("No", "Nein")]
    with pytest.raises(IntegrityError, match="no longer change"), transaction.atomic():
        Translation.objects.update(title="Anders")


@pytest.fixture
def survey(program) -> Survey:
    """Open these days, once it is opened: views read the clock."""
    today = timezone.now().date()
    survey = SurveyFactory(program=program, opens_on=today - timedelta(days=2), closes_on=today + timedelta(days=5))
    three_questions(survey)
    return survey


@pytest.fixture
def page(survey) -> str:
    return reverse("surveys:answer", args=[survey.pk])


def test_every_working_language_has_a_name_of_its_own_and_a_direction():
    assert (name_of("de"), name_of("zh"), direction_of("ar"), direction_of("de")) == (
        "Deutsch",
        "简体中文",
        "rtl",
        "ltr",
    )
    assert all(name_of(language) for language in Language)
    assert all(len(set(points)) == 5 for points in POINTS.values())
    assert set(POINTS) <= set(Language.values)


# Answering


def test_who_speaks_it_is_asked_in_it_and_the_answer_is_stored_in_the_words_of_the_survey(
    client, survey, page, cora, mina
):
    into_german(survey, cora)
    opened(survey, (mina, Side.MENTOR))
    mina.languages = ["de", "en"]
    mina.save()
    client.force_login(mina)
    text = client.get(page).text
    for said in ("Wie war es?", "Drei Fragen.", "Es hat sich gelohnt.", "Noch einmal?", "Nein", "Teils"):
        assert said in text
    assert '<div lang="de" dir="ltr">' in text
    assert "One question is not wholly in Deutsch, and falls back to English." in text
    assert "What should we change?" in text
    scale, choice, _ = survey.questions.all()
    client.post(page, {"page": "0", "go": "send", "language": "de", f"q{scale.pk}": "4", f"q{choice.pk}": "No"})
    stored = Answer.objects.get()
    assert stored.values == {str(scale.pk): 4, str(choice.pk): "No"}
    assert "de" not in {str(getattr(stored, field.name)) for field in Answer._meta.fields}


def test_the_reader_chooses_another_language_and_nothing_typed_is_lost(client, survey, page, cora, mina):
    into_german(survey, cora)
    opened(survey, (mina, Side.MENTOR))
    client.force_login(mina)
    text = client.get(page).text
    assert "It was worth my time." in text
    assert '<button class="btn btn-plain" name="speak" value="de" lang="de">Deutsch</button>' in text
    comment = survey.questions.all()[2]
    spoken = client.post(page, {"page": "0", "language": "en", "speak": "de", f"q{comment.pk}": "Less paper."})
    assert spoken.status_code == 200
    assert "Es hat sich gelohnt." in spoken.text
    assert "Less paper." in spoken.text
    assert '<input type="hidden" name="language" value="de">' in spoken.text
    assert not Answer.objects.exists()
    for odd in ("xx", "fr", "\x00"):
        assert "It was worth my time." in client.post(page, {"page": "0", "speak": odd}).text


def test_in_one_language_alone_nothing_is_offered_and_nothing_falls_back(client, survey, page, mina):
    opened(survey, (mina, Side.MENTOR))
    client.force_login(mina)
    text = client.get(page).text
    assert 'name="speak"' not in text
    assert "falls back" not in text
    assert "fall back" not in text


def test_a_preview_speaks_them_too(client, survey, cora):
    into_german(survey, cora)
    client.force_login(cora)
    preview = reverse("surveys:preview", args=[survey.pk, "mentor"])
    assert "Es hat sich gelohnt." in client.post(preview, {"page": "0", "speak": "de"}).text


def test_the_pages_need_a_constant_number_of_queries(client, survey, page, cora, mina, django_assert_max_num_queries):
    into_german(survey, cora)
    opened(survey, (mina, Side.MENTOR))
    client.force_login(mina)
    with django_assert_max_num_queries(10):
        client.get(page)


def test_every_kind_of_question_is_read_in_its_language_and_answered_in_its_own_words(program):
    survey = SurveyFactory(program=program)
    asks = one_of_each_kind(survey)
    translation = Translation.objects.create(survey=survey, language="de", points=GERMAN)
    for each in asks:
        QuestionTranslation.objects.create(
            translation=translation, question=each, words=f"Frage {each.position}?", of_words=each.words,
            options=[f"{option} auf Deutsch" for option in each.options], of_options=each.options,
            lowest="Selten" if each.lowest else "", highest="Immer" if each.lowest else "",
            of_lowest=each.lowest, of_highest=each.highest,
        )  # fmt: skip
    spoken = Spoken(survey, translation)
    for each in asks:
        assert spoken.words(each) == f"Frage {each.position}?"
        assert [stored for stored, _ in spoken.options(each)] == each.options
        assert all(read.endswith("auf Deutsch") for _, read in spoken.options(each))
        assert spoken.ends(each) == (("Selten", "Immer") if each.lowest else ("", ""))
    assert [each.kind for each in asks if not spoken.is_whole(each)] == ["ten"], "its ends are ours, in English"
    assert spoken.points[2] == (3, "Teils")


# Writing it


def test_what_an_opened_survey_says_in_another_language_stays(survey, cora, mina):
    translation = into_german(survey, cora)
    opened(survey, (mina, Side.MENTOR))
    with pytest.raises(rules.QuestionsFrozen):
        into_german(survey, cora)
    with pytest.raises(rules.QuestionsFrozen):
        actions.drop_translation(survey, by=cora, language=Language.GERMAN)
    for change in (
        lambda: Translation.objects.filter(pk=translation.pk).update(title="Anders"),
        lambda: QuestionTranslation.objects.update(words="Anders"),
        lambda: QuestionTranslation.objects.all().delete(),
        lambda: Translation.objects.create(survey=survey, language="fr"),
        lambda: Survey.objects.filter(pk=survey.pk).update(language="fr"),
    ):
        with pytest.raises(IntegrityError, match="This survey has been opened"), transaction.atomic():
            change()


def test_a_question_changed_after_it_was_translated_keeps_the_survey_from_opening(survey, cora, pairing):
    into_german(survey, cora)
    choice = survey.questions.all()[1]
    choice.options = ["Yes", "No", "Perhaps"]
    choice.save()
    with pytest.raises(rules.TranslationDoesNotFit, match="Question 2 in German: The question has 3, and"):
        actions.open_survey(survey, by=cora, at=timezone.now())
    [(stored, read), *_] = Spoken(survey, survey.translations.get()).options(choice)
    assert stored == read == "Yes", "until then it falls back"


def test_why_a_planned_survey_is_not_open_is_told_of_its_translations_too(survey, cora, pairing):
    survey = actions.plan_survey(survey, by=cora, at=timezone.now())
    into_german(survey, cora)
    choice = survey.questions.all()[1]
    choice.options = ["Yes", "No", "Perhaps"]
    choice.save()
    assert actions.open_planned_surveys(at=timezone.now()) == 0
    told = queries.why_not_opened(survey, on=survey.opens_on)
    assert told.startswith("Question 2 in German: The question has 3, and these are 2.")


def test_what_is_written_into_a_survey_is_words_on_the_page_that_translates_it(client, survey, cora):
    """A title and an introduction stand there as help beside the fields."""
    Survey.objects.filter(pk=survey.pk).update(
        title="<img src=x onerror=alert(1)>", introduction="<script>alert(2)</script>"
    )
    choice = survey.questions.all()[1]
    choice.options = ["<b>Yes</b>", "No"]
    choice.save()
    client.force_login(cora)
    text = client.get(reverse("surveys:translate", args=[survey.pk, "de"])).text
    for raw in ("<img src=x", "<script>alert(2)", "<b>Yes</b>"):
        assert raw not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_options_that_change_places_keep_their_translations(survey, cora):
    into_german(survey, cora)
    choice = survey.questions.all()[1]
    choice.options = ["No", "Yes"]
    choice.save()
    assert Spoken(survey, survey.translations.get()).options(choice) == [("No", "Nein"), ("Yes", "Ja")]


def test_what_was_reworded_since_is_read_as_it_stands_and_not_as_it_was_translated(survey, cora):
    scale, choice, _ = survey.questions.all()
    scale.lowest, scale.highest, scale.measure = "Waste", "Gain", None
    scale.save()
    actions.translate(
        survey, by=cora, language=Language.GERMAN, title="Wie war es?", introduction="", points=GERMAN,
        questions={
            scale.pk: Words("Es hat sich gelohnt.", (), ("Vergeudet", "Gewinn")),
            choice.pk: Words("Noch einmal?", ("Ja", "Nein")),
        },
    )  # fmt: skip
    spoken = Spoken(survey, survey.translations.get())
    assert spoken.ends(scale) == ("Vergeudet", "Gewinn")
    scale.words, scale.lowest, scale.highest = "It was not worth my time.", "Gain", "Waste"
    choice.options = ["Yes", "Never"]
    scale.save()
    choice.save()
    survey.title = "How was it not?"
    survey.save()
    spoken = Spoken(survey, survey.translations.get())
    assert (spoken.title, spoken.words(scale), spoken.ends(scale)) == (
        "How was it not?", "It was not worth my time.", ("Gain", "Waste"),
    )  # fmt: skip
    assert spoken.options(choice) == [("Yes", "Yes"), ("Never", "Never")]
    assert (spoken.words(choice), spoken.is_whole(scale), spoken.is_whole(choice)) == ("Noch einmal?", False, False)
    scale.lowest = scale.highest = ""
    assert spoken.ends(scale) == ("", ""), "a scale without ends of its own"


def test_whoever_translates_sees_what_changed_since_and_what_was_said_of_it(client, survey, cora):
    into_german(survey, cora)
    scale, choice, _ = survey.questions.all()
    scale.words, choice.options = "It was not worth my time.", ["Perhaps", "No", "Yes, please"]
    scale.save()
    choice.save()
    client.force_login(cora)
    page = reverse("surveys:translate", args=[survey.pk, "de"])
    text = client.get(page).text
    assert "(Changed since it was translated, from: It was worth my time.)" in text
    assert "(Changed since it was translated, from: Yes · No)" in text
    assert 'value="Es hat sich gelohnt."' in text, "to be looked over"
    assert "Ja\nNein\n</textarea>" in text
    said = {
        "shown": shown_on(text),
        "title": "Wie war es?", "points": "\n".join(GERMAN), f"words_{scale.pk}": "Es hat sich nicht gelohnt.",
        f"words_{choice.pk}": "Noch einmal?", f"options_{choice.pk}": "Vielleicht\nNein\nJa, bitte",
    }  # fmt: skip
    assert client.post(page, said).status_code == 302
    spoken = Spoken(survey, survey.translations.get())
    assert spoken.words(scale) == "Es hat sich nicht gelohnt."
    assert [read for _, read in spoken.options(choice)] == ["Vielleicht", "Nein", "Ja, bitte"]
    assert "Changed since it was translated" not in client.get(page).text


def shown_on(text: str) -> str:
    [shown] = re.findall(r'name="shown" value="([^"]+)"', text)
    return str(shown)


def as_it_stands(text: str, **changed: str) -> dict[str, str]:
    """What a browser would send of this page."""
    boxes = re.findall(r'<textarea name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', text)
    lines = re.findall(r'<input type="text" name="([^"]+)" value="([^"]*)"', text)
    return {"shown": shown_on(text), **{name: html.unescape(value) for name, value in boxes + lines}, **changed}


def reworded(survey: Survey) -> tuple[Question, Question]:
    """Its first two questions, in other words than were translated."""
    scale, choice, _ = survey.questions.all()
    scale.words, choice.options = "It was not worth my time.", ["Yes", "Never"]
    scale.save()
    choice.save()
    return scale, choice


def test_what_is_left_as_it_was_stays_a_translation_of_what_it_was_said_of(client, survey, cora):
    into_german(survey, cora)
    scale, choice = reworded(survey)
    client.force_login(cora)
    page = reverse("surveys:translate", args=[survey.pk, "de"])
    said = as_it_stands(client.get(page).text, title="Wie war es denn?")
    assert said[f"words_{scale.pk}"] == "Es hat sich gelohnt."
    assert client.post(page, said).status_code == 302
    spoken = Spoken(survey, survey.translations.get())
    assert spoken.title == "Wie war es denn?"
    assert spoken.words(scale) == "It was not worth my time.", "nobody said that in German"
    assert spoken.options(choice) == [("Yes", "Yes"), ("Never", "Never")]
    assert spoken.words(choice) == "Noch einmal?"
    text = client.get(page).text
    assert "(Changed since it was translated, from: It was worth my time.)" in text
    assert "(Changed since it was translated, from: Yes · No)" in text


def test_what_was_looked_over_and_still_fits_is_read_again(client, survey, cora):
    into_german(survey, cora)
    client.force_login(cora)
    page = reverse("surveys:translate", args=[survey.pk, "de"])
    assert "looked_over" not in client.get(page).text
    scale, choice = reworded(survey)
    assert client.post(page, as_it_stands(client.get(page).text, looked_over="on")).status_code == 302
    spoken = Spoken(survey, survey.translations.get())
    assert spoken.words(scale) == "Es hat sich gelohnt."
    assert spoken.options(choice) == [("Yes", "Ja"), ("Never", "Nein")]
    assert "Changed since it was translated" not in client.get(page).text


def test_words_that_changed_while_somebody_translated_them_are_not_what_was_translated(client, survey, cora):
    client.force_login(cora)
    page = reverse("surveys:translate", args=[survey.pk, "de"])
    scale, choice, _ = survey.questions.all()
    said = as_it_stands(
        client.get(page).text,
        title="Wie war es?",
        **{f"words_{scale.pk}": "Es hat sich gelohnt.", f"options_{choice.pk}": "Ja\nNein"},
    )
    reworded(survey)
    assert client.post(page, said).status_code == 302
    scale, choice, _ = survey.questions.all()
    spoken = Spoken(survey, survey.translations.get())
    assert spoken.title == "Wie war es?"
    assert spoken.words(scale) == "It was not worth my time."
    assert spoken.options(choice) == [("Yes", "Yes"), ("Never", "Never")]
    assert "(Changed since it was translated, from: It was worth my time.)" in client.get(page).text


@pytest.mark.parametrize("shown", ["", "forged", None])
def test_a_page_that_does_not_say_what_it_showed_is_shown_again_with_everything_typed(client, survey, cora, shown):
    client.force_login(cora)
    page = reverse("surveys:translate", args=[survey.pk, "de"])
    said = as_it_stands(client.get(page).text, title="Wie war es?")
    answer = client.post(page, {key: value for key, value in {**said, "shown": shown}.items() if value is not None})
    assert answer.status_code == 422
    assert "This page was older than what it translates. Nothing you typed is lost" in answer.text
    assert 'value="Wie war es?"' in answer.text
    assert not Translation.objects.exists()
    assert client.post(page, {**said, "shown": shown_on(answer.text)}).status_code == 302


def test_options_that_only_changed_places_or_became_fewer_need_no_looking_over(client, survey, cora):
    choice = survey.questions.all()[1]
    choice.options = ["Yes", "No", "Perhaps"]
    choice.save()
    into_german(survey, cora, choice=Words("Noch einmal?", ("Ja", "Nein", "Vielleicht")))
    choice.options = ["Perhaps", "Yes"]
    choice.save()
    client.force_login(cora)
    page = reverse("surveys:translate", args=[survey.pk, "de"])
    assert client.post(page, as_it_stands(client.get(page).text)).status_code == 302
    assert Spoken(survey, survey.translations.get()).options(choice) == [("Perhaps", "Vielleicht"), ("Yes", "Ja")]


def test_only_a_coordinator_of_the_program_translates(survey, mina):
    for person in (mina, CoraFactory(email="another.cora@example.org")):
        with pytest.raises(NotACoordinator):
            into_german(survey, person)


def test_a_survey_is_not_translated_into_its_own_language(survey, cora):
    with pytest.raises(rules.WrittenInIt):
        actions.translate(
            survey, by=cora, language=Language.ENGLISH, title="", introduction="", points=(), questions={}
        )


def test_the_next_wave_speaks_the_same_languages(program, pairing, cora):
    program.ends_on = OVER + timedelta(days=90)
    program.save()
    survey = SurveyFactory(program=program, kind=SurveyKind.OWN, repeats_after_weeks=4)
    three_questions(survey)
    into_german(survey, cora)
    actions.open_survey(survey, by=cora, at=OPENED_AT)
    assert actions.plan_next_waves(at=noon(OVER)) == 1
    following = Survey.objects.get(follows=survey)
    spoken, offered = queries.spoken_in(following, "de")
    scale, choice, _ = following.questions.all()
    assert offered == ["en", "de"]
    assert (spoken.title, spoken.words(scale)) == ("Wie war es?", "Es hat sich gelohnt.")
    assert spoken.options(choice) == [("Yes", "Ja"), ("No", "Nein")]
    assert survey.translations.get().questions.count() == 2


# At the desk


@pytest.fixture
def desk(client, cora):
    client.force_login(cora)
    return client


def test_cora_translates_it_question_by_question(desk, survey):
    languages = reverse("surveys:languages", args=[survey.pk])
    german = reverse("surveys:translate", args=[survey.pk, "de"])
    assert desk.get(languages, {"language": "de"}).url == german
    assert "Gar nicht\nWenig" in desk.get(german).text, "what we suggest to call the points"
    scale, choice, _ = survey.questions.all()
    said = {
        "shown": shown_on(desk.get(german).text),
        "title": "Wie war es?", "introduction": "", "points": "\n".join(GERMAN),
        f"words_{scale.pk}": "Es hat sich gelohnt.", f"words_{choice.pk}": "Noch einmal?",
        f"options_{choice.pk}": "Ja\nNein",
    }  # fmt: skip
    wrong = desk.post(german, {**said, f"options_{choice.pk}": "Ja\nja\nNein", "points": "Eins\nZwei"})
    assert wrong.status_code == 422
    assert "“ja” stands there twice." in wrong.text
    assert "These are 2. Name all five, or none." in wrong.text
    assert "Es hat sich gelohnt." in wrong.text
    assert not Translation.objects.exists()

    assert desk.post(german, said).url == languages
    assert "One question is not wholly in Deutsch" in desk.get(languages).text
    assert 'value="Es hat sich gelohnt."' in desk.get(german).text
    assert Spoken(survey, survey.translations.get()).options(choice) == [("Yes", "Ja"), ("No", "Nein")]
    assert desk.post(german, {"go": "drop"}).url == languages
    assert not Translation.objects.exists()


def test_there_is_nothing_to_translate_where_there_must_not_be(desk, survey, mina):
    for language in ("en", "xx", "DE"):
        assert desk.get(reverse("surveys:translate", args=[survey.pk, language])).status_code == 404
    opened(survey, (mina, Side.MENTOR))
    assert desk.get(reverse("surveys:translate", args=[survey.pk, "de"])).status_code == 404
    text = desk.get(reverse("surveys:languages", args=[survey.pk])).text
    assert "its words stay as they are in every language" in text


def test_nobody_else_finds_the_languages_of_a_survey(client, survey, mina, otto, bo, sten):
    other = CoraFactory(email="another.cora@example.org")
    program_with(other, name="Another")
    for person in (other, mina, otto, bo, sten, AdaFactory()):
        client.force_login(person)
        assert client.get(reverse("surveys:languages", args=[survey.pk])).status_code == 404
        assert client.post(reverse("surveys:translate", args=[survey.pk, "de"]), {"title": "x"}).status_code == 404
    assert not Translation.objects.exists()
