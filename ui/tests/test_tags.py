"""The words of Upwell's templates."""

from __future__ import annotations

import pytest
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory

from privacy import audiences
from ui import components
from ui.tests.urls import Hidden, Shown


def drawn(text, request=None, **context):
    return engines["django"].from_string(text).render(context, request)


@pytest.mark.parametrize(
    "name", [name for name, value in vars(audiences).items() if isinstance(value, audiences.Audience)]
)
def test_every_audience_can_stand_at_a_field(name):
    html = drawn("{% depth name id='w' %}", name=name.lower())
    audience = getattr(audiences, name)
    assert f"<span>{audience.words.replace(chr(39), '&#x27;')}</span>" in html
    assert f'href="#d-{audience.depth}"' in html
    assert 'id="w"' in html


@pytest.mark.parametrize(
    "misspelt",
    ["{% icon 'chekc' %}", "{% depth 'everybody' %}", "{% state 'x' 'green' %}", "{% monogram 'MR' 'boss' %}"],
)
def test_a_misspelt_word_is_refused_and_not_drawn_empty(misspelt):
    with pytest.raises(TemplateSyntaxError):
        drawn(misspelt)


def test_every_icon_and_every_depth_is_in_the_sprite():
    from ui.templatetags.upwell import DEPTHS, ICONS

    sprite = drawn("{% include 'components/sprite.html' %}")
    wanted = {f"i-{name}" for name in ICONS} | {f"d-{name}" for name in DEPTHS}
    assert {name for name in wanted if f'id="{name}"' in sprite} == wanted


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(1284, "", "1,284"), (79, "%", "79%"), (4.5, "h", "4.5\u00a0h"), (4.0, "", "4"), (-3, "", "\u22123"),
     ("none", "%", "none"), (Shown(40, "40%"), "%", "40%"), (None, "", "")],
)  # fmt: skip
def test_numbers_are_written_as_people_read_them(value, unit, words):
    assert drawn("{% number value unit %}", value=value, unit=unit) == words


def test_a_hidden_number_is_set_apart_and_speaks():
    assert drawn("{% number value %}", value=Hidden()) == '<span class="uw-hush">fewer than 5</span>'


@pytest.mark.parametrize(("fraction", "height"), [(0, 180), (0.5, 140), (1, 100), (7, 100), (-1, 180)])
def test_the_sun_rises_and_never_leaves_its_picture(fraction, height):
    assert components.sun_height(fraction) == height


def test_crumbs_link_all_but_this_page():
    html = drawn("{% crumbs 'Home' '/' 'Winter round' %}")
    assert html.count("<a ") == 1
    assert html.rstrip().endswith("Winter round</nav>")


def test_a_person_is_drawn_from_an_object_or_from_words():
    class Mina:
        name, line, initials = "Mina Rao", "Technician, York", "MR"

    assert "Technician, York" in drawn("{% person who role='mentor' %}", who=Mina())
    assert "<b>Otto Brandt</b>" in drawn("{% person 'Otto Brandt' line='COO' %}")
    assert ">OB</span>" in drawn("{% person 'Otto Brandt' line='COO' %}")


def test_a_name_cannot_bring_markup():
    assert "<i>" not in drawn("{% person name %}{% state name %}{% empty name %}", name="<i>x")


def test_a_notice_keeps_the_markup_of_its_author_and_escapes_what_is_put_in():
    html = drawn("{% notice 'rise' %}<b>One left.</b> {{ name }}{% endnotice %}", name="<i>x")
    assert "<b>One left.</b> &lt;i&gt;x" in html


@pytest.mark.urls("ui.tests.urls")
class TestAppearance:
    def test_a_choice_is_kept_in_a_cookie_and_leads_back(self, client):
        response = client.post("/ui/appearance/", {"scheme": "dark", "next": "/form/?a=1"})
        assert (response.status_code, response["Location"]) == (302, "/form/?a=1")
        cookie = response.cookies["upwell_appearance"]
        assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("dark", True, "Lax")
        assert b'data-bs-theme="dark"' in client.get("/form/").content

    def test_automatic_takes_the_cookie_away(self, client):
        client.post("/ui/appearance/", {"scheme": "dark"})
        client.post("/ui/appearance/", {"scheme": ""})
        assert b"data-bs-theme" not in client.get("/form/").content

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "https://evil.example/",
            "//evil.example/",
            "javascript:alert(1)",
            "",
            "abc",
            "a\x00b",
            "1e400",
            "-1",
            "/" * 9,
        ],
    )
    def test_it_never_leads_to_another_site(self, client, elsewhere):
        assert client.post("/ui/appearance/", {"scheme": "light", "next": elsewhere})["Location"] == "/"

    def test_a_made_up_cookie_does_not_reach_the_page(self, client):
        client.cookies["upwell_appearance"] = '"><script>'
        assert b"data-bs-theme" not in client.get("/form/").content

    def test_it_only_answers_to_post(self, client):
        assert client.get("/ui/appearance/").status_code == 405


def test_the_page_for_a_failure_needs_neither_request_nor_context():
    from django.template.loader import render_to_string

    assert "Something went wrong on our side" in render_to_string("500.html")


@pytest.mark.parametrize("page", ["400.html", "403.html", "403_csrf.html", "404.html"])
def test_the_pages_for_refusals_are_drawn(page):
    from django.template.loader import render_to_string

    request = RequestFactory().get("/")
    assert "<h1>" in render_to_string(page, {}, request)


@pytest.mark.parametrize("depth", ["0", "1", "2", "3", "count", "manager"])
def test_a_depth_alone_never_stands_without_words(depth):
    assert "<span></span>" not in drawn("{% depth which %}", which=depth)
    assert "<span>Only us</span>" in drawn("{% depth which 'Only us' %}", which=depth)
