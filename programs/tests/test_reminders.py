"""The rules of reminding: one list, each a column, each on the form and in the document."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from programs import documents, reminders
from programs.forms import ProgramForm
from programs.models import Program
from programs.tests.factories import ProgramFactory


def field(rule):
    return ProgramForm.base_fields[rule.name]


@pytest.mark.parametrize("rule", reminders.RULES, ids=lambda rule: rule.name)
def test_each_rule_is_a_column_with_its_default_and_a_field_that_judges_it(rule):
    program = Program()
    assert reminders.days_of(program, rule.name) == sorted(rule.default)
    assert reminders.reminds(program, rule.name)
    assert field(rule).clean("1, 0; 1") == [1, 0]
    assert field(rule).clean("") == []
    for nonsense in (f"{rule.longest + 1}", "-1", "soon", "1, 2, 3, 4, 5, 6"):
        with pytest.raises(ValidationError):
            field(rule).clean(nonsense)


def test_days_come_in_their_order_and_none_means_off():
    program = Program(agreement_reminder_days=[7, 3], first_meeting_days=[])
    assert reminders.days_of(program, reminders.AGREEMENT) == [3, 7]
    assert not reminders.reminds(program, reminders.FIRST_MEETING)


def test_defaults_are_of_their_own_for_each_program():
    one, other = Program(), Program()
    one.first_meeting_days.append(20)
    assert other.first_meeting_days == [10]


@pytest.mark.django_db
def test_a_document_carries_the_rules_to_another_program():
    program = ProgramFactory(agreement_reminder_days=[4], survey_closing_days=[], nudges_quiet_pairs=False)
    again = documents.read(documents.written(documents.document_of(program)).encode())["reminders"]
    assert (again["agreement_reminder_days"], again["survey_closing_days"], again["nudges_quiet_pairs"]) == (
        [4], [], False,
    )  # fmt: skip
