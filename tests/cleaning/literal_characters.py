"""Sections 6 to 11 of the cleaning spec, written down literally."""

import re

from cleaning.options import Options

TOKEN = r"\[[가-힣]+\]"


def characters(text: str, options: Options) -> str:
    text = emoticons(text)
    if options.paren == "strip":
        text = brackets(text)
    return tidy(repeats(laughter(text, options), options), options)


def emoticons(text: str) -> str:
    x = "[ㅠㅜ][_.,^oㅁㅂㅅㅇㅡ-]+[ㅠㅜ];*"
    text = re.sub(rf"\({x}\)|{x}", "ㅠㅠ", text)
    x = r"T[_.^-]+T;*"
    text = re.sub(rf"\({x}\)|(?<![A-Za-z]){x}(?![A-Za-z])", "ㅠㅠ", text)
    for p in (
        r"\**\^[_.oO0ㅁㅇㅅㅂㅡ3~*&-]*\^+[;*]*",
        r"[+][_.]+[+];*",
        r"\*[_.]+\*;*",
        r"(?<!~)~[_.]+~(?!~);*",
        r"ㅎ[ㅅㅁ]ㅎ",
        r"-[_.]+-;*",
        r"ㅡ[_.,^ㅅㅁㅇ]*ㅡ+[;^]*",
        r"=[_.]+=;*",
    ):
        text = re.sub(rf"\({p}\)|{p}", " ", text)
    p = r">[_.ㅅㅁㅂㅇoO3~^]+<;*"
    text = re.sub(rf"\({p}\)|{p}", lambda m: m[0] if between_titles(m) else " ", text)
    for p in (
        r"><(?![가-힣A-Za-z0-9]);*",
        r"ㅇ[ㅅㅁㅂ_.]+ㅇ;*",
        r"'[ㅅㅁ]'",
        r"(?<![A-Za-z0-9])[oO0]_+[oO0](?![A-Za-z0-9])",
        r"@[._]+@;*",
    ):
        text = re.sub(rf"\({p}\)|{p}", " ", text)
    text = "\n".join(smiles(line) for line in text.split("\n"))
    text = re.sub(r"(?<![A-Za-z0-9])(?::-?\(+(?![^()\n]*\))|[:;]-?[DPp](?![A-Za-z0-9]))", " ", text)
    text = re.sub(r"<3+(?!\d)(?![^<>\n]*>)", " ", text)
    text = re.sub(r"(?<![A-Za-z])(?:OTL|otl|OTZ|ORZ|Orz|orz|XD|xD)(?![A-Za-z])", " ", text)
    text = re.sub("[乃凸]", " ", text)
    text = re.sub(
        "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
        "\U0001f000-\U0001faff]+",
        " ",
        text,
    )
    return re.sub(";+", " ", text)


def between_titles(match: re.Match[str]) -> bool:
    title = r"<[^\s<>](?:[^<>\n]*[^\s<>])?>"
    bare = match[0].strip("();")
    start = match.start() + match[0].index(bare)
    before, after = match.string[: start + 1], match.string[start + len(bare) - 1 :]
    return bool(re.search(title + r"\Z", before) and re.match(title, after))


def smiles(line: str) -> str:
    """Take the faces with `)` out of one line, from the left, minding what is open."""
    out, place, opened = "", 0, 0
    while place < len(line):
        sad = re.compile(r":-?\(+").match(line, place)
        face = re.compile(r"(?<![A-Za-z0-9])(?:[:;]-?|=)\)+").match(line, place)
        if sad:
            out, place = out + sad[0], sad.end()
        elif face:
            ends = min(opened, face[0].count(")"))
            out += (" " if face[0].count(")") > ends else face[0].rstrip(")")) + ")" * ends
            opened, place = opened - ends, face.end()
        else:
            c = line[place]
            opened = opened + 1 if c == "(" else max(0, opened - 1) if c == ")" else opened
            out, place = out + c, place + 1
    return out


def brackets(text: str) -> str:
    partner: dict[int, int] = {}
    opened: list[int] = []
    for place, c in enumerate(text):
        if c == "\n":
            opened = []
        elif c == "(":
            opened.append(place)
        elif c == ")" and opened:
            partner[opened.pop()] = place
    outer = [(a, b) for a, b in partner.items() if not any(x < a and b < y for x, y in partner.items())]
    inside = {place for a, b in outer for place in range(a, b + 1)}
    outside = "".join(c for place, c in enumerate(text) if place not in inside)
    if not re.search("[가-힣]", re.sub(TOKEN, "", outside)):
        paired = {*partner, *partner.values()}
        return "".join(c for place, c in enumerate(text) if place not in paired)
    particle = "(?: ?(?:은|는|가|을|를|과|와|에|에서|에게|로|으로|이랑|랑)|이|의|도|만|이나|나)(?![가-힣])"
    for a, b in outer:
        if re.search("[가-힣A-Za-z0-9一-鿿]", text[a : b + 1]) and re.match(particle, text[b + 1 :]):
            inside -= set(range(a, b + 1))
    return "".join(c for place, c in enumerate(text) if place not in inside)


def laughter(text: str, options: Options) -> str:
    out = ""
    for place, c in enumerate(text):
        borrowed = "가" <= c <= "힣" and (ord(c) - 0xAC00) % 28 == 24 and c not in "엌녘읔"
        out += chr(ord(c) - 24) if borrowed and text[place + 1 : place + 2] == "ㅋ" else c
    text = re.sub("ㅋ+[큐쿠]+(?![가-힣])[ㅠㅜ]*", "ㅋㅋㅠㅠ", out)
    text = re.sub("(?<![가-힣])(?:키{2,}|크{2,})(?![가-힣])", "ㅋㅋ", text)
    text = re.sub(
        r"(?<![ㄱ-ㅊㅌㅍ])[ㅋㅎ](?:(?: *|_+|\.)[ㅋㅎ](?![ㄱ-ㅊㅌㅍ]))+",
        lambda m: "ㅋㅋ" if "ㅋ" in m[0] or options.laugh == "unify" else "ㅎㅎ",
        text,
    )
    return re.sub("[ㅠㅜ](?: *[ㅠㅜ])+", "ㅠㅠ", text)


def repeats(text: str, options: Options) -> str:
    text = re.sub(r"([가-힣ㄱ-ㅎㅏ-ㅣ])\1\1+", r"\1\1", text)
    text = re.sub("·{2,}", "…", re.sub(",{2,}", "…", text))
    text = re.sub("[.…‥](?: ?[.…‥])+|[…‥]", options.ellipsis, text)
    text = re.sub("[!?]{2,}", lambda m: m[0][0] if len(set(m[0])) == 1 else "?!", text)
    text = re.sub("~{2,}", "~", text)
    return re.sub(r"([=*_#|/\\<>^$%&@-])\1+", " ", text)


def tidy(text: str, options: Options) -> str:
    kept = "가-힣ㄱ-ㅎㅏ-ㅣA-Za-z0-9\u00c0-\u024f\u4e00-\u9fff\n " + re.escape(".,!?~…'\"()[]:/%+&@#·°℃₩$€=<>*-")
    text = re.sub(f"[^{kept}]+", " ", text)
    if options.lower:
        text = text.lower()
    lines: list[str] = []
    for line in text.split("\n"):
        line = re.sub(" +", " ", line)
        line = re.sub(" (?=[.,!?…)])", "", line)
        line = re.sub(r"(?<=\() ", "", line)
        lines.append(re.sub("^[, ]+", "", line.strip(" ")))
    return ("\n" if options.newline == "keep" else " ").join(line for line in lines if line)
