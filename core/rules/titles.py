"""What a track's title says that its flags may not: commentary, SDH, forced, audio description.

Titles are compared without case and accents and by whole words, in the languages that files carry.
Each function returns the words that matched, as they stand in the title, or an empty text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Dict, List, Optional, Pattern, Tuple

from core.languages import parse_language

# Patterns are folded as titles are: lower case, no accents, "ı" as "i", "ø" as "o", "æ" as "ae".
# Where a language builds compounds, letters may stand before and behind.
_COMMENTARY = (
    r"comment(?:ary|aries|ry)|comentary",  # English
    r"[a-z]*commentaar[a-z]*",  # Dutch
    r"(?:yonetmen )?yorum(?:u|lar|lari|lu)?",  # Turkish
    r"[a-z]*kommentar(?:e|en|er|erna|s|spur|spor|sporet|spar|sparet)?",  # German, Scandinavian, Hungarian
    r"komment(?:aari|ti)(?:raita)?",  # Finnish
    r"(?:audio)?commentaires?",  # French
    r"(?:audio)?comentarios?",  # Spanish, Portuguese
    r"comment(?:o|i)(?: audio)?",  # Italian
    r"comentari(?:u|ul|i|ile)",  # Romanian
    r"komentar(?:z|ze|zem|i|e|ji|em|om|mi)?",  # Polish, Czech, Slovak, Croatian, Slovenian
    r"комм?ентари(?:и|я|ями|ем)|коментар(?:і|ем|и)?",  # Russian, Ukrainian, Bulgarian
    r"σχολι(?:α|ασμοσ)",  # Greek
)
_COMMENTARY_CJK = ("コメンタリ", "评论", "評論", "导评", "導評", "讲评", "코멘터리")

_HEARING = (
    r"sdh|hoh|hard[ -]of[ -]hearing|hearing[ -]impaired|(?:the )?deaf",
    r"cc(?![ -]by)|closed[ -]caption(?:s|ed|ing)?",
    r"(?:doven en )?slechthorenden?|(?:voor )?doven|gehoorgestoorden?",  # Dutch
    r"isitme engelli(?:ler)?(?: icin)?|sagir(?:lar)?(?: icin)?",  # Turkish
    r"[a-z]*horgeschadigten?|gehorlosen?|schwerhorigen?",  # German
    r"sourds?(?: et malentendants?)?|mal[ -]?entendants?|sme",  # French
    r"(?:para )?sordos|(?:para )?surdos|deficientes auditivos",  # Spanish, Portuguese
    r"non[ -]udenti|sordi|audiolesi",  # Italian
    r"horselskadade|(?:for )?dova|horehaemmede|horsels?hemmede?|horselshemmet",  # Scandinavian
    r"kuulovammais(?:ille|ten|et)?|huonokuuloisille",  # Finnish
    r"(?:dla )?nieslyszacych|slaboslyszacych",  # Polish
    r"(?:pro )?neslysici|nedoslychave|nepocujuci(?:ch)?",  # Czech, Slovak
    r"hallaskarosult(?:ak|aknak)?|siketek|surzi|hipoacuzici",  # Hungarian, Romanian
    r"(?:для )?глухих|слабослышащих|слабочуючих",  # Russian, Ukrainian
    r"κωφουσ|βαρηκοουσ|للصم|ضعاف السمع|כבדי שמיעה|לקויי שמיעה|tuna ?rungu",
)
_HEARING_CJK = (
    "聴覚障害",
    "バリアフリー字幕",
    "听障",
    "聽障",
    "隐藏字幕",
    "隱藏字幕",
    "청각장애",
    "청각 장애",
)
_HEARING_MARKED = (r"(?<!hindi )[(\[]hi[)\]]",)

_SIGNS = r"(?:signs?|songs?|titles?|lyrics|karaoke|text)"
_FORCED = (
    rf"signs? ?(?:&|and|\+|/|,|n)? ?{_SIGNS}|songs? ?(?:&|and|\+|/|,|n) ?signs?",
    r"signs(?: only)?(?! of| language)",
    r"foreign (?:parts?|dialogues?|scenes?|audio)(?: only)?|foreign only",
    r"non[ -]english (?:parts?|dialogues?|scenes?)(?: only)?",
    r"geforceerde?|gedwongen",  # Dutch
    r"zorunlu|zorlanmis|zoraki",  # Turkish
    r"erzwungene?|forcierte?|zwangsuntertitel",  # German
    r"(?:sous[ -]?titres?|st|francais|french|vf[fq]?)[ (\[:-]*force(?:e?s?)",  # French
    r"forz(?:ad[oa]s?|osos?|at[oiae])|forcad[oa]s?",  # Spanish, Italian, Portuguese
    r"tvingade?|tvingande|tvungne|tvungen|pakotet(?:tu|ut)",  # Scandinavian, Finnish
    r"wymuszon[ey]|vynucen[ey]|nucene|vynuten[ey]",  # Polish, Czech, Slovak
    r"kenyszeritett|forszirozott|fortat[ea]?",  # Hungarian, Romanian
    r"форсированн(?:ые|ыи|ых)|форсован(?:і|ии)|надписи(?: и песни)?",  # Russian, Ukrainian
)
_FORCED_CJK = ("強制字幕", "强制字幕", "強制", "强制", "강제 자막", "강제")
_FORCED_MARKED = (r"[(\[]force(?:e?s?)[)\]]", r"^force(?:e?s?)$")
# "Forced Entry" is a film, "Forced English" a subtitle.
_FORCED_WORD = re.compile(r"(?<![^\W\d_])forced(?![^\W\d_])(?: (?P<next>[^\W\d_]+))?")
_AFTER_FORCED = frozenset({
    "sub", "subs", "subtitle", "subtitles", "only", "narrative", "narratives", "caption", "captions",
    "titles", "track", "text", "parts", "foreign", "for", "signs", "and", "pgs", "srt",
})  # fmt: skip
_FULL = re.compile(r"(?<![^\W\d_])(?:full|complete|volledig|tam|komplett|vollstandig)(?![^\W\d_])")

_VISUAL = (
    r"audio[ -]?descri(?:ption|ptions|ptive|bed)|descri(?:ptive|bed) (?:audio|video)(?: service)?|dvs",
    r"visual(?:ly)?[ -]impaired|(?:for )?the blind",
    r"audiodescriptie|audiobeschrijving|slechtzienden?|(?:voor )?blinden",  # Dutch
    r"sesli betimleme|gorme engelli(?:ler)?(?: icin)?",  # Turkish
    r"audiodeskription|horfilm(?:fassung)?|sehbehinderte?|(?:fur )?blinde",  # German
    r"audiovision|mal[ -]?voyants?|aveugles",  # French
    r"au[dt]i?odescripcion|audiodescricao|audiodescrizione|non[ -]vedenti",  # Spanish, Portuguese, Italian
    r"syntolk(?:ad|ning)?|synstolk(?:et|ing|ning)?|kuvailutulk[a-z]*",  # Scandinavian, Finnish
    r"audiodeskrypcja|(?:dla )?niewidomych|audiopopis|zvukovy popis|(?:pro )?nevidome",  # Polish, Czech
    r"тифлокомментари[а-я]*|audionarracio",  # Russian, Hungarian
)
_VISUAL_CJK = ("音声ガイド", "音声解説", "口述影像", "视障", "視障", "화면해설", "화면 해설")
_VISUAL_MARKED = (r"[(\[]ad[)\]]",)

_WORDLESS = (
    r"isolated (?:film )?(?:score|music|soundtrack)|(?:music|score) only|only music",
    r"music (?:and|&) (?:sound )?effects|m ?& ?e|musique seule|nur musik|alleen muziek|sadece muzik",
)

# "No commentary", "non-SDH", "commentary-free": the word is there, the thing is not.
_NOT = r"(?:no|non|not|without|w/o|sans|sin|ohne|kein|keine|zonder|geen|senza|sem|bez|uten|utan|uden|без)"
_LETTER = r"[^\W\d_]"
_UNDECOMPOSED = {"ı": "i", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "_": " "}


def commentary(title: str) -> str:
    """The words of a title that make its track a commentary; never those of audio description."""
    return "" if visual_impaired(title) else _find("commentary", title)


def hearing_impaired(title: str) -> str:
    """The words of a title that say: for the deaf and hard of hearing (SDH, closed captions)."""
    return _find("hearing", title)


def forced(title: str) -> str:
    """The words of a title that say: only what the film's viewers would not understand.

    Signs and songs count, unless the title calls the track full.
    """
    if _FULL.search(_fold(title)[0]):
        return ""
    return _find("forced", title) or _forced_word(title)


def visual_impaired(title: str) -> str:
    """The words of a title that say: the picture is described for the blind."""
    return _find("visual", title)


def wordless(title: str) -> str:
    """The words of a title that say: music or effects without what is spoken."""
    return _find("wordless", title)


def _compile(words: Tuple[str, ...], cjk: Tuple[str, ...], marked: Tuple[str, ...]) -> Pattern[str]:
    beside = "|".join((*marked, *(_fold(word)[0] for word in cjk), r"(?!)"))
    return re.compile(
        rf"(?P<not>(?<!{_LETTER}){_NOT}[\W_]+(?:{_LETTER}+[\W_]+)?)?"
        rf"(?P<found>(?<!{_LETTER})(?:{'|'.join(words)})(?!{_LETTER})"
        rf"|{beside})"
        rf"(?P<free>[ -]free(?!{_LETTER}))?"
    )


def _find(meaning: str, title: str) -> str:
    folded, origin = _fold(title)
    for match in _PATTERNS[meaning].finditer(folded):
        if not match["not"] and not match["free"]:
            return _original(title, origin, match.start("found"), match.end("found"))
    return ""


def _forced_word(title: str) -> str:
    folded, origin = _fold(title)
    for match in _FORCED_WORD.finditer(folded):
        if re.search(rf"(?<!{_LETTER}){_NOT}[\W_]+$", folded[: match.start()]):
            continue
        following: Optional[str] = match["next"]
        if following is None or following in _AFTER_FORCED or _is_language(following):
            return _original(title, origin, match.start(), match.start() + len("forced"))
    return ""


def _is_language(word: str) -> bool:
    tag = parse_language(word)
    return not tag.is_special and tag.english_name != tag.primary


@lru_cache(maxsize=4096)
def _fold(title: str) -> Tuple[str, Tuple[int, ...]]:
    """The title in small letters without accents, and which letter of it each one came from."""
    letters: List[str] = []
    origin: List[int] = []
    for position, char in enumerate(title):
        plain = unicodedata.normalize("NFKD", char.casefold())
        for part in plain:
            if unicodedata.combining(part):
                continue
            text = _UNDECOMPOSED.get(part, part)
            letters.append(text)
            origin.extend([position] * len(text))
    return "".join(letters), tuple(origin)


def _original(title: str, origin: Tuple[int, ...], start: int, end: int) -> str:
    last = origin[end - 1]
    following = last + 1
    while following < len(title) and unicodedata.combining(title[following]):
        following += 1  # an accent that is a character of its own
    return title[origin[start] : following]


_PATTERNS: Dict[str, Pattern[str]] = {
    "commentary": _compile(_COMMENTARY, _COMMENTARY_CJK, ()),
    "hearing": _compile(_HEARING, _HEARING_CJK, _HEARING_MARKED),
    "forced": _compile(_FORCED, _FORCED_CJK, _FORCED_MARKED),
    "visual": _compile(_VISUAL, _VISUAL_CJK, _VISUAL_MARKED),
    "wordless": _compile(_WORDLESS, (), ()),
}
