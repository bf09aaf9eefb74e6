from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from notifications import kinds
        from surveys import checks, exports, notices

        kinds.register(*notices.KINDS)
        checks.register()
        exports.register_own()
