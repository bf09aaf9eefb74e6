from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.tests.proofs import LONG
from people.directory_import import (
    COLUMNS,
    Directory,
    Known,
    MappingRefused,
    Options,
    Plan,
    Problem,
    plan,
    recognise,
)
from people.spreadsheets import FileUnreadable, read_csv

HEADER = "employee_id,first_name,last_name,email,manager_id"
NO_PLACES: dict[str, frozenset[str]] = dict.fromkeys(("function", "line_of_business", "site"), frozenset())
EMPTY = Directory(people={}, levels={}, places=NO_PLACES, mark="now")


def directory(*people: dict, levels: dict[str, int] | None = None) -> Directory:
    standard = dict.fromkeys(COLUMNS) | {"job_title": "", "time_zone": "UTC", "languages": ()}
    known = [Known(standard | person) for person in people]
    return Directory({one.number: one for one in known}, levels or {}, EMPTY.places, "now")


KING = {"employee_number": "100", "email": "king@example.org", "given_name": "Steven", "family_name": "King"}


def planned(*lines: str, known: Directory = EMPTY, **options) -> Plan:
    return plan(read_csv("\n".join(lines).encode()), known, Options(**options))


def problems(*lines: str, known: Directory = EMPTY, **options) -> list[Problem]:
    return list(planned(*lines, known=known, **options).problems)


# What changes


def test_people_are_new_changed_or_unchanged_by_their_number():
    known = directory(KING, {**KING, "employee_number": "101", "email": "yang@example.org", "family_name": "Yang"})
    found = planned(
        HEADER,
        "100,Steven,King,king@example.org,",
        "101,Steven,Young,yang@example.org,100",
        "102,Lex,Garcia,lex@example.org,101",
        known=known,
    )
    assert [(one.number, one.name) for one in found.new] == [("102", "Lex Garcia")]
    [changed] = found.changed
    assert (changed.values, changed.before) == (
        {"family_name": "Young", "manager": "100"},
        {"family_name": "Yang", "manager": None},
    )
    assert (found.unchanged, found.not_in_file, found.problems) == (1, 0, ())


def test_a_column_that_is_not_there_is_left_alone_and_an_empty_cell_empties():
    known = directory({**KING, "job_title": "President", "hired_on": date(2013, 6, 17)})
    found = planned(
        "employee_id,first_name,last_name,email,hire_date", "100,Steven,King,king@example.org,", known=known
    )
    assert found.changed[0].values == {"hired_on": None}


def test_blanks_accents_and_the_case_of_addresses_make_no_difference():
    known = directory({**KING, "given_name": "Zoë"})
    found = planned(HEADER, " 100 ,Zoe\u0308,  King,KING@Example.org,", known=known)
    assert (found.unchanged, found.changed) == (1, ())


def test_somebody_who_is_not_in_the_file_is_only_counted():
    found = planned(HEADER, "101,Neena,Yang,yang@example.org,100", known=directory(KING))
    assert (len(found.new), found.not_in_file, found.problems) == (1, 1, ())


def test_new_places_are_listed_once_in_their_first_spelling():
    found = planned(
        f"{HEADER},department_name,site",
        "1,A,A,a@example.org,,Finance,Leeds",
        "2,B,B,b@example.org,,finance,Leeds",
    )
    assert found.places == {"function": ("Finance",), "site": ("Leeds",)}
    assert [one.values["function"] for one in found.new] == ["Finance", "Finance"]


def test_languages_are_read_by_code_or_name():
    found = planned(f"{HEADER},languages", '1,A,A,a@example.org,,"en; German de"')
    assert found.new[0].values["languages"] == ("en", "de")


def test_two_people_may_swap_their_addresses():
    known = directory(KING, {**KING, "employee_number": "101", "email": "yang@example.org"})
    found = planned(HEADER, "100,Steven,King,yang@example.org,", "101,Steven,King,king@example.org,", known=known)
    assert (len(found.changed), found.problems) == (2, ())


MINA = {"employee_number": "7", "email": "mina@example.org", "given_name": "Mina", "family_name": "Mentor"}
GONE = {**MINA, "left_on": date(2026, 3, 1)}


@pytest.mark.parametrize(
    ("row", "known", "is_refused"),
    [
        ("7,Zoe,Quist,zoe@example.org,", MINA, True),
        ("7,Mina,Quist,mina.quist@example.org,", MINA, False),  # married
        ("7,Zoe,Quist,MINA@example.org,", MINA, False),
        ("7,MINA,mentor,zoe@example.org,", MINA, False),
        ("7,Mina,Quist,zoe@example.org,", GONE, True),
        ("7,Mina,Mentor,mina.again@example.org,", GONE, False),
        ("7,Mina,Quist,mina@example.org,", GONE, False),
    ],
)
def test_a_number_that_was_given_to_somebody_else_is_refused(row, known, is_refused):
    """Or the newcomer would sign in to the former one's account, and read what was written there."""
    found = problems(HEADER, row, known=directory(known))
    assert [each.column for each in found] == ["employee_id"] * is_refused
    assert all("Mina Mentor, mina@example.org" in each.reason for each in found)


def test_rows_that_have_shifted_by_one_are_refused_each():
    other = {**KING, "employee_number": "8"}
    found = problems(
        HEADER, "7,Steven,King,king@example.org,", "8,Mina,Mentor,mina@example.org,", known=directory(MINA, other)
    )
    assert [each.row for each in found] == [2, 3]


# Headers


def test_a_header_that_is_named_goes_before_one_that_is_recognised():
    sheet = read_csv(b"staff no,first name,last name,email,private mail\n")
    found = recognise(sheet, Options(headers={"email": "Private Mail", "manager": ""}))
    assert found == {"employee_number": 0, "given_name": 1, "family_name": 2, "email": 4}


@pytest.mark.parametrize(
    ("header", "options", "sentence"),
    [
        (HEADER, {"headers": {"shoe_size": "email"}}, "There is no field “shoe_size”."),
        (HEADER, {"headers": {"email": "post"}}, "The header “post” is not in the file."),
        ("a,a,email", {"headers": {"given_name": "a"}}, "The header “a” stands 2 times in the file."),
        ("email,first_name,surname", {}, "No column was found for employee_number."),
        (f"{HEADER},work_email", {}, "Both “email” and “work_email” could be email."),
    ],
)
def test_a_header_that_does_not_fit_is_a_sentence(header, options, sentence):
    with pytest.raises(MappingRefused) as refusal:
        planned(header, **options)
    assert str(refusal.value).startswith(sentence)


# Dates

DATED = "employee_id,first_name,last_name,email,hire_date"


@pytest.mark.parametrize(
    ("header", "text", "options"),
    [
        ("hire_date", "2016-01-03", {}),
        ("hire_date", "20160103", {}),
        ("hire_date", "03.01.2016", {}),
        ("hire_date_dd-mm-yyyy", "03-01-2016", {}),
        ("Hire date (mm/dd/yyyy)", "01/03/2016", {}),
        ("hire_date", "03/01/2016", {"date_format": "dd/mm/yyyy"}),
    ],
)
def test_dates_are_read_as_they_are_written(header, text, options):
    found = planned(f"employee_id,first_name,last_name,email,{header}", f"1,A,A,a@example.org,{text}", **options)
    assert found.problems == ()
    assert found.new[0].values["hired_on"] == date(2016, 1, 3)


def test_one_clear_date_tells_how_all_are_written():
    found = planned(DATED, "1,A,A,a@example.org,03/01/2016", "2,B,B,b@example.org,31/01/2016")
    assert found.new[0].values["hired_on"] == date(2016, 1, 3)


def test_dates_that_can_be_read_in_two_ways_are_not_guessed():
    with pytest.raises(MappingRefused) as refusal:
        planned(DATED, "1,A,A,a@example.org,03/01/2016")
    assert str(refusal.value) == (
        "The dates under “hire_date” can be read as dd/mm/yyyy or mm/dd/yyyy. Say which it is."
    )


# Levels


def test_levels_come_from_the_depth_column_with_the_deepest_as_level_one():
    found = planned(
        f"{HEADER},depth",
        "100,Steven,King,king@example.org,,0",
        "101,Neena,Yang,yang@example.org,100,1",
        "102,Lex,Garcia,lex@example.org,101,2",
        headers={"level": "depth"},
        level_from_depth=True,
    )
    assert found.levels == {"Level 1": 1, "Level 2": 2, "Level 3": 3}
    assert [one.values["level"] for one in found.new] == ["Level 3", "Level 2", "Level 1"]


def test_levels_come_from_the_managers_where_there_is_no_column():
    found = planned(
        HEADER,
        "102,Lex,Garcia,lex@example.org,101",
        "101,Neena,Yang,yang@example.org,100",
        "100,Steven,King,king@example.org,",
        level_from_depth=True,
    )
    assert [one.values["level"] for one in found.new] == ["Level 1", "Level 2", "Level 3"]


def test_levels_are_named_in_the_file_and_ranked_by_hand():
    found = planned(
        f"{HEADER},grade",
        "1,A,A,a@example.org,,director",
        "2,B,B,b@example.org,,Analyst",
        "3,C,C,c@example.org,,Clerk",
        known=directory(levels={"Analyst": 2, "Assistant": 1}),
        level_ranks={"Director": 5, "Clerk": 1},
    )
    assert found.problems == ()
    assert found.levels == {"director": 5}
    assert [one.values["level"] for one in found.new] == ["director", "Analyst", "Assistant"]


# Problems

GOOD = "1,A,A,a@example.org,"


@pytest.mark.parametrize(
    ("line", "column", "value", "reason"),
    [
        ("2,B,B,b@example.org,2", "manager_id", "2", "Nobody can be their own manager."),
        ("2,B,B,b@example.org,9", "manager_id", "9", "Nobody in the file or the directory has this number."),
        ("2,,B,b@example.org,", "first_name", "", "This may not be empty."),
        ("2,B, ,b@example.org,", "last_name", " ", "This may not be empty."),
        (",B,B,b@example.org,", "employee_id", "", "This may not be empty."),
        ("2,B,B,,", "email", "", "This may not be empty."),
        ("2,B,B,b.example,", "email", "b.example", "This is not an e-mail address. The part after the @ is missing."),
        ("2,B,B,b@,", "email", "b@", "This is not an e-mail address."),
        (
            "2,B\x00,B,b@example.org,",
            "first_name",
            "B�",
            "This holds a character that is no text. Type the cell again.",
        ),
        (
            "2,A\u202eB,B,b@example.org,",
            "first_name",
            "A�B",
            "This holds a character that is no text. Type the cell again.",
        ),
        (f"2,{'b' * 81},B,b@example.org,", "first_name", f"{'b' * 59}…", "This is 81 characters long; 80 fit."),
        (",,,,", "", "", "This row is empty. Take it out."),
        ("2,B,B,b@example.org,,more", "", "more", "This row has 6 cells and the header has 5. Something has shifted."),
        ("2,B,B", "", "B", "This row has 3 cells and the header has 5. Something has shifted."),
    ],
)
def test_each_problem_says_row_column_value_and_reason(line, column, value, reason):
    assert problems(HEADER, GOOD, line, "7,Z,Z,z@example.org,") == [Problem(3, column, value, reason)]


@pytest.mark.parametrize(
    ("header", "text", "reason"),
    [
        ("hire_date", "31-02-2020", "This is not a date written as yyyy-mm-dd."),
        ("hire_date_dd-mm-yyyy", "31-02-2020", "This is not a date written as dd-mm-yyyy."),
        ("hire_date", "0016-01-01", "This is not a date written as yyyy-mm-dd."),
        ("time_zone", "Leeds", "This is not a time zone we know. Write it like Europe/Berlin."),
        ("time_zone", "../../etc/passwd", "This is not a time zone we know. Write it like Europe/Berlin."),
        ("languages", "en;xx", "“xx” is not a language we know. Write codes like en or de."),
        ("grade", "Chief", "There is no such level. Add it on the desk, or say which rank it has."),
    ],
)
def test_each_value_that_cannot_be_read_says_what_would_do(header, text, reason):
    found = problems(f"employee_id,first_name,last_name,email,{header}", f"1,A,A,a@example.org,{text}")
    assert found == [Problem(2, header, text, reason)]


def test_a_number_that_stands_twice_is_said_at_both_rows():
    assert problems(HEADER, GOOD, "1,B,B,b@example.org,") == [
        Problem(2, "employee_id", "1", "Also used in row 3."),
        Problem(3, "employee_id", "1", "Also used in row 2."),
    ]


def test_an_address_that_stands_twice_is_said_at_both_rows_whatever_its_case():
    assert problems(HEADER, GOOD, "2,B,B,A@EXAMPLE.org,") == [
        Problem(2, "email", "a@example.org", "Also used in row 3."),
        Problem(3, "email", "a@example.org", "Also used in row 2."),
    ]


def test_an_address_in_a_row_with_another_problem_counts_too():
    assert problems(HEADER, GOOD, "2,,B,a@example.org,") == [
        Problem(2, "email", "a@example.org", "Also used in row 3."),
        Problem(3, "first_name", "", "This may not be empty."),
        Problem(3, "email", "a@example.org", "Also used in row 2."),
    ]


def test_an_address_of_somebody_else_in_the_directory_is_refused():
    assert problems(HEADER, "1,A,A,KING@example.org,", known=directory(KING)) == [
        Problem(
            2, "email", "king@example.org", "Employee 100 in the directory has this address and is not in the file."
        )
    ]


def test_a_circle_of_managers_is_shown_once_and_whole():
    assert problems(
        HEADER, "1,A,A,a@example.org,3", "2,B,B,b@example.org,1", "3,C,C,c@example.org,2", "4,D,D,d@example.org,1"
    ) == [Problem(2, "manager_id", "3", "The managers go round in a circle: 1 → 3 → 2 → 1.")]


def test_a_circle_that_closes_through_the_directory_is_found():
    known = directory({**KING, "manager": "101"}, {**KING, "employee_number": "101", "email": "yang@example.org"})
    assert problems(HEADER, "101,Neena,Yang,yang@example.org,100", known=known) == [
        Problem(2, "manager_id", "100", "The managers go round in a circle: 101 → 100 → 101.")
    ]


def test_a_manager_whose_own_row_is_bad_is_not_called_unknown():
    assert problems(HEADER, "1,,A,a@example.org,", "2,B,B,b@example.org,1")[1] == Problem(
        3, "manager_id", "1", "This person’s own row cannot be read."
    )


def test_leaving_before_being_hired_is_refused_also_against_the_directory():
    known = directory({**KING, "hired_on": date(2020, 1, 1)})
    assert problems(
        "employee_id,first_name,last_name,email,left_on", "100,Steven,King,king@example.org,2019-12-31", known=known
    ) == [Problem(2, "left_on", "2019-12-31", "The leaving date lies before the hiring date.")]


def test_addresses_without_a_domain_get_the_one_that_was_named():
    found = planned(HEADER, "100,Steven,King,SKING,", email_domain="example.org")
    assert found.new[0].values["email"] == "sking@example.org"


def test_a_deep_company_and_a_large_file_are_planned_without_recursion():
    lines = [f"{n},A,B,p{n}@example.org,{n - 1 if n else ''}" for n in range(3000)]
    found = planned(HEADER, *reversed(lines))
    assert (len(found.new), found.problems) == (3000, ())


cells = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", "1", "2", "3", "a@example.org", "b@example.org"]),
    st.sampled_from(["2020-01-01", "31/12/2020", "en", "\x00", '"', "'"]),
)


@settings(max_examples=120 if LONG else 30, deadline=None)
@given(
    rows=st.lists(st.lists(cells, min_size=4, max_size=9), max_size=6),
    depth=st.booleans(),
)
def test_messy_rows_are_planned_or_refused_and_never_crash(rows, depth):
    header = "employee_id,first_name,last_name,email,manager_id,hire_date,languages,grade"
    text = "\n".join([header, *(",".join(row) for row in rows)])
    try:
        found = plan(read_csv(text.encode()), directory(KING), Options(level_from_depth=depth))
    except (FileUnreadable, MappingRefused):
        return
    if not found.problems:
        numbers = [one.number for one in (*found.new, *found.changed)]
        assert len(numbers) == len(set(numbers))
        assert all(one.values["given_name"] for one in found.new)
