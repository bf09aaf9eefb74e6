"""The progress page to take along: what it shows, and what it hides."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, time, timedelta

import pytest

import clock
from dashboards.tests.test_views import lived, opened_by, program
from people.models import Person
from people.tests.factories import AdaFactory, EvaFactory, StenFactory
from programs.models import Program

__all__ = ["program"]


def download(person: Person, program: Program, ending: str, client):
    client.force_login(person)
    return client.get(f"/progress/{program.pk}.{ending}")


def test_the_files_say_what_the_page_says(client, program):
    for _ in range(7):
        lived(program)
    eva = EvaFactory()
    page = opened_by(eva, program).text
    rows = [*csv.reader(io.StringIO(download(eva, program, "csv", client).content.decode("utf-8-sig"), newline=""))]
    told = {row[0]: row[1:] for row in rows if len(row) > 1}
    assert rows[0][0] == f"Progress of {program.name}"
    for figure in ("Pairs formed", "Agreement signed", "Met at least once"):
        assert any(figure.lower() in name.lower() for name in told), figure
    words = [cell for row in rows for cell in row[1:] if cell and not cell[0].isdigit() and len(cell) < 30]
    hidden = {word for word in words if word.startswith(("fewer than", "hidden to protect"))}
    assert all(word in page for word in hidden)
    assert not any(person.name in str(rows) for person in Person.objects.filter(participations__program=program))


@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_they_are_for_whom_the_page_is(client, program, ending):
    named = {person.given_name: person for person in Person.objects.all()}
    for person in (named["Mina"], named["Otto"], named["Bo"], StenFactory(), AdaFactory()):
        assert download(person, program, ending, client).status_code == 404
    assert download(named["Cora"], program, ending, client).status_code == 200
    assert download(EvaFactory(), program, ending, client).status_code == 200


def test_the_file_is_as_of_the_day_of_the_page_where_a_week_has_begun_and_not_yet_everywhere(
    client, program, settings, tmp_path
):
    """An hour into Monday in UTC there is somewhere where it is still Sunday."""
    settings.DEMO, settings.DEMO_FOLDER = True, tmp_path
    here = clock.now()
    monday = datetime.combine(here.date() + timedelta(days=7 - here.weekday()), time(1), tzinfo=UTC)
    clock.move_to_shift(monday - here)
    eva = EvaFactory()
    as_of = clock.last_today() - timedelta(days=7)
    assert f'<th scope="col" class="num">{as_of:%-d %B}</th>' in opened_by(eva, program).text
    file = download(eva, program, "csv", client)
    assert f"progress-{as_of.isoformat()}.csv" in file["Content-Disposition"]
