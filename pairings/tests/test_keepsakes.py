"""A certificate names the partner only if both agree; shared closing words may be kept; no other word leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from pairings import actions, keepsakes, rules
from pairings.choices import GoalState
from pairings.keepsakes import as_pdf, certificate_of, thanks_of
from pairings.tests.conftest import DAY, as_seen_by
from pairings.tests.factories import STARTED_ON, met, noon

pytestmark = pytest.mark.django_db
END = DAY + timedelta(days=10)
WORDS = "You showed me the night shift. #strong[Thank] you, *Otto* $x$ \\ \x00 日本"


@pytest.fixture
def over(pairing, today):
    """Mina and Otto met twice, wrote to one another, and ended; Otto shared his words, Mina kept hers."""
    met(pairing, STARTED_ON + timedelta(days=2), topics="secret-topics", minutes=50)
    met(pairing, STARTED_ON + timedelta(days=9), minutes=45)
    goal = actions.set_goal(
        pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY, title="secret-goal", due_on=DAY + timedelta(days=30)
    )
    actions.update_goal(
        goal, by=pairing.mentor.person, at=noon(DAY), on=DAY, title="secret-goal", due_on=goal.due_on, progress=100,
        state=GoalState.MET, based_on=1,
    )  # fmt: skip
    actions.end_pairing(pairing, by=pairing.mentee.person, at=noon(END), on=END)
    today(END)
    pairing.refresh_from_db()
    reflect(pairing, pairing.mentee.person, WORDS, shared=True)
    reflect(pairing, pairing.mentor.person, "secret-own-words", shared=False)
    return pairing


def reflect(pairing, person, words, *, shared):
    actions.reflect(pairing, by=person, at=noon(END), on=END, words=words, shared=shared)


def url(name, pairing):
    return reverse(f"pairings:{name}", args=[pairing.pk])


def text(response):
    return " ".join(response.content.decode().split())


def said(keepsake):
    return " ".join([keepsake.title, keepsake.over, *keepsake.lines, keepsake.name, *keepsake.after, keepsake.foot])


class TestTheCertificate:
    def test_it_says_what_one_did_and_no_word_of_the_two(self, over):
        found = said(certificate_of(over, over.mentor.person, on=END))
        assert f"{over.mentor.person.name} took part in reverse mentoring as a mentor, from 4 January 2027" in found
        assert "2 meetings, 1½ hours together, 1 goal met." in found
        for word in ("secret", "night shift", over.mentee.person.family_name):
            assert word not in found

    def test_the_partner_is_named_only_while_both_agree(self, over, mina, otto):
        mentor, mentee = over.mentor.person, over.mentee.person

        def named():
            over.refresh_from_db()
            return [
                other.name in said(certificate_of(over, one, on=END))
                for one, other in ((mentor, mentee), (mentee, mentor))
            ]

        assert named() == [False, False]
        mina.post(url("certificate", over), {"named": "yes"})
        assert named() == [False, False]
        assert "It holds no word that you two wrote, and does not say with whom." in text(
            otto.get(url("certificate", over))
        )
        assert "Only if you both agree" in text(otto.get(url("certificate", over))), "he is not told that she agreed"
        otto.post(url("certificate", over), {"named": "yes"})
        assert named() == [True, True]
        page = text(mina.get(url("certificate", over)))
        assert "both certificates name you two" in page
        assert f"goals met, and {over.mentee.person.name} as your partner. It holds no word that you two wrote." in page
        mina.post(url("certificate", over), {"named": "no"})
        assert named() == [False, False]

    def test_it_is_made_once_the_pair_is_over(self, pairing, mina, today):
        for name in ("certificate", "certificate_file"):
            assert "once your pair is over" in text(mina.get(url(name, pairing), follow=True))
        with pytest.raises(keepsakes.NotOverYet):
            certificate_of(pairing, pairing.mentor.person, on=DAY)
        with pytest.raises(rules.TooEarlyToReflect):
            actions.agree_to_be_named(pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY, agreed=True)
        today(pairing.runs_until)
        assert "It is made once your pair is over." in text(mina.get(url("certificate", pairing)))
        today(pairing.runs_until + timedelta(days=1))
        assert mina.get(url("certificate_file", pairing)).content.startswith(b"%PDF-1.7")

    def test_a_pair_that_never_met_has_a_plain_one(self, pairing, today):
        actions.end_pairing(pairing, by=pairing.mentor.person, at=noon(DAY), on=DAY)
        pairing.refresh_from_db()
        found = certificate_of(pairing, pairing.mentee.person, on=DAY)
        assert len(found.after) == 1, "nothing is said of meetings, hours and goals that were none"

    @pytest.mark.parametrize(
        ("word", "said_so"),
        [("executive learner", "an executive learner"), ("user guide", "a user guide"), ("Mentee", "a Mentee")],
    )
    def test_it_calls_a_side_as_the_program_does(self, over, word, said_so):
        over.program.mentee_word = word
        assert f"as {said_so}, from" in said(certificate_of(over, over.mentee.person, on=END))


class TestTheThankYou:
    def test_the_words_the_partner_shared_may_be_kept(self, over, mina):
        kept = thanks_of(over, over.mentor.person)
        assert kept is not None
        assert WORDS in kept.lines
        assert "secret" not in said(kept)
        answer = mina.get(url("thanks_file", over))
        assert answer.content.startswith(b"%PDF-1.7")
        assert answer["Content-Disposition"] == 'attachment; filename="thank-you.pdf"'
        assert "no-store" in answer["Cache-Control"]

    def test_words_kept_for_oneself_are_not_to_be_had(self, over, otto):
        assert thanks_of(over, over.mentee.person) is None
        answer = otto.get(url("thanks_file", over))
        assert (answer.status_code, answer.url) == (302, url("detail", over))
        assert "Download as PDF" in text(otto.get(url("certificate", over)))

    def test_what_is_no_longer_shared_or_was_erased_is_gone(self, over):
        reflect(over, over.mentee.person, WORDS, shared=False)
        assert thanks_of(over, over.mentor.person) is None
        reflect(over, over.mentee.person, WORDS, shared=True)
        over.data_key.delete()
        over.refresh_from_db()
        assert thanks_of(over, over.mentor.person) is None


class TestTheFile:
    def test_the_same_pair_makes_the_same_file(self, over):
        one, two = (as_pdf(certificate_of(over, over.mentor.person, on=END)) for _ in range(2))
        assert one == two
        assert b"pdfuaid:part>1<" in one
        assert b"CreationDate" not in one
        assert b"CreateDate" not in one

    @pytest.mark.parametrize("typed", ["\\u001b", "C:\\u0000", "\\\\u007f", "\x1b[1m", "\x85", '"\\'])
    def test_whatever_was_typed_is_set_as_it_stands_or_as_a_space(self, over, mina, typed):
        reflect(over, over.mentee.person, f"Thank {typed} you", shared=True)
        answer = mina.get(url("thanks_file", over))
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF-1.7")
        assert b"pdfuaid:part>1<" in answer.content, "no box stands in it"

    def test_signs_of_the_layout_are_words_like_any_other(self, over):
        kept = thanks_of(over, over.mentor.person)
        assert kept is not None
        assert as_pdf(kept).startswith(b"%PDF-1.7")
        assert as_pdf(kept) == as_pdf(kept)


@pytest.mark.parametrize("name", ["certificate", "certificate_file", "thanks_file"])
def test_bo_and_everybody_else_gets_404_and_so_do_the_two_once_the_page_has_closed(over, others, mina, today, name):
    for who, person in others.items():
        assert as_seen_by(person).get(url(name, over)).status_code == 404, who
    assert mina.get(url(name, over)).status_code == 200
    today(END + timedelta(days=rules.READABLE_DAYS + 1))
    assert mina.get(url(name, over)).status_code == 404
