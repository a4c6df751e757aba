"""Every setting as a part of a page: what window and command line know of it, in each of their languages."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, List, Mapping, Tuple

from core.settings import quality_target
from core.settings.declaring import Scope
from core.settings.fields import FIELDS, Kind, SettingDefinition
from core.settings.film_outcome import explained
from core.settings.synonyms import SYNONYMS
from views.choice_box import words_of
from views.settings_pages import KEPT_BY_ITSELF, SettingsPage, blocks_of, pages_for, places_of
from views.texts import _, sentence, use_language

LOCALE = Path(__file__).resolve().parent.parent / "assets" / "locale"
SPECIAL = r"\`*_{}[]<>|#"

# What these pages say beyond the program's own words. "code" of a check that needs more than its kind.
_FRAME: Mapping[str, Mapping[str, str]] = {
    "en": {
        "bool": "yes or no",
        "int": "a whole number",
        "float": "a number",
        "text": "a text",
        "choice": "one of these",
        "list": "several, with commas between them",
        "folder": "the path of a folder",
        "program": "the path of a program",
        "languages": "languages, as codes or names, with commas between them",
        "template": "a command template",
        "templates": "command templates, the first that can run is used",
        "schedule": "hours, such as mon-fri 22:00-07:00; sat,sun 00:00-24:00",
        "hours": "hours, such as mon-sun 22:00-07:00",
        "path mappings": "pairs of folders, with commas between them",
        "encoder paths": "programs with their paths, with commas between them",
        "quality target": "one of these, or a number from {low} to {high}",
        "empty": "may be empty",
        "from to": "from {low} to {high}",
        "from": "{low} or more",
        "standard": "default",
        "nothing": "empty",
        "folders": "A watched folder can have its own.",
        "machines": "It goes with a film to the machine that encodes it.",
        "remembered": "The program remembers it by itself; no page of the settings shows it.",
        "searched": "Also found as",
        "expert": "a page for experts",
    },
    "nl": {
        "bool": "ja (yes) of nee (no)",
        "int": "een geheel getal",
        "float": "een getal",
        "text": "een tekst",
        "choice": "een van deze",
        "list": "meerdere, met komma’s ertussen",
        "folder": "het pad van een map",
        "program": "het pad van een programma",
        "languages": "talen, als codes of namen, met komma’s ertussen",
        "template": "een opdrachtsjabloon",
        "templates": "opdrachtsjablonen; het eerste dat kan werken wordt gebruikt",
        "schedule": "uren, zoals mon-fri 22:00-07:00; sat,sun 00:00-24:00",
        "hours": "uren, zoals mon-sun 22:00-07:00",
        "path mappings": "paren van mappen, met komma’s ertussen",
        "encoder paths": "programma’s met hun paden, met komma’s ertussen",
        "quality target": "een van deze, of een getal van {low} tot {high}",
        "empty": "mag leeg zijn",
        "from to": "van {low} tot {high}",
        "from": "{low} of meer",
        "standard": "standaard",
        "nothing": "leeg",
        "folders": "Een bewaakte map kan een eigen waarde hebben.",
        "machines": "Gaat met een film mee naar de machine die hem codeert.",
        "remembered": "Het programma onthoudt dit zelf; geen pagina van de instellingen toont het.",
        "searched": "Ook te vinden als",
        "expert": "een pagina voor experts",
    },
    "tr": {
        "bool": "evet (yes) ya da hayır (no)",
        "int": "bir tam sayı",
        "float": "bir sayı",
        "text": "bir metin",
        "choice": "bunlardan biri",
        "list": "birden çok, aralarında virgülle",
        "folder": "bir klasörün yolu",
        "program": "bir programın yolu",
        "languages": "diller, kod ya da ad olarak, aralarında virgülle",
        "template": "bir komut şablonu",
        "templates": "komut şablonları; çalışabilen ilki kullanılır",
        "schedule": "saatler, örneğin mon-fri 22:00-07:00; sat,sun 00:00-24:00",
        "hours": "saatler, örneğin mon-sun 22:00-07:00",
        "path mappings": "klasör çiftleri, aralarında virgülle",
        "encoder paths": "yollarıyla programlar, aralarında virgülle",
        "quality target": "bunlardan biri ya da {low} ile {high} arasında bir sayı",
        "empty": "boş olabilir",
        "from to": "{low} ile {high} arasında",
        "from": "en az {low}",
        "standard": "varsayılan",
        "nothing": "boş",
        "folders": "İzlenen bir klasörün kendi değeri olabilir.",
        "machines": "Filmle birlikte onu kodlayan makineye gider.",
        "remembered": "Program bunu kendisi hatırlar; ayarların hiçbir sayfası göstermez.",
        "searched": "Şöyle de bulunur",
        "expert": "uzmanlar için bir sayfa",
    },
}


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let the program's words be those of ``language`` (ISO 639-1) inside."""
    use_language(language, LOCALE)
    try:
        yield
    finally:
        use_language("en", LOCALE)


def markdown(text: str) -> str:
    """Write plain text so that Markdown shows it as it is; what stands in backquotes stays code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # no pair
        parts = [text]
    return "".join(
        f"`{part}`" if number % 2 else "".join(f"\\{c}" if c in SPECIAL else c for c in part)
        for number, part in enumerate(parts)
    )


def anchor(key: str) -> str:
    """The mark of a setting's heading, for links to it."""
    return key.replace(".", "-")


def every_setting(language: str) -> str:
    """All settings in the order of the window's pages, as Markdown with headings of levels 2 to 4."""
    with speaking(language):
        frame = _FRAME[language]
        shown = [key for key in FIELDS if key not in KEPT_BY_ITSELF]
        lines: List[str] = []
        for page in pages_for(shown):
            lines += _page(page, [key for key, name in _places(shown) if name == page.name], frame)
        lines += [f"## {markdown(frame['remembered'])}", ""]
        for key in KEPT_BY_ITSELF:
            lines += _setting(FIELDS[key], frame)
    return "\n".join(lines)


def _places(keys: List[str]) -> List[Tuple[str, str]]:
    return list(places_of(keys, pages_for(keys)).items())


def _page(page: SettingsPage, keys: List[str], frame: Mapping[str, str]) -> List[str]:
    lines = [f"## {markdown(_(page.title))} {{ #page-{page.name} }}", ""]
    if page.expert:
        lines += [f"*{markdown(_('Expert settings'))}: {frame['expert']}.*", ""]
    for block in blocks_of(page, keys):
        if block.title:
            lines += [f"**{markdown(_(block.title))}**", ""]
        for key in block.keys:
            lines += _setting(FIELDS[key], frame)
    return lines


def _setting(setting: SettingDefinition, frame: Mapping[str, str]) -> List[str]:
    lines = [f"### {markdown(_(setting.label))} {{ #{anchor(setting.key)} }}", ""]
    lines += [markdown(_(setting.help)), ""]
    lines += [f"`{setting.key}`: {_value(setting, frame)}; {_standard(setting, frame)}", ""]
    if setting.multiline:
        lines += ["```", setting.text(setting.default), "```", ""]
    lines += [_choice(setting, choice) for choice in setting.choices]
    lines += [""] if setting.choices else []
    notes = [
        frame["folders"] if Scope.PER_FOLDER in setting.scopes else "",
        frame["machines"] if Scope.OFFERED in setting.scopes else "",
        _synonyms(setting.key, frame),
    ]
    return [*lines, " ".join(note for note in notes if note), ""]


def _value(setting: SettingDefinition, frame: Mapping[str, str]) -> str:
    low, high = quality_target.LOWEST, quality_target.HIGHEST
    words = frame.get(setting.check) or frame[setting.kind.value]
    parts = [markdown(words.format(low=f"{low:g}", high=f"{high:g}"))]
    if setting.minimum is not None:
        name = "from" if setting.maximum is None else "from to"
        high = setting.maximum or 0.0
        limits = frame[name].format(low=f"{setting.minimum:g}", high=f"{high:g}")
        parts.append(f"{limits} {_(setting.unit)}".strip() if setting.unit else limits)
    elif setting.unit:
        parts.append(_(setting.unit))
    return ", ".join([*parts, *([frame["empty"]] if setting.optional else [])])


def _standard(setting: SettingDefinition, frame: Mapping[str, str]) -> str:
    text = setting.text(setting.default)
    if setting.multiline:
        return f"{frame['standard']}:"
    unit = f" {_(setting.unit)}" if setting.unit and setting.kind is not Kind.TEXT else ""
    return f"{frame['standard']}: {f'`{text}`' if text else frame['nothing']}{unit}."


def _choice(setting: SettingDefinition, choice: str) -> str:
    words, meaning = words_of(choice, setting.key), sentence(explained(setting.key, choice))
    told = " ".join(text for text in (f"({words})" if words != choice else "", meaning) if text)
    return f"- `{choice}` {markdown(told)}".rstrip()


def _synonyms(key: str, frame: Mapping[str, str]) -> str:
    if key not in SYNONYMS:
        return ""
    return f"{frame['searched']}: {markdown(sentence(SYNONYMS[key]))}."
