"""Fetch what the manifest names with ``npm pack``, and check or renew the hashes.

    python3 static/vendor/refresh.py            fetch, and refuse what does not have the hash on record
    python3 static/vendor/refresh.py --renew    fetch, and put the new hashes on record (after a change of version)

Comments that point to source maps are cut, because the hashed static storage would look for the files they name.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "manifest.json"
SOURCE_MAP = re.compile(rb"^[ \t]*(?:/\*#|//#) sourceMappingURL=.*$\n?", re.MULTILINE)


def digest(content: bytes) -> str:
    return hashlib.sha512(content).hexdigest()


def packed(package: str, version: str) -> dict[str, bytes]:
    """Every file of one published version, by its path inside the package."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", f"{package}@{version}", "--silent"], cwd=folder, check=True, capture_output=True)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as opened:
            files = [member for member in opened.getmembers() if member.isfile()]
            return {
                member.name.removeprefix("package/"): content.read()
                for member in files
                if (content := opened.extractfile(member)) is not None
            }


def without_source_map(name: str, content: bytes) -> bytes:
    return SOURCE_MAP.sub(b"", content) if name.endswith((".css", ".js")) else content


def refresh(*, renew: bool) -> list[str]:
    """Write every file; returns what did not have the hash on record."""
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text())
    wrong = []
    for package in manifest["packages"]:
        found = packed(package["name"], package["version"])
        for file in package["files"]:
            content = without_source_map(file["path"], found[file["from"]])
            if not renew and digest(content) != file["sha512"]:
                wrong.append(file["path"])
                continue
            file["sha512"] = digest(content)
            target = HERE / file["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    if renew:
        MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")
    return wrong


if __name__ == "__main__":
    refused = refresh(renew="--renew" in sys.argv[1:])
    for path in refused:
        print(f"{path} is not what the manifest has on record; it was left alone.", file=sys.stderr)  # noqa: T201
    raise SystemExit(1 if refused else 0)
