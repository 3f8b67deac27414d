"""The registered rules by name, each with a cheap guard that tells which texts it can touch.

A guard is of the plain kind that whole columns can be searched for (`cleaning.triggers`); it may tell too many
texts, never too few. `tests/cleaning/test_properties.py` holds that for generated text.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from cleaning.options import Options, Site
from cleaning.personal import accounts, addresses, numbers, plates
from cleaning.personal.careful.rules import CAREFUL_RULES
from cleaning.rule import LATIN, Rule, plain, refusal
from cleaning.text import (
    boilerplate,
    brackets,
    emoticons,
    laughter,
    markup,
    names,
    placeholders,
    published,
    punctuation,
    realnames,
    unicode,
)
from cleaning.triggers import SAME


def _name(options: Options) -> str:
    return names.choose_name(options.name_pool, seed=options.seed, doc=options.doc)


def _unname(text: str, options: Options) -> str:
    def choose(given: str) -> str:
        return names.choose_name(options.name_pool, seed=options.seed, doc=options.doc, original=given)

    return realnames.replace_real_names(text, choose, options.name_pool)


def _on_site(change: Callable[[str, Site], str]) -> Callable[[str, Options], str]:
    return lambda text, options: change(text, options.site) if options.site else text


_OTHER = "[^\x00-\x7f가-힣ㄱ-ㅣ…]"
# Neither composed nor reordered by NFC, however they stand together.
_NFC_SAFE = (
    "\x00-\x7f가-힣ㄱ-ㅣ\u2010-\u2027\u2190-\u2211\u2460-\u27bf\u3001-\u3029\u3041-\u3098\u30a1-\u30ff"
    "\u4e00-\u9fff\uff01-\uff9f\U0001f000-\U0001faff"
)
_SEPARATOR = "[=*_#|/\\\\<>\\^$%&@\\-]"

# One negated class is searched far faster than its parts in turn: all but plain ASCII without & < `, and Hangul.
_UNICODE_STAGE = "[^\\n -%'-;=-_a-\\~가-힣ㄱ-ㅣ…]"
_PERSONAL_STAGE = f"[\\d@공영]|://|\\.[{LATIN}]|톡|라인|텔레|인스타"

_UNICODE = (
    plain("references", markup.decode_references, "&[#lgaqnmh]"),
    refusal("broken", unicode.is_broken, "a replacement character shows that text was lost", "\ufffd"),
    plain(
        "white_space",
        unicode.unify_spaces,
        "[\r\x0b\x0c\t\x85\u2028\u2029\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]",
    ),
    plain("tags", markup.remove_tags, f"<[/{LATIN}]"),
    plain("width", unicode.narrow_width, "[\uff01-\uff5e\uffa1-\uffdc]"),
    plain("hangul", unicode.compose_hangul, f"[^{_NFC_SAFE}]"),
    plain(
        "marks",
        unicode.unify_marks,
        "[`「『《〈\u201c-\u201f\u2033\u2018-\u201b\u2032\xb4\u2010-\u2015\u2212\u223c\u301c\u30fb\u2022\u318d\u119e"
        "\u2219\u22c5\uffe6\u11a2\u3001\u3002\u25cb\u25ef\u203c\u2047-\u2049]",
    ),
    plain("jamo", unicode.free_jamo, "[\u1100-\u11c2]"),
    plain(
        "invisible",
        unicode.remove_invisible,
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3"
        "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ue000-\uf8ff\U000e0000-\U000e01ef]",
    ),
)
_PLACEHOLDERS = (
    refusal("lost_content", placeholders.is_lost_content, "the content was a file or a link, not text", "#@"),
    plain("stickers", placeholders.remove_stickers, "#@"),
    Rule("names", lambda text, options: names.replace_names(text, _name(options)), "#@", by_doc=True),
    plain("placeholders", placeholders.replace_placeholders, "#@"),
)
_PERSONAL = (
    plain("emails", addresses.mask_emails, "@"),
    Rule("links", lambda text, options: addresses.replace_links(text, options.url), f"://|\\.[{LATIN}]"),
    plain("resident_numbers", numbers.mask_resident_numbers, "\\d\\d\\d"),
    plain("cards", numbers.mask_cards, "\\d\\d\\d"),
    plain("phones", numbers.mask_phones, "\\d\\d\\d|[0공영][1일][0공영]"),
    plain("bank_accounts", accounts.mask_bank_accounts, "\\d\\d\\d|\\d\\d\\-"),
    plain("plates", plates.mask_plates, f"\\d[{plates.PLATE_LETTERS}][ \\d]"),
    plain("messengers", addresses.mask_accounts_of_messengers, "@|톡|[라텔][인레]|인스"),
)
_BOILERPLATE = (
    refusal(
        "empty_post",
        boilerplate.is_empty_post,
        "the post only says that it has no text",
        "[문용]없|[문용] 없|냉무|ㅈㄱㄴ|제곧|제목이",
    ),
    Rule("buttons", _on_site(boilerplate.remove_buttons), "", applies=lambda options: options.site is not None),
    Rule("ends", _on_site(boilerplate.trim_ends), "", applies=lambda options: options.site is not None),
)
_FACES = (
    plain("crying", emoticons.keep_crying, "[ㅠㅜ][_.,\\^oㅁㅂㅅㅇㅡ\\-]|T[_.\\^\\-]"),
    plain(
        "faces",
        emoticons.remove_faces,
        "\\^[_.oO0ㅁㅇㅅㅂㅡ3\\~*&\\^\\-]|[\\-+*\\~=@][_.][_.\\-+*\\~=@]|ㅎ[ㅅㅁ]ㅎ|ㅡ[_.,\\^ㅅㅁㅇㅡ]"
        "|>[<_.ㅅㅁㅂㅇoO3\\~\\^]|ㅇ[ㅅㅁㅂ_.]|'[ㅅㅁ]'|[oO0]_",
    ),
    plain(
        "smiles",
        emoticons.remove_smiles,
        "[:;=][()DPp\\-]|<3|[Oo][TtRr][LlZz]|[Xx]D|[乃凸]",
    ),
    plain(
        "pictures",
        emoticons.remove_pictures,
        "[;\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
        "\U0001f000-\U0001faff]",
    ),
    Rule(
        "brackets",
        lambda text, options: brackets.strip_brackets(text),
        "\\(",
        applies=lambda options: options.paren == "strip",
    ),
)
_CHARACTERS = (
    Rule(
        "laughter",
        lambda text, options: laughter.collapse_laughter(text, options.laugh),
        f"[{laughter.BORROWERS}]ㅋ|ㅋ[큐쿠]|[키크][키크]|[ㅋㅎ][ㅋㅎ][ㅋㅎ]|[ㅋㅎ][ _.][ _ㅋㅎ]|ㅋㅎ|ㅎㅋ"
        "|[ㅠㅜ][ㅠㅜ][ㅠㅜ]|ㅜ[ㅠㅜ]|ㅠㅜ|[ㅠㅜ] [ㅠㅜ ]",
        more=("laugh", "unify", "ㅎㅎ"),
    ),
    Rule("repeats", lambda text, options: punctuation.shorten_repeats(text), SAME),
    Rule(
        "punctuation",
        lambda text, options: punctuation.shorten_marks(text, options.ellipsis),
        f"[.…‥][.…‥]|[.…‥] [.…‥]|‥|,,|··|![!?]|\\?\\?|\\?![!?]|\\~\\~|{_SEPARATOR}{_SEPARATOR}",
        more=("ellipsis", "..", "…"),
    ),
    plain(
        "foreign",
        punctuation.remove_foreign,
        "[^가-힣ㄱ-ㅎㅏ-ㅣA-Za-z0-9\u00c0-\u024f一-鿿\n .,!?\\~…'\"()\\[\\]:/%+\\&@#·°℃₩$€=<>*\\-]",
    ),
    Rule(
        "lower_case",
        lambda text, options: punctuation.lower_case(text),
        f"[A-Z]|{_OTHER}",
        applies=lambda options: options.lower,
    ),
    Rule(
        "tidy",
        lambda text, options: punctuation.tidy_spaces(text, options.newline),
        " [ .,!?…)]|^[ ,]| $|\\( |\n",
    ),
    refusal("says_nothing", punctuation.says_nothing, "no Hangul is left to answer with", "\\[", "[가-힣ㄱ-ㅊㅌㅍ]"),
)
# In no recipe that comes with Mundap: whoever wants it names it in one of their own.
_OPT_IN = (Rule("real_names", _unname, "[가-힣][가-힣]", by_doc=True),)
_PUBLISHED_ENDS = ("published_runs", "published_spaces")
_PUBLISHED = (
    refusal("published_media", published.has_media, "the row held a picture or a link", "#@시|@UR"),
    replace(
        plain("published_lower_case", punctuation.lower_case, f"[A-Z]|{_OTHER}"),
        spares=("published_brackets", "published_placeholders", "published_foreign", *_PUBLISHED_ENDS),
    ),
    plain("published_brackets", published.delete_brackets, "\\("),
    Rule(
        "published_placeholders",
        lambda text, options: published.fill_placeholders(text, _name(options)),
        "#@",
        by_doc=True,
    ),
    plain("published_foreign", published.space_foreign, "[^ㄱ-ㅎㅏ-ㅣ가-힣a-z0-9.,!?\\~ ]"),
    replace(
        plain(
            "published_runs",
            published.collapse_runs,
            "키키|ㅋㅋㅋ|ㅎㅎ|[ㅠㅜ][ㅠㅜ][ㅠㅜ]|ㅜ[ㅠㅜ]|ㅠㅜ|\\.\\.\\.|!!|\\?\\?",
        ),
        spares=("published_spaces",),
    ),
    plain("published_spaces", published.collapse_spaces, "  |^ | $|\n"),
)

_STAGES = (
    (_UNICODE, _UNICODE_STAGE),
    (_PLACEHOLDERS, "#@"),
    (_PERSONAL, _PERSONAL_STAGE),
    (CAREFUL_RULES, ""),
    *((group, "") for group in (_BOILERPLATE, _FACES, _CHARACTERS, _OPT_IN, _PUBLISHED)),
)
RULES: Mapping[str, Rule] = {rule.name: replace(rule, stage=stage) for rules, stage in _STAGES for rule in rules}
