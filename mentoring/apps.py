from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "mentoring"
    verbose_name = "Upwell"

    def ready(self) -> None:
        # Shared tasks belong to our Celery application. Loaded here and not in the package itself, which dev.py's
        # services are part of: they start without Django and Celery.
        from mentoring import celery  # noqa: F401
