from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    name = "participants"

    def ready(self) -> None:
        from notifications import kinds
        from participants import actions, checks, consequences, exports, merging, notices, queries, questions, sayings
        from programs import ahead, changes, charters, promises
        from programs import questions as program_questions
        from programs import sayings as program_sayings

        kinds.register(*notices.KINDS)
        ahead.register(*notices.AHEAD)
        program_sayings.register(*sayings.SAYINGS, place=1)
        charters.hear(actions.ask_to_agree_again)
        changes.hear(actions.follow_program)
        promises.rest_on(queries.somebody_takes_part)
        program_questions.look_for_answers(questions.answered)
        checks.register()
        consequences.register()
        merging.register()
        exports.register_own()
