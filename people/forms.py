"""Forms of the directory."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.contrib.auth.forms import SetPasswordMixin

from people.models import Person
from ui.forms import TakeOut, UpwellForm

LONGEST_PASSWORD: Final = 1000


class SignInForm(UpwellForm):
    username = forms.EmailField(
        label="Work e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(SetPasswordMixin, UpwellForm):
    """A first password, or a new one. It is checked, stored scrambled and never shown."""

    password1, password2 = SetPasswordMixin.create_password_fields("Password", "Password again")
    layout: ClassVar = ["password1", "password2"]

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)
        words = ("At least 12 characters. Nothing common, not numbers alone, not like the name.", "")
        for name, help_text in zip(self.layout, words, strict=True):
            field = self.fields[name]
            field.validators.append(TakeOut(LONGEST_PASSWORD))
            field.help_text = help_text

    def clean(self) -> dict[str, Any]:
        self.validate_passwords("password1", "password2")
        self.validate_password_for_user(self.person, "password1")
        return self.cleaned_data
