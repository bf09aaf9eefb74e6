"""The questions we suggest. Coordinators may change them until a survey is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from programs.choices import AskedOf, Measure, Side
from programs.models import Program
from surveys.choices import Interest, QuestionKind, SurveyKind

K = QuestionKind

SHOW: Final = "If you took part: which of these could you show somebody?"
LEARN: Final = "If you took part: which of these would you like to learn?"
AREA: Final = "Where do you work?"


class Listed(Enum):
    """What a question is filled with when a survey is written, in words for whoever reads our questions."""

    TOPICS = "The topics of the program, in several questions where they are many"
    AREAS = "The functions of those who may be asked, but for those of a few people"


@dataclass(frozen=True, slots=True)
class QuestionTemplate:
    kind: QuestionKind
    words: str
    options: tuple[str, ...] = ()
    measure: Measure | None = None
    ends: tuple[str, str] = ("", "")
    asked_of: AskedOf = AskedOf.BOTH
    begins_page: bool = False
    only_if: int | None = None
    only_if_answers: tuple[str, ...] = ()
    listed: Listed | None = None

    def words_in(self, program: Program) -> str:
        """With what the program calls its sides."""
        return self.words.format(mentor=program.word(Side.MENTOR), mentee=program.word(Side.MENTEE))

    @property
    def plain_words(self) -> str:
        return self.words.format(mentor="mentor", mentee="mentee")


@dataclass(frozen=True, slots=True)
class SurveyTemplate:
    """``name`` says among several of one kind what it is for."""

    kind: SurveyKind
    name: str
    title: str
    introduction: str
    questions: tuple[QuestionTemplate, ...]


@dataclass(frozen=True, slots=True)
class ReadinessArea:
    """One thing that has to be there before a less senior person can speak openly to a more senior one.

    Whoever agrees with ``good`` speaks for it, whoever agrees with ``bad`` against it: who agrees with everything does
    not make a company look ready. ``advice`` is for those who decide, where the area is weak.
    """

    name: str
    question: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def statements(self) -> tuple[str, ...]:
        """The first that speaks for it, what speaks against it, and the rest: never all of one sort in a row."""
        return (*self.good[:1], *self.bad, *self.good[1:])


READINESS: Final = (
    ReadinessArea(
        "Speaking up",
        "Saying what one thinks",
        (
            "I can tell somebody two levels above me that I see it differently.",
            "Bad news reaches the people who decide.",
        ),
        ("Whoever disagrees in a meeting pays for it later.",),
        (
            "Begin with executives who are known to listen. Let them say in public what they were told and changed.",
            "Put the charter and the supervisors first: whom to turn to, and that nothing said reaches an appraisal.",
        ),
    ),
    ReadinessArea(
        "Mistakes",
        "What happens after a mistake",
        (
            "We talk about mistakes so that others can learn from them.",
            "I would own up to a mistake before somebody found it.",
        ),
        ("After a mistake, we look for who is to blame.",),
        (
            "Ask a few of the most senior to tell a mistake of their own when the program is announced.",
            "Leave topics out of every report, and say so: people test that promise first.",
        ),
    ),
    ReadinessArea(
        "Openness at the top",
        "How the most senior people learn",
        (
            "The most senior people here ask questions to which they do not know the answer.",
            "An idea counts here, whoever has it.",
        ),
        ("Here you need a title before you are heard.",),
        (
            "Prepare mentees first: the piece on listening, and an hour with each of them before they meet anybody.",
            "Let the sponsor be mentored too, visibly, from the first day.",
        ),
    ),
    ReadinessArea(
        "Coaching",
        "Learning from one another",
        (
            "People here take time to explain things to one another.",
            "I am asked what I want to learn, and something comes of it.",
        ),
        ("Asking for help looks weak here.",),
        (
            "Show what a meeting is like: two people who tried it, on stage or on the first page of the program.",
            "Require the guidance on questions and listening of both sides before a pair starts.",
        ),
    ),
    ReadinessArea(
        "Time and trust",
        "Time, and what is done with what one says",
        (
            "My line manager would leave me two hours a month for something like this.",
            "What I say in confidence stays where I said it.",
        ),
        ("Programs like this come every year, and nothing comes of them.",),
        (
            "Ask line managers for the hours before anybody volunteers; the program can write to them.",
            "Promise little, and say on which day people will hear what came of it.",
        ),
    ),
)

_SPEAK: Final = QuestionTemplate(K.SCALE, "I can say what I really think.")
_START: Final = QuestionTemplate(K.SCALE, "Our meetings start from the {mentor}’s questions and views.")
_USED: Final = QuestionTemplate(K.SCALE, "I learned something I have used.")
_TURN: Final = QuestionTemplate(K.SCALE, "I know whom to turn to if it goes wrong.")
_MANAGER: Final = QuestionTemplate(K.SCALE, "My line manager leaves me the time for it.")
_RECOMMEND: Final = QuestionTemplate(
    K.TEN, "How likely are you to recommend it to a colleague?", ends=("Not at all likely", "Very likely")
)
_WORTH: Final = QuestionTemplate(K.SCALE, "It is worth my time so far.", measure=Measure.WORTH_THE_TIME)

TEMPLATES: Final[Mapping[str, SurveyTemplate]] = {
    SurveyKind.READINESS: SurveyTemplate(
        SurveyKind.READINESS,
        "Is it a place for reverse mentoring?",
        "How we work together",
        "Before we start a program in which somebody less senior mentors somebody more senior, we ask how open it is "
        "here. Answer for what you see around you, not for how it should be.",
        (
            *(
                QuestionTemplate(K.MATRIX, area.question, area.statements, begins_page=number > 0)
                for number, area in enumerate(READINESS)
            ),
            QuestionTemplate(K.COMMENT, "What would have to change first?", begins_page=True),
        ),
    ),
    SurveyKind.INTEREST: SurveyTemplate(
        SurveyKind.INTEREST,
        "Would people take part?",
        "Interest survey",
        "We are thinking about starting a program in which somebody less senior mentors somebody more senior. Before "
        "we decide, we ask whether people would want it. Your answer commits you to nothing.",
        (
            QuestionTemplate(K.CHOICE, "Would you take part?", tuple(Interest.values)),
            QuestionTemplate(K.SEVERAL, SHOW, asked_of=AskedOf.MENTORS, listed=Listed.TOPICS),
            QuestionTemplate(K.SEVERAL, LEARN, asked_of=AskedOf.MENTEES, listed=Listed.TOPICS),
            QuestionTemplate(K.SCALE, "I could find one to two hours a month for it."),
            QuestionTemplate(K.SCALE, "I could say what I really think to somebody far above or below me here."),
            QuestionTemplate(K.SCALE, "My line manager would leave me the time for it."),
            QuestionTemplate(K.CHOICE, AREA, listed=Listed.AREAS),
            QuestionTemplate(K.COMMENT, "What would you want to show or to learn? What keeps you away?"),
        ),
    ),
    SurveyKind.MID_TERM: SurveyTemplate(
        SurveyKind.MID_TERM,
        "How it goes so far",
        "Halfway survey",
        "How it goes so far, while there is time to change something.",
        (
            _SPEAK,
            _START,
            _USED,
            _TURN,
            _MANAGER,
            _WORTH,
            QuestionTemplate(K.COMMENT, "What should we change?"),
        ),
    ),
    "mid_term_short": SurveyTemplate(
        SurveyKind.MID_TERM,
        "Three questions, one minute",
        "One minute, halfway",
        "Three questions, so that we notice early if something is wrong.",
        (_SPEAK, _WORTH, QuestionTemplate(K.SHORT, "The one thing to change, in one line")),
    ),
    SurveyKind.END_OF_TERM: SurveyTemplate(
        SurveyKind.END_OF_TERM,
        "What it brought",
        "End-of-term survey",
        "What it brought, what it cost, and what we should do differently next time.",
        (
            QuestionTemplate(K.SCALE, "I could say what I really think."),
            QuestionTemplate(K.SCALE, "Our meetings started from the {mentor}’s questions and views."),
            _USED,
            QuestionTemplate(K.SCALE, "I knew whom to turn to if it went wrong."),
            QuestionTemplate(K.SCALE, "It was worth my time.", measure=Measure.WORTH_THE_TIME),
            QuestionTemplate(K.SCALE, "I would do it again.", measure=Measure.WOULD_DO_AGAIN),
            QuestionTemplate(
                K.CHOICE, "If you did it again, on which side?", ("The same side", "The other side", "Either side")
            ),
            QuestionTemplate(K.COMMENT, "What should we keep, and what should we change?"),
        ),
    ),
    "end_of_term_by_side": SurveyTemplate(
        SurveyKind.END_OF_TERM,
        "What it brought, with questions for each side",
        "What it brought you",
        "Some of the questions are for one side alone. You only see your own.",
        (
            QuestionTemplate(K.SCALE, "I could say what I really think."),
            QuestionTemplate(K.SCALE, "It was worth my time.", measure=Measure.WORTH_THE_TIME),
            QuestionTemplate(K.SCALE, "I would do it again.", measure=Measure.WOULD_DO_AGAIN),
            _RECOMMEND,
            QuestionTemplate(
                K.SCALE,
                "My {mentee} did something differently because of what I said.",
                asked_of=AskedOf.MENTORS,
                begins_page=True,
            ),
            QuestionTemplate(K.SCALE, "I understand better how decisions are made here.", asked_of=AskedOf.MENTORS),
            QuestionTemplate(
                K.SCALE,
                "I have changed something because of what my {mentor} showed me.",
                asked_of=AskedOf.MENTEES,
                begins_page=True,
            ),
            QuestionTemplate(
                K.SCALE, "I understand better what it is like to work here at the beginning.", asked_of=AskedOf.MENTEES
            ),
            QuestionTemplate(
                K.RANKING,
                "What helped most?",
                ("Who we were", "The meetings we planned", "What we agreed at the start", "The guidance"),
                begins_page=True,
            ),
            QuestionTemplate(K.COMMENT, "What should we keep, and what should we change?"),
        ),
    ),
    SurveyKind.EXIT: SurveyTemplate(
        SurveyKind.EXIT,
        "Why pairs end early",
        "After a pair that ended early",
        "A pair may end at any time without a reason, and nobody asks you for one here. What you tell us helps the "
        "next ones. It says nothing about your partner: answer for yourself and for the program.",
        (
            QuestionTemplate(
                K.SEVERAL,
                "What did it have to do with?",
                (
                    "Too little time",
                    "We found no rhythm",
                    "The topics did not fit",
                    "I could not speak freely",
                    "My work or place changed",
                    "We had reached what we wanted",
                    "Something else",
                ),
            ),
            QuestionTemplate(K.SCALE, "It was easy to end it."),
            QuestionTemplate(K.SCALE, "I knew whom to turn to before it ended."),
            QuestionTemplate(K.SCALE, "It was worth the time all the same."),
            QuestionTemplate(K.CHOICE, "Would you try it again with somebody else?", ("Yes", "Perhaps later", "No")),
            QuestionTemplate(
                K.SHORT, "What would have to be different?", only_if=5, only_if_answers=("Perhaps later", "No")
            ),
            QuestionTemplate(K.COMMENT, "What should we change, so that fewer pairs end like this?"),
        ),
    ),
    SurveyKind.OWN: SurveyTemplate(
        SurveyKind.OWN,
        "A short pulse",
        "How is it going?",
        "Two questions and room for a remark.",
        (
            _RECOMMEND,
            _SPEAK,
            QuestionTemplate(K.COMMENT, "What should we know?"),
        ),
    ),
    "own_beginning": SurveyTemplate(
        SurveyKind.OWN,
        "After the first meetings",
        "The first meetings",
        "Much is decided in the first weeks. How were they?",
        (
            QuestionTemplate(K.CHOICE, "How often have you met?", ("Not yet", "Once", "Twice", "More often")),
            QuestionTemplate(
                K.SEVERAL,
                "What kept you from it?",
                (
                    "No time in common",
                    "No room or quiet place",
                    "Neither of us took the first step",
                    "We wait for something",
                    "Other",
                ),
                only_if=1,
                only_if_answers=("Not yet",),
            ),
            QuestionTemplate(
                K.MATRIX,
                "How was it?",
                (
                    "It was easy to begin.",
                    "We know what we want to do with our time.",
                    "What we agreed is clear to me.",
                ),
                only_if=1,
                only_if_answers=("Once", "Twice", "More often"),
            ),
            QuestionTemplate(K.COMMENT, "What would have helped you to begin?"),
        ),
    ),
    "own_guidance": SurveyTemplate(
        SurveyKind.OWN,
        "Guidance and help",
        "What we give you",
        "The guidance, the charter, the reminders, the people you can turn to: which of it is worth having?",
        (
            QuestionTemplate(
                K.RANKING,
                "What is worth most to you?",
                ("The guidance", "The charter", "The reminders", "A supervisor to turn to", "The agreement"),
            ),
            QuestionTemplate(K.CHOICE, "The reminders are", ("Too many", "About right", "Too few")),
            _TURN,
            _MANAGER,
            QuestionTemplate(K.COMMENT, "What is missing?"),
        ),
    ),
}
"""By name. A kind of survey is the name of the template it begins with unless another one is chosen."""
