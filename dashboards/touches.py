"""What somebody's home page can be about at all, learned in one question.

Most people have nothing of most of it, and composing a question with every rule takes far longer than answering it. So
one plain question comes first. It may say yes too often, never too seldom: what it lets through is asked again, with
all its rules, by the app it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

from people.models import Person


@dataclass(frozen=True, slots=True)
class Touches:
    """Whether there may be anything of each kind for one person."""

    proposals: bool
    calls: bool
    champion: bool
    drafts: bool
    stays_out: bool
    reports: bool
    help: bool
    supervises: bool
    circle: bool
    surveys: bool
    themes: bool
    insights: bool
    boards: bool


_OF_SIDE: Final = """
    EXISTS (SELECT FROM matching_proposal JOIN participants_participation AS own ON own.id = {side}_id
            WHERE own.person_id = %(person)s AND own.withdrawn_at IS NULL AND {side}_reply IS NULL)
"""
_QUESTIONS: Final[Mapping[str, str]] = {
    "proposals": f"{_OF_SIDE.format(side='mentor')} OR {_OF_SIDE.format(side='mentee')}",
    "calls": "EXISTS (SELECT FROM participants_called WHERE person_id = %(person)s AND declined_at IS NULL)",
    "champion": "EXISTS (SELECT FROM participants_champion WHERE person_id = %(person)s AND reply IS NULL)",
    "drafts": "EXISTS (SELECT FROM participants_draft WHERE person_id = %(person)s)",
    "stays_out": """
    EXISTS (SELECT FROM matching_aside JOIN participants_participation AS own ON own.id = participation_id
            WHERE own.person_id = %(person)s AND own.withdrawn_at IS NULL AND out_until IS NOT NULL)""",
    "reports": """
    EXISTS (SELECT FROM people_person AS report JOIN participants_participation AS theirs
            ON theirs.person_id = report.id WHERE report.manager_id = %(person)s AND theirs.withdrawn_at IS NULL)""",
    "help": """
    EXISTS (SELECT FROM pairings_helprequest WHERE asked_by_id = %(person)s)
    OR EXISTS (SELECT FROM pairings_helprequest WHERE supervisor_id = %(person)s)""",
    "supervises": "EXISTS (SELECT FROM programs_programduty WHERE person_id = %(person)s AND duty = 'supervisor')",
    "circle": """
    EXISTS (SELECT FROM pairings_circlemember JOIN participants_participation AS own ON own.id = participation_id
            WHERE own.person_id = %(person)s AND left_at IS NULL)""",
    "surveys": "EXISTS (SELECT FROM surveys_invitation WHERE person_id = %(person)s)",
    "themes": """
    EXISTS (SELECT FROM programs_programduty AS own JOIN surveys_theme AS theme ON theme.program_id = own.program_id
            WHERE own.person_id = %(person)s AND own.duty = 'sponsor')""",
    "insights": """
    EXISTS (SELECT FROM surveys_insight AS insight JOIN pairings_pairing AS pair ON pair.id = insight.pairing_id
            JOIN participants_participation AS own ON own.id IN (pair.mentor_id, pair.mentee_id)
            WHERE own.person_id = %(person)s AND insight.written_by_id <> %(person)s AND insight.state = 'waiting')""",
    "boards": """
    EXISTS (SELECT FROM participants_participation AS own JOIN surveys_theme AS theme
            ON theme.program_id = own.program_id WHERE own.person_id = %(person)s AND own.withdrawn_at IS NULL)
    OR EXISTS (SELECT FROM programs_programduty AS own JOIN surveys_theme AS theme
               ON theme.program_id = own.program_id WHERE own.person_id = %(person)s)""",
}
_QUESTION: Final = "SELECT " + ", ".join(_QUESTIONS.values())


def touches(person: Person) -> Touches:
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, {"person": person.pk})
        return Touches(**dict(zip(_QUESTIONS, cursor.fetchone(), strict=True)))
