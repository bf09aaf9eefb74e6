from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from notifications import kinds
        from surveys import checks, notices

        kinds.register(*notices.KINDS)
        checks.register()
