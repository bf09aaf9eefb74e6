"""Who can see a thing, in words short enough to stand at the field.

``depth`` names the label's drawing: 0 is above the waterline, 3 is the full bowl, ``count`` and ``manager`` are
their own signs. Forms and pages take their words from here and nowhere else; ``privacy.policy`` is the policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Depth = Literal["0", "1", "2", "3", "count", "manager"]


@dataclass(frozen=True, slots=True)
class Audience:
    depth: Depth
    words: str


COLLEAGUES = Audience("0", "Every colleague can see this")
PROGRAM = Audience("0", "Coordinators and the people you are proposed to")
INTRODUCED = Audience("1", "Coordinators and your partner; proposed partners if you allow")
COORDINATORS = Audience("1", "You and the coordinators")
COORDINATED_FACT = Audience("1", "You two, coordinators and supervisors")
RHYTHM = Audience("1", "You two; coordinators see it but for the hour, supervisors what they see of meetings")
SUPERVISED = Audience("1", "The two of each pair, coordinators and supervisors of the program")
COORDINATORS_TOO = Audience("1", "The pair and the coordinators of the program")
SIGNED_ONLY = Audience("2", "Only the two of you; coordinators see that it is signed")
COUNTED_ONLY = Audience("2", "Only the two of you; coordinators see how many")
PARTNERS = Audience("2", "Only the two of you")
PARTNERS_THEN_BOARD = Audience("2", "Only the two of you; once you both say yes, everybody who reads the board")
PARTNER_LATER = Audience("2", "Only you and the person you are paired with")
HELP = Audience("2", "You and the supervisor you choose; coordinators learn only that one is open")
HELP_GIVEN = Audience("2", "You and whoever wrote to you")
ONESELF = Audience("3", "Only you")
FOR_THE_SEARCH = Audience("3", "Only you; the search uses it, and nobody reads it")
DECLARED = Audience("3", "Only you; coordinators learn only that a rule keeps the two apart")
DECLARED_ALONE = Audience("3", "Only you, who declare it")
ONESELF_OR_SHARED = Audience("3", "Only you, unless you share it below")
OWN_THEN_COUNTED = Audience("3", "Only you; others see counts of larger groups")


def groups_of(enough: str) -> Audience:
    """``enough`` is the smallest number of people in words, as this installation has set it."""
    return Audience("count", f"Counted in groups of {enough} or more")


def comments_of(enough: str) -> Audience:
    return Audience("count", f"Shown without names, once {enough} people have written one")


GROUPS = groups_of("five")
NOBODY = Audience("3", "Your single answers: never shown to anyone")
LINE_MANAGER = Audience("manager", "Your line manager sees that you take part, and the hours")
MANAGERS_ANSWER = Audience("manager", "You, the person concerned and the coordinators")
HOURS = Audience("manager", "Coordinators, people you are proposed to, and your line manager")
REFEREES = Audience("1", "You, each colleague you name, and coordinators who do not take part")
PROGRAM_QUESTION = Audience("1", "You, and coordinators who do not take part")
REFERENCE = Audience("1", "Coordinators of the program who do not take part; never the person")
WAITING = Audience("1", "You, and coordinators who do not take part")
WAITING_AT_DESK = Audience("1", "The person, and coordinators of the program who do not take part")
CHAMPION = Audience("0", "You and the coordinators; after a yes, whoever can open the program")
CHARTER = Audience("1", "You and the coordinators; your partner sees that you agreed")
TRAINING = Audience("3", "Only you; coordinators of your programs see how many")
SEARCHES = Audience("1", "Coordinators of the program who do not take part")
DESK = Audience("1", "Coordinators of this program")
CIRCLE = Audience("1", "Members of the circle; coordinators see its members, its days and how many came")
BOARD = Audience("1", "Everybody who takes part, coordinators, supervisors, sponsors and executives")
LEARNINGS = Audience("1", "Coordinators of this program, and of one that grows out of it")
COORDINATORS_OF_ALL = Audience("1", "Coordinators of all programs")
ADMINISTRATORS = Audience("1", "Administrators")
