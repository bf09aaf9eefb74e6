"""dev.py: what it says when it cannot start, what it skips, and what the locks hold."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dev

CHECKOUT = Path(dev.__file__).parent


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An empty checkout with locks, on a path with a space; nothing in it is ever really installed."""
    here = tmp_path / "a check out"
    here.mkdir()
    for lock in (dev.SITE_LOCK, dev.TEST_LOCK):
        (here / lock).write_text("")
    for name, value in {
        "HERE": here,
        "VENV": here / ".venv",
        "VENV_PYTHON": here / ".venv" / "bin" / "python",
        "STAMP": here / ".venv" / "upwell-stamp.json",
    }.items():
        monkeypatch.setattr(dev, name, str(value))
    return here


@pytest.fixture
def installed(checkout, monkeypatch):
    """The locks that were installed, run after run; making the environment takes no time here."""
    runs: list[list[str]] = []

    def made():
        (checkout / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
        (checkout / ".venv" / "bin" / "python").touch()

    monkeypatch.setattr(dev, "make_venv", made)
    monkeypatch.setattr(dev, "install", runs.append)
    return runs


def answers(status: int, output: str):
    return lambda command, uv=False: subprocess.CompletedProcess(command, status, stdout=output)


def test_an_old_python_is_told_which_one_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit):
        dev.main(["demo"])
    assert "needs Python 3.11 or newer, and this is 3.10" in capsys.readouterr().err


def test_without_the_venv_module_it_says_what_to_install(checkout, monkeypatch, capsys):
    monkeypatch.setattr(dev, "attempt", answers(1, "Error: ensurepip is not available."))
    with pytest.raises(SystemExit):
        dev.make_venv()
    assert "apt-get install python3-venv" in capsys.readouterr().err


def test_without_a_network_it_says_so(checkout, monkeypatch, capsys):
    monkeypatch.setattr(dev, "attempt", answers(1, "Failed to establish a new connection: name resolution"))
    with pytest.raises(SystemExit):
        dev.install([dev.SITE_LOCK])
    assert "is this machine on the network?" in capsys.readouterr().err


def test_an_unknown_command_lists_the_known_ones(capsys):
    with pytest.raises(SystemExit) as ended:
        dev.main(["dmeo"])
    assert ended.value.code == 2
    assert "python3 dev.py demo" in capsys.readouterr().err


def test_a_second_start_installs_nothing_and_a_changed_lock_does(checkout, installed):
    dev.ensure_installed([dev.SITE_LOCK])
    dev.ensure_installed([dev.SITE_LOCK])
    assert installed == [[dev.SITE_LOCK]]

    (checkout / dev.SITE_LOCK).write_text("django==5.2\n")
    dev.ensure_installed([dev.SITE_LOCK])
    assert installed == [[dev.SITE_LOCK], [dev.SITE_LOCK]]


def test_the_tests_add_their_lock_and_the_demo_is_content_afterwards(checkout, installed):
    dev.ensure_installed([dev.SITE_LOCK, dev.TEST_LOCK])
    dev.ensure_installed([dev.SITE_LOCK])
    assert installed == [[dev.TEST_LOCK, dev.SITE_LOCK]]


@pytest.mark.parametrize("changed", ["python", "folder"])
def test_another_python_or_another_place_makes_the_environment_again(checkout, installed, changed):
    dev.ensure_installed([dev.SITE_LOCK])
    stamp = json.loads(Path(dev.STAMP).read_text())
    Path(dev.STAMP).write_text(json.dumps({**stamp, changed: "another"}))
    dev.ensure_installed([dev.SITE_LOCK])
    assert len(installed) == 2


def test_the_lock_pins_the_uv_that_installs_it():
    assert re.search(r"^uv==.*\n(?: +--hash=.*\n)+", (CHECKOUT / dev.TEST_LOCK).read_text(), re.MULTILINE)


@pytest.mark.parametrize("lock", [dev.SITE_LOCK, dev.TEST_LOCK])
def test_every_pin_has_hashes_and_no_lock_names_an_address(lock):
    text = (CHECKOUT / lock).read_text()
    pins = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert len(pins) > 20
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("wishes", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_says_why_it_is_here(wishes):
    lines = [line for line in (CHECKOUT / wishes).read_text().splitlines() if re.match(r"[a-z]", line)]
    assert [line for line in lines if not re.search(r"\S\s+# \w.+", line)] == []


def test_both_locks_pin_what_they_share_alike():
    def pins(lock: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", (CHECKOUT / lock).read_text(), re.MULTILINE):
            found.setdefault(name, set()).add(version)
        return found

    site, tests = pins(dev.SITE_LOCK), pins(dev.TEST_LOCK)
    assert {name: (site[name], tests[name]) for name in site.keys() & tests if not tests[name] <= site[name]} == {}


def test_the_example_environment_lists_what_the_settings_read_and_nothing_else():
    read = set(re.findall(r"\benv\.\w+\(\s*\"(\w+)\"", (CHECKOUT / "mentoring" / "settings.py").read_text()))
    listed = set(re.findall(r"^(\w+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))
    assert len(read) > 10
    assert listed == read
