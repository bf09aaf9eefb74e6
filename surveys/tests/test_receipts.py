from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from participants.tests.instant import while_another_waits
from programs.choices import Side
from surveys import actions, queries, receipts, rules
from surveys.actions import Withdrawn
from surveys.models import Answer, Invitation, Survey
from surveys.tests.factories import OPENS_ON, SurveyFactory, opened, pairs, released, three_questions
from surveys.tests.test_actions import rows_as_they_lie

CODE = "2345-6789-ABCD-EFGH"
BARE = "23456789ABCDEFGH"
WITHDRAW = "/surveys/withdraw/"


def said_with_code(survey: Survey, person, code: str = BARE) -> None:
    scale, choice, comment = survey.questions.all()
    assert actions.answer(
        survey, by=person, on=OPENS_ON, values={scale.pk: 4, choice.pk: "Yes", comment.pk: "CANARY"}, code=code
    )


# Codes


def test_a_code_has_eighty_bits_and_reads_back_however_it_is_typed():
    codes = {receipts.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 16 and len(receipts.ALPHABET) ** 16 == 2**80 for code in codes)
    for code in codes:
        assert receipts.read(receipts.in_groups(code)) == code
    assert receipts.read(" 2345 6789-abcd-efgh ") == BARE
    assert receipts.read("OIL0-0000-0000-0000") == "0110000000000000"
    for wrong in ("", "2345", CODE + "2", "2345-6789-ABCD-EFGU", "२३४५-6789-ABCD-EFGH"):
        assert receipts.read(wrong) is None


def test_what_is_kept_of_a_code_is_not_the_code_and_needs_the_secret_key(settings):
    kept = receipts.kept(BARE)
    assert (BARE in kept, len(kept)) == (False, 64)
    assert receipts.kept("23456789ABCDEFGJ") != kept
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 8
    assert receipts.kept(BARE) != kept
    assert kept not in receipts.stored_as(BARE)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert kept in receipts.stored_as(BARE)


def test_a_code_that_waits_in_a_form_is_ours_and_for_one_survey():
    waiting = receipts.in_form(7, BARE)
    assert receipts.from_form(7, waiting) == BARE
    for given in ("", BARE, waiting + "x", waiting.replace("7:", "8:", 1)):
        assert receipts.from_form(7, given) is None
    assert receipts.from_form(8, waiting) is None


# Taking back


def test_before_results_the_whole_answer_is_deleted_and_that_somebody_answered_stays(asked, mina, otto):
    said_with_code(asked, mina)
    said_with_code(asked, otto, "A" * 16)
    assert actions.withdraw_answer(BARE) is Withdrawn.DELETED
    assert [answer.side for answer in Answer.objects.all()] == ["mentee"]
    assert Invitation.objects.get(person=mina).answered
    assert actions.withdraw_answer(BARE) is None


def test_once_results_are_out_the_answer_and_its_words_go_and_no_figure_moves(program):
    survey = SurveyFactory(program=program)
    three_questions(survey)
    asked = pairs(program, 12)
    opened(survey, *asked)
    for number, (person, _) in enumerate(asked):
        said_with_code(survey, person, f"{number:016}")
    before = released(survey)
    [comments] = queries.released_comments(survey, before)
    assert len(comments.texts) == 24
    assert actions.withdraw_answer(f"{3:016}") is Withdrawn.FIGURES_STAY
    after = queries.released_results(Survey.objects.get(pk=survey.pk))
    assert after == before
    [comments] = queries.released_comments(survey, before)
    assert len(comments.texts) == 23, "one of those who wrote the same, and no more"
    assert Answer.objects.count() == 23
    assert actions.withdraw_answer(f"{3:016}") is None


def test_an_answer_without_a_code_cannot_be_taken_back(asked, questions, mina):
    actions.answer(asked, by=mina, on=OPENS_ON, values={questions[0].pk: 3})
    assert Answer.objects.get().receipt is None
    assert actions.withdraw_answer(BARE) is None


def test_no_two_answers_have_the_same_code(asked, mina, otto):
    said_with_code(asked, mina)
    with pytest.raises(rules.ReceiptTaken):
        said_with_code(asked, otto)
    assert Answer.objects.count() == 1
    assert not Invitation.objects.get(person=otto).answered


@pytest.mark.django_db(transaction=True)
def test_taking_back_leaves_no_row_that_lies_or_was_written_apart(asked, mina, otto):
    for person, code in ((mina, BARE), (otto, "A" * 16)):
        said_with_code(asked, person, code)
    for code in (BARE, "A" * 16):
        Answer.objects.create(survey=asked, side="mentor", values={})
        assert actions.withdraw_answer(code) is not None
        assert len({row[:2] for row in rows_as_they_lie("surveys_answer")}) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_same_answer_back_at_once_one_finds_it(asked, mina):
    said_with_code(asked, mina)
    start, found = Barrier(2), []

    def take_back() -> None:
        try:
            start.wait(timeout=10)
            found.append(actions.withdraw_answer(BARE))
        finally:
            connection.close()

    threads = [Thread(target=take_back) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(map(str, found)) == ["None", "Withdrawn.DELETED"]


# On pages


@pytest.fixture
def now_open(program, mina) -> Survey:
    today = timezone.now().date()
    survey = SurveyFactory(program=program, opens_on=today - timedelta(days=2), closes_on=today + timedelta(days=5))
    three_questions(survey)
    return opened(survey, (mina, Side.MENTOR))


def sent_by(client, person, survey: Survey) -> tuple[dict[str, str], str]:
    """What a browser posts, and the page that comes back."""
    client.force_login(person)
    page = reverse("surveys:answer", args=[survey.pk])
    [receipt] = re.findall(r'name="receipt" value="([^"]+)"', client.get(page).text)
    scale, _, comment = survey.questions.all()
    posted = {"page": "0", "go": "send", "receipt": receipt, f"q{scale.pk}": "4", f"q{comment.pk}": "CANARY"}
    return posted, client.post(page, posted).text


def code_on(text: str) -> str:
    [code] = re.findall(r"<code>([^<]+)</code>", text)
    return str(code)


def test_mina_is_shown_her_receipt_once_and_takes_her_answer_back_signed_out(client, now_open, mina):
    posted, text = sent_by(client, mina, now_open)
    code = code_on(text)
    again = client.post(reverse("surveys:answer", args=[now_open.pk]), posted).text
    assert code_on(again) == code, "a double click, or the page loaded again"
    later = client.get(reverse("surveys:answer", args=[now_open.pk])).text
    assert "Your answers are in" in later
    assert "<code>" not in later
    assert all(code not in str(session.get_decoded()) for session in Session.objects.all())
    answer = Answer.objects.get()
    assert code.replace("-", "") not in f"{answer.values} {answer.receipt} {answer.pk}"

    stranger = Client()
    done = stranger.post(WITHDRAW, {"code": code.lower()})
    assert done.status_code == 200
    assert "It is deleted, and counts in no result." in done.text
    assert not Answer.objects.exists()
    used = client.post(reverse("surveys:answer", args=[now_open.pk]), posted).text
    assert "<code>" not in used, "it is used up"
    assert "If you took them back, they stay deleted." in used
    assert "the first ones stand" not in used
    assert not Answer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_second_click_while_the_first_is_still_taken_shows_the_same_receipt(client, now_open, mina):
    client.force_login(mina)
    page = reverse("surveys:answer", args=[now_open.pk])
    [receipt] = re.findall(r'name="receipt" value="([^"]+)"', client.get(page).text)
    code = receipts.from_form(now_open.pk, receipt)
    scale = now_open.questions.all()[0]
    posted = {"page": "0", "go": "send", "receipt": receipt, f"q{scale.pk}": "4"}
    with transaction.atomic():
        first = actions.answer(now_open, by=mina, on=now_open.opens_on, values={scale.pk: 4}, code=code)
        ended = while_another_waits(lambda: client.post(page, posted).text)
    [text] = ended()
    assert first
    assert code_on(text).replace("-", "") == code
    assert Answer.objects.count() == 1


def test_who_sends_other_answers_later_reads_that_only_first_ones_are_taken(client, now_open, mina):
    posted, _ = sent_by(client, mina, now_open)
    code = receipts.new_code()
    scale = now_open.questions.all()[0]
    other = {**posted, "receipt": receipts.in_form(now_open.pk, code), f"q{scale.pk}": "1"}
    text = client.post(reverse("surveys:answer", args=[now_open.pk]), other).text
    assert "What you sent now is not stored." in text
    assert "<code>" not in text
    assert Answer.objects.get().values[str(scale.pk)] == 4
    assert "not stored" not in client.get(reverse("surveys:answer", args=[now_open.pk])).text


def test_a_forged_receipt_is_not_taken(client, now_open, mina):
    client.force_login(mina)
    page = reverse("surveys:answer", args=[now_open.pk])
    scale = now_open.questions.all()[0]
    text = client.post(page, {"page": "0", "go": "send", "receipt": f"{now_open.pk}:{BARE}", f"q{scale.pk}": "4"}).text
    assert "Your answers are in" in text
    assert Answer.objects.get().receipt != receipts.kept(BARE)
    assert BARE not in text.replace("-", "")


def test_after_results_the_page_says_what_cannot_be_called_back(client, program, mina):
    today = timezone.now().date()
    old = SurveyFactory(program=program, opens_on=today - timedelta(days=30), closes_on=today - timedelta(days=9))
    three_questions(old)
    opened(old, (mina, Side.MENTOR))
    comment = old.questions.all()[2]
    Answer.objects.create(
        survey=old, side="mentor", values={str(comment.pk): "CANARY"}, receipt=receipts.kept("B" * 16)
    )
    released(old)
    text = client.post(WITHDRAW, {"code": "B" * 16}).text
    assert "It is deleted. It had been counted already." in text
    assert "We cannot call back what people have read" in text
    assert not Answer.objects.filter(survey=old).exists()


def test_wrong_and_used_codes_get_the_same_answer(client, asked, mina):
    said_with_code(asked, mina)
    actions.withdraw_answer(BARE)

    def told(code: str) -> tuple[int, str]:
        answer = client.post(WITHDRAW, {"code": code})
        text = re.sub(r'value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": "[^"]*"', "", answer.text)
        return answer.status_code, text

    assert told(CODE) == told("ZZZZ-ZZZZ-ZZZZ-ZZZZ")
    assert "There is no answer for this receipt." in told(CODE)[1]


def test_what_cannot_be_a_receipt_is_said_at_the_field_and_kept(client, db):
    for typed in ("", "2345", "x" * 61, "\x00" * 16):
        answer = client.post(WITHDRAW, {"code": typed})
        assert answer.status_code == 422
    assert 'value="2345"' in client.post(WITHDRAW, {"code": "2345"}).text


def test_who_tries_many_codes_waits_and_the_right_one_waits_too(client, asked, mina):
    said_with_code(asked, mina)
    for number in range(receipts.MOST_WRONG):
        client.post(WITHDRAW, {"code": f"{number:016}"})
    refused = client.post(WITHDRAW, {"code": CODE})
    assert refused.status_code == 422
    assert "Too many codes in a short time." in refused.text
    assert Answer.objects.count() == 1
    elsewhere = client.post(WITHDRAW, {"code": CODE}, REMOTE_ADDR="192.0.2.9")
    assert elsewhere.status_code == 200
    assert not Answer.objects.exists()


def test_behind_a_proxy_nobody_waits_for_what_another_tried(client, asked, mina, settings):
    settings.BEHIND_PROXY = True
    said_with_code(asked, mina)
    for number in range(receipts.MOST_WRONG):
        client.post(WITHDRAW, {"code": f"{number:016}"}, headers={"x-forwarded-for": f"10.0.0.{number}, 203.0.113.7"})
    made_up = client.post(WITHDRAW, {"code": CODE}, headers={"x-forwarded-for": "192.0.2.1, 203.0.113.7"})
    assert "Too many codes in a short time." in made_up.text, "what the client itself writes counts for nothing"
    done = client.post(WITHDRAW, {"code": CODE}, headers={"x-forwarded-for": "192.0.2.9"})
    assert done.status_code == 200
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("203.0.113.7:1{number:03}", "203.0.113.7:5000"),
        ("[2001:db8:1:2::{number:x}]:4{number:03}", "2001:db8:1:2:ffff::1"),
        ("2001:db8:1:2::{number:x}", "[2001:db8:1:2::ffff]"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_who_comes_by_other_ports_or_addresses_of_one_network_waits_all_the_same(
    client, asked, mina, settings, one, other
):
    settings.BEHIND_PROXY = True
    said_with_code(asked, mina)
    for number in range(receipts.MOST_WRONG):
        client.post(WITHDRAW, {"code": f"{number:016}"}, headers={"x-forwarded-for": one.format(number=number)})
    refused = client.post(WITHDRAW, {"code": CODE}, headers={"x-forwarded-for": other})
    assert "Too many codes in a short time." in refused.text
    elsewhere = client.post(WITHDRAW, {"code": CODE}, headers={"x-forwarded-for": "[2001:db8:1:3::1]:443"})
    assert elsewhere.status_code == 200


def test_what_is_no_address_is_counted_as_it_stands(client, asked, mina, settings):
    settings.BEHIND_PROXY = True
    said_with_code(asked, mina)
    for said in ("unknown", "[::", ":", "[2001:db8::1", "1.2.3.4.5:6"):
        assert client.post(WITHDRAW, {"code": "0" * 16}, headers={"x-forwarded-for": said}).status_code == 422


def test_without_a_proxy_the_header_is_nobodys_word(client, asked, mina):
    said_with_code(asked, mina)
    for number in range(receipts.MOST_WRONG):
        client.post(WITHDRAW, {"code": f"{number:016}"}, headers={"x-forwarded-for": f"203.0.113.{number}"})
    refused = client.post(WITHDRAW, {"code": CODE}, headers={"x-forwarded-for": "192.0.2.9"})
    assert "Too many codes in a short time." in refused.text


def test_codes_are_in_no_log(client, asked, mina, caplog):
    said_with_code(asked, mina)
    with caplog.at_level("DEBUG"):
        client.post(WITHDRAW, {"code": "ZZZZ-ZZZZ-ZZZZ-ZZZZ"})
        client.post(WITHDRAW, {"code": CODE})
    assert not Answer.objects.exists()
    assert CODE not in caplog.text
    assert BARE not in caplog.text
    assert receipts.kept(BARE) not in caplog.text
    assert "ZZZZ" not in caplog.text
