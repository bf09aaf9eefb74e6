from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Notice
from participants import actions, profiles, queries
from participants.choices import Step
from participants.forms import ProfileForm
from participants.models import Participation
from participants.rules import mark_field
from participants.tests.conftest import NOON
from participants.tests.factories import MenteeFactory, MentorFactory
from participants.tests.offer import send_offer, step_url
from people.models import Skill
from people.tests.factories import MinaFactory, PersonFactory, SkillFactory
from programs.choices import Duty, Side, Stage
from programs.models import CharterVersion, ProgramQuestion
from programs.questions import mark_of
from programs.tests.factories import DutyFactory, ProgramFactory, program_with


@pytest.fixture
def signed_in(client, mina):
    client.force_login(mina)
    return client


def url(name: str, program, *rest: str) -> str:
    return reverse(f"participants:{name}", args=[program.pk, *rest])


def posted(**changed: object) -> dict[str, object]:
    """What a browser sends when Mina fills in the form."""
    skill = {name: str(Skill.objects.get(name=name).pk) for name in ("Social media", "Accessibility")}
    whole: dict[str, object] = {
        "offered": [skill["Social media"]], "wish_1": skill["Accessibility"], "wish_2": "", "wish_3": "",
        "number_one": "Be heard once.", "background": "", "hobbies": "Chess, rowing , chess,, Long walks ",
        "languages": ["en"], "ways": ["video"], "half_days": ["mon_am"], "where_to_meet": "", "hours_a_month": "2",
        "places": "1", "not_discussed": "CANARY-ILLNESS", "charter": "on",
        "charter_read": str(CharterVersion.objects.get().pk),
    }  # fmt: skip
    read = {mark_field(question.pk): mark_of(question) for question in ProgramQuestion.objects.all()}
    return {**whole, **read, **changed}


def test_the_list_shows_what_i_may_join(signed_in, program):
    page = signed_in.get(reverse("participants:programs"))
    assert page.status_code == 200
    assert [card.program for card in page.context["cards"]] == [program]
    assert "Volunteers are welcome" in page.text


def test_the_list_needs_as_many_queries_for_three_programs_as_for_one(signed_in, cora, program):
    def queries_needed() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert signed_in.get(reverse("participants:programs")).status_code == 200
        return len(asked)

    one = queries_needed()
    program_with(cora, name="Two")
    program_with(cora, name="Three")
    assert queries_needed() == one <= 7


def test_the_page_of_a_program_says_everything_about_it(signed_in, program, cora):
    page = signed_in.get(url("program", program)).text
    assert "5 pairs, by 7 March 2027" in page
    assert "You meet about every three weeks, for about 60 minutes." in page
    assert "<b>What we say stays between us.</b> The one exception is danger to a person." in page
    assert cora.name in page
    assert "Volunteer as a mentor" in page
    assert "Mentees in this program are at least at level Level 5." in page


def test_a_program_that_is_not_for_me_does_not_exist(client, program, sten):
    client.force_login(sten)
    for name, rest in [
        ("program", []),
        ("volunteer_step", ["mentor", "offer"]),
        ("profile", ["mentor"]),
        ("withdraw", ["mentor"]),
    ]:
        for ask in (client.get, client.post):
            if name == "program" and ask == client.post:
                continue
            assert ask(url(name, program, *rest)).status_code == 404, name


def test_a_draft_and_an_unknown_side_do_not_exist(signed_in, program):
    draft = ProgramFactory(stage=Stage.DRAFT)
    assert signed_in.get(url("program", draft)).status_code == 404
    assert signed_in.get(url("volunteer", program, "boss")).status_code == 404


def test_mina_volunteers_through_the_form(signed_in, program, mina):
    answer = send_offer(signed_in, program, "mentor", **posted())
    assert (answer.status_code, answer.url) == (302, url("program", program))
    row = Participation.objects.get()
    assert (row.person, row.side, row.program) == (mina, Side.MENTOR, program)
    assert row.hobbies == ["Chess", "rowing", "Long walks"]
    assert [str(each.skill) for each in row.wanted.all()] == ["Accessibility"]
    assert profiles.not_discussed(row) == "CANARY-ILLNESS"
    assert row.charter_signed_at is not None
    assert "You are in the pool as a mentor." in signed_in.get(answer.url).text


def test_a_second_click_changes_nothing_and_says_the_same(signed_in, program):
    for _ in range(2):
        answer = send_offer(signed_in, program, "mentor", **posted())
        assert answer.url == url("program", program)
    assert Participation.objects.count() == 1
    assert Notice.objects.count() == 1


def test_the_charter_can_wait(signed_in, program):
    unsigned = posted(unsigned="1")
    del unsigned["charter"]
    answer = send_offer(signed_in, program, "mentor", **unsigned)
    assert answer.status_code == 302
    assert Participation.objects.get().charter_signed_at is None
    page = signed_in.get(url("program", program)).text
    assert "Before you can be matched: agree to the charter." in page
    answer = signed_in.post(url("profile", program, "mentor"), posted())
    assert answer.status_code == 302
    assert Participation.objects.get().charter_signed_at is not None


def test_a_refused_step_keeps_everything_typed_and_says_what_to_mend(signed_in, program):
    answer = signed_in.post(step_url(program, "mentor", "offer"), posted(wish_2=posted()["wish_1"]))
    assert answer.status_code == 422
    assert "One answer needs another look" in answer.text
    assert "You chose Accessibility twice." in answer.text
    refused = posted(not_discussed="x" * 309, not_with_1="nobody@example.org", hobbies="Chess")
    del refused["charter"]
    page = send_offer(signed_in, program, "mentor", **refused).text
    assert "Three answers need another look" in page
    assert "This is 309 characters long. Take out 9 or more." in page
    assert "We can only match people who agree to the charter." in page
    assert "Nobody in the directory has this e-mail address" in page
    assert "x" * 309 in page
    assert 'value="nobody@example.org"' in page
    assert not Participation.objects.exists()


def test_a_mentor_offers_something_and_a_mentee_wishes_something(client, program, mina, otto):
    client.force_login(mina)
    page = send_offer(client, program, "mentor", **posted(offered=[], wish_1="")).text
    assert "Choose at least one thing a leader could learn from you." in page
    client.force_login(otto)
    answer = send_offer(client, program, "mentee", **posted(offered=[], wish_1=""))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"wish_1"})
    answer = send_offer(client, program, "mentee", **posted(offered=[]))
    assert answer.status_code == 302


def test_too_much_is_refused_at_its_field(signed_in, program):
    many = [SkillFactory(name=f"Skill {n}") for n in range(9)]
    answer = send_offer(
        signed_in, program, "mentor", **posted(offered=[], offered_more=[str(skill.pk) for skill in many])
    )
    assert answer.context["form"].errors["offered"] == ["You chose 9 things to show. Choose the 8 you like best."]
    long = "Knitting very long scarves for all my many cousins"
    answer = send_offer(signed_in, program, "mentor", **posted(hobbies=long))
    assert "Keep each hobby to 40." in answer.context["form"].errors["hobbies"][0]


def test_who_may_not_take_a_side_reads_why(client, program):
    newcomer = MinaFactory(hired_on="2026-11-01")
    client.force_login(newcomer)
    for answer, status in (
        (client.get(url("volunteer", program, "mentor")), 200),
        (client.get(step_url(program, "mentor", "about")), 200),
        (send_offer(client, program, "mentor", **posted()), 422),
    ):
        assert answer.status_code == status
        assert "Mentors in this program have been here for 3 months or more." in answer.text
        assert "<textarea" not in answer.text


@pytest.mark.parametrize("side", list(Side))
def test_every_field_says_who_can_see_it(program, side):
    form = ProfileForm(
        side=side, program=program, choose=queries.skills_to_choose(program), charter=queries.charter_in_force(program),
        joining=PersonFactory(),
    )  # fmt: skip
    assert set(form.audiences) == {field.name for field in form.visible_fields()}
    assert form.audiences["not_discussed"].words == "Only you and the person you are paired with"
    assert form.audiences["number_one"].words == "Coordinators and your partner; proposed partners if you allow"


def test_the_form_draws_the_audience_of_each_field(signed_in, program):
    SkillFactory(name="Welding")
    pages = "".join(signed_in.get(step_url(program, "mentor", step)).text for step in Step)
    fields = list(ProfileForm.audiences)
    assert [name for name in fields if f'id="id_{name}_depth"' not in pages] == []


def test_a_profile_is_shown_to_oneself_and_changed(signed_in, program, mina, told):
    actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON, **told)
    page = signed_in.get(url("profile", program, "mentor")).text
    assert "CANARY-ILLNESS in the spring" in page
    assert 'value="Rowing, Chess"' in page
    assert "I agree to the charter" not in page
    answer = signed_in.post(url("profile", program, "mentor"), posted(places="3", not_discussed=""))
    assert answer.status_code == 302
    row = Participation.objects.get()
    assert (row.places, row.not_discussed, row.data_key) == (3, None, None)
    assert row.charter_signed_at == NOON


def test_nobody_reaches_the_profile_of_another(client, program, mina, cora, bo, otto):
    MentorFactory(program=program, person=mina)
    MenteeFactory(program=program, person=otto)
    for person, side in ((cora, "mentor"), (bo, "mentee"), (otto, "mentor"), (mina, "mentee")):
        client.force_login(person)
        assert client.get(url("profile", program, side)).status_code == 404
        assert client.post(url("withdraw", program, side)).status_code == 404
    assert Participation.objects.taking_part().count() == 2


def test_a_closed_program_shows_the_profile_to_read(signed_in, mina, told, program):
    actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON, **told)
    program.stage = Stage.CLOSED
    program.save()
    page = signed_in.get(url("profile", program, "mentor"))
    assert "CANARY-ILLNESS in the spring" in page.text
    assert "<textarea" not in page.text
    assert signed_in.post(url("profile", program, "mentor"), posted()).status_code == 422
    assert Participation.objects.get().places == 2


def test_withdrawing_asks_no_reason_and_ends_on_one_calm_page(signed_in, program, mina):
    MentorFactory(program=program, person=mina)
    page = signed_in.get(url("withdraw", program, "mentor")).text
    assert "No reason is asked." in page
    assert "<textarea" not in page
    assert Participation.objects.taking_part().count() == 1
    after = signed_in.post(url("withdraw", program, "mentor"), follow=True)
    assert "You have withdrawn" in after.text
    assert "nothing is held against you" in after.text
    assert Participation.objects.taking_part().count() == 0
    assert signed_in.get(url("profile", program, "mentor")).status_code == 404
    assert "You are welcome again." in signed_in.get(url("program", program)).text


def test_pages_with_private_text_are_not_kept_by_the_browser(signed_in, program, mina):
    MentorFactory(program=program, person=mina)
    for name in ("profile", "withdraw"):
        assert "no-store" in signed_in.get(url(name, program, "mentor")).headers["Cache-Control"]


def test_whoever_wonders_about_a_program_can_write_to_its_people(client, db):
    program = ProgramFactory(stage=Stage.ENROLMENT)
    people = {duty: PersonFactory() for duty in (Duty.COORDINATOR, Duty.SUPERVISOR)}
    for duty, person in people.items():
        DutyFactory(program=program, person=person, duty=duty)
    client.force_login(PersonFactory())
    page = client.get(reverse("participants:program", args=[program.pk])).text
    assert [f'href="mailto:{person.email}"' in page for person in people.values()] == [True, True]
