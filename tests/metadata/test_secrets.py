"""After a whole run with planted keys, only the vault holds them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from store.vault import FILE_NAME
from tests.secrets_campaign import search


@pytest.mark.skipif(
    sys.platform == "win32", reason="its vault is no file; run the campaign by hand"
)
def test_no_secret_is_outside_of_the_vault(tmp_path: Path) -> None:
    found = {name: hits for name, _, hits in search(tmp_path)}
    in_vault = sum(hits for name, hits in found.items() if Path(name).name == FILE_NAME)
    assert in_vault == 15  # what is searched for can be found
    assert sum(found.values()) == in_vault, found
