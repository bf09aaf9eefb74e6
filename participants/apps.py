from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    name = "participants"

    def ready(self) -> None:
        from notifications import kinds
        from participants import actions, checks, consequences, exports, merging, notices, questions, sayings
        from programs import ahead, changes, charters
        from programs import questions as program_questions
        from programs import sayings as program_sayings

        kinds.register(*notices.KINDS)
        ahead.register(*notices.AHEAD)
        program_sayings.register(*sayings.SAYINGS, place=1)
        charters.hear(actions.ask_to_agree_again)
        changes.hear(actions.follow_program)
        program_questions.look_for_answers(questions.answered)
        checks.register()
        consequences.register()
        merging.register()
        exports.register_own()
