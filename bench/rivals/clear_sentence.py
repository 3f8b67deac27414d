"""The published `clear_sentence` of ChatHuman as one would write it: patterns compiled once, pandas row by row."""

import re

import pandas as pd

_BRACKETS = re.compile(r"\([^)]*\)")
_FOREIGN = re.compile("[^ㄱ-ㅎㅏ-ㅣ가-힣a-z0-9.,!?~ ]+")
_KIKI = re.compile("키키+")
_LAUGH = re.compile("ㅋ{2,}")
_GRIN = re.compile("ㅎ{2,}")
_CRY = re.compile("[ㅠㅜ]{2,}")
_DOTS = re.compile(r"\.{2,}")
_SHOUTS = re.compile("!{2,}")
_ASKS = re.compile(r"\?{2,}")
_SPACES = re.compile(" +")


def clear_sentence(text: str | None, name: str = "민준") -> str | None:
    """The published rules in their order; None for a dropped row."""
    if text is None or "#@시스템#사진#" in text or "@URL" in text:
        return None
    text = _BRACKETS.sub("", text.lower())
    text = text.replace("#@이름#", name).replace("#@이모티콘#", "")
    text = _FOREIGN.sub(" ", text)
    text = _KIKI.sub("ㅋㅋ", text)
    text = _LAUGH.sub("ㅋㅋ", text)
    text = _GRIN.sub("ㅋㅋ", text)
    text = _CRY.sub("ㅠㅠ", text)
    text = _DOTS.sub("..", text)
    text = _SHOUTS.sub("!", text)
    text = _ASKS.sub("?", text)
    return _SPACES.sub(" ", text).strip()


def clean_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows `id, text` with the text cleaned, dropped rows left out."""
    return frame.assign(text=frame["text"].map(clear_sentence)).dropna(subset=["text"])
