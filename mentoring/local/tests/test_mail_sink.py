"""What leaves through SMTP can be read in the demo."""

import smtplib
from email.message import EmailMessage

from mentoring.local.mail_sink import MailSink, message, messages, store


def a_letter(subject: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = "Upwell <upwell@localhost>"
    letter["To"] = "Otto <otto@example.org>"
    letter["Subject"] = subject
    letter.set_content("You meet Mina on Thursday — at ten.\n")
    letter.add_alternative("<p>You meet Mina on Thursday — at ten.</p>", subtype="html")
    return letter


def test_messages_sent_through_smtp_are_kept_newest_first_with_those_who_got_them(tmp_path):
    folder = tmp_path / "mail of the demo"
    with MailSink(folder) as sink, smtplib.SMTP(sink.host, sink.port) as line:
        line.send_message(a_letter("First"), to_addrs=["otto@example.org"])
        line.send_message(a_letter("Agreement – signed"), to_addrs=["otto@example.org", "bcc@example.org"])

    newest, oldest = messages(folder)
    assert (newest.subject, oldest.subject) == ("Agreement – signed", "First")
    assert newest.recipients == ("otto@example.org", "bcc@example.org")
    assert newest.sender == "Upwell <upwell@localhost>"
    assert newest.text.strip() == "You meet Mina on Thursday — at ten."
    assert [found.subject for found in [message(folder, newest.name)] if found] == ["Agreement – signed"]


def test_a_folder_that_is_not_there_holds_no_messages(tmp_path):
    assert messages(tmp_path / "nothing") == []


def test_half_a_message_is_not_listed(tmp_path):
    whole = store(tmp_path, recipients=["otto@example.org"], content=a_letter("Whole").as_bytes(), at_ns=1)
    (tmp_path / "2-half.unfinished").write_bytes(b"Subject: Half")

    assert [kept.name for kept in messages(tmp_path)] == [whole.stem]


def test_a_name_cannot_reach_outside_the_folder(tmp_path):
    folder = tmp_path / "mail"
    secret = store(tmp_path, recipients=["bo@example.org"], content=b"Subject: Secret\r\n\r\n", at_ns=1)
    store(folder, recipients=["otto@example.org"], content=b"Subject: Open\r\n\r\n", at_ns=2)

    assert message(tmp_path, secret.stem) is not None
    assert message(folder, f"../{secret.stem}") is None
