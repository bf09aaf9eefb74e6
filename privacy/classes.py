"""Classes of personal data.

Each column of each model names its class in ``db_comment``, so the classification stands beside the field, travels
with the schema, and a test fails on a column without one. The words are the policy's (docs/diagrams/who-sees-what.md).
"""

from typing import Final

NOT_PERSONAL: Final = "Not personal."
DIRECTORY: Final = "Directory: every colleague may know."
CREDENTIAL: Final = "Credential: shown to nobody."
TAKING_PART: Final = "Taking part: partner, line manager in part, coordinators, supervisors, administrators."
PROFILE: Final = "Profile: the person, partners, proposed partners and coordinators of the program."
INTRODUCTION: Final = (
    "Introduction: the person, partners, coordinators for matching; proposed partners if the person allows."
)
DRAFT: Final = "Draft: the person alone, until they send it."
REFEREE: Final = "Referee: coordinators who are not candidates themselves."
READINESS: Final = "Readiness: the person and coordinators of the program; the partner knows only that it is complete."
MANAGERS_ANSWER: Final = (
    "Line manager's answer: the manager, the person, and coordinators who are not candidates themselves."
)
PROGRAM_ANSWER: Final = (
    "Answer to a program's own question: the person, and coordinators who are not candidates themselves."
)
CALLED: Final = "Asked to volunteer: the person, and coordinators of the program."
WAITING: Final = "Wait list: the person, and coordinators of the program who are not candidates themselves."
CHAMPION: Final = (
    "Champion: the person and coordinators of the program; after a yes, whoever can open it or one grown from it."
)
PROPOSAL: Final = "Proposal: both who are proposed, and coordinators who are not candidates themselves."
PAIR_FACT: Final = "Fact of a pair: both partners, coordinators and supervisors of the program."
AT_DESK: Final = "Fact of a pair: both partners and coordinators of the program."
CALENDAR: Final = "Calendar address: the person alone."
PAIR_COUNT: Final = "Counted fact of a pair: both partners; others learn only how many."
BETWEEN_TWO: Final = "Between two: both partners, and nobody else."
OWN_NOTE: Final = "Own note: whoever wrote it, and nobody else."
HELP: Final = "Request for help: the person and the supervisor they chose; others learn only that one is open."
OWN_ANSWER: Final = "Own answer: the person alone; others learn only counts of groups."
SEALED: Final = "Sealed: encrypted text, opened for its readers alone."
ANSWERED: Final = "That a survey was answered: the person and coordinators, to remind."
ANONYMOUS: Final = "Anonymous answer: joined to nobody; released in groups only."
MESSAGE: Final = "Message envelope: the person, and administrators who look after delivery; never private text."
MESSAGES_WANTED: Final = "Which messages somebody wants, when and where: the person alone."
FOR_THE_SEARCH: Final = "For the search alone: the person who said it, and nobody else."
CONFLICT: Final = "Conflict: whoever declared it; coordinators learn only that a rule keeps the two apart."
CIRCLE: Final = "Circle of mentors: its members; coordinators of the program see who is in it, and how many came."
TEMPLATE: Final = "Template: who saved a configuration for others to start from; every coordinator."
DESK: Final = "Desk: who configured or decided what; coordinators of the program and administrators."

ALL: Final = frozenset(
    {
        NOT_PERSONAL, DIRECTORY, CREDENTIAL, TAKING_PART, PROFILE, INTRODUCTION, DRAFT, REFEREE, READINESS, CALLED,
        WAITING, CHAMPION, PROPOSAL, MANAGERS_ANSWER, PAIR_FACT, PAIR_COUNT, OWN_ANSWER, SEALED, ANSWERED, ANONYMOUS,
        MESSAGE, CONFLICT, TEMPLATE, DESK, PROGRAM_ANSWER, CALENDAR, FOR_THE_SEARCH, BETWEEN_TWO, OWN_NOTE,
        AT_DESK, HELP, CIRCLE, MESSAGES_WANTED,
    }
)  # fmt: skip
