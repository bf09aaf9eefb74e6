from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from people.models import Person
from people.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
ADA = ("--number", "1", "--email", "ada@example.org", "--given-name", "Ada", "--family-name", "Novak")


def test_the_first_administrator_may_sign_in_with_the_password_that_was_printed(client, capsys):
    call_command("create_administrator", *ADA)
    password = capsys.readouterr().out.rsplit(": ", 1)[1].strip()
    ada = Person.objects.get()
    assert ada.is_administrator
    assert client.login(username="ada@example.org", password=password)


def test_somebody_in_the_directory_becomes_an_administrator_and_stays_who_they_are():
    ada = PersonFactory(employee_number="1", email="Ada@example.org", family_name="Byron", job_title="Archivist")
    call_command("create_administrator", *ADA)
    ada.refresh_from_db()
    assert (ada.is_administrator, ada.family_name, ada.job_title, Person.objects.count()) == (
        (True, "Byron", "Archivist", 1)
    )


def test_a_number_that_belongs_to_somebody_else_is_refused_and_nothing_changes():
    somebody = PersonFactory(employee_number="1", email="bo@example.org")
    with pytest.raises(CommandError, match="somebody with another e-mail address"):
        call_command("create_administrator", *ADA)
    somebody.refresh_from_db()
    assert (somebody.is_administrator, somebody.email) == (False, "bo@example.org")


def test_an_address_of_somebody_else_is_refused_in_words():
    PersonFactory(email="Ada@example.org")
    with pytest.raises(CommandError, match="already has this e-mail address"):
        call_command("create_administrator", *ADA)
    assert not Person.objects.filter(is_administrator=True).exists()
