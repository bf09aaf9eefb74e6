"""People for tests. Nothing is random: the same test meets the same people."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import factory
from factory.django import DjangoModelFactory

from people.models import Function, Level, LineOfBusiness, Person, Site, Skill

PASSWORD = "a long enough pass phrase"


MADE: Final[dict[tuple[Any, ...], Any]] = {}


class MadeUp(str):
    """A name nobody gave: there is no such row yet."""


class ListedFactory(DjangoModelFactory):
    """A row of a list, and the same one again for the same name within a test.

    Django's ``get_or_create`` asks four times for a new row and once for each later use; this asks twice, or once where
    the name is made up here, and never again. ``conftest`` forgets the rows after each test.
    """

    class Meta:
        abstract = True

    @classmethod
    def _get_or_create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        named = {name: kwargs[name] for name in cls._meta.django_get_or_create}
        key = (model_class, *named.values())
        if key not in MADE:
            made_up = any(isinstance(name, MadeUp) for name in named.values())
            known = None if made_up else model_class.objects.filter(**named).first()
            MADE[key] = known or model_class.objects.create(**kwargs)
        return MADE[key]


class FunctionFactory(ListedFactory):
    class Meta:
        model = Function
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: MadeUp(f"Function {n}"))


class LineOfBusinessFactory(ListedFactory):
    class Meta:
        model = LineOfBusiness
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: MadeUp(f"Line of business {n}"))


class SiteFactory(ListedFactory):
    class Meta:
        model = Site
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: MadeUp(f"Site {n}"))
    time_zone = "Europe/London"


class LevelFactory(ListedFactory):
    """``LevelFactory(rank=3)`` is always the same level."""

    class Meta:
        model = Level
        django_get_or_create = ("rank",)

    rank = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda level: f"Level {level.rank}")


class SkillFactory(ListedFactory):
    class Meta:
        model = Skill
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: MadeUp(f"Skill {n}"))


class PersonFactory(DjangoModelFactory):
    """Somebody on level 1 with a function of their own. ``rank=5`` or ``level=…`` chooses another level.

    ``signs_in=True`` sets ``PASSWORD``, which takes a while; most tests use ``client.force_login``.
    """

    class Meta:
        model = Person

    class Params:
        rank = 1
        signs_in = factory.Trait(password=factory.django.Password(PASSWORD))

    employee_number = factory.Sequence(lambda n: f"E{n:05}")
    email = factory.LazyAttribute(lambda person: f"{person.employee_number.lower()}@example.org")
    given_name = "Pat"
    family_name = factory.Sequence(lambda n: f"Number{n}")
    job_title = "Analyst"
    function = factory.SubFactory(FunctionFactory)
    line_of_business = factory.SubFactory(LineOfBusinessFactory)
    level = factory.SubFactory(LevelFactory, rank=factory.SelfAttribute("..rank"))
    site = factory.SubFactory(SiteFactory, name="Leeds")
    time_zone = "Europe/London"
    languages = factory.LazyFunction(lambda: ["en"])
    hired_on = date(2020, 1, 6)
    password = "!"


class MinaFactory(PersonFactory):
    """The mentor: level 2, two levels or more below Otto and in another function."""

    given_name, family_name, email = "Mina", "Mentor", "mina@example.org"

    class Params:
        rank = 2

    job_title = "Graduate engineer"


class OttoFactory(PersonFactory):
    """The leader she mentors, on level 6; he reports to Bo."""

    given_name, family_name, email = "Otto", "Executive", "otto@example.org"

    class Params:
        rank = 6

    job_title = "Director of operations"
    manager = factory.SubFactory("people.tests.factories.BoFactory")


class BoFactory(PersonFactory):
    """Otto's manager, who may know that Otto takes part and nothing of what is said."""

    given_name, family_name, email = "Bo", "Manager", "bo@example.org"

    class Params:
        rank = 7

    job_title = "Managing director"


class CoraFactory(PersonFactory):
    """A coordinator."""

    given_name, family_name, email = "Cora", "Coordinator", "cora@example.org"

    class Params:
        rank = 3

    job_title = "People partner"
    is_coordinator = True


class SiaFactory(PersonFactory):
    """A supervisor to turn to in difficulty; outside HR and without the desk."""

    given_name, family_name, email = "Sia", "Supervisor", "sia@example.org"

    class Params:
        rank = 4


class StenFactory(PersonFactory):
    """A stranger in the middle: in the directory, in no program, and eligible on neither side."""

    given_name, family_name, email = "Sten", "Stranger", "sten@example.org"

    class Params:
        rank = 4


class EvaFactory(PersonFactory):
    """An executive who looks at dashboards."""

    given_name, family_name, email = "Eva", "Executive", "eva@example.org"

    class Params:
        rank = 7

    is_executive = True


class AdaFactory(PersonFactory):
    """The administrator, who keeps the directory."""

    given_name, family_name, email = "Ada", "Administrator", "ada@example.org"

    class Params:
        rank = 3

    is_administrator = True
