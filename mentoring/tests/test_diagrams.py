from __future__ import annotations

import pytest

from mentoring import diagrams
from programs.rules import TRANSITIONS


def test_the_drawings_in_the_documentation_say_what_the_code_does():
    assert diagrams.main(["--check"]) == 0


def test_a_stale_drawing_is_noticed_and_drawn_again(tmp_path, monkeypatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(diagrams, "FOLDER", tmp_path / "diagrams")
    assert diagrams.main(["--check"]) == 1
    assert "apps.md, life-cycles.md, who-sees-what.md" in capsys.readouterr().err
    assert not (tmp_path / "diagrams").exists()
    assert diagrams.main([]) == 0
    assert diagrams.main(["--check"]) == 0
    (tmp_path / "diagrams" / "apps.md").write_text("changed by hand")
    assert diagrams.main(["--check"]) == 1


def test_every_step_of_a_program_is_drawn():
    drawn = diagrams.life_cycles()
    assert all(f"  {step.source} --> {step.target}: {step.verb}\n" in drawn for step in TRANSITIONS)
    assert "  closed --> [*]\n" in drawn


def test_every_room_is_on_the_map():
    drawn = diagrams.map_of_apps()
    rooms = [room for floor in diagrams.layers() for room in floor]
    assert len(rooms) > 10
    assert all(f"| `{room}` | " in drawn and diagrams.purpose(room) for room in rooms)
