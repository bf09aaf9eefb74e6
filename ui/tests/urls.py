"""Pages for the tests of this app: every component, a form in each of its states, and charts. Served to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import URLPattern, include, path

from people.models import Level, Person, Site, Skill
from privacy.audiences import COORDINATED_FACT, COORDINATORS, GROUPS, INTRODUCED, PARTNER_LATER, PROGRAM
from ui import charts, components, layout, widgets
from ui.admin import DeskInline, DeskModelAdmin, Move, ReadOnlyWindow
from ui.forms import REFUSED, UpwellForm, refusals_shown_on

GALLERY = Path(__file__).parent / "gallery"


@dataclass(frozen=True)
class Hidden:
    words: str = "fewer than 5"
    is_shown: bool = False
    number: int | None = None


@dataclass(frozen=True)
class Shown:
    number: int
    words: str
    is_shown: bool = True
    or_more: bool = False


class OfferForm(UpwellForm):
    side = forms.ChoiceField(
        label="Which side would you like to take?",
        help_text="You can be a mentor now and learn later.",
        widget=widgets.Rows,
        choices=[
            ("mentor", widgets.Described("I would like to mentor", "You bring what you see from where you work.")),
            ("mentee", widgets.Described("I would like to learn", "You bring questions.")),
        ],
    )
    offers = forms.MultipleChoiceField(
        label="What could a leader learn from you?",
        widget=widgets.ChipsMany,
        choices=[(str(i), name) for i, name in enumerate(["Nights and shifts", "Data", "AI tools", "Accessibility"])],
    )
    frankness = forms.ChoiceField(
        label="I can say what I really think.",
        required=False,
        widget=widgets.Scale,
        choices=[(str(i), name) for i, name in enumerate(["Not at all", "A little", "Partly", "Mostly", "Fully"])],
    )
    avoid = forms.CharField(
        label="What would you rather not discuss?",
        max_length=40,
        required=False,
        widget=forms.Textarea,
        help_text="It is deleted once you accept a match.",
    )
    held_on = forms.DateField(label="Date", initial=date(2026, 11, 12))
    minutes = forms.IntegerField(label="Minutes", min_value=10, max_value=480)
    channel = forms.ChoiceField(label="How", choices=[("video", "By video"), ("room", "In person")])
    charter = forms.BooleanField(label="I agree to the charter", help_text="The leader agrees to the same words.")

    audiences: ClassVar = {
        "side": PROGRAM,
        "offers": INTRODUCED,
        "frankness": GROUPS,
        "avoid": PARTNER_LATER,
        "held_on": COORDINATED_FACT,
        "minutes": COORDINATED_FACT,
    }
    layout: ClassVar = [
        "side",
        "offers",
        "frankness",
        "avoid",
        layout.Inline("held_on", "minutes"),
        "channel",
        layout.Level("The charter", "charter", help="Read it before you agree.", audience=COORDINATORS),
    ]


def drawn(request: HttpRequest, name: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    page = engines["django"].from_string((GALLERY / f"{name}.html").read_text())
    return HttpResponse(page.render(context, request), status=status)


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    return drawn(
        request,
        "components",
        {
            "navigation": [
                {"url": "/", "name": "Home", "current": True},
                {"url": "/form/", "name": "My pair", "current": False},
            ],
            "steps": [
                components.Step("Your role", "/"),
                components.Step("Offer and learn"),
                components.Step("Boundaries"),
            ],
            "items": [
                components.QueueItem(
                    "Log the meeting of 12 November", "Date and length.", "Log it", "/form/", "Today", "rise"
                ),
                components.QueueItem("Halfway survey", "Six questions.", "Answer", "/form/", audience=GROUPS),
            ],
            "stops": [
                components.Stop("First", "24 Sep", "held"),
                components.Stop("Not held", "5 Nov", "missed"),
                components.Stop("To log", "12 Nov", "tolog"),
                components.Stop("Next", "26 Nov", "next"),
                components.Stop("Later", "10 Dec"),
            ],
            "reasons": [
                components.Reason("You offer what he asked for", "Otto wants to read data.", "up"),
                components.Reason("Your weeks fit", "Both on Tuesdays.", "calendar"),
            ],
            "stats": [
                components.Stat("pairs under way", 38, "Target 35. Reached."),
                components.Stat("meetings held", 1142),
                components.Stat("pairs ended early", Hidden(), "Too few to say more"),
            ],
            "hidden": Hidden(),
        },
    )


@login_not_required
def form(request: HttpRequest) -> HttpResponse:
    form = OfferForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            raise ValidationError(
                {"minutes": "This meeting is longer than the day.", "nowhere": "The program is closed."}
            )
    return drawn(request, "form", {"form": form}, REFUSED if form.errors else 200)


@login_not_required
def progress(request: HttpRequest) -> HttpResponse:
    return drawn(request, "charts", {"charts": every_chart()})


@dataclass(frozen=True)
class Persona:
    name: str
    line: str
    initials: str
    role: str
    number: str


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    answers = {"username": "mina@example.org", "password": "wrong"} if "refused" in request.GET else None
    form = AuthenticationForm(request, answers)
    return render(
        request,
        "people/sign_in.html",
        {
            "form": form,
            "next": "/form/",
            "personas": [
                Persona("Mina Rao", "Signalling technician, mentor", "MR", "mentor", "N-1"),
                Persona("Otto Brandt", "Chief operating officer, learns from Mina", "OB", "mentee", "N-2"),
                Persona("Cora Lund", "Mentoring coordinator", "CL", "", "N-3"),
            ],
        },
    )


@login_not_required
def breach(request: HttpRequest) -> HttpResponse:
    return HttpResponse("""<!doctype html><p style="display: none" onclick="window.breached = 1">One.</p>
    <script>window.breached = 2</script><script src="https://elsewhere.example/a.js"></script>""")


@login_not_required
def page_of(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"{name}.html")


HELD_AND_AGREED: list[tuple[components.Number, int]] = [(6, 8), (11, 12), (14, 14), (Hidden(), 14), (17, 16), (12, 16)]


def every_chart() -> list[charts.Chart]:
    return [
        charts.objectives(
            "Objectives against their targets",
            [
                charts.Objective("Agreement made within 14 days", 79, 75),
                charts.Objective("Pairs meeting", 38, 35, unit=""),
                charts.Objective(
                    "Leaders who can name one decision that they changed because of their mentor", Shown(62, "62 %"), 75
                ),
                charts.Objective("Mentors who would do it again", Hidden(), 80),
            ],
        ),
        charts.funnel(
            "From invitation to third meeting",
            [
                charts.Bar("Invited", 412, faint=True),
                charts.Bar("Volunteered", 104),
                charts.Bar("Matched", 76),
                charts.Bar("Three meetings or more", Hidden()),
            ],
        ),
        charts.rhythm(
            "Meetings held and meetings agreed",
            [charts.Moment(str(38 + i), held, agreed) for i, (held, agreed) in enumerate(HELD_AND_AGREED)],
            says="Half-term week was quiet.",
        ),
        charts.lines(
            "Agreeing, time by time",
            ["Jan 2027", "Jun 2027"],
            {"I can say what I think.": [40, 80], "We listen.": [55, 50]},
        ),
        charts.trade_off("What fairness costs", [charts.Compromise(30, 100), charts.Compromise(41, 98, chosen=True)]),
        charts.stacked(
            "Is it worth the time?",
            [
                charts.Group(
                    "Mentors, 34 answered", (charts.Part("Worth the time", 71), charts.Part("Mixed or not", 29, "soft"))
                ),
                charts.Group(
                    "Leaders, 29 answered", (charts.Part("Worth the time", 62), charts.Part("Mixed or not", 38, "soft"))
                ),
                charts.Group("Line managers", words="fewer than 5"),
            ],
            says="Percent of answers, by side.",
        ),
        charts.bars(
            "Hours by month",
            [charts.Bar("October", 31.5), charts.Bar("November", 0)],
            unit="h",
            heads=("Month", "Hours"),
        ),
    ]


class GalleryDesk(admin.AdminSite):
    """A desk for tests that lets everybody in and has something waiting."""

    def has_permission(self, request: HttpRequest) -> bool:
        return True

    def index(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> TemplateResponse:
        waiting = [
            components.QueueItem(
                "17 proposals are ready to send", "Winter round", "Open the board", "#", "Today", "rise"
            ),
            components.QueueItem(
                "Import has 4 rows with errors", "1,284 rows", "Look at the rows", "#", "Since Friday", "bad"
            ),
        ]
        return super().index(request, {"greeting": "Good morning, Cora", "attention": waiting, **(extra_context or {})})


class SitesHere(DeskInline):
    model = Person
    fk_name = "site"
    fields = ("given_name", "family_name", "email", "employee_number")
    verbose_name = "person"
    verbose_name_plural = "people here"


class SiteDesk(DeskModelAdmin):
    lead = "Where people work, and the time they live by."
    audience = COORDINATORS
    audiences: ClassVar = {"name": PROGRAM}
    inlines = (SitesHere,)
    fieldsets = ((None, {"fields": ("name", "time_zone")}),)
    search_fields = ("name",)
    list_display = ("name", "time_zone")
    list_filter = ("time_zone",)

    def may_see(self, request: HttpRequest) -> bool:
        return True

    def may_add(self, request: HttpRequest) -> bool:
        return True

    def may_change(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    def moves(self, request: HttpRequest, obj: object) -> list[Move]:
        return [
            Move("Open enrolment", "#", says="Everyone who is eligible is written to."),
            Move("Start matching", why_not="Nobody has volunteered yet."),
        ]


class SkillWindow(ReadOnlyWindow):
    list_display = ("name",)

    def may_see(self, request: HttpRequest) -> bool:
        return True


class LevelDesk(DeskModelAdmin):
    """Says nothing about who may see it: nobody may."""


desk = GalleryDesk(name="admin")
desk.register(Site, SiteDesk)
desk.register(Skill, SkillWindow)
desk.register(Level, LevelDesk)


def stand_ins(app: str, *names: str) -> tuple[str, tuple[list[URLPattern], str]]:
    """Pages of the apps above that the head and foot of every page link to."""
    return app, ([path(f"{name}/", gallery, name=name) for name in names], app)


ABOVE = [
    stand_ins("dashboards", "home", "progress", "who_sees_what", "seen_of_me"),
    stand_ins("participants", "programs"),
    stand_ins("people", "sign_out", "sign_in"),
    stand_ins("demo", "enter", "mail", "move_clock"),
]

urlpatterns = [
    *(path(f"{app}/", include(pages)) for app, pages in ABOVE),
    path("desk/", desk.urls),
    path("", gallery),
    path("form/", form),
    path("sign-in/", sign_in),
    path("breach/", breach),
    path("pages/<name>/", page_of),
    path("charts/", progress),
    path("ui/", include("ui.urls")),
]
