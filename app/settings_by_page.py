"""Stores changed settings page by page: what cannot be on one page keeps no other from being stored."""

from __future__ import annotations

from typing import Callable, List, Mapping, Tuple

from config import Config
from core.errors import ConfigError


def change_by_page(
    config: Config, texts: Mapping[str, str], page_of: Callable[[str], str]
) -> Tuple[ConfigError, ...]:
    """Store settings (text by key), those of a page all or nothing; return why a page was left out.

    Pages are stored together where that can be, since a value of one may need one of another. Raises
    ConfigError for a setting that is on none of the pages.
    """
    left = dict(texts)
    refused: List[ConfigError] = []
    while left:
        try:
            config.change(left)
            break
        except ConfigError as error:
            if error.setting not in left:
                raise
            refused.append(error)
            page = page_of(error.setting)
            left = {key: text for key, text in left.items() if page_of(key) != page}
    return tuple(refused)
