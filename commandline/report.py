"""``report FILE.html``: what the program has achieved, as a page with charts."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from commandline.command import open_folder, single
from commandline.exit_codes import DONE
from commandline.new_file import new_file
from commandline.options import argument
from commandline.output import Output
from commandline.period import days, since_option, until_option
from core.text.formatting import visible
from reports.statistics_page import statistics_page
from reports.whole_file import write_file

if TYPE_CHECKING:
    from app.data_folder import DataFolder


@dataclass(frozen=True)
class ReportOptions:
    """What ``report`` is asked for."""

    file: str = argument("FILE.html")
    since: str = since_option()
    until: str = until_option()


def run(folder: DataFolder, options: ReportOptions, output: Output) -> int:
    """Write the page; raises FolderNotWritable."""
    since, until = days(options.since, options.until)
    path = new_file(options.file, ".html")
    made = datetime.now().astimezone()
    report = statistics.report(folder.database, since, until)
    write_file(path, statistics_page(report, made).encode("utf-8"))
    output.record("report", file=path)
    output.text(f"{visible(path)} was written.")
    return DONE


COMMAND = single(open_folder, ReportOptions, run)
