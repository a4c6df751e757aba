"""What a machine without others loads for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEGUN = """
import sys
from pathlib import Path
from app.program import Program
with Program(Path(sys.argv[1])) as program:
    program.shared_work(program.manager).start()
    print(sorted({"asyncio", "ssl", "websockets"} & set(sys.modules)), program.network.state())
    program.manager.shutdown()
"""


def test_a_machine_alone_loads_no_sockets(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", BEGUN, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert told.stdout.strip() == "[] Standalone."
