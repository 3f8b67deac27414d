"""The registered rules by name, each with a cheap guard that tells which texts it can touch.

A guard is a regular expression in the dialect that Python's `re` and Rust's `regex` (Polars) share: no
look-around, no back-reference, and characters that are special in a Rust class escaped. A text that the guard
does not match is left alone by the rule; `tests/cleaning/test_rules.py` holds that for generated text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cleaning import (
    addresses,
    boilerplate,
    brackets,
    emoticons,
    laughter,
    markup,
    names,
    numbers,
    placeholders,
    published,
    punctuation,
    unicode,
)
from cleaning.options import Options, Site


@dataclass(frozen=True, slots=True)
class Rule:
    """One named text step: it either rewrites the text or refuses it with a reason.

    `guard` tells which texts it can touch; `needs`, for a refusal, what spares a text that the guard does not
    match; `triples` that any syllable or jamo three times running counts as a match too, which no guard can
    say; `applies` whether the options want the rule at all. `stage` is a guard that holds for all the rules
    of a stage, so that one quick search spares a text all of them.
    """

    name: str
    rewrite: Callable[[str, Options], str] | None
    guard: str
    reason: str = ""
    refuses: Callable[[str], bool] | None = None
    needs: str = ""
    triples: bool = False
    stage: str = ""
    applies: Callable[[Options], bool] = lambda options: True


def _plain(name: str, change: Callable[[str], str], guard: str) -> Rule:
    return Rule(name, lambda text, options: change(text), guard)


def _refusal(name: str, refuses: Callable[[str], bool], reason: str, guard: str, needs: str = "") -> Rule:
    return Rule(name, None, guard, reason, refuses, needs)


def _name(options: Options) -> str:
    return names.choose_name(options.name_pool, seed=options.seed, doc=options.doc)


def _on_site(change: Callable[[str, Site], str]) -> Callable[[str, Options], str]:
    return lambda text, options: change(text, options.site) if options.site else text


_LETTERS = "A-Za-z\u0130\u0131\u017f\u212a"  # what [A-Za-z] matches when case is ignored
_OTHER = "[^\\x00-\\x7f가-힣ㄱ-ㅣ…]"

# One negated class is searched far faster than its parts in turn: all but plain ASCII without & < `, and Hangul.
_UNICODE_STAGE = "[^\\n -%'-;=-_a-\\~가-힣ㄱ-ㅣ…]"
_PERSONAL_STAGE = f"[\\d@공영]|://|\\.[{_LETTERS}]|톡|라인|텔레|인스타"

_UNICODE = (
    _plain("references", markup.decode_references, "&"),
    _refusal("broken", unicode.is_broken, "a replacement character shows that text was lost", "\ufffd"),
    _plain(
        "white_space",
        unicode.unify_spaces,
        "[\\r\\x0b\\x0c\\t\x85\u2028\u2029\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]",
    ),
    _plain("tags", markup.remove_tags, "<"),
    _plain("width", unicode.narrow_width, "[\uff01-\uff5e\uffa1-\uffdc]"),
    _plain("hangul", unicode.compose_hangul, _OTHER),
    _plain("marks", unicode.unify_marks, f"`|{_OTHER}"),
    _plain("jamo", unicode.free_jamo, "[\u1100-\u11c2]"),
    _plain("invisible", unicode.remove_invisible, f"[\\x00-\\x09\\x0b-\\x1f\\x7f]|{_OTHER}"),
)
_PLACEHOLDERS = (
    _refusal("lost_content", placeholders.is_lost_content, "the content was a file or a link, not text", "#@"),
    _plain("stickers", placeholders.remove_stickers, "#@"),
    Rule("names", lambda text, options: names.replace_names(text, _name(options)), "#@"),
    _plain("placeholders", placeholders.replace_placeholders, "#@"),
)
_PERSONAL = (
    _plain("emails", addresses.mask_emails, "@"),
    Rule("links", lambda text, options: addresses.replace_links(text, options.url), f"://|\\.[{_LETTERS}]"),
    _plain("resident_numbers", numbers.mask_resident_numbers, "\\d{6}"),
    _plain("cards", numbers.mask_cards, "\\d{4}[- ]\\d{4}"),
    _plain("phones", numbers.mask_phones, "\\d{3}[- .]?\\d{4}|[0공영][1일][0공영]"),
    _plain("bank_accounts", numbers.mask_bank_accounts, "\\d{2}-\\d{2}|\\d{10}"),
    _plain("plates", numbers.mask_plates, "\\d[가-힣] ?\\d{4}"),
    _plain("messengers", addresses.mask_accounts_of_messengers, "@|톡|라인|텔레|인스타"),
)
_BOILERPLATE = (
    _refusal(
        "empty_post",
        boilerplate.is_empty_post,
        "the post only says that it has no text",
        "본문 ?없음|내용 ?없음|냉무|ㅈㄱㄴ|제곧내|제목이 곧 내용",
    ),
    Rule("buttons", _on_site(boilerplate.remove_buttons), "", applies=lambda options: options.site is not None),
    Rule("ends", _on_site(boilerplate.trim_ends), "", applies=lambda options: options.site is not None),
)
_FACES = (
    _plain("crying", emoticons.keep_crying, "[ㅠㅜ][_.,^oㅁㅂㅅㅇㅡ\\-]|T[_.^\\-]"),
    _plain(
        "faces",
        emoticons.remove_faces,
        "\\^|[\\-+*\\~=@][_.]|ㅎ[ㅅㅁ]ㅎ|ㅡ|>[<_.ㅅㅁㅂㅇoO3\\~^]|ㅇ[ㅅㅁㅂ_.]|'[ㅅㅁ]'|[oO0]_",
    ),
    _plain(
        "smiles",
        emoticons.remove_smiles,
        "[:;]-?[()DPp]|=\\)|<3|OTL|otl|OTZ|ORZ|Orz|orz|XD|xD|[乃凸]",
    ),
    _plain("pictures", emoticons.remove_pictures, f";|{_OTHER}"),
    Rule(
        "brackets",
        lambda text, options: brackets.strip_brackets(text),
        "\\(",
        applies=lambda options: options.paren == "strip",
    ),
)
_CHARACTERS = (
    Rule("laughter", lambda text, options: laughter.collapse_laughter(text, options.laugh), "[ㅋㅎㅠㅜ]|키키|크크"),
    Rule("repeats", lambda text, options: punctuation.shorten_repeats(text), "", triples=True),
    Rule(
        "punctuation",
        lambda text, options: punctuation.shorten_marks(text, options.ellipsis),
        "[.…‥] ?[.…‥]|[…‥]|,,|··|[!?][!?]|\\~\\~|==|\\*\\*|__|##|\\|\\||//|\\\\\\\\|<<|>>|\\^\\^|\\$\\$|%%|&&|@@|--",
    ),
    _plain(
        "foreign",
        punctuation.remove_foreign,
        "[^가-힣ㄱ-ㅎㅏ-ㅣA-Za-z0-9\u00c0-\u024f一-鿿\\n .,!?\\~…'\"()\\[\\]:/%+\\&@#·°℃₩$€=<>*\\-]",
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
        "  |^ | $| [.,!?…)]|\\( |\\n|^,",
    ),
    _refusal("says_nothing", punctuation.says_nothing, "no Hangul is left to answer with", "\\[", "[가-힣ㄱ-ㅊㅌㅍ]"),
)
_PUBLISHED = (
    _refusal("published_media", published.has_media, "the row held a picture or a link", "#@시스템#사진#|@URL"),
    _plain("published_lower_case", punctuation.lower_case, f"[A-Z]|{_OTHER}"),
    _plain("published_brackets", published.delete_brackets, "\\("),
    Rule(
        "published_placeholders",
        lambda text, options: published.fill_placeholders(text, _name(options)),
        "#@",
    ),
    _plain("published_foreign", published.space_foreign, "[^ㄱ-ㅎㅏ-ㅣ가-힣a-z0-9.,!?\\~ ]"),
    _plain("published_runs", published.collapse_runs, "키키|ㅋㅋ|ㅎㅎ|[ㅠㅜ][ㅠㅜ]|\\.\\.|!!|\\?\\?"),
    _plain("published_spaces", published.collapse_spaces, "  |^ | $|\\n"),
)

_STAGES = (
    (_UNICODE, _UNICODE_STAGE),
    (_PLACEHOLDERS, "#@"),
    (_PERSONAL, _PERSONAL_STAGE),
    *((group, "") for group in (_BOILERPLATE, _FACES, _CHARACTERS, _PUBLISHED)),
)
RULES: Mapping[str, Rule] = {rule.name: replace(rule, stage=stage) for rules, stage in _STAGES for rule in rules}
