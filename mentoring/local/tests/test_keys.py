"""The demo's secrets."""

import base64

from mentoring.local import keys


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path):
    path = tmp_path / "demo" / "secrets.json"
    made = keys.kept_in(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.kept_in(path) == made
    assert [file.name for file in path.parent.iterdir()] == ["secrets.json"]


def test_every_checkout_gets_its_own(tmp_path):
    one, other = keys.kept_in(tmp_path / "one.json"), keys.kept_in(tmp_path / "other.json")
    assert one.secret != other.secret
    assert one.sealing != other.sealing
    assert one.database_password != other.database_password


def test_the_sealing_key_is_32_bytes_in_the_form_the_settings_read():
    name, _, encoded = keys.fresh().sealing.partition(":")
    assert name == "k1"
    assert len(base64.urlsafe_b64decode(encoded)) == 32
