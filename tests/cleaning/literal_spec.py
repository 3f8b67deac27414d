"""The cleaning spec written down step by step, with no regard to speed: what the rules are held against.

Nothing here is shared with the rules: a slip in a shared pattern would otherwise pass unseen. Each function is a
section of the spec, each pattern as it stands there. A text with long runs takes very long; give it short ones.
"""

import re
import unicodedata

from cleaning.options import Options
from cleaning.text.names import choose_name
from tests.cleaning.literal_boilerplate import DropError, boilerplate, empty_post
from tests.cleaning.literal_characters import TOKEN, characters

JAMO_INITIAL = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
JAMO_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
JAMO_FINAL = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


CALL_SUFFIXED = "가 는 를 도 만 한테 에게 네 의 와 하고 처럼 보다 부터 까지"


def clean(text: str, options: Options) -> str | None:
    """The cleaned text, or None for a dropped one."""
    try:
        text = placeholders(unicode(text), options)
        text = personal(text, options)
        text = boilerplate(text, options)
        text = characters(text, options)
        while True:
            again = characters(personal(text, options), options)
            if again == text:
                break
            text = again
        empty_post(text)
    except DropError:
        return None
    return text if re.search("[가-힣ㄱ-ㅊㅌㅍ]", re.sub(TOKEN, "", text)) else None


def unicode(text: str) -> str:
    text = re.sub(
        r"&(lt|gt|amp|quot|apos|nbsp|middot|hellip);|&#\d{1,7};|&#[xX][0-9a-fA-F]{1,6};",
        lambda m: reference(m[0]),
        text,
    )
    if "\ufffd" in text:
        raise DropError("1.1")
    text = re.sub("\r\n|[\r\u2028\u2029\x85\v\f]", "\n", text)
    text = re.sub("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]", " ", text)
    text = re.sub(r"(?i)<br\s*/?>|</(?:p|div|li)>", "\n", text)
    tags = "p|div|span|a|b|i|u|em|strong|font|img|ul|ol|li|table|tbody|tr|td|th|blockquote|h[1-6]"
    text = re.sub(rf"(?i)</?(?:{tags})(?:\s[^<>]*)?/?>", "", text)
    text = "".join(narrow(c) for c in text)
    text = re.sub(
        f"\u3164([{JAMO_INITIAL}])([{JAMO_VOWEL}])([{JAMO_FINAL}\u3164])",
        lambda m: unicodedata.normalize(
            "NFC",
            chr(0x1100 + JAMO_INITIAL.index(m[1]))
            + chr(0x1161 + JAMO_VOWEL.index(m[2]))
            + ("" if m[3] == "\u3164" else chr(0x11A8 + JAMO_FINAL.index(m[3]))),
        ),
        text,
    )
    text = unicodedata.normalize("NFC", text)
    for those, one in (
        ("“”„‟″", '"'),
        ("‘’‚‛′´", "'"),
        ("‐‑‒–—―−", "-"),
        ("∼〜", "~"),
        ("・•ㆍᆞ∙⋅", "·"),
        ("￦", "₩"),
        ("\u11a2", "··"),
        ("。", "."),
        ("、", ","),
        ("○◯", "O"),
        ("‼", "!!"),
        ("⁇", "??"),
        ("⁈", "?!"),
        ("⁉", "!?"),
    ):
        for that in those:
            text = text.replace(that, one)
    text = re.sub("[「『《〈]([^「」『』《》〈〉\n]+)[」』》〉]", r'"\1"', text)
    text = re.sub("`([가-힣A-Za-z0-9][^`\n]*)`", r"'\1'", text)
    text = "".join(free(c) for c in text)
    text = re.sub("([0-9#*])\ufe0f?\u20e3", lambda m: m[1] if m[1] in "0123456789" else " ", text)
    return "".join(c for c in text if not invisible(ord(c)))


def reference(said: str) -> str:
    names = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "nbsp": " ", "middot": "·", "hellip": "…"}
    body = said[1:-1]
    if body in names:
        return names[body]
    code = int(body[2:], 16) if body[1] in "xX" else int(body[1:])
    return "" if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


def narrow(c: str) -> str:
    if "\uff01" <= c <= "\uff5e":
        return chr(ord(c) - 0xFEE0)
    if "\uffa1" <= c <= "\uffdc" and unicodedata.name(c, "").startswith("HALFWIDTH "):
        return unicodedata.lookup(unicodedata.name(c).removeprefix("HALFWIDTH "))
    return c


def free(c: str) -> str:
    code = ord(c)
    if 0x1100 <= code <= 0x1112:
        return JAMO_INITIAL[code - 0x1100]
    if 0x1161 <= code <= 0x1175:
        return JAMO_VOWEL[code - 0x1161]
    return JAMO_FINAL[code - 0x11A8] if 0x11A8 <= code <= 0x11C2 else c


def invisible(code: int) -> bool:
    single = (0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x180E, 0x20E3, 0x3164, 0xFEFF, 0xFFA0, 0x7F)
    ranges = ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFFF9, 0xFFFB))
    far = ((0xE000, 0xF8FF), (0xE0000, 0xE01EF), (0, 0x1F), (0x80, 0x9F))
    return code != 10 and (code in single or any(low <= code <= high for low, high in (*ranges, *far)))


def placeholders(text: str, options: Options) -> str:
    if "#@시스템#" in text or "#@url#" in text.lower():
        raise DropError("2.1")
    text = re.sub(r"#@이모티콘#(?:[^#@\s]{1,10}#(?!@))?", " ", text)
    text = names(text, choose_name(options.name_pool, seed=options.seed, doc=options.doc))
    known = "계정=계정 전번=전화번호 금융=금융정보 주소=주소 번호=번호 신원=신원 소속=소속 장소=장소 기타=기타"
    for pair in known.split():
        mark, token = pair.split("=")
        text = text.replace(f"#@{mark}#", f"[{token}]")
    return re.sub(r"#@[^#@\s]{1,10}#", " ", text)


def forms() -> dict[str, tuple[str, str]]:
    """Each listed written form → (after a final consonant, without)."""
    pairs = (
        "은/는 이/가 을/를 과/와 이랑/랑 으로/로 아/야 이나/나 이라/라 이라도/라도 이라고/라고 이라는/라는 "
        "이라서/라서 이면/면 이야/야 이에요/예요 이었어/였어 이다/다 이든/든"
    )
    listed: dict[str, tuple[str, str]] = {}
    for pair in pairs.split():
        closed, open_ = pair.split("/")
        for written in (closed, open_):
            listed.setdefault(written, (closed, open_))  # 아/야 stands before 이야/야
    for more in CALL_SUFFIXED.split(" "):
        listed["이" + more] = ("이" + more, more)
    listed["이예요"] = ("이에요", "예요")
    for closed, open_ in (("이랑", "랑"), ("으로", "로"), ("과", "와")):
        for more in "은는도만요":
            spoken = ("은" if open_ == "랑" else "는") if more in "은는" else more
            listed[closed + more] = listed[open_ + more] = (closed + spoken, open_ + spoken)
    for more in "는도만요":
        listed["이한테" + more] = ("이한테" + more, "한테" + more)
    return listed


def names(text: str, name: str) -> str:
    final = (ord(name[-1]) - 0xAC00) % 28
    parts = text.split("#@이름#")
    out = parts[0]
    for part in parts[1:]:
        for written, (closed, open_) in sorted(forms().items(), key=lambda item: -len(item[0])):
            if part.startswith(written) and not re.match("[가-힣]", part[len(written) :]):
                agreeing = closed if final and not (final == 8 and closed.startswith("으로")) else open_
                part = agreeing + part[len(written) :]
                break
        out += name + part
    return out


def personal(text: str, options: Options) -> str:
    text = re.sub(
        r"(?<![A-Za-z0-9_%+-])[A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}", "[이메일]", text
    )
    text = re.sub(
        r"(?<![A-Za-z0-9_%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{2,} ?@ ?(?:네이버|한메일|지메일|다음|네이트|핫메일)"
        r"(?: ?(?:점|쩜|닷) ?(?:컴|넷))?",
        "[이메일]",
        text,
    )
    u = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"
    for pattern in (
        rf"(?i)(?:https?|ftp)://{u}+",
        rf"(?i)(?<![A-Za-z0-9_-])www\.(?:[A-Za-z0-9-]+\.)+[A-Za-z]{{2,}}(?::\d+)?(?:[/?#]{u}*)?",
        r"(?i)(?<![A-Za-z0-9_-])(?:[A-Za-z0-9-]+\.)+(?:(?:com|net|org|kr|info|biz|app|dev|xyz|site|shop|store)"
        rf"(?![A-Za-z0-9])(?::\d+)?(?:[/?#]{u}*)?|(?:tv|gg|io|me|be|ly|gl|ai|link|to|cc|us|jp)/{u}+)",
    ):
        text = re.sub(pattern, lambda m: link(m, options.url), text)
    day = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    text = re.sub(rf"(?<!\d){day}(?: ?- ?| )[1-8](?:\d{{6}}|\*{{6}})(?![\d*])", "[주민등록번호]", text)
    text = re.sub(rf"(주민[^\d\n]{{0,10}}){day}[1-8]\d{{6}}(?!\d)", r"\1[주민등록번호]", text)
    text = re.sub(r"(?<!\d)\d{4}([- ])\d{4}\1\d{4}\1\d{4}(?!\d)", "[카드번호]", text)
    d, a = "[0-9공영일이삼사오육륙칠팔구]", r"0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\d)"
    for pattern in (
        r"(?<!\d)(?:\+?82[- .]?0?1[016789]|01[016789])[- .]?\d{3,4}[- .]?\d{4}(?!\d)",
        rf"(?<![0-9가-힣])[0공영][1일][0공영][- .]?{d}{{4}}[- .]?{d}{{4}}(?!\d)",
        rf"(?<!\d)(?:\({a}\) ?|{a}[-.])\d{{3,4}}[-. ]\d{{4}}(?!\d)",
    ):
        text = re.sub(pattern, "[전화번호]", text)
    banks = "계좌|입금|송금|은행|농협|신한|국민|우리|하나|기업|카카오뱅크|카뱅|토스|새마을금고|우체국|수협|신협"
    text = re.sub(
        rf"((?:{banks})[^\d\n]{{0,10}})(?<!\d)(?!(?:19|20)\d{{2}}-\d{{1,2}}-\d{{1,2}}(?![\d-]))"
        r"(?:\d{2,6}-\d{2,6}-\d{2,8}(?:-\d{1,3})?|\d{10,14})(?![\d-])",
        r"\1[계좌번호]",
        text,
    )
    text = re.sub(
        r"(?<!\d)\d{2,3}[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호] ?\d{4}"
        r"(?!\d| ?(?:원|억|만|천|년|개|명|점|회|%|g|kg|p|번))",
        "[차량번호]",
        text,
    )
    regions = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
    text = re.sub(rf"((?:{regions}) ?)\d{{2}}[아바사자배] ?\d{{4}}(?!\d)", r"\1[차량번호]", text)
    text = re.sub(
        r"((?:카카오톡|카톡|(?<![가-힣])라인|텔레그램|텔레|인스타그램|인스타) ?"
        r"(?:(?:아이디|id|ID) ?[:=은는]? ?|[:=] ?))([A-Za-z0-9][A-Za-z0-9._-]{3,29})",
        r"\1[계정]",
        text,
    )
    return re.sub(
        r"(?<![A-Za-z0-9가-힣@])@[A-Za-z0-9_][A-Za-z0-9_.]{1,28}[A-Za-z0-9_](?![A-Za-z0-9_.]*@)", "[계정]", text
    )


def link(match: re.Match[str], url: str) -> str:
    back = ""
    said = match[0]
    while said[-1] in ".,!?:;'\"()[]~":
        said, back = said[:-1], said[-1] + back
    glued = not back and re.match("[가-힣]", match.string[match.end() :])
    return ("[링크]" if url == "token" or glued else " ") + back
