"""The settings of the site, with the one kind of message that the harness owes."""

from mentoring.settings import *  # noqa: F403
from mentoring.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "mentoring.faults.apps.FaultsConfig"]
