"""Judgement about the directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError

from people import queries
from people.choices import ImportState
from people.directory_import import Directory, Plan, Planned, circle_in_words, circles
from people.models import DirectoryImport, Person

UNTOUCHED_IMPORTS_KEPT: Final = timedelta(days=14)
"""So long a file that was uploaded and not carried out is kept."""

PLACE_OF_A_PERSON: Final = frozenset({"manager", "level", "function", "line_of_business"})
"""What rules about two people look at."""


class LinkIsOver(ValidationError):
    """It was used, is too old, or was never one of ours."""


class NotTheAdministrator(ValidationError):
    """Only an administrator keeps the directory."""


def keeps_directory(person: Person) -> bool:
    return person.is_active and person.is_administrator


def insist_keeps_directory(person: Person) -> None:
    if not keeps_directory(person):
        raise NotTheAdministrator("Only an administrator can change the directory.")


class LocksOneselfOut(ValidationError):
    """An administrator would lose the desk by this very change."""


def insist_stays_administrator(person: Person, by: Person) -> None:
    """Nobody takes their own administration away: the last one could not come back."""
    if person.pk == by.pk and not keeps_directory(person):
        raise LocksOneselfOut(
            {"is_administrator": "You cannot take this away from yourself. Another administrator can."}
        )


class ManagersInCircle(ValidationError):
    """Following the managers upwards would come back to the person."""


def would_close_circle(person: Person, manager: Person) -> bool:
    """Whether ``person`` would come to stand above or below themselves with this manager."""
    return person.pk is not None and (person.pk == manager.pk or queries.is_above(person, manager))


def insist_no_circle(person: Person, manager: Person) -> None:
    if would_close_circle(person, manager):
        if person.pk == manager.pk:
            raise ManagersInCircle({"manager": "Nobody can be their own manager."})
        raise ManagersInCircle(
            {"manager": f"{manager.name} reports to {person.name}, directly or through others. Choose somebody else."}
        )


class CannotMerge(ValidationError):
    """These two entries cannot become one."""


def insist_two_entries(kept: object, dropped: object) -> None:
    if kept == dropped:
        raise CannotMerge({"kept": "This is the same entry. Choose another one."})


CHANGED_SINCE = "The directory has changed since this file was checked. Check it again."


class ImportRefused(ValidationError):
    """The plan cannot be carried out."""


def insist_importable(plan: Plan, mark: str) -> None:
    """Refuse a plan with problems, and one made from a directory that has changed since."""
    if plan.problems:
        raise ImportRefused("The file has problems. Nothing was changed.")
    if plan.mark != mark:
        raise ImportRefused(CHANGED_SINCE)


class AnotherImportUnderWay(ImportRefused):
    def __init__(self) -> None:
        super().__init__("Another import is under way. Wait until it has ended.")


class PeopleChangedSince(ImportRefused):
    """Taking the import back would overwrite what came later."""

    def __init__(self, names: Sequence[str]) -> None:
        some = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
        have = "has" if len(names) == 1 else "have"
        super().__init__(f"{some} {have} been changed since this import, so it cannot be taken back as a whole.")


class DoesNotGoBack(ImportRefused):
    """What was before does not fit what others were changed to since; the sentence says what."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}, so this import cannot be taken back as a whole.")


def insist_goes_back(before: Sequence[Planned], now: Directory, *, but_for: Collection[str]) -> None:
    """Refuse to write back what the rest of the directory no longer leaves room for.

    ``before`` is what people were before the import, and ``but_for`` are the numbers of those who go with it.
    """
    places = {kind: set(now.places[kind]) for kind in now.places} | {"level": set(now.levels)}
    for planned in before:
        for kind, names in places.items():
            name = planned.values.get(kind)
            if name is not None and name not in names:
                raise DoesNotGoBack(f"“{name}” is not in your lists any more")
    addresses, managers = (
        {number: known.values[name] for number, known in now.people.items() if number not in but_for}
        for name in ("email", "manager")
    )
    for name, values in (("email", addresses), ("manager", managers)):
        values |= {planned.number: planned.values[name] for planned in before if name in planned.values}
    held = Counter(str(each).casefold() for each in addresses.values())
    for planned in before:
        if "email" in planned.values and held[str(planned.values["email"]).casefold()] > 1:
            raise DoesNotGoBack(f"{planned.values['email']} is somebody else’s address by now")
    for circle in circles({number: None if each is None else str(each) for number, each in managers.items()}):
        raise DoesNotGoBack(f"The managers would go round in a circle: {circle_in_words(circle)}")


class NewPeopleTakePart(ImportRefused):
    """Somebody whom the import added has become part of something."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody whom this import added takes part in something by now, so it cannot be taken back as a whole."
        )


def insist_may_check(found: DirectoryImport) -> None:
    if found.state not in (ImportState.UPLOADED, ImportState.CHECKED):
        raise ImportRefused("This file has been dealt with. Upload it again to check it again.")


def insist_may_carry_out(found: DirectoryImport) -> None:
    if found.state != ImportState.CHECKED:
        raise ImportRefused("Check this file first.")
    if found.counts["problems"]:
        raise ImportRefused("The file has problems. Nothing was changed.")
    if not (found.counts["new"] or found.counts["changed"] or found.counts["leaving"]):
        raise ImportRefused("The directory already says all this. Nothing to change.")


def insist_may_discard(found: DirectoryImport) -> None:
    if found.state not in (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED, ImportState.DISCARDED):
        raise ImportRefused("This import has begun. It can no longer be discarded.")


def may_undo(found: DirectoryImport) -> bool:
    """Whether it was carried out and no other has been since."""
    if found.state != ImportState.DONE:
        return False
    return not DirectoryImport.objects.filter(state=ImportState.DONE, finished_at__gt=found.finished_at).exists()


def insist_may_undo(found: DirectoryImport) -> None:
    if not may_undo(found):
        raise ImportRefused("Only the last import that was carried out can be taken back.")
