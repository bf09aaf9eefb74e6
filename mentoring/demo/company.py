"""An invented company: believable, deterministic, and nobody's real data.

``invent(employees, seed)`` is a pure function; ``found(company)`` writes it to the directory. The same numbers give
the same company on every machine.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.db import transaction

from people.models import Function, Level, LineOfBusiness, Person, Site, Skill, sort_key

LEVELS = (
    "Apprentice",
    "Professional",
    "Senior professional",
    "Team lead",
    "Manager",
    "Senior manager",
    "Director",
    "Executive board",
    "Managing director",
)
SITES = {
    "Leeds": ("Europe/London", ("en",), 26),
    "York": ("Europe/London", ("en",), 20),
    "London": ("Europe/London", ("en",), 18),
    "Dublin": ("Europe/Dublin", ("en",), 8),
    "Rotterdam": ("Europe/Amsterdam", ("en", "nl"), 9),
    "Duisburg": ("Europe/Berlin", ("en", "de"), 8),
    "Kraków": ("Europe/Warsaw", ("en", "pl"), 7),
    "Bengaluru": ("Asia/Kolkata", ("en", "hi"), 6),
}
LINES = ("Passenger", "Freight", "Stations", "Infrastructure", "Group services")

# function: (share of the company, line of business it mostly serves, board member's title, work by seniority)
FUNCTIONS: dict[str, tuple[int, str, str, tuple[str, str, str]]] = {
    "Operations": (
        26,
        "Passenger",
        "Chief operating officer",
        ("Train crew trainee", "Train manager", "Duty controller"),
    ),
    "Engineering": (
        22,
        "Infrastructure",
        "Chief engineer",
        ("Apprentice technician", "Signalling technician", "Systems engineer"),
    ),
    "Customer": (14, "Stations", "Chief customer officer", ("Customer host", "Service designer", "Service lead")),
    "Freight sales": (
        10,
        "Freight",
        "Chief freight officer",
        ("Account assistant", "Account executive", "Key account lead"),
    ),
    "Technology": (
        11,
        "Group services",
        "Chief technology officer",
        ("Junior developer", "Data analyst", "Software engineer"),
    ),
    "Finance": (
        8,
        "Group services",
        "Chief financial officer",
        ("Accounts assistant", "Financial analyst", "Controller"),
    ),
    "People": (5, "Group services", "Chief people officer", ("HR assistant", "HR partner", "Learning designer")),
    "Safety and legal": (4, "Group services", "General counsel", ("Safety trainee", "Safety analyst", "Legal counsel")),
}

# skill: how many in a hundred would offer it, and how many would want it
SKILLS: dict[str, tuple[int, int]] = {
    "Using AI tools well": (34, 62),
    "Data and dashboards": (30, 48),
    "Social media": (38, 30),
    "What passengers say": (28, 40),
    "Working nights and shifts": (24, 26),
    "Starting a career here": (40, 28),
    "Accessibility": (14, 24),
    "Coming from another country": (16, 20),
    "Greener travel": (20, 26),
    "Tools we work around": (26, 34),
    "Remote and hybrid teams": (30, 32),
    "Cyber security in daily work": (10, 22),
    "How decisions are really made": (12, 46),
    "Making the case for an idea": (16, 44),
    "Planning a career": (14, 40),
    "Leading through change": (10, 26),
    "Reading a budget": (12, 24),
    "Negotiating": (10, 28),
}
HOBBIES = (
    "cooking", "running", "choir", "gardening", "chess", "cycling", "football", "photography", "climbing",
    "theatre", "board games", "swimming", "knitting", "hiking", "jazz", "languages", "woodwork", "reading",
    "dancing", "volunteering",
)  # fmt: skip
GIVEN = (
    "Aaliyah", "Adam", "Adaeze", "Agnieszka", "Aisha", "Alberto", "Amara", "Amir", "Ana", "Anders", "Anjali",
    "Aoife", "Arjun", "Astrid", "Bao", "Beatriz", "Björn", "Bronwen", "Camille", "Carlos", "Caoimhe", "Chidi",
    "Chiara", "Ciarán", "Dalia", "Daniel", "Darius", "Deepa", "Dimitri", "Ebba", "Elena", "Elif", "Emeka", "Erik",
    "Fatima", "Femi", "Finn", "Freya", "Gareth", "Giulia", "Grace", "Gwen", "Hana", "Hassan", "Helena", "Henrik",
    "Ida", "Imran", "Ines", "Ingrid", "Isaac", "Ivana", "Jakub", "Jan", "Jasmin", "Joana", "Johanna", "Jonas",
    "Kamal", "Karin", "Katarzyna", "Kavya", "Kenji", "Kofi", "Kwame", "Laila", "Lars", "Leila", "Liam", "Linh",
    "Lucía", "Luca", "Maeve", "Magda", "Malik", "Marek", "Maria", "Marta", "Mateo", "Meera", "Mei", "Milan",
    "Nadia", "Naomi", "Nia", "Niamh", "Nikhil", "Noor", "Olga", "Olivia", "Omar", "Oskar", "Paula", "Pieter",
    "Priya", "Rahul", "Rania", "Ravi", "Rhys", "Rosa", "Ruth", "Sam", "Samira", "Sanne", "Sarah", "Selin",
    "Siobhán", "Sofia", "Suresh", "Tariq", "Teresa", "Thomas", "Tomasz", "Uma", "Vera", "Viktor", "Wanjiru",
    "William", "Xin", "Yasmin", "Yusuf", "Zainab", "Zofia", "Zoë",
)  # fmt: skip
FAMILY = (
    "Abbasi", "Adeyemi", "Ahmed", "Akhtar", "Almeida", "Andersen", "Asante", "Bakker", "Banerjee", "Bauer",
    "Bellini", "Bennett", "Bergström", "Bianchi", "Brennan", "Byrne", "Carvalho", "Chaudhry", "Chen", "Clarke",
    "Costa", "Cruz", "Dąbrowski", "Davies", "de Vries", "Demir", "Desai", "Dubois", "Edwards", "Evans", "Fernandes",
    "Ferreira", "Fitzgerald", "Gallagher", "García", "Ghosh", "Gomes", "Grant", "Green", "Gupta", "Haddad",
    "Hansen", "Harris", "Hassan", "Hoffmann", "Horvat", "Hughes", "Ibrahim", "Ivanova", "Iyer", "Jansen", "Jensen",
    "Jones", "Joshi", "Kamara", "Kelly", "Khan", "Kowalski", "Kumar", "Larsen", "Lee", "Lewandowska", "Lewis",
    "Lopes", "Mahmood", "Martin", "Mbeki", "Mendes", "Menon", "Meyer", "Mokoena", "Morgan", "Murphy", "Murray",
    "Müller", "Nair", "Ndlovu", "Nguyen", "Nielsen", "Nowak", "O’Brien", "O’Connor", "Okonkwo", "Olsen", "Osei",
    "Park", "Patel", "Pereira", "Peters", "Petrov", "Phillips", "Pugh", "Quinn", "Rahman", "Raghunathan", "Rao",
    "Reilly", "Rossi", "Ryan", "Santos", "Schmidt", "Schneider", "Shah", "Sharma", "Silva", "Singh", "Smith",
    "Solheim", "Sousa", "Stewart", "Svensson", "Taylor", "Thomas", "Tran", "van den Berg", "van Dijk", "Visser",
    "Walker", "Walsh", "Weber", "Weiss", "Williams", "Wilson", "Wójcik", "Wright", "Yamada", "Yılmaz", "Zhang",
)  # fmt: skip


@dataclass(slots=True)
class Employee:
    """One invented person; ``manager`` is an employee number."""

    number: str
    given_name: str
    family_name: str
    title: str
    function: str
    line: str
    rank: int
    site: str
    manager: str
    hired_on: date
    languages: list[str]
    email: str = ""
    roles: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Company:
    employees: list[Employee]


def invent(employees: int, *, seed: int, on: date) -> Company:
    """A company of about the size asked for (never under 60), as it stands on that day."""
    dice = Random(seed)
    staff = _Staff(dice, on)
    staff.board()
    staff.named_people()
    rest = max(employees, 60) - len(staff.employees)
    shares = {name: share for name, (share, *_) in FUNCTIONS.items()}
    for name, size in _split(rest, shares).items():
        staff.team(staff.head_of[name], function=name, size=size, head_rank=8)
    staff.addresses()
    return Company(staff.employees)


def _split(total: int, shares: dict[str, int]) -> dict[str, int]:
    """Whole numbers in the proportion of the shares that add up to the total (largest remainders)."""
    exact = {name: total * share / sum(shares.values()) for name, share in shares.items()}
    whole = {name: int(size) for name, size in exact.items()}
    by_remainder = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in by_remainder[: total - sum(whole.values())]:
        whole[name] += 1
    return whole


class _Staff:
    """Hires one person after another, each under somebody who is already there."""

    def __init__(self, dice: Random, on: date) -> None:
        self.dice = dice
        self.on = on
        self.employees: list[Employee] = []
        self.head_of: dict[str, Employee] = {}
        self.names: set[tuple[str, str]] = set()
        self.next_number = 200

    def board(self) -> None:
        chief = self._named("N-0001", "Bo", "Andersson", "Managing director", "Operations", 9, "Leeds", "")
        named = {
            "Operations": ("N-0002", "Otto", "Lindqvist"),
            "People": ("N-0003", "Eva", "Brandt"),
            "Engineering": ("N-0004", "Ingrid", "Solheim"),
        }
        for place, (function, (_, _, title, _)) in enumerate(FUNCTIONS.items()):
            number, given, family = named.get(function, (f"N-001{place}", *self._name()))
            self.head_of[function] = self._named(number, given, family, title, function, 8, "Leeds", chief.number)
        self.head_of["People"].roles = {"is_executive": True}

    def named_people(self) -> None:
        """The personas of the demo, each where their part needs them."""
        for number, given, family, title, function, rank, site in (
            ("N-0101", "Mina", "Okafor", "Signalling technician", "Engineering", 2, "Leeds"),
            ("N-0103", "Cora", "Oyelaran", "Mentoring coordinator", "People", 4, "York"),
            ("N-0105", "Sia", "Kaya", "Safety investigator", "Safety and legal", 4, "York"),
            ("N-0107", "Ada", "Novak", "Directory administrator", "Technology", 3, "Leeds"),
            ("N-0108", "Sten", "Fischer", "Timetable analyst", "Operations", 2, "York"),
        ):
            person = self._named(number, given, family, title, function, rank, site, self.head_of[function].number)
            person.hired_on = self.on - timedelta(days=900 + int(number[-2:]) * 17)
            person.roles = {"N-0103": {"is_coordinator": True}, "N-0107": {"is_administrator": True}}.get(number, {})

    def team(self, head: Employee, *, function: str, size: int, head_rank: int) -> None:
        """Hire ``size`` people under ``head``: directly while a team is small, else through heads of parts."""
        if size <= 0:
            return
        if size <= 9 or head_rank <= 4:
            for _ in range(size):
                self._hire(head, function=function, rank=self.dice.choices((1, 2, 3), (22, 46, 32))[0])
            return
        heads = min(6, math.ceil(size / (11 if head_rank <= 6 else 38)) + 1, size)
        rank = max(4, head_rank - (1 if size > 60 else 2))
        below = size - heads
        for place in range(heads):
            part = self._hire(head, function=function, rank=rank)
            self.team(part, function=function, size=below // heads + (place < below % heads), head_rank=rank)

    def addresses(self) -> None:
        taken: dict[str, int] = {}
        for employee in self.employees:
            local = ".".join(_plain(part) for part in (employee.given_name, employee.family_name))
            taken[local] = taken.get(local, 0) + 1
            suffix = "" if taken[local] == 1 else str(taken[local])
            employee.email = f"{local}{suffix}@northwind.example"

    def _hire(self, manager: Employee, *, function: str, rank: int) -> Employee:
        given, family = self._name()
        self.next_number += 1
        _, main_line, _, work = FUNCTIONS[function]
        titles = (*work, f"{function} team lead", f"{function} manager", f"Senior {function.lower()} manager")
        title = (*titles, f"Director, {function.lower()}")[rank - 1]
        near = manager.site if self.dice.random() < 0.7 and rank < 7 else self._site()
        line = manager.line if rank < 7 and self.dice.random() < 0.85 else self.dice.choice((main_line, *LINES))
        employee = Employee(
            f"N-{self.next_number:04d}", given, family, title, function, line, rank, near, manager.number,
            self._hired(rank), self._languages(near),
        )  # fmt: skip
        self.employees.append(employee)
        return employee

    def _named(
        self, number: str, given: str, family: str, title: str, function: str, rank: int, site: str, manager: str
    ) -> Employee:
        self.names.add((given, family))
        employee = Employee(
            number, given, family, title, function, FUNCTIONS[function][1], rank, site, manager,
            self._hired(rank), self._languages(site),
        )  # fmt: skip
        self.employees.append(employee)
        return employee

    def _name(self) -> tuple[str, str]:
        while True:
            name = (self.dice.choice(GIVEN), self.dice.choice(FAMILY))
            if name not in self.names or len(self.names) > len(GIVEN) * len(FAMILY) // 2:
                self.names.add(name)
                return name

    def _site(self) -> str:
        return self.dice.choices(list(SITES), [share for _, _, share in SITES.values()])[0]

    def _languages(self, site: str) -> list[str]:
        local = list(SITES[site][1])
        extra = self.dice.choices(("", "de", "fr", "es", "pl", "pt", "hi", "ar", "tr"), (60, 6, 7, 6, 4, 4, 5, 5, 3))[0]
        return sorted({*local, extra} - {""})

    def _hired(self, rank: int) -> date:
        """The more senior, the longer here; nobody in their first month, so that every rule has people to count."""
        years = self.dice.gammavariate(1.4 + rank * 0.5, 1.2)
        return self.on - timedelta(days=45 + int(min(years, 38) * 365))


NOT_DECOMPOSED = {
    ord(letter): plain for letter, plain in (("ı", "i"), ("ł", "l"), ("ø", "o"), ("ß", "ss"), ("’", ""), (" ", ""))
}
"""Letters that Unicode does not take apart into a plain one and a mark."""


def _plain(name: str) -> str:
    swapped = name.translate(NOT_DECOMPOSED)
    return "".join(c for c in unicodedata.normalize("NFKD", swapped).lower() if c.isascii() and c.isalnum())


@transaction.atomic
def found(company: Company) -> dict[str, Person]:
    """Write the company into an empty directory; answers its people by employee number.

    Nobody has a password: personas are entered with one click, and only in the demo.
    """
    functions = {name: Function.objects.create(name=name) for name in FUNCTIONS}
    lines = {name: LineOfBusiness.objects.create(name=name) for name in LINES}
    sites = {name: Site.objects.create(name=name, time_zone=zone) for name, (zone, _, _) in SITES.items()}
    levels = {rank: Level.objects.create(name=name, rank=rank) for rank, name in enumerate(LEVELS, start=1)}
    Skill.objects.bulk_create(Skill(name=name) for name in SKILLS)
    people: dict[str, Person] = {}
    for employee in company.employees:
        person = Person(
            employee_number=employee.number,
            given_name=employee.given_name,
            family_name=employee.family_name,
            sort_name=sort_key(employee.given_name, employee.family_name),
            email=employee.email,
            job_title=employee.title,
            function=functions[employee.function],
            line_of_business=lines[employee.line],
            level=levels[employee.rank],
            site=sites[employee.site],
            time_zone=sites[employee.site].time_zone,
            languages=employee.languages,
            hired_on=employee.hired_on,
            **employee.roles,
        )
        person.set_unusable_password()
        people[employee.number] = person
    Person.objects.bulk_create(people.values())
    for employee in company.employees:
        people[employee.number].manager = people.get(employee.manager)
    Person.objects.bulk_update(people.values(), ["manager"], batch_size=500)
    return people
