#!/usr/bin/env python3
"""Upwell on this machine, from nothing but Python 3.11 to 3.13.

    python3 dev.py demo [--port N] [--employees N] [--reset]    the whole site with a made-up company
    python3 dev.py test [pytest arguments]                      every test, on a PostgreSQL of its own
    python3 dev.py run [--database | --site | --production] COMMAND…    a command inside the environment

Makes .venv beside this file from the hashed locks, once, and hands over to the package mentoring.local in it.
Standard library only, and readable to old Pythons, so that they can be told what is wrong.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import typing

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "upwell-stamp.json")
OLDEST, NEWEST_TRIED = (3, 11), (3, 13)
SITE_LOCK, TEST_LOCK = "requirements.txt", "requirements-dev.txt"
LOCKS_NEEDED = {"demo": [SITE_LOCK], "test": [SITE_LOCK, TEST_LOCK], "run": [SITE_LOCK, TEST_LOCK]}


def refuse(sentence: str) -> typing.NoReturn:
    print("dev.py: " + sentence, file=sys.stderr)
    raise SystemExit(1)


def main(arguments: "list[str]") -> None:
    if sys.version_info[:2] < OLDEST:
        refuse(
            f"Upwell needs Python {version(OLDEST)} or newer, and this is {version(sys.version_info)}; "
            "start it with a newer one, as in python3.11 dev.py demo."
        )
    if not arguments or arguments[0] not in LOCKS_NEEDED:
        asked_for_help = not arguments or arguments[0] in ("-h", "--help", "help")
        print(__doc__.strip(), file=sys.stdout if asked_for_help else sys.stderr)
        raise SystemExit(0 if asked_for_help else 2)
    try:
        with alone():
            ensure_installed(LOCKS_NEEDED[arguments[0]])
    except PermissionError as error:
        refuse(f"this user may not write {error.filename or HERE}; start it as the owner of that folder.")
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    hand_over(arguments)


@contextlib.contextmanager
def alone() -> "typing.Iterator[None]":
    """Two starts at once must not build the same .venv; the second waits for the first."""
    os.makedirs(os.path.join(HERE, ".var"), exist_ok=True)
    with open(os.path.join(HERE, ".var", "venv.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_installed(locks: "list[str]") -> None:
    """Bring .venv to the locks; does nothing when the stamp says that they are in already."""
    here = {"python": sys.version, "folder": HERE}
    stamp = read_stamp()
    same_venv = {key: stamp.get(key) for key in here} == here and os.path.exists(VENV_PYTHON)
    installed = stamp.get("locks", {}) if same_venv else {}
    wanted = {lock: fingerprint(lock) for lock in locks}
    if all(installed.get(lock) == wanted[lock] for lock in locks):
        return
    if not same_venv:
        make_venv()
    # A lock that came in earlier is brought up to date along with the others, so that the pins stay one set.
    wanted.update({lock: fingerprint(lock) for lock in installed})
    install(sorted(wanted))
    write_stamp(dict(here, locks=wanted))


def fingerprint(lock: str) -> str:
    with open(os.path.join(HERE, lock), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_stamp() -> "dict[str, typing.Any]":
    try:
        with open(STAMP) as file:
            return dict(json.load(file))
    except (OSError, ValueError):
        return {}


def write_stamp(stamp: "dict[str, typing.Any]") -> None:
    with open(STAMP + ".new", "w") as file:
        json.dump(stamp, file, indent=2)
    os.replace(STAMP + ".new", STAMP)


def make_venv() -> None:
    if sys.version_info[:2] > NEWEST_TRIED:
        print(f"Python {version(sys.version_info)} is newer than what Upwell was tried with; going on.")
    print(f"Making .venv with Python {version(sys.version_info)} …", flush=True)
    made = attempt([sys.executable, "-m", "venv", "--clear", VENV])
    if made.returncode != 0:
        if "ensurepip" in made.stdout or "No module named venv" in made.stdout:
            refuse(
                "this Python cannot make virtual environments; on Debian and Ubuntu install them with "
                "apt-get install python3-venv."
            )
        refuse("the virtual environment could not be made: " + last_line(made.stdout))


def install(locks: "list[str]") -> None:
    print(f"Installing the packages of {' and '.join(locks)} …", flush=True)
    wanted = ["--require-hashes"]
    for lock in locks:
        wanted += ["-r", os.path.join(HERE, lock)]
    if install_uv() and attempt([VENV_PYTHON, "-m", "uv", "pip", "install", "-q", *wanted], uv=True).returncode == 0:
        return
    by_pip = attempt([VENV_PYTHON, "-m", "pip", "install", "-q", "--no-input", "--retries", "2", *wanted])
    if by_pip.returncode == 0:
        return
    said = f"pip said: {last_line(by_pip.stdout)}"
    if re.search(r"connection|name resolution|network|timed out|timeout|unreachable", by_pip.stdout, re.IGNORECASE):
        refuse(f"the packages could not be fetched; is this machine on the network? {said}")
    refuse(f"the packages could not be installed. {said}")


def install_uv() -> bool:
    """Install the uv that the lock pins: it is several times faster than pip. Where it fails, pip does the work."""
    with open(os.path.join(HERE, TEST_LOCK)) as file:
        pin = re.search(r"^uv==.*\n(?: +--hash=.*\n)+", file.read(), re.MULTILINE)
    if pin is None:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(pin.group())
        only_uv.flush()
        pip = [VENV_PYTHON, "-m", "pip", "install", "-q", "--no-input", "--retries", "0", "--only-binary", ":all:"]
        return attempt([*pip, "--require-hashes", "-r", only_uv.name]).returncode == 0


def attempt(command: "list[str]", uv: bool = False) -> "subprocess.CompletedProcess[str]":
    environment = clean_environment()
    if uv:
        # Copies, because links into a cache that is cleared or sits on another disk go wrong later.
        environment.update(VIRTUAL_ENV=VENV, UV_LINK_MODE="copy", UV_NO_PROGRESS="1")
    return subprocess.run(
        command,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=end_with_parent if sys.platform == "linux" else None,
    )


def end_with_parent() -> None:
    """In a child: have Linux end it when dev.py is killed, or the next start would meet it at work in .venv."""
    ctypes.CDLL(None).prctl(1, int(signal.SIGTERM))  # 1 is PR_SET_PDEATHSIG


def clean_environment() -> "dict[str, str]":
    """The environment without what another virtual environment, or a container image, may have left in it.

    Where bytecode may not be written, each of a dozen processes would compile 2,400 modules again: three seconds each.
    """
    others = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if name not in others}


def version(numbers: "typing.Sequence[typing.Any]") -> str:
    return f"{numbers[0]}.{numbers[1]}"


def last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip() and "[notice]" not in line]
    return lines[-1] if lines else "nothing"


def hand_over(arguments: "list[str]") -> typing.NoReturn:
    environment = clean_environment()
    environment["VIRTUAL_ENV"] = VENV
    environment["PATH"] = os.path.dirname(VENV_PYTHON) + os.pathsep + environment.get("PATH", os.defpath)
    os.chdir(HERE)
    sys.stdout.flush()
    os.execve(VENV_PYTHON, [VENV_PYTHON, "-m", "mentoring.local", *arguments], environment)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
