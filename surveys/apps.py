from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from notifications import kinds
        from programs import ahead
        from surveys import checks, exports, notices

        kinds.register(*notices.KINDS)
        ahead.register(*notices.AHEAD)
        checks.register()
        exports.register_own()
