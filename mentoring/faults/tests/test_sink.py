"""A mail server with bad days, so that the harness tests what it says it tests."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage

import pytest

from mentoring.faults.account import read_taken
from mentoring.local import processes


@pytest.fixture
def sink(tmp_path):
    port, file = processes.free_port(), tmp_path / "taken"
    server = subprocess.Popen([sys.executable, "-m", "mentoring.faults.sink", str(port), str(file), "1", "calm"])
    deadline = time.monotonic() + 30
    while processes.is_free(port) and time.monotonic() < deadline:
        time.sleep(0.02)
    yield port, file
    server.terminate()
    server.wait()


def letter(name):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "a@example.org", "b@example.org", f"<{name}@here>"
    mail.set_content("Hello.\n.\nA line with one dot is no end.")
    return mail


def test_it_keeps_what_it_took_by_name_and_turns_everybody_away_in_a_storm(sink):
    port, file = sink
    with smtplib.SMTP("127.0.0.1", port) as line:
        line.send_message(letter("one"))
        line.send_message(letter("two"))
    file.with_suffix(".storm").touch()
    with pytest.raises(smtplib.SMTPException), smtplib.SMTP("127.0.0.1", port) as line:
        line.send_message(letter("three"))
    file.with_suffix(".storm").unlink()
    with smtplib.SMTP("127.0.0.1", port) as line:
        line.send_message(letter("two"))
    taken = read_taken(file)
    assert {name: len(at) for name, at in taken.items()} == {"<one@here>": 1, "<two@here>": 2}
