"""Help is asked of one supervisor, in a thread that only the two can read."""

from __future__ import annotations

import os
import uuid
from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import formats

from notifications.actions import deliver_due
from notifications.models import Notice
from pairings import actions, asking, private_notices, queries, rules
from pairings.models import HelpMessage, HelpRequest
from pairings.private_words import opened
from pairings.tests.conftest import DAY, as_seen_by
from pairings.tests.factories import noon
from pairings.tests.instant import at_the_same_instant
from people.tests.factories import PersonFactory
from privacy.models import DataKey
from programs.choices import Duty
from programs.models import Program
from programs.tests.factories import DutyFactory

AT = noon(DAY)
MARK = "Kingfisher-2b8e"
pytestmark = pytest.mark.django_db


def ask_url(pairing):
    return reverse("pairings:ask_for_help", args=[pairing.program_id])


def thread_url(request, name="help_thread"):
    return reverse(f"pairings:{name}", args=[request.pk])


def ask(client, pairing, supervisor, words=MARK, form=None):
    fields = {"words": words, "supervisor": supervisor.pk, "form": str(form or uuid.uuid4())}
    return client.post(ask_url(pairing), fields, follow=True)


def asked(pairing, supervisor, by=None, **fields):
    given = {"by": by or pairing.mentor.person, "at": AT, "on": DAY, "words": MARK, **fields}
    return actions.ask_for_help(pairing.program, supervisor=supervisor, **given)


@pytest.fixture
def una(pairing):
    """Another supervisor of the program."""
    una = PersonFactory(given_name="Una", family_name="Undset")
    DutyFactory(program=pairing.program, person=una, duty=Duty.SUPERVISOR)
    return una


def letters(at):
    mail.outbox.clear()
    deliver_due(clock=lambda: at)
    return [
        (each.to[0], each.subject) for each in mail.outbox if "confidence" in each.subject or "turn" in each.subject
    ]


def test_one_asks_the_one_chosen_answers_and_nobody_else_finds_it(mina, otto, pairing, sia, una, others):
    assert MARK in ask(mina, pairing, sia).content.decode()
    request = HelpRequest.objects.get()
    supervisor = as_seen_by(sia)
    assert "Somebody has written to you in confidence" in supervisor.get("/").content.decode()
    assert "Mina" in supervisor.get(reverse("pairings:asked_for_help")).content.decode()
    read = supervisor.get(thread_url(request)).content.decode()
    assert MARK in read
    assert "You and whoever wrote to you" in read
    assert "the supervisor you choose" not in read
    supervisor.post(thread_url(request), {"words": "Shall we walk?", "form": str(uuid.uuid4())})
    assert "Sia has answered you" in mina.get("/").content.decode()
    assert "Shall we walk?" in mina.get(thread_url(request)).content.decode()
    assert "Sia has answered you" not in mina.get("/").content.decode()

    others["her partner"] = pairing.mentee.person
    others["another supervisor"] = una
    others["a superuser"] = ada = others["Ada, the administrator"]
    ada.is_superuser = True
    ada.save()
    del others["Sia, the supervisor"]
    for who, person in others.items():
        client = as_seen_by(person)
        for name in ("help_thread", "close_thread"):
            assert client.get(thread_url(request, name)).status_code == 404, who
            assert client.post(thread_url(request, name), {"words": "Me too"}).status_code == 404, who
        if person != una:
            assert client.get(reverse("pairings:asked_for_help")).status_code == 404, who
    assert "Mina" not in as_seen_by(una).get(reverse("pairings:asked_for_help")).content.decode()
    for page in (otto.get("/"), otto.get(reverse("pairings:detail", args=[pairing.pk])), otto.get(ask_url(pairing))):
        assert "answered you" not in page.content.decode()
        assert thread_url(request) not in page.content.decode()
    assert HelpMessage.objects.count() == 2
    request.refresh_from_db()
    assert request.closed_at is None


def test_who_may_ask_and_whom(mina, pairing, sia, una, others):
    assert as_seen_by(others["Sten, a stranger"]).get(ask_url(pairing)).status_code == 404
    assert as_seen_by(others["Bo, his manager"]).get(ask_url(pairing)).status_code == 404
    DutyFactory(program=pairing.program, person=pairing.mentee.person, duty=Duty.SUPERVISOR)
    DutyFactory(program=pairing.program, person=pairing.mentor.person, duty=Duty.SUPERVISOR)
    page = mina.get(f"{ask_url(pairing)}?to={una.pk}")
    assert [key for key, _ in page.context["form"].fields["supervisor"].choices] == [str(sia.pk), str(una.pk)]
    assert "checked" in page.content.decode().partition(f'value="{una.pk}"')[2][:60]
    for stranger in (pairing.mentee.person, pairing.mentor.person, others["Cora, the coordinator"]):
        assert ask(mina, pairing, stranger).status_code == 422
        with pytest.raises(rules.Refused):
            asked(pairing, stranger)
    with pytest.raises(asking.NobodyToAsk):
        asked(pairing, sia, by=others["Sten, a stranger"])
    assert not HelpRequest.objects.exists()
    assert "Take out 3 or more." in ask(mina, pairing, sia, "x" * (asking.LONGEST + 3)).content.decode()


def test_mails_are_neutral_and_one_for_all_that_is_unread(pairing, sia):
    request = asked(pairing, sia)
    actions.write_in_thread(request, by=pairing.mentor.person, at=AT, words="And this")
    assert letters(AT) == [(sia.email, "Somebody has written to you in confidence")]
    told = mail.outbox[0].message().as_string()
    assert MARK not in told
    assert "Mina" not in told.replace(pairing.mentor.person.email, "")
    actions.write_in_thread(request, by=sia, at=AT, words="I read it")
    assert letters(AT) == [(pairing.mentor.person.email, "Somebody has written to you in confidence")]
    as_seen_by(pairing.mentor.person).head(thread_url(request))
    actions.write_in_thread(request, by=sia, at=AT + timedelta(hours=1), words="Nobody has looked yet")
    assert letters(AT + timedelta(hours=1)) == []
    as_seen_by(pairing.mentor.person).get(thread_url(request))
    later = AT + timedelta(hours=2)
    for words in ("Once more", "Read before its mail left"):
        first = actions.write_in_thread(request, by=sia, at=later, words=words)
        last = actions.write_in_thread(request, by=sia, at=later, words="Written while the first is read")
        actions.see_thread(request, by=pairing.mentor.person, at=later, seen=[first.pk])
        assert len(letters(later)) == 1
        actions.see_thread(request, by=pairing.mentor.person, at=later, seen=[last.pk])


def test_a_supervisor_who_loses_the_duty_loses_the_threads_at_once_and_the_person_is_told(mina, pairing, sia, una):
    request = asked(pairing, sia)
    supervisor = as_seen_by(sia)
    assert supervisor.get(thread_url(request)).status_code == 200
    assert actions.tell_of_lost_supervisors(at=AT) == 0
    pairing.program.duties.filter(person=sia, duty=Duty.SUPERVISOR).delete()
    assert supervisor.get(thread_url(request)).status_code == 404
    assert supervisor.post(thread_url(request), {"words": "Still here"}).status_code == 404
    assert letters(AT) == []  # nor does she get the mail that was owed
    with pytest.raises(asking.NotYourThread):
        actions.write_in_thread(request, by=sia, at=AT, words="Still here")
    page = mina.get(thread_url(request)).content.decode()
    assert "can no longer read this page" in page
    assert MARK in page
    assert "Please choose somebody else to turn to" in mina.get("/").content.decode()
    unsent = mina.post(thread_url(request), {"words": "Hello?"})
    assert unsent.status_code == 422
    for _ in range(2):
        actions.tell_of_lost_supervisors(at=AT)
    assert letters(AT) == [(pairing.mentor.person.email, "Please choose somebody else to turn to")]
    assert ask(mina, pairing, una).status_code == 200
    assert HelpRequest.objects.open().count() == 2


@pytest.mark.parametrize("closer", ["mentor", "sia"])
def test_either_closes_and_what_was_written_is_erased_after_a_while(pairing, sia, mina, closer):
    request = asked(pairing, sia)
    by = sia if closer == "sia" else pairing.mentor.person
    as_seen_by(by).post(thread_url(request, "close_thread"))
    as_seen_by(by).post(thread_url(request, "close_thread"))
    other = asking.other_of(request, by)
    assert letters(AT).count((other.email, "A conversation in confidence was closed")) == 1
    assert as_seen_by(other).post(thread_url(request), {"words": "Wait"}).status_code == 422
    asked(pairing, sia, words="Another time")  # a new one may begin

    key, later = request.data_key_id, AT + timedelta(days=30)
    midnight = later + timedelta(hours=12)
    assert asking.visible_to(sia, at=midnight - timedelta(seconds=1)).filter(pk=request.pk).exists()
    assert not asking.visible_to(sia, at=midnight).filter(pk=request.pk).exists()
    assert actions.forget_threads(at=later) == 0
    assert actions.forget_threads(at=later + timedelta(days=2)) == 1
    assert not DataKey.objects.filter(pk=key).exists()
    assert [each.pk for each in HelpRequest.objects.all()] != [request.pk]
    assert HelpMessage.objects.count() == 1
    end = noon(pairing.program.ends_on)
    assert actions.forget_threads(at=end + timedelta(days=60)) == 0
    assert actions.forget_threads(at=end + timedelta(days=62)) == 1
    assert not HelpMessage.objects.exists()


def test_whoever_moves_the_end_of_a_program_erases_no_conversation_and_keeps_nobody_from_asking(
    pairing, sia, una, mina, today
):
    """A coordinator may be who it is about."""
    request, program = asked(pairing, sia), pairing.program
    told = asking.erased_on(request)
    Program.objects.filter(pk=program.pk).update(starts_on=DAY - timedelta(days=400), ends_on=DAY - timedelta(days=70))
    assert actions.forget_threads(at=AT + timedelta(days=2)) == 0
    assert f"it is erased after {formats.date_format(told, 'j F Y')}" in mina.get(thread_url(request)).text
    assert MARK in as_seen_by(sia).get(thread_url(request)).text
    assert ask(mina, pairing, una).status_code == 200
    assert HelpRequest.objects.open().count() == 2
    assert actions.forget_threads(at=AT + timedelta(days=2)) == 0
    Program.objects.filter(pk=program.pk).update(ends_on=told)
    assert asking.erased_on(HelpRequest.objects.get(pk=request.pk)) == told + timedelta(days=60)
    assert actions.forget_threads(at=noon(told) + timedelta(days=2)) == 0


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "UTC", "Pacific/Auckland"])
def test_a_closed_conversation_is_read_through_the_day_both_were_told_wherever_they_live(pairing, sia, zone):
    sia.time_zone = zone
    sia.save()
    request = asked(pairing, sia)
    actions.close_thread(request, by=sia, at=AT)
    request.refresh_from_db()
    day = asking.erased_on(request)
    assert f"until {rules.in_words(day)}" in " ".join(as_seen_by(sia).get(thread_url(request)).text.split())
    ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=sia.zone)
    assert asking.visible_to(sia, at=ends - timedelta(minutes=1)).exists()
    assert actions.forget_threads(at=ends - timedelta(minutes=1)) == 0
    assert not asking.visible_to(sia, at=ends).exists()
    assert actions.forget_threads(at=noon(day) + timedelta(days=1)) == 1


def test_the_desk_learns_each_morning_that_a_request_is_open_and_no_more(pairing, sia, una, cora, today):
    def said():
        page = as_seen_by(cora).get(reverse("admin:index")).content.decode()
        assert "Mina" not in page
        assert "Two things need you" not in page  # beside what does, a request is told and asks nothing of them
        return page.count("A request for help is open")

    request = asked(pairing, sia)
    assert said() == 0  # not before the next day: the hour would tell
    today(DAY + timedelta(days=1))
    assert said() == 1
    for supervisor in (una, sia):
        asked(pairing, supervisor, by=pairing.mentee.person)
    assert said() == 1
    now = AT + timedelta(days=1)
    assert queries.open_requests([pairing.program], pairing.mentor.person, at=now) == {pairing.program_id}
    assert queries.open_requests([pairing.program], sia, at=now) == {pairing.program_id}  # what was asked of Una
    HelpRequest.objects.exclude(pk=request.pk).delete()
    assert queries.open_requests([pairing.program], pairing.mentor.person, at=now) == set()
    assert queries.open_requests([pairing.program], sia, at=now) == set()
    actions.close_thread(request, by=sia, at=now)
    assert said() == 1
    today(DAY + timedelta(days=2))
    assert said() == 0


def test_who_takes_part_no_more_finds_what_they_began_and_begins_nothing(mina, pairing, sia, una, today):
    request = asked(pairing, sia)
    end = pairing.runs_until + timedelta(days=rules.READABLE_DAYS + 1)
    pairing.mentor.withdrawn_at = AT
    pairing.mentor.save()
    today(end)
    assert thread_url(request) in mina.get("/").content.decode()
    page = mina.get(ask_url(pairing)).content.decode()
    assert "No new conversation here" in page
    assert "<textarea" not in page
    assert thread_url(request) in page
    assert ask(mina, pairing, una).status_code == 422
    assert as_seen_by(pairing.mentee.person).get(ask_url(pairing)).status_code == 200  # he still takes part
    pairing.program.duties.filter(person=sia, duty=Duty.SUPERVISOR).delete()
    actions.tell_of_lost_supervisors(at=noon(end))
    mail.outbox.clear()
    deliver_due(clock=lambda: noon(end))
    assert "What you wrote in confidence is no longer read" in [each.subject for each in mail.outbox]
    actions.close_thread(request, by=pairing.mentor.person, at=noon(end))
    assert thread_url(request) not in mina.get("/").content.decode()
    today(end + timedelta(days=asking.KEPT_DAYS + 1))
    assert mina.get(ask_url(pairing)).status_code == 404


def test_a_supervisor_who_is_none_since_a_moment_ago_finds_nothing(pairing, sia, meanwhile):
    request, supervisor = asked(pairing, sia), as_seen_by(sia)
    duties = pairing.program.duties.filter(person=sia, duty=Duty.SUPERVISOR)
    for call in (supervisor.get, supervisor.post):
        meanwhile(2, duties.delete)
        name = "close_thread" if call == supervisor.post else "help_thread"
        assert call(thread_url(request, name)).status_code == 404
        assert not duties.exists()
        DutyFactory(program=pairing.program, person=sia, duty=Duty.SUPERVISOR)
    request.refresh_from_db()
    assert request.closed_at is None


def test_a_supervisor_reads_through_their_last_day_wherever_they_live(pairing, sia):
    request = asked(pairing, sia)
    sia.time_zone, sia.left_on = "America/Los_Angeles", DAY + timedelta(days=1)
    sia.save()
    midnight = noon(DAY) + timedelta(hours=20)  # the day has ended in UTC, and not where she works
    assert asking.visible_to(sia, at=midnight - timedelta(seconds=1)).get() == request
    assert actions.tell_of_lost_supervisors(at=midnight - timedelta(seconds=1)) == 0
    assert not asking.visible_to(sia, at=midnight).exists()
    assert actions.tell_of_lost_supervisors(at=midnight) == 1


@pytest.mark.parametrize("leaves_in", [None, 0, 1, 2], ids=str)
def test_a_zone_that_the_database_does_not_know_takes_nobodys_help_away(mina, pairing, sia, una, leaves_in):
    """A name that an update of its zone data took out, say. Where such a person's last day ends, nobody knows; so they
    are taken to be gone as soon as it may have ended."""
    request, lost = asked(pairing, sia), asked(pairing, una)
    una.time_zone, una.left_on = "Mars/Olympus", None if leaves_in is None else DAY + timedelta(days=leaves_in)
    una.save()
    assert MARK in mina.get(thread_url(request)).text
    assert mina.get("/").status_code == mina.get(ask_url(pairing)).status_code == 200
    assert MARK in as_seen_by(sia).get(thread_url(request)).text
    is_lost = leaves_in in (0, 1)  # at noon of UTC the next day has begun 14 hours east of it
    assert actions.tell_of_lost_supervisors(at=AT) == is_lost
    assert ("choose somebody else" in mina.get(thread_url(lost)).text) == is_lost
    pairing.program.duties.filter(person=sia).delete()
    assert actions.tell_of_lost_supervisors(at=AT) == 1 + is_lost


def test_a_moved_cut_or_relabelled_text_does_not_open(mina, pairing, sia, una, settings):
    request, other = asked(pairing, sia), asked(pairing, una, words="Something else")
    [mine] = request.messages.all()
    [elsewhere] = other.messages.all()
    mine.request, elsewhere.request = request, other
    assert opened(mine.words, request, mine, "words") == MARK
    assert opened(mine.words, other, elsewhere, "words") is None
    assert opened(mine.words, pairing, mine, "words") is None  # not under the pair's key
    assert opened(bytes(mine.words)[:-1], request, mine, "words") is None
    HelpMessage.objects.filter(pk=mine.pk).update(written_by=sia)
    assert "This message cannot be read." in mina.get(thread_url(request)).content.decode()
    HelpMessage.objects.filter(pk=mine.pk).update(written_by=pairing.mentor.person)
    HelpRequest.objects.filter(pk=other.pk).delete()
    HelpRequest.objects.filter(pk=request.pk).update(supervisor=una)  # somebody gives the thread to another one
    assert MARK not in as_seen_by(una).get(thread_url(request)).content.decode()
    HelpRequest.objects.filter(pk=request.pk).update(supervisor=sia)
    settings.SEALING_KEYS = (("another", os.urandom(32)),)
    page = mina.get(thread_url(request))
    assert page.status_code == 200
    assert rules.UNREADABLE in page.content.decode()
    assert mina.post(thread_url(request), {"words": "Hello"}).status_code == 422


def test_a_form_sent_twice_is_one(mina, pairing, sia):
    form = uuid.uuid4()
    for _ in range(2):
        assert ask(mina, pairing, sia, form=form).status_code == 200
    for key in (None, form):  # a new form, and the first one after the button Back
        again = ask(mina, pairing, sia, "Something new", form=key)
        assert again.status_code == 422
        assert "already have an open conversation with Sia" in again.content.decode()
        assert "Something new" in again.content.decode()  # still in the form
    for _ in range(2):
        mina.post(thread_url(HelpRequest.objects.get()), {"words": "More", "form": str(uuid.UUID(int=7))})
    assert HelpMessage.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_the_same_instant_are_one_request(pairing, sia):
    form = uuid.uuid4()
    found = at_the_same_instant(*[lambda: asked(pairing, sia, form=form).pk] * 10)
    assert len(set(found)) == 1
    assert HelpMessage.objects.count() == Notice.objects.filter(kind=private_notices.HELP).count() == 1
