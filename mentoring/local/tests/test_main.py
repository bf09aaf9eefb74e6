from __future__ import annotations

import pytest

from mentoring.local.__main__ import main


@pytest.mark.parametrize("number", ["0", "50", "200001", "many"])
def test_a_company_that_cannot_be_made_up_is_refused_before_anything_starts(number, capsys):
    with pytest.raises(SystemExit):
        main(["demo", "--employees", number])
    assert "--employees" in capsys.readouterr().err
