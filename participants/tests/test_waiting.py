"""Wait lists: in the order of asking, one offer for each free place, and a word to everybody at each decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

import clock
from notifications import kinds
from notifications.models import Notice
from participants import actions, queries, rules, waiting
from participants.choices import WaitOutcome
from participants.models import Participation, WaitListEntry
from participants.tests.factories import MenteeFactory, MentorFactory
from participants.tests.instant import at_once, while_another_waits
from people.actions import keep_person
from people.models import Person
from people.tests.factories import AdaFactory, BoFactory, LevelFactory, PersonFactory
from programs import actions as programs
from programs.choices import Duty, Side, Stage
from programs.models import Program
from programs.tests.factories import DutyFactory, ProgramFactory, ladder

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
ON = AT.date()
LAST_DAY = date(2026, 12, 3)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def pilot(**limits: Any) -> Program:
    """With a coordinator, and one mentor where that is all there is room for."""
    ladder()
    limits = limits or {"most_mentors": 1}
    program = ProgramFactory(is_pilot=True, **limits)
    DutyFactory(program=program, duty=Duty.COORDINATOR)
    return program


@pytest.fixture
def program() -> Program:
    return pilot()


@pytest.fixture
def inside(program) -> Participation:
    return MentorFactory(program=program)


def somebody(**facts: Any) -> Person:
    person: Person = PersonFactory(**{"rank": 2, "time_zone": "UTC", **facts})
    return person


def waits(program: Program, person: Person | None = None, side: Side = Side.MENTOR, at: datetime = AT) -> WaitListEntry:
    return actions.ask_to_wait(program, side=side, by=person or somebody(), at=at)


def withdraw(participation: Participation, at: datetime = AT + HOUR) -> None:
    actions.withdraw(participation, by=participation.person, at=at)


def offered(program: Program) -> list[Person]:
    return [entry.person for entry in WaitListEntry.objects.offered().filter(program=program).in_order()]


def told(person: Person, at: datetime = AT + HOUR) -> list[str]:
    """Kinds of the messages that would leave now, in the order in which they were owed."""
    due = Notice.objects.filter(person=person, due_at__lte=at).order_by("pk")
    wanted = [notice for notice in due if kinds.named(notice.kind).compose(notice, at) is not None]
    return [notice.kind.removeprefix("participants.") for notice in wanted]


def outcome(entry: WaitListEntry) -> str | None:
    entry.refresh_from_db()
    found: str | None = entry.outcome
    return found


def coordinator(program: Program) -> Person:
    named: Person = Person.objects.get(duties__program=program, duties__duty=Duty.COORDINATOR)
    return named


# Asking


def test_whoever_asks_is_told_their_place_in_the_line_and_a_second_press_changes_nothing(program, inside):
    first, second = waits(program), waits(program, at=AT + HOUR)
    assert waits(program, second.person, at=AT + 2 * HOUR) == second
    stands = waiting.standings_of(second.person)[program.pk, Side.MENTOR]
    assert stands.words == "You wait for a place as a mentor, second in line"
    assert waiting.standings_of(first.person)[program.pk, Side.MENTOR].place == "first"
    assert told(second.person) == ["on_wait_list"]
    assert Notice.objects.filter(person=second.person).count() == 1


def test_the_line_counts_the_other_side_only_where_the_pilot_counts_people_in_all():
    apart, together = pilot(most_mentors=1, most_mentees=1), pilot(most_people=2)
    for program in (apart, together):
        MentorFactory(program=program)
        MenteeFactory(program=program)
        waits(program, somebody(rank=6), Side.MENTEE)
    places = [waiting.standings_of(waits(each, at=AT + HOUR).person)[each.pk, "mentor"] for each in (apart, together)]
    assert [each.place for each in places] == ["first", "second"]


@pytest.mark.parametrize(
    ("place", "words"), [(1, "first"), (10, "tenth"), (11, "11th"), (21, "21st"), (112, "112th"), (1003, "1,003rd")]
)
def test_a_place_in_the_line_in_words(place, words):
    assert waiting.in_words(place) == words


def test_nobody_waits_where_there_is_a_place_or_where_they_may_not_join_or_take_part(program):
    with pytest.raises(rules.PlaceIsFree):
        waits(program)
    taking_part = MentorFactory(program=program)
    with pytest.raises(rules.TakesPartAlready):
        waits(program, taking_part.person)
    with pytest.raises(ValidationError, match="at most at level"):
        waits(program, somebody(rank=6))
    Program.objects.filter(pk=program.pk).update(stage=Stage.MATCHING)
    with pytest.raises(rules.EnrolmentNotOpen):
        waits(program)
    assert not WaitListEntry.objects.exists()


def test_the_database_keeps_an_entry_whole_and_once(program, inside):
    entry = waits(program)
    twice = WaitListEntry(program=program, person=entry.person, side=entry.side, asked_at=AT)
    with pytest.raises(IntegrityError, match="wait_list_entry_once"), transaction.atomic():
        twice.save()
    for broken, constraint in (
        ({"offered_at": AT}, "wait_list_offered_whole"),
        ({"outcome": "left"}, "wait_list_ended_whole"),
        ({"outcome": "lost", "ended_at": AT, "offered_at": AT, "held_until": ON}, "wait_list_outcome_known"),
        ({"outcome": "taken", "ended_at": AT}, "wait_list_answers_an_offer"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            WaitListEntry.objects.filter(pk=entry.pk).update(**broken)


# A place becomes free


def test_a_place_is_offered_to_whoever_asked_first_and_to_nobody_else(program, inside):
    later, first = waits(program, at=AT + HOUR / 2), waits(program)
    withdraw(inside)
    assert offered(program) == [first.person]
    first.refresh_from_db()
    assert (first.offered_at, first.held_until) == (AT + HOUR, LAST_DAY)
    assert told(first.person) == ["place_offered"]
    assert told(later.person) == ["on_wait_list"]
    assert waiting.standings_of(later.person)[program.pk, "mentor"].place == "first"


def test_a_second_withdrawal_of_the_same_person_offers_nothing_more(program, inside):
    waits(program)
    waits(program, at=AT + HOUR / 2)
    withdraw(inside)
    withdraw(inside)
    assert len(offered(program)) == 1


def test_an_outsider_cannot_take_a_place_that_is_held_and_whoever_holds_it_can(program, inside):
    entry, outsider = waits(program), somebody()
    withdraw(inside)
    state = queries.side_state(program, outsider, Side.MENTOR, on=ON)
    assert (state.may_join, state.refusal) == (False, rules.PilotIsFull(program, Side.MENTOR).messages[0])
    with pytest.raises(rules.PilotIsFull):
        actions.volunteer(program=program, side=Side.MENTOR, by=outsider, at=AT + HOUR)
    joined = actions.volunteer(program=program, side=Side.MENTOR, by=entry.person, at=AT + HOUR)
    assert (joined.person, outcome(entry)) == (entry.person, WaitOutcome.TAKEN)
    assert told(entry.person) == []  # what remains is the word that the charter is open, in three days
    assert actions.volunteer(program=program, side=Side.MENTOR, by=entry.person, at=AT + HOUR) == joined


def test_somebody_who_never_waited_does_not_overtake_the_line_when_a_place_is_free_for_a_moment(program, inside):
    """Somebody's last day of work is a date, and no event: whoever comes before the tick finds the line first."""
    entry = waits(program)
    Person.objects.filter(pk=inside.person_id).update(left_on=ON + DAY)
    with pytest.raises(rules.PilotIsFull):
        actions.volunteer(program=program, side=Side.MENTOR, by=somebody(), at=AT + DAY)
    actions.move_wait_lists_on(at=AT + DAY)
    assert offered(program) == [entry.person]


def test_whoever_leaves_the_company_frees_a_place_in_the_transaction_of_the_change(program, inside):
    entry = waits(program)
    inside.person.left_on = ON
    keep_person(person=inside.person, by=AdaFactory(), at=AT + HOUR)
    assert offered(program) == [entry.person]


def test_a_raised_limit_is_offered_at_once_and_a_lowered_one_takes_nothing_back(program, inside):
    people = [waits(program, at=AT + n * HOUR / 4).person for n in range(3)]
    program.refresh_from_db()
    for most, offers in ((3, 2), (1, 2)):
        program.most_mentors = most
        programs.change_program(program=program, topics=(), by=coordinator(program), at=AT + HOUR)
        assert offered(program) == people[:offers]
    actions.volunteer(program=program, side=Side.MENTOR, by=people[1], at=AT + HOUR)
    assert Participation.objects.filter(person=people[1]).exists()


def test_a_place_among_people_in_all_goes_to_whoever_asked_first_on_either_side():
    program = pilot(most_people=2, most_mentors=1)
    mentor, mentee = MentorFactory(program=program), MenteeFactory(program=program)
    second_mentor = waits(program)
    second_mentee = waits(program, somebody(rank=6), Side.MENTEE, at=AT + HOUR / 2)
    withdraw(mentee)  # one of the people is gone, and the one mentor is still there
    assert offered(program) == [second_mentee.person]
    withdraw(mentor)
    assert offered(program) == [second_mentor.person, second_mentee.person]


def test_who_may_no_longer_take_the_side_or_has_left_is_passed_over_and_told(program, inside):
    promoted, gone, next_one = waits(program), waits(program, at=AT + HOUR / 4), waits(program, at=AT + HOUR / 2)
    Person.objects.filter(pk=promoted.person_id).update(level=LevelFactory(rank=6))
    Person.objects.filter(pk=gone.person_id).update(is_active=False)
    withdraw(inside)
    assert offered(program) == [next_one.person]
    assert [outcome(promoted), outcome(gone)] == [WaitOutcome.PASSED_OVER] * 2
    notice = Notice.objects.get(person=promoted.person, kind=actions.PASSED_OVER)
    message = kinds.named(notice.kind).compose(notice, AT + HOUR)
    assert message is not None
    assert "Mentors in this program are at most at level" in " ".join(message.paragraphs)


def test_a_place_that_is_held_for_somebody_who_leaves_goes_on(program, inside):
    first, second = waits(program), waits(program, at=AT + HOUR / 2)
    withdraw(inside)
    first.person.left_on = ON
    keep_person(person=first.person, by=AdaFactory(), at=AT + 2 * HOUR)
    assert offered(program) == [second.person]


def test_taking_a_place_or_leaving_the_line_ends_that_one_wait_and_no_other():
    program, another = pilot(most_mentors=1, most_mentees=1), pilot(most_mentors=1, most_mentees=1)
    Program.objects.update(mentor_highest_level=LevelFactory(rank=4), mentee_lowest_level=LevelFactory(rank=2))
    person, both = somebody(rank=3), (Side.MENTOR, Side.MENTEE)
    inside = {(each.pk, side): MentorFactory(program=each, side=side) for each in (program, another) for side in both}
    entries = {key: waits(Program.objects.get(pk=key[0]), person, key[1]) for key in inside}

    def left() -> set[tuple[int, str]]:
        return {key for key, entry in entries.items() if outcome(entry) is None}

    withdraw(inside[program.pk, Side.MENTOR])
    actions.volunteer(program=program, side=Side.MENTOR, by=person, at=AT + HOUR)
    assert left() == set(entries) - {(program.pk, Side.MENTOR)}
    actions.leave_wait_list(another, side=Side.MENTEE, by=person, at=AT + HOUR)
    assert left() == {(program.pk, Side.MENTEE), (another.pk, Side.MENTOR)}


# Letting go, and letting it lapse


def test_who_lets_a_place_go_hands_it_on_and_may_ask_again_at_the_end_of_the_line(program, inside):
    first, second, third = (waits(program, at=AT + n * HOUR / 4) for n in range(3))
    withdraw(inside)
    for said in (WaitOutcome.LET_GO, None):
        assert actions.leave_wait_list(program, side=Side.MENTOR, by=first.person, at=AT + HOUR) is said
    assert offered(program) == [second.person]
    assert told(first.person) == []
    assert waits(program, first.person, at=AT + 2 * HOUR).pk > third.pk
    assert waiting.standings_of(first.person)[program.pk, "mentor"].place == "second"


def test_who_leaves_the_list_moves_everybody_behind_up(program, inside):
    first, second = waits(program), waits(program, at=AT + HOUR / 2)
    actions.leave_wait_list(program, side=Side.MENTOR, by=first.person, at=AT + HOUR)
    assert (outcome(first), told(first.person)) == (WaitOutcome.LEFT, [])
    assert waiting.standings_of(second.person)[program.pk, "mentor"].place == "first"


def test_an_offer_lapses_after_its_last_day_where_the_person_lives_and_goes_on_with_a_word_to_both(program, inside):
    first, second = waits(program, somebody(time_zone="America/Los_Angeles")), waits(program, at=AT + HOUR / 2)
    withdraw(inside)
    reminder = Notice.objects.get(person=first.person, kind=actions.PLACE_REMINDER)
    assert reminder.due_at.date() == LAST_DAY - 2 * DAY
    their_midnight = datetime(2026, 12, 4, 8, tzinfo=UTC)
    actions.move_wait_lists_on(at=their_midnight - timedelta(minutes=1))
    assert offered(program) == [first.person]
    assert told(first.person, their_midnight) == [], "the tick has not come by yet, and the place is held no longer"
    for _ in range(2):
        actions.move_wait_lists_on(at=their_midnight)
    assert (outcome(first), offered(program)) == (WaitOutcome.EXPIRED, [second.person])
    assert told(first.person, their_midnight) == ["place_lapsed"]
    assert told(second.person, their_midnight) == ["place_offered"]
    with pytest.raises(rules.PilotIsFull):
        actions.volunteer(program=program, side=Side.MENTOR, by=first.person, at=their_midnight)


def test_the_reminder_is_for_whoever_still_holds_the_place(program, inside):
    entry = waits(program)
    withdraw(inside)
    due = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert told(entry.person, due) == ["place_offered", "place_reminder"]
    actions.volunteer(program=program, side=Side.MENTOR, by=entry.person, at=due - HOUR)
    assert "place_reminder" not in told(entry.person, due)


def test_that_a_place_went_on_is_told_to_nobody_who_asked_again_takes_part_or_let_it_go(program, inside):
    entry = waits(program)
    withdraw(inside)
    at = AT + 9 * DAY
    actions.move_wait_lists_on(at=at)
    assert told(entry.person, at) == ["place_lapsed"]
    WaitListEntry.objects.filter(pk=entry.pk).update(outcome=WaitOutcome.LET_GO)
    assert told(entry.person, at) == []
    WaitListEntry.objects.filter(pk=entry.pk).update(outcome=WaitOutcome.EXPIRED)
    again = WaitListEntry.objects.create(program=program, person=entry.person, side=entry.side, asked_at=at)
    assert told(entry.person, at) == []
    again.delete()
    assert told(entry.person, at) == ["place_lapsed"]
    MentorFactory(program=program, person=entry.person)
    assert told(entry.person, at) == []


# The end of enrolment


def test_when_enrolment_ends_the_list_ends_with_a_word_to_everybody_who_waits():
    program = pilot(most_mentors=2)
    inside = [MentorFactory(program=program), MentorFactory(program=program)]
    MenteeFactory(program=program)
    holds, still_waits = waits(program), waits(program, at=AT + HOUR / 2)
    withdraw(inside[0])
    for _ in range(2):
        programs.move_to(program, stage=Stage.MATCHING, by=coordinator(program), at=AT + HOUR)
    for entry, words in ((holds, "kept no longer"), (still_waits, "No place came free")):
        assert (outcome(entry), told(entry.person)) == (WaitOutcome.CLOSED, ["wait_list_closed"])
        [notice] = Notice.objects.filter(person=entry.person, kind=actions.WAIT_LIST_CLOSED)
        message = kinds.named(notice.kind).compose(notice, AT + HOUR)
        assert message is not None
        assert words in message.paragraphs[0]


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_two_who_withdraw_at_once_give_two_places_to_the_first_two_in_line():
    program = pilot(most_mentors=2)
    inside = [MentorFactory(program=program), MentorFactory(program=program)]
    people = [waits(program, at=AT + n * HOUR / 4).person for n in range(3)]
    assert at_once(*(lambda each=each: withdraw(each) for each in inside)) == []
    assert offered(program) == people[:2]
    assert Notice.objects.filter(kind=actions.PLACE_OFFERED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_press_at_once_is_one_entry_and_two_ticks_at_once_pass_a_place_on_once():
    program = pilot()
    MentorFactory(program=program)
    first = somebody()
    assert at_once(*[lambda: waits(program, first)] * 2) == []
    waits(program, at=AT + HOUR)
    withdraw(Participation.objects.get())
    later = AT + 9 * DAY
    assert at_once(*[lambda: actions.move_wait_lists_on(at=later)] * 2) == []
    assert WaitListEntry.objects.count() == 2
    assert Notice.objects.filter(kind=actions.PLACE_LAPSED).count() == 1
    assert [person != first for person in offered(program)] == [True]


@pytest.mark.django_db(transaction=True)
def test_whatever_changes_who_takes_part_or_waits_holds_the_program_meanwhile():
    program = pilot(most_mentors=2)
    inside, holder, waiting_person, outsider = MentorFactory(program=program), somebody(), somebody(), somebody()
    MentorFactory(program=program)
    entry = waits(program, holder)
    waits(program, waiting_person, at=AT + HOUR / 4)
    at = AT + HOUR
    doings: list[Callable[[], object]] = [
        lambda: actions.ask_to_wait(program, side=Side.MENTOR, by=outsider, at=at),
        lambda: actions.leave_wait_list(program, side=Side.MENTOR, by=waiting_person, at=at),
        lambda: withdraw(inside),
        lambda: actions.volunteer(program=program, side=Side.MENTOR, by=holder, at=at),
        lambda: actions.follow_program(program, at),
        lambda: actions.move_wait_lists_on(at=at),
        lambda: actions.leave_programs(by=holder, at=at),
    ]
    for doing in doings:
        with transaction.atomic():
            Program.objects.select_for_update(no_key=True).get(pk=program.pk)
            ended = while_another_waits(doing)
        [answer] = ended()
        assert not isinstance(answer, Exception)
    assert (outcome(entry), offered(program)) == (WaitOutcome.TAKEN, [outsider])


@pytest.mark.django_db(transaction=True)
def test_an_outsider_who_comes_with_a_withdrawal_never_gets_what_the_line_waits_for():
    program, outsider = pilot(), somebody()
    inside = MentorFactory(program=program)
    entry = waits(program)
    failures = at_once(
        lambda: withdraw(inside),
        lambda: actions.volunteer(program=program, side=Side.MENTOR, by=outsider, at=AT + HOUR),
    )
    assert [type(failure) for failure in failures] == [rules.PilotIsFull]
    assert offered(program) == [entry.person]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("days", [0, 9])
def test_an_offer_that_is_taken_twice_and_passed_on_at_once_ends_in_one_place_for_one_person(days):
    """On a day on which the place is held, and on one on which it went on."""
    program = pilot()
    inside = MentorFactory(program=program)
    entry, next_one = waits(program), waits(program, at=AT + HOUR / 2)
    withdraw(inside)
    at = AT + HOUR + days * DAY

    def take() -> None:
        actions.volunteer(program=program, side=Side.MENTOR, by=entry.person, at=at)

    failures = at_once(take, take, lambda: actions.move_wait_lists_on(at=at))
    assert [type(failure) for failure in failures] == [rules.PilotIsFull] * (2 if days else 0)
    assert outcome(entry) == (WaitOutcome.EXPIRED if days else WaitOutcome.TAKEN)
    taking_part = list(Participation.objects.taking_part().values_list("person", flat=True))
    assert (taking_part, offered(program)) == (([], [next_one.person]) if days else ([entry.person_id], []))
    assert Notice.objects.filter(kind=actions.PLACE_LAPSED).count() == bool(days)


def test_what_fails_in_the_middle_leaves_nothing_half(program, inside):
    """The last thing a withdrawal writes is what it owes; the database refuses exactly that, once."""
    entry, table = waits(program), Notice._meta.db_table
    before = Notice.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT broken CHECK (kind <> '{actions.PLACE_REMINDER}') NOT VALID"
        )
    with pytest.raises(IntegrityError, match="broken"):
        withdraw(inside)
    inside.refresh_from_db()
    assert (inside.withdrawn_at, offered(program), Notice.objects.count()) == (None, [], before)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT broken")
    withdraw(inside)
    assert offered(program) == [entry.person]


# What is read, and by whom


def test_the_pages_say_where_one_stands_and_a_stranger_s_pages_say_nothing(program, inside, client):
    first, person, sten = waits(program), somebody(), somebody(given_name="Sten")
    client.force_login(person)
    page = f"/programs/{program.pk}/"
    assert "Put me on the wait list" in client.get(page).text
    assert "Put me on the wait list" in client.get(f"{page}volunteer/mentor/").text
    for _ in range(2):
        answer = client.post(f"{page}wait/mentor/", follow=True)
        assert "second in line" in answer.text
    assert WaitListEntry.objects.count() == 2
    assert first.person.family_name not in answer.text
    for url in ("/", "/programs/"):
        assert "You wait for a place as a mentor, second in line" in client.get(url).text
    answer = client.post(f"{page}wait/mentor/leave/", follow=True)
    assert "You wait no longer." in answer.text
    assert "Put me on the wait list" in answer.text
    client.force_login(sten)
    for url in ("/", "/programs/", page):
        assert "in line" not in client.get(url).text


def test_an_open_offer_is_the_first_thing_on_the_home_page_and_letting_it_go_takes_one_press(program, inside, client):
    entry = waits(program, at=clock.now())
    withdraw(inside, at=clock.now())
    entry.refresh_from_db()
    assert entry.held_until is not None
    client.force_login(entry.person)
    home = client.get("/")
    assert home.context["home"].waiting[0].what == f"A place is yours until {waiting.day_in_words(entry.held_until)}"
    page = client.get(f"/programs/{program.pk}/").text
    assert f"/programs/{program.pk}/volunteer/mentor/" in page
    assert client.get(f"/programs/{program.pk}/volunteer/mentor/", follow=True).context["form"]
    answer = client.post(f"/programs/{program.pk}/wait/mentor/leave/", follow=True)
    assert "You let the place go." in answer.text
    assert client.get("/").context["home"].waiting == []


def test_who_could_join_at_once_is_led_to_where_they_can(program, client):
    client.force_login(somebody())
    answer = client.post(f"/programs/{program.pk}/wait/mentor/", follow=True)
    assert answer.redirect_chain[0][0] == f"/programs/{program.pk}/volunteer/mentor/"
    assert "you need not wait" in answer.text


def test_a_program_is_open_to_whoever_waits_for_it_and_no_longer(program, inside, client):
    entry = waits(program)
    Person.objects.filter(pk=entry.person_id).update(level=None)
    client.force_login(entry.person)
    page = client.get(f"/programs/{program.pk}/")
    assert "at most at level" in page.text
    assert "Leave the list" in page.text
    answer = client.post(f"/programs/{program.pk}/wait/mentor/leave/", follow=True)
    assert answer.redirect_chain[-1][0] == "/programs/"
    assert client.get(f"/programs/{program.pk}/").status_code == 404


def test_coordinators_read_the_line_unless_they_are_candidates_and_bo_reads_nothing(program, inside, client):
    bo = BoFactory()
    entry = waits(program, somebody(family_name="Wartalski", manager=bo))
    cora = coordinator(program)
    desk = f"/desk/volunteers/{program.pk}/"
    client.force_login(cora)
    assert "Wartalski" in client.get(desk).text
    assert [(line.side, list(line.waits)) for line in waiting.lines_of(program, cora)] == [(Side.MENTOR, [entry])]
    kim = DutyFactory(program=program, person=somebody(is_coordinator=True)).person
    waits(program, kim, at=AT + HOUR)
    client.force_login(kim)
    assert "Wartalski" not in client.get(desk).text
    taking_part = MenteeFactory(program=program, person=cora)
    assert waiting.lines_of(program, cora) == []
    taking_part.delete()
    client.force_login(bo)
    assert client.get(desk).status_code == 404
    for url in ("/", "/programs/", "/reports/", f"/programs/{program.pk}/"):
        assert "Wartalski" not in client.get(url).text


def test_no_message_names_anybody_who_waits(program, inside):
    others = [waits(program, somebody(family_name="Canaryson"), at=AT + n * HOUR / 4) for n in range(2)]
    withdraw(inside)
    actions.move_wait_lists_on(at=AT + 9 * DAY)
    Program.objects.filter(pk=program.pk).update(stage=Stage.MATCHING)
    actions.move_wait_lists_on(at=AT + 10 * DAY)
    composed = [kinds.named(each.kind).compose(each, AT + 10 * DAY) for each in Notice.objects.all()]
    texts = [repr(message) for message in composed if message]
    assert len(texts) == 2
    assert not any("Canaryson" in text or others[0].person.given_name in text for text in texts)


@pytest.mark.parametrize("url", ["/", "/programs/"])
def test_lists_ask_as_often_for_three_programs_one_waits_for_as_for_one(client, url):
    person = somebody()
    client.force_login(person)

    def asked(programs_more: int) -> int:
        for _ in range(programs_more):
            program = pilot()
            MentorFactory(program=program)
            waits(program, person)
        with CaptureQueriesContext(connection) as queries_asked:
            client.get(url)
        return len(queries_asked)

    asked(1)
    assert asked(0) == asked(2)


# Afterwards


def test_that_somebody_waited_is_forgotten_two_months_after_it_ended(program, inside):
    left, stays = somebody(), somebody()
    for person in (left, stays):
        actions.ask_to_wait(program, side=Side.MENTOR, by=person, at=AT)
    actions.leave_wait_list(program, side=Side.MENTOR, by=left, at=AT)
    assert actions.forget_ended_waits(at=AT + rules.WAIT_KEPT - timedelta(seconds=1)) == 0
    assert actions.forget_ended_waits(at=AT + rules.WAIT_KEPT) == 1
    assert WaitListEntry.objects.get().person == stays
    assert actions.forget_ended_waits(at=AT + timedelta(days=900)) == 0


def test_a_coordinator_who_waited_does_not_read_the_list_by_waiting_longer(program, inside):
    waited = somebody(is_coordinator=True)
    DutyFactory(program=program, person=waited, duty=Duty.COORDINATOR)
    actions.ask_to_wait(program, side=Side.MENTOR, by=waited, at=AT)
    actions.leave_wait_list(program, side=Side.MENTOR, by=waited, at=AT)
    actions.ask_to_wait(program, side=Side.MENTOR, by=somebody(), at=AT)
    assert actions.forget_ended_waits(at=AT + rules.WAIT_KEPT) == 0
    assert waiting.lines_of(program, waited) == []
    Program.objects.filter(pk=program.pk).update(stage=Stage.CLOSED)
    assert actions.forget_ended_waits(at=AT + rules.WAIT_KEPT) == 1
