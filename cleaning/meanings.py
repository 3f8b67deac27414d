"""What each rule and filter does, in a short phrase for reports."""

from collections.abc import Mapping
from typing import Final

# Rules of the recipes that rewrite a text.
_REWRITES: Final = {
    "references": "HTML references such as &amp; become their character",
    "white_space": "every kind of blank and line end becomes a plain one",
    "tags": "HTML tags are taken out",
    "width": "full-width letters become plain ones",
    "hangul": "split Hangul is put together (NFC)",
    "marks": "quotes, dashes and dots of all shapes become plain ones",
    "jamo": "conjoining jamo become free-standing ones",
    "invisible": "control and invisible characters are taken out",
    "stickers": "sticker placeholders are taken out",
    "names": "name placeholders become a given name, one for a whole dialogue",
    "real_names": "people's names in free text become a given name (opt-in)",
    "placeholders": "other placeholders become a token such as [전화번호]",
    "emails": "mail addresses are masked",
    "links": "links are taken out, or become [링크]",
    "resident_numbers": "resident numbers are masked",
    "cards": "card numbers are masked",
    "phones": "phone numbers are masked",
    "bank_accounts": "bank accounts are masked",
    "plates": "car plates are masked",
    "messengers": "messenger accounts are masked",
    "buttons": "labels of the site's buttons are taken out",
    "ends": "the site's stock phrases at the start and end are cut",
    "crying": "crying faces become ㅠㅠ",
    "faces": "faces made of signs are taken out",
    "smiles": "Western smileys are taken out",
    "pictures": "emoji and pictures are taken out",
    "brackets": "round brackets are taken out with what they hold",
    "laughter": "runs of ㅋ, ㅎ and ㅠ are shortened",
    "repeats": "a syllable many times running is shortened",
    "punctuation": "runs of marks are shortened",
    "foreign": "characters that Korean chat does not use are taken out",
    "lower_case": "Latin letters become small ones",
    "tidy": "blanks are set right",
    "published_lower_case": "Latin letters become small ones, as published",
    "published_brackets": "round brackets are deleted, as published",
    "published_placeholders": "placeholders are filled or deleted, as published",
    "published_foreign": "other characters become a blank, as published",
    "published_runs": "runs of laughter and marks are shortened, as published",
    "published_spaces": "blanks are set right, as published",
}
# Filters that change nothing: they mark a kept dialogue.
_MARKS: Final = {"profanity": "a turn holds abusive words; the row is kept"}
# Rules, filters and steps that drop a dialogue.
_DROPS: Final = {
    "broken": "a replacement character shows that text was lost",
    "lost_content": "the content was a file or a link, not text",
    "published_media": "the row held a picture or a link, as published",
    "empty_post": "the post only says that it has no text",
    "says_nothing": "no Hangul is left to answer with",
    "empty": "nothing is left of the text",
    "no_answer": "no user turn is followed by an answer",
    "unreadable": "the row could not be read",
    "ai_answer": "an AI wrote the answer",
    "seller_answer": "a seller wrote the answer",
    "question_too_short": "the question has fewer than two Hangul letters",
    "answer_too_short": "the answer has fewer than two Hangul letters",
    "off_language": "less than 30 % of the letters are Hangul",
    "copied_question": "the answer only repeats the question",
    "evaluation_overlap": "overlaps with an evaluation set",
    "near_duplicate": "nearly the same as an earlier dialogue, which stays",
    "split_conflict": "linked to dialogues on two sides of the split",
}

MEANINGS: Final[Mapping[str, str]] = {**_REWRITES, **_MARKS, **_DROPS}
