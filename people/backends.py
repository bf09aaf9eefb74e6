"""Who may sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

import clock
from people.models import Person


class DirectoryBackend(ModelBackend):
    """E-mail and password of somebody who works here.

    Asked again at every request, so whoever leaves or is stopped loses access with the next page. The answer takes as
    long for an address nobody has as for a wrong password.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, Person) and may_sign_in(user)


def may_sign_in(person: Person) -> bool:
    return person.is_active and (person.left_on is None or person.left_on > clock.today(person.zone))
