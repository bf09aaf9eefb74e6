"""What an administrator says about a file for the directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from people.choices import FIELD_LABELS
from people.directory_import import COLUMNS, DATE_FORMATS, Options, clean, shown
from people.spreadsheets import LARGEST_FILE, Sheet
from ui.forms import UpwellForm
from ui.widgets import Rows

BY_NAME, BY_DEPTH = "by_name", "by_depth"


class UploadForm(UpwellForm):
    file = forms.FileField(
        label="File",
        help_text="CSV or XLSX with one row for each person and a header. Nothing is changed before you say so.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx", "class": "form-control"}),
        error_messages={"required": "Please choose a file.", "empty": "The file is empty."},
    )
    layout: ClassVar = ["file"]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.")
        return file


class ColumnsForm(UpwellForm):
    """A header of the file for each field of the directory, and how dates, addresses and levels are written."""

    date_format = forms.ChoiceField(
        label="How dates are written",
        choices=[("", "As the file itself shows"), *((words, words) for words in DATE_FORMATS)],
        required=False,
    )
    email_domain = forms.CharField(
        label="Domain of e-mail addresses",
        help_text="Added where the file has only the part before the @.",
        max_length=100,
        required=False,
    )
    levels = forms.ChoiceField(
        label="Levels",
        choices=[
            (BY_NAME, "As they are named in the file"),
            (BY_DEPTH, "From the steps below the top, by the reporting line"),
        ],
        initial=BY_NAME,
        widget=Rows,
    )
    level_ranks = forms.CharField(
        label="Ranks of levels the directory does not have yet",
        help_text="One in a line, as Analyst = 2. The rank 1 is the least senior.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        required=False,
    )

    def __init__(self, sheet: Sheet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headers = [header for header in dict.fromkeys(clean(cell) for cell in sheet.header.cells) if header]
        choices = [(header, _with_sample(sheet, header)) for header in headers]
        for name, column in COLUMNS.items():
            nothing = "Choose a column" if column.required else "Not in this file"
            field = forms.ChoiceField(
                label=FIELD_LABELS[name], choices=[("", nothing), *choices], required=column.required,
                error_messages={"required": "Choose the column that holds this."},
            )  # fmt: skip
            self.fields[name] = field
        self.order_fields([*COLUMNS, "date_format", "email_domain", "levels", "level_ranks"])

    def clean_email_domain(self) -> str:
        return str(self.cleaned_data["email_domain"]).strip().lstrip("@")

    def clean_level_ranks(self) -> dict[str, int]:
        ranks: dict[str, int] = {}
        for number, line in enumerate(self.cleaned_data["level_ranks"].splitlines(), start=1):
            name, sign, rank = line.rpartition("=")
            if not line.strip():
                continue
            told = rank.strip()
            if not (sign and name.strip() and told.isascii() and told.isdigit() and 1 <= int(told[:5]) <= 1000):
                raise ValidationError(
                    f"Line {number}, “{shown(line)}”: write it as Analyst = 2, with ranks up to 1000."
                )
            ranks[clean(name)] = int(told)
        return ranks

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        taken: dict[str, str] = {}
        for name in COLUMNS:
            header = said.get(name)
            if header and header in taken:
                self.add_error(name, f"“{shown(header)}” is taken by {taken[header]} already.")
            elif header:
                taken[header] = FIELD_LABELS[name]
        return said

    @property
    def options(self) -> Options:
        said = self.cleaned_data
        return Options(
            headers={name: said[name] for name in COLUMNS},
            date_format=said["date_format"],
            email_domain=said["email_domain"],
            level_ranks=said["level_ranks"],
            level_from_depth=said["levels"] == BY_DEPTH,
        )


def initial_of(options: Options, headers: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the form at first: the columns guessed, and the rest as it was said before."""
    return {
        **headers,
        "date_format": options.date_format,
        "email_domain": options.email_domain,
        "levels": BY_DEPTH if options.level_from_depth else BY_NAME,
        "level_ranks": "\n".join(f"{name} = {rank}" for name, rank in options.level_ranks.items()),
    }


def _with_sample(sheet: Sheet, header: str) -> str:
    """The header with the first values beneath it, by which a person knows the column."""
    place = [clean(cell) for cell in sheet.header.cells].index(header)
    cells: Sequence[str] = [clean(row.cells[place]) for row in sheet.rows[:20] if len(row.cells) > place]
    found = [shown(cell)[:24] for cell in dict.fromkeys(cells) if cell][:2]
    return f"{shown(header)} ({', '.join(found)} …)" if found else shown(header)
