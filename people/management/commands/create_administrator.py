"""The first administrator of an installation, who then imports the directory and names coordinators."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from people.models import Person


class Command(BaseCommand):
    help = "Make an administrator, or make one of somebody in the directory, and print a password to sign in with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--number", required=True, help="employee number")
        parser.add_argument("--email", required=True)
        parser.add_argument("--given-name", required=True)
        parser.add_argument("--family-name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        number, email = options["number"], options["email"]
        person = Person.objects.filter(employee_number=number).first()
        if person is None:
            names = {"given_name": options["given_name"], "family_name": options["family_name"]}
            person = Person(employee_number=number, email=email, **names)
        elif person.email.casefold() != email.casefold():
            raise CommandError(
                f"Employee number {number} is somebody with another e-mail address. Nothing was changed."
            )
        person.is_administrator = True
        password = secrets.token_urlsafe(18)
        person.set_password(password)
        try:
            person.full_clean()
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        person.save()
        self.stdout.write(f"{person} may sign in as {person.email} with this password: {password}")
