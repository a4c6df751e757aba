"""What must hold before a byte of a result is written."""

from __future__ import annotations

from pathlib import Path
from typing import Optional, Tuple

from core.errors import (
    FileUnavailable,
    FilmGone,
    FolderNotWritable,
    HardLinked,
    NotEnoughSpace,
    PlanRefused,
    SourceChanged,
    TargetTaken,
    ToolNotFound,
)
from core.media.model import MediaFile
from core.plan import Plan
from core.settings.choices import HardLinkPolicy, MissingPropeditPolicy
from core.settings.tree import Settings
from core.text.sentence import Sentence
from core.tools import ToolName
from processing.filesystem import FileOperations, same_file
from processing.maker import Maker

_UNREADABLE = Sentence("it cannot be read. Check its permissions.")
_LINK = Sentence("It is a symbolic link; process the file that it points to.")
_MAKE_FOLDER = Sentence("Make it, or name another one in the settings.")
_MKVPROPEDIT_HINT = Sentence(
    "Install MKVToolNix or set its path; or let jobs go on without it (processing.missing_mkvpropedit)."
)


class Demands:
    """Refuses what would fail later."""

    def __init__(self, files: FileOperations, settings: Settings) -> None:
        self._files = files
        self._settings = settings

    def demand_ready(self, plan: Plan, maker: Maker, *, again: bool) -> None:
        """Refuse, before the first byte is written, what would fail later."""
        media = plan.media
        if plan.refused:
            raise PlanRefused(media.path, [reason.message for reason in plan.refusals])
        if media.path.is_symlink():
            raise PlanRefused(media.path, [_LINK])
        self.demand_unchanged(media)
        links = media.path.stat().st_nlink
        if links > 1 and self._settings.files.hard_links is HardLinkPolicy.SKIP:
            raise HardLinked(media.path, links)
        without = self._settings.processing.missing_mkvpropedit
        if without is MissingPropeditPolicy.WAIT and not maker.toolset.get(ToolName.MKVPROPEDIT):
            raise ToolNotFound(ToolName.MKVPROPEDIT.value, _MKVPROPEDIT_HINT)
        if plan.target != media.path and self._files.taken(plan.target):
            raise TargetTaken(plan.target)
        # What was begun lies there already, as large as it may be.
        needed = 0 if again else int(media.size * self._settings.files.space_margin)
        for folder in (plan.target.parent, *self._own_folders(maker)):
            if not folder.is_dir():
                raise FolderNotWritable(folder, Sentence("it does not exist"), _MAKE_FOLDER)
            if self._files.free_space(folder) < needed:
                raise NotEnoughSpace(folder, needed, self._files.free_space(folder))

    def demand_unchanged(self, media: MediaFile) -> None:
        """Refuse a film that is not the file any more that was analysed."""
        found = self._files.identity(media.path)
        if found is None:
            if media.path.parent.is_dir():
                raise FilmGone(media.path, Sentence("it was moved, renamed or deleted."))
            raise FileUnavailable(media.path, Sentence("it is not there any more."))
        if not same_file(found, media.identity):
            raise SourceChanged(media.path)
        try:
            with media.path.open("rb"):
                pass
        except PermissionError as error:
            raise FileUnavailable(media.path, _UNREADABLE) from error

    def _own_folders(self, maker: Maker) -> Tuple[Path, ...]:
        """Return the folders that the user set for results and originals."""
        holding, work = self._settings.files.holding_folder, self.work_folder(maker)
        return (*((Path(holding),) if holding else ()), *((work,) if work else ()))

    def work_folder(self, maker: Maker) -> Optional[Path]:
        """Return the folder that results of this machine are made in; None for beside the film."""
        folder = self._settings.files.work_folder if maker.is_local else ""
        return Path(folder) if folder else None
