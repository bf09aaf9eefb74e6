"""The site as it is, with one more page to compare with."""

from mentoring.settings import *  # noqa: F403

ROOT_URLCONF = "mentoring.bench.urls"
