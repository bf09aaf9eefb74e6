"""The company directory: people, and where in the company they work."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import date
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Collate, Lower

from people.choices import FIELD_LABELS, TIME_ZONES, ImportState, Language, LineKind
from privacy import classes


def check_time_zone(name: str) -> None:
    if name not in TIME_ZONES:
        raise ValidationError(f"“{name}” is not a time zone we know. Write it like Europe/Berlin.", code="time_zone")


def plain_letters(text: str) -> str:
    """Without accents or case."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


def sort_key(given_name: str, family_name: str) -> str:
    """Family name first, without accents or case, so that lists read right under any database collation."""
    return plain_letters(f"{family_name} {given_name}")[:200]


class NamedPlace(models.Model):
    """Something HR keeps a list of: a function, a line of business, a site, a skill."""

    name = models.CharField(max_length=120, db_comment=classes.NOT_PERSONAL)

    class Meta:
        abstract = True
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Function(NamedPlace):
    """What kind of work somebody does: finance, engineering, sales."""

    class Meta(NamedPlace.Meta):
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="function_name_once")]


class LineOfBusiness(NamedPlace):
    """Which part of the business somebody works for."""

    class Meta(NamedPlace.Meta):
        verbose_name_plural = "lines of business"
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="line_of_business_name_once")]


class Site(NamedPlace):
    """Where somebody works, and the time zone there."""

    time_zone = models.CharField(
        max_length=64, default="UTC", validators=[check_time_zone], db_comment=classes.NOT_PERSONAL
    )

    class Meta(NamedPlace.Meta):
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="site_name_once")]


class Level(NamedPlace):
    """A step of seniority; the higher the rank, the more senior."""

    rank = models.PositiveSmallIntegerField(
        unique=True, help_text="1 is the least senior. Higher is more senior.", db_comment=classes.NOT_PERSONAL
    )

    class Meta(NamedPlace.Meta):
        ordering: ClassVar = ["rank"]
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="level_name_once")]


class Skill(NamedPlace):
    """Something that can be shown or learned; the company's one list."""

    class Meta(NamedPlace.Meta):
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="skill_name_once")]


class PersonQuerySet(models.QuerySet["Person"]):
    def employed(self, on: date) -> PersonQuerySet:
        """People who work here on that day and may sign in."""
        return self.filter(Q(left_on=None) | Q(left_on__gt=on), is_active=True)

    def with_place(self) -> PersonQuerySet:
        """With everything a line about a person shows, in one query."""
        return self.select_related("function", "line_of_business", "level", "site")


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> Person:
        """Sign-in names are e-mail addresses, compared without regard to case as the constraint compares them: two
        addresses may differ in small letters and be one in capitals."""
        wanted = Lower(Value(username, output_field=models.CharField()))
        person: Person = self.alias(lowered=Lower("email")).get(lowered=wanted)
        return person


class Person(AbstractBaseUser):
    """An employee, who is also the user who signs in. The employee number is the identity; the e-mail may change."""

    employee_number = models.CharField(max_length=40, unique=True, db_comment=classes.DIRECTORY)
    email = models.EmailField("work e-mail", max_length=254, db_comment=classes.DIRECTORY)
    given_name = models.CharField(max_length=80, db_comment=classes.DIRECTORY)
    family_name = models.CharField(max_length=80, db_comment=classes.DIRECTORY)
    sort_name = models.CharField(max_length=200, editable=False, db_index=True, db_comment=classes.DIRECTORY)
    job_title = models.CharField(max_length=120, blank=True, db_comment=classes.DIRECTORY)
    function = models.ForeignKey(Function, models.PROTECT, null=True, blank=True, db_comment=classes.DIRECTORY)
    line_of_business = models.ForeignKey(
        LineOfBusiness, models.PROTECT, null=True, blank=True, db_comment=classes.DIRECTORY
    )
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, db_comment=classes.DIRECTORY)
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, db_comment=classes.DIRECTORY)
    time_zone = models.CharField(
        max_length=64, default="UTC", validators=[check_time_zone], db_comment=classes.DIRECTORY
    )
    languages = ArrayField(
        models.CharField(max_length=2, choices=Language), default=list, blank=True, db_comment=classes.DIRECTORY
    )
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports", db_comment=classes.DIRECTORY
    )
    hired_on = models.DateField(null=True, blank=True, db_comment=classes.DIRECTORY)
    left_on = models.DateField(
        null=True, blank=True, help_text="The first day on which the person no longer works here.",
        db_comment=classes.DIRECTORY,
    )  # fmt: skip
    is_active = models.BooleanField("may sign in", default=True, db_comment=classes.DIRECTORY)
    is_executive = models.BooleanField(
        "executive", default=False, help_text="Sees the progress of every program, in groups of five or more.",
        db_comment=classes.DIRECTORY,
    )  # fmt: skip
    is_coordinator = models.BooleanField(
        "mentoring coordinator", default=False, help_text="May open the desk and create programs.",
        db_comment=classes.DIRECTORY,
    )  # fmt: skip
    is_administrator = models.BooleanField(
        "administrator", default=False, help_text="Keeps the directory and looks after delivery.",
        db_comment=classes.DIRECTORY,
    )  # fmt: skip
    password = models.CharField(max_length=128, db_comment=classes.CREDENTIAL)
    last_login = models.DateTimeField(null=True, blank=True, db_comment=classes.CREDENTIAL)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["employee_number", "given_name", "family_name"]

    class Meta:
        verbose_name_plural = "people"
        ordering: ClassVar = ["sort_name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"), name="person_email_once",
                violation_error_message="Somebody else in the directory already has this e-mail address.",
            ),
            models.CheckConstraint(
                condition=~Q(manager=F("pk")), name="person_not_own_manager",
                violation_error_message="Nobody can be their own manager.",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(hired_on=None) | Q(left_on__gte=F("hired_on")),
                name="person_leaves_after_hired",
                violation_error_message="The leaving date lies before the hiring date.",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [  # the beginnings of names and addresses, in the order of their letters' codes
            models.Index(Collate("sort_name", "C"), "id", name="person_family_name_begins"),
            models.Index(Collate(Lower("given_name"), "C"), "id", name="person_given_name_begins"),
            models.Index(Collate(Lower("email"), "C"), "id", name="person_email_begins"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_name = sort_key(self.given_name, self.family_name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def get_short_name(self) -> str:
        return self.given_name

    def get_full_name(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return f"{self.given_name[:1]}{self.family_name[:1]}".upper()

    @property
    def line(self) -> str:
        """What stands under the name: job and place."""
        return ", ".join(part for part in (self.job_title, self.site.name if self.site else "") if part)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def works_here(self, on: date) -> bool:
        """As ``PersonQuerySet.employed`` asks it of many."""
        return self.is_active and (self.left_on is None or self.left_on > on)

    @property
    def is_staff(self) -> bool:
        """May open the desk (Django's admin asks under this name)."""
        return self.is_active and (self.is_coordinator or self.is_administrator)


class DirectoryImport(models.Model):
    """One file for the directory, from its upload until it is carried out, discarded or taken back.

    The file itself is kept only while it is needed; the lines of the last import stay, so that it can be taken back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment=classes.NOT_PERSONAL)
    file_name = models.CharField("file", max_length=200, db_comment=classes.DESK)
    content = models.BinaryField(null=True, editable=False, db_comment=classes.DIRECTORY)
    options = models.JSONField(default=dict, db_comment=classes.DESK)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED, db_comment=classes.DESK)
    uploaded_by = models.ForeignKey("Person", models.PROTECT, related_name="+", db_comment=classes.DESK)
    uploaded_at = models.DateTimeField(db_comment=classes.DESK)
    started_at = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    leased_until = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    finished_at = models.DateTimeField(null=True, blank=True, db_comment=classes.DESK)
    mark = models.CharField("directory it was checked against", max_length=64, blank=True, db_comment=classes.DESK)
    counts = models.JSONField(default=dict, db_comment=classes.NOT_PERSONAL)
    added = models.JSONField("entries of lists it added", default=dict, db_comment=classes.NOT_PERSONAL)
    done = models.PositiveIntegerField("people written so far", default=0, db_comment=classes.NOT_PERSONAL)
    todo = models.PositiveIntegerField("people to write", default=0, db_comment=classes.NOT_PERSONAL)
    failure = models.CharField(max_length=500, blank=True, db_comment=classes.DESK)

    class Meta:
        verbose_name = "directory import"
        ordering: ClassVar = ["-uploaded_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Value(1), condition=Q(state__in=["queued", "running", "undoing"]), name="import_one_at_a_time",
                violation_error_message="Another import is under way. Wait until it has ended.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        return self.state in (ImportState.QUEUED, ImportState.RUNNING, ImportState.UNDOING)


SHOWN_ELSEWHERE = frozenset({"employee_number", "given_name", "family_name"})
"""Fields that stand in columns of their own where a file is shown."""


def in_words(value: object) -> str:
    """A value of an import as a person reads it."""
    return ", ".join(value) if isinstance(value, list) else str(value or "nothing")


class ImportLine(models.Model):
    """What one row of a file would do, or did. ``details``: values, before and after of each field, or a problem."""

    directory_import = models.ForeignKey(DirectoryImport, models.CASCADE, related_name="lines", db_comment=classes.DESK)
    kind = models.CharField(max_length=8, choices=LineKind, db_comment=classes.DESK)
    row = models.PositiveIntegerField("row in the file", db_comment=classes.DIRECTORY)
    number = models.CharField("employee number", max_length=40, blank=True, db_comment=classes.DIRECTORY)
    name = models.CharField(max_length=170, blank=True, db_comment=classes.DIRECTORY)
    details = models.JSONField(default=dict, db_comment=classes.DIRECTORY)

    class Meta:
        ordering: ClassVar = ["row", "pk"]
        indexes: ClassVar = [models.Index(fields=["directory_import", "kind", "row"], name="import_line_page")]

    def __str__(self) -> str:
        return f"Row {self.row}"

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """The name of each field, what it held and what it would hold; new people held nothing, and of them only
        what the file says is told."""
        pairs = {
            name: [None, value] if self.kind == LineKind.NEW else value
            for name, value in self.details.items()
            if name in FIELD_LABELS and (self.kind != LineKind.NEW or (value and name not in SHOWN_ELSEWHERE))
        }
        return [(FIELD_LABELS[name], in_words(before), in_words(after)) for name, (before, after) in pairs.items()]
