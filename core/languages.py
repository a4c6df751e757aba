"""Languages: every code or name that files carry, brought to one tag."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LanguageTag:
    """One language, as a BCP 47 tag in its shortest form: ``nl``, ``pt-BR``, ``zh-Hant``, ``und``."""

    bcp47: str

    def __str__(self) -> str:
        return self.bcp47


UNDETERMINED = LanguageTag("und")
