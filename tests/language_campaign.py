"""Every sentence about every film, in Dutch and Turkish: ``python -m tests.language_campaign [FOLDER ...]``.

Without a folder it takes the film corpus. Each file is analysed and planned with the tools of this machine;
then the films that meet the rarer rules (``tests.told_plans``) with every set of tools and settings. Printed
for each language: the sentences seen (by their templates), how many of them are in the catalogue, and the
English words that were left in what is shown. Ends with 1 where any is.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Tuple

from analyzer import Analyzer
from core.errors import MediaProcessorError
from core.media.native_language import decide, file_answers
from core.planning.planner import build_plan
from core.settings.tree import Settings, ToolSettings
from core.text.sentence import Sentence
from processing.runner import ProcessRunner
from tests.told_plans import errors_texts, plans_of, strange_films, texts_of
from tests.told_sentences import LANGUAGES, Told
from tools.resolver import find_tools

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "media"


def texts_of_folder(folder: Path) -> Iterator[str]:
    """Yield whatever the window shows of the files in a folder and below it."""
    runner = ProcessRunner(low_priority=False)
    toolset = find_tools(ToolSettings(), runner).toolset
    analyzer = Analyzer(runner, toolset)
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        try:
            film = analyzer.analyze(path)
        except MediaProcessorError as error:
            yield from errors_texts(error)
            continue
        yield from texts_of(build_plan(film, decide(file_answers(film)), Settings(), toolset))


def texts_of_strange_films() -> Iterator[str]:
    """Yield whatever the window shows of plans that meet the rarer rules."""
    for film in strange_films():
        for plan in plans_of(film, every=True):
            yield from texts_of(plan)


def judged(texts: Iterator[str]) -> Tuple[Told, Dict[str, str]]:
    """Return who has seen all these sentences, and each problem with the sentence that shows it."""
    told = Told()
    problems: Dict[str, str] = {}
    for text in texts:
        problems.update((problem, text) for problem in told.problems(text))
    return told, problems


def table(told: Told) -> Tuple[List[str], int]:
    """Return the figures as lines, and how many sentences and words are left in English."""
    lines = [
        f"{'language':<10}{'sentences seen':>16}{'in the catalogue':>18}{'English words left':>20}"
    ]
    left = 0
    for language in LANGUAGES:
        known, words = told.known(language), told.english_words(language)
        left += len(told.seen) - known + len(words)
        lines.append(f"{language:<10}{len(told.seen):>16}{known:>18}{len(words):>20}")
    return lines, left


def main(arguments: Sequence[str]) -> int:
    """Print the table and what is wrong; 1 where anything is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, help="folders of films")
    parser.add_argument("--only-strange", action="store_true", help="no files at all")
    options = parser.parse_args(arguments)
    folders = [] if options.only_strange else options.folders or [CORPUS]

    def texts() -> Iterator[str]:
        for folder in folders:
            yield from texts_of_folder(folder)
        yield from texts_of_strange_films()

    told, problems = judged(texts())
    lines, left = table(told)
    print("\n".join(lines))
    for problem, text in problems.items():
        print(f"{problem}  (of {Sentence('{text}', text=text)!r})", file=sys.stderr)
    return int(bool(problems or left))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
