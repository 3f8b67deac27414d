"""Character references and tags that came along from a page (cleaning spec, section 1, steps 2 and 4)."""

import re

_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "nbsp": " ", "middot": "·", "hellip": "…"}
_REFERENCE = re.compile(r"&(lt|gt|amp|quot|apos|nbsp|middot|hellip);|&#(\d{1,7});|&#[xX]([0-9a-fA-F]{1,6});")
_LINE_TAG = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li)>")
_KNOWN_TAG = re.compile(
    r"(?i)</?(?:p|div|span|a|b|i|u|em|strong|font|img|ul|ol|li|table|tbody|tr|td|th|blockquote|h[1-6])"
    r"(?:\s[^<>]*)?/?>"
)


def decode_references(text: str) -> str:
    """Decode each character reference once, left to right; impossible code points vanish.

    >>> decode_references("&amp;lt; &#44032;")
    '&lt; 가'
    """
    return _REFERENCE.sub(_referred, text)


def _referred(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return "" if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


def remove_tags(text: str) -> str:
    r"""Make a line end of the tags that end a line and delete the other known ones; titles stay.

    >>> remove_tags('<b>중요</b>한 <기생충><br/>끝')
    '중요한 <기생충>\n끝'
    """
    return _KNOWN_TAG.sub("", _LINE_TAG.sub("\n", text))
