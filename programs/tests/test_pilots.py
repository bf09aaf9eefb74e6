"""A pilot is for some areas: in the live count, in every judgement, in its file, and after lists were merged."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from people.references import references_to
from people.tests.factories import CoraFactory, FunctionFactory, PersonFactory, SiaFactory, SiteFactory
from programs import documents, queries, rules
from programs.choices import Side
from programs.models import PilotArea, Program
from programs.tests.factories import program_with
from programs.tests.test_admin import ADD, COUNTING, errors_of, page_of, retyped, typed

pytestmark = pytest.mark.django_db

ON = date(2026, 12, 7)


@pytest.fixture
def cora(client: Any) -> Any:
    cora = CoraFactory()
    client.force_login(cora)
    return cora


def pilot_at(cora: Any, *places: Any, **fields: Any) -> Program:
    program = program_with(cora, is_pilot=True, **fields)
    for place in places:
        PilotArea.objects.create(program=program, **{place._meta.model_name: place})
    return program


def test_only_people_of_the_areas_may_take_part_and_the_directory_is_asked_the_same(cora):
    leeds, sales = SiteFactory(name="Leeds"), FunctionFactory(name="Sales")
    program = pilot_at(cora, leeds, sales)
    both = PersonFactory(rank=2, site=leeds, function=sales)
    elsewhere = PersonFactory(rank=2, site=SiteFactory(name="Hull"), function=sales)
    nowhere = PersonFactory(rank=2, site=None, function=None)
    assert list(queries.eligible(program, Side.MENTOR, on=ON)) == [both]
    assert rules.may_take_side(program, both, Side.MENTOR, ON)
    for person in (elsewhere, nowhere):
        assert rules.reasons_against_side(program, person, Side.MENTOR, ON) == [
            "This pilot is for a part of the company. Function: Sales. Site: Leeds."
        ]
    assert any("Leeds" in said for said in rules.reasons_against_pair(program, mentor=elsewhere, mentee=both, on=ON))


def test_a_program_that_is_no_pilot_is_for_everybody(cora):
    program = pilot_at(cora, SiteFactory())
    program.is_pilot = False
    assert rules.may_take_side(program, PersonFactory(rank=2), Side.MENTOR, ON)


def test_the_live_count_follows_the_areas(client, cora):
    far = SiteFactory(name="Far away")
    PersonFactory(rank=2, site=far), PersonFactory(rank=2)
    everybody = client.post(COUNTING, typed()).context["eligibility"].mentors
    limited = client.post(COUNTING, typed(is_pilot="on", sites=[far.pk])).context["eligibility"].mentors
    assert (everybody, limited) == (3, 1)


def test_a_pilot_is_kept_with_its_limits_and_changed(client, cora):
    SiaFactory()
    leeds, hull = SiteFactory(name="Leeds"), SiteFactory(name="Hull")
    sent = typed(is_pilot="on", sites=[leeds.pk, hull.pk], most_mentors="12", most_people="20")
    assert client.post(ADD, sent).status_code == 302
    program = Program.objects.get()
    assert (program.most_mentors, program.most_mentees, program.most_people) == (12, None, 20)
    assert sorted(program.areas.site.values()) == ["Hull", "Leeds"]
    assert client.post(page_of(program), retyped(client, program, sites=[hull.pk])).status_code == 302
    assert list(Program.objects.get().areas.site.values()) == ["Hull"]


def test_limits_belong_to_a_pilot(client, cora):
    SiaFactory()
    refused = {"is_pilot": ["Only a pilot is limited like this. Tick it, or take the limits out."]}
    assert errors_of(client.post(ADD, typed(most_mentors="3"))) == refused
    assert errors_of(client.post(ADD, typed(sites=[SiteFactory().pk]))) == refused
    program = program_with(cora)
    with pytest.raises(IntegrityError):
        Program.objects.filter(pk=program.pk).update(most_people=3)


def test_the_configuration_carries_the_pilot_by_name(client, cora):
    program = pilot_at(cora, SiteFactory(name="Leeds"), most_mentors=4)
    document = documents.read(documents.written(documents.document_of(program)).encode())
    assert document["pilot"] == {"sites": ["Leeds"], "most_mentors": 4}
    form = client.get(f"{ADD}?copy={program.pk}").context["adminform"].form
    assert (form["is_pilot"].value(), form["most_mentors"].value()) == (True, 4)
    assert form["sites"].value() == list(program.areas.site)
    assert "pilot" not in documents.document_of(program_with(cora))


def test_a_file_with_an_area_this_company_does_not_have_is_refused(client, cora):
    SiteFactory(name="Leeds")
    file = SimpleUploadedFile("p.yaml", b"pilot: {sites: [Leeds, Mars]}")
    answer = client.post("/desk/programs/program/import/", {"configuration": file})
    assert answer.status_code == 422
    assert "pilot, sites, entry 2: “Mars” is not in your list of sites." in answer.text


def test_merging_two_sites_keeps_the_pilot_at_one(cora):
    kept, dropped = SiteFactory(name="Leeds"), SiteFactory(name="leeds station")
    both, one = pilot_at(cora, kept, dropped), pilot_at(cora, dropped)
    for reference in references_to(dropped):
        reference.move(kept, dropped)
    assert [list(program.areas.site) for program in (both, one)] == [[kept.pk], [kept.pk]]
