from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from ui.csv_files import csv_file, harmless


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\x00="])
def test_no_cell_begins_a_formula(first):
    assert harmless(f"{first}cmd()").startswith("'")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_begins_a_formula_wherever_a_spreadsheet_thinks_that_it_ends(delimiter):
    """In half of Europe a semicolon ends a cell; others end one at a tab as well."""
    evil = ["good;=1+1", "good; @SUM(1)", "good\t-2+3", 'a "b";+1', 'x;=1+1&"']
    answer = csv_file("names.csv", ["Title;=1+1", "Lead"], [(each, "A") for each in evil])
    read = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    begins = [cell.strip(' "')[:1] for row in read for cell in row]
    assert not {"=", "+", "-", "@"} & set(begins)


def test_other_words_dates_and_numbers_stay_as_they_are():
    assert [harmless(each) for each in ("O’Brien, Ann", "a=b", date(2027, 1, 4), 12)] == [
        "O’Brien, Ann", "a=b", "2027-01-04", "12",
    ]  # fmt: skip


def test_a_file_is_read_back_as_it_was_written():
    answer = csv_file("names.csv", ["Name", "Day"], [('Ann "A", B', date(2027, 1, 4)), ("=1+1", 3)])
    read = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert read == [["Name", "Day"], ['Ann "A", B', "2027-01-04"], ["'=1+1", "3"]]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_a_number_below_zero_stays_a_number_and_words_that_look_like_one_stay_words():
    assert [harmless(each) for each in (-5, -2.5, 0)] == ["-5", "-2.5", "0"]
    assert harmless("-5") == "'-5"
