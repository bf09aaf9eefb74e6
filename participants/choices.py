"""Words of taking part."""

from __future__ import annotations

from django.db import models


class Way(models.TextChoices):
    """How two people like to meet."""

    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "By video"
    PHONE = "phone", "By phone"
    CHAT = "chat", "By chat"
    WALK = "walk", "On a walk"


class HalfDay(models.TextChoices):
    """Half-days in the person's own time zone: mornings are 9 to 13, afternoons 13 to 17."""

    MON_AM = "mon_am", "Monday morning"
    MON_PM = "mon_pm", "Monday afternoon"
    TUE_AM = "tue_am", "Tuesday morning"
    TUE_PM = "tue_pm", "Tuesday afternoon"
    WED_AM = "wed_am", "Wednesday morning"
    WED_PM = "wed_pm", "Wednesday afternoon"
    THU_AM = "thu_am", "Thursday morning"
    THU_PM = "thu_pm", "Thursday afternoon"
    FRI_AM = "fri_am", "Friday morning"
    FRI_PM = "fri_pm", "Friday afternoon"


class Step(models.TextChoices):
    """The pages of volunteering, in their order."""

    OFFER = "offer", "Offer and learn"
    ABOUT = "about", "About you"
    WAYS = "ways", "Ways of working"
    BOUNDARIES = "boundaries", "Boundaries and charter"

    @property
    def before(self) -> Step | None:
        place = list(Step).index(self)
        return list(Step)[place - 1] if place else None

    @property
    def after(self) -> Step | None:
        return next(iter(list(Step)[list(Step).index(self) + 1 :]), None)


class SkillLevel(models.IntegerChoices):
    """How well somebody says they know a skill."""

    FIRST_STEPS = 1, "First steps"
    BASICS = 2, "The basics"
    AT_EASE = 3, "At ease with it"
    SURE = 4, "Sure of it"
    COULD_TEACH = 5, "Could teach it"


class ManagersReply(models.TextChoices):
    """What a line manager answers to being asked for a report's time."""

    GIVES = "gives", "I give the time"
    TALK = "talk", "Let us talk"


class RefereesReply(models.TextChoices):
    """What a referee answers to whether somebody can keep a confidence."""

    YES = "yes", "Yes"
    UNSURE = "unsure", "Not sure"
    NO = "no", "No"


class ChampionsReply(models.TextChoices):
    """What somebody answers to whether they may be shown as a champion."""

    YES = "yes", "Yes, show me"
    NO = "no", "No"


class WaitOutcome(models.TextChoices):
    """How somebody's time on a wait list ended."""

    TAKEN = "taken", "Took the place"
    LET_GO = "let_go", "Let the place go"
    EXPIRED = "expired", "Let the offer lapse"
    LEFT = "left", "Left the list"
    PASSED_OVER = "passed_over", "May no longer take this side"
    CLOSED = "closed", "The list has closed"


class ReferencesState(models.TextChoices):
    """Where the references of a mentor stand. The mentor reads ``for_the_person``, which never tells an answer."""

    NOT_WANTED = "not_wanted", "None are asked for"
    TO_NAME = "to_name", "Referees are still to be named"
    ASKED = "asked", "Asked"
    TO_DECIDE = "to_decide", "A coordinator decides"
    ENOUGH = "enough", "Complete"
    NOT_ENOUGH = "not_enough", "Not matched as a mentor"


class Relation(models.TextChoices):
    """How a reader stands to a participation; ``participants.profiles`` says what each may see of its profile."""

    ONESELF = "oneself", "The person"
    PARTNER = "partner", "The partner in an open pair"
    PROPOSED = "proposed", "Somebody this person is proposed to"
    COORDINATOR = "coordinator", "A coordinator of the program"
    SUPERVISOR = "supervisor", "A supervisor of the program"
    LINE_MANAGER = "line_manager", "The line manager"
    EXECUTIVE = "executive", "An executive or a sponsor"
    ADMINISTRATOR = "administrator", "An administrator"
    STRANGER = "stranger", "Anybody else"
