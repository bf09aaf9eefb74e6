from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from notifications import kinds
        from pairings import room
        from programs import ahead
        from programs import sayings as program_sayings
        from surveys import checks, exports, insights, notices, sayings

        kinds.register(*notices.KINDS)
        ahead.register(*notices.AHEAD)
        program_sayings.register(*sayings.SAYINGS, place=4)
        checks.register()
        exports.register_own()
        room.look_beside(insights.beside, insights.keys_that_wait)
