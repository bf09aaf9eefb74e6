"""The project itself: settings, root URLs, workers, the demo, and the tests of the whole house."""

from mentoring.celery import app as celery_app

__all__ = ["celery_app"]
