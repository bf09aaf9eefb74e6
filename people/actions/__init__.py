"""What happens to the directory."""

from people.actions.directory import (
    choose_password,
    hold_skills,
    keep_person,
    list_skills,
    merge_places,
    set_password,
)
from people.actions.import_directory import import_directory
from people.actions.imports import (
    carry_out_import,
    carry_out_waiting_imports,
    check_import,
    discard_import,
    forget_untouched_imports,
    request_import,
    request_undo,
    upload_import,
)

__all__ = ["carry_out_import", "carry_out_waiting_imports", "check_import", "discard_import", "import_directory"]
__all__ += ["choose_password", "forget_untouched_imports", "hold_skills", "list_skills"]
__all__ += ["keep_person", "merge_places", "request_import", "request_undo", "set_password", "upload_import"]
