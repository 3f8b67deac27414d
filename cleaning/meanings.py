"""What each rule and filter does, in a short phrase for reports: English, Korean."""

from collections.abc import Mapping
from typing import Final

# Rules of the recipes that rewrite a text.
_REWRITES: Final = {
    "references": ("HTML references such as &amp; become their character", "&amp; 같은 HTML 참조를 제 글자로 되돌립니다"),
    "white_space": ("every kind of blank and line end becomes a plain one", "온갖 빈칸과 줄 끝을 보통 것으로 바꿉니다"),
    "tags": ("HTML tags are taken out", "HTML 태그를 뺍니다"),
    "width": ("full-width letters become plain ones", "전각 글자를 보통 글자로 바꿉니다"),
    "hangul": ("split Hangul is put together (NFC)", "풀어진 한글을 모아 씁니다(NFC)"),
    "marks": ("quotes, dashes and dots of all shapes become plain ones", "여러 모양의 따옴표, 줄표, 점을 보통 것으로 바꿉니다"),
    "jamo": ("conjoining jamo become free-standing ones", "첫가끝 자모를 낱자로 바꿉니다"),
    "invisible": ("control and invisible characters are taken out", "제어 문자와 보이지 않는 글자를 뺍니다"),
    "stickers": ("sticker placeholders are taken out", "이모티콘 자리표를 뺍니다"),
    "names": ("name placeholders become a given name, one for a whole dialogue", "이름 자리표를 대화마다 하나의 이름으로 바꿉니다"),
    "real_names": ("people's names in free text become a given name (opt-in)", "본문의 사람 이름을 다른 이름으로 바꿉니다(고를 때만)"),
    "placeholders": ("other placeholders become a token such as [전화번호]", "그 밖의 자리표를 [전화번호] 같은 토큰으로 바꿉니다"),
    "emails": ("mail addresses are masked", "메일 주소를 가립니다"),
    "links": ("links are taken out, or become [링크]", "링크를 빼거나 [링크]로 바꿉니다"),
    "resident_numbers": ("resident numbers are masked", "주민등록번호를 가립니다"),
    "cards": ("card numbers are masked", "카드번호를 가립니다"),
    "phones": ("phone numbers are masked", "전화번호를 가립니다"),
    "bank_accounts": ("bank accounts are masked", "계좌번호를 가립니다"),
    "plates": ("car plates are masked", "차량번호를 가립니다"),
    "messengers": ("messenger accounts are masked", "메신저 계정을 가립니다"),
    "buttons": ("labels of the site's buttons are taken out", "사이트 단추의 글귀를 뺍니다"),
    "ends": ("the site's stock phrases at the start and end are cut", "글머리와 글끝의 사이트 상투어를 자릅니다"),
    "crying": ("crying faces become ㅠㅠ", "우는 얼굴을 ㅠㅠ로 바꿉니다"),
    "faces": ("faces made of signs are taken out", "부호로 그린 얼굴을 뺍니다"),
    "smiles": ("Western smileys are taken out", "서양식 얼굴(:D)을 뺍니다"),
    "pictures": ("emoji and pictures are taken out", "이모지와 그림 문자를 뺍니다"),
    "brackets": ("round brackets are taken out with what they hold", "둥근 괄호를 속말과 함께 뺍니다"),
    "laughter": ("runs of ㅋ, ㅎ and ㅠ are shortened", "ㅋ, ㅎ, ㅠ가 잇달면 줄입니다"),
    "repeats": ("a syllable many times running is shortened", "같은 글자가 잇달면 줄입니다"),
    "punctuation": ("runs of marks are shortened", "잇단 문장 부호를 줄입니다"),
    "foreign": ("characters that Korean chat does not use are taken out", "한국어 대화에 쓰지 않는 글자를 뺍니다"),
    "lower_case": ("Latin letters become small ones", "로마자를 소문자로 바꿉니다"),
    "tidy": ("blanks are set right", "빈칸을 바로잡습니다"),
    "published_lower_case": ("Latin letters become small ones, as published", "로마자를 소문자로 바꿉니다(발표된 대로)"),
    "published_brackets": ("round brackets are deleted, as published", "둥근 괄호를 지웁니다(발표된 대로)"),
    "published_placeholders": ("placeholders are filled or deleted, as published", "자리표를 채우거나 지웁니다(발표된 대로)"),
    "published_foreign": ("other characters become a blank, as published", "다른 글자를 빈칸으로 바꿉니다(발표된 대로)"),
    "published_runs": ("runs of laughter and marks are shortened, as published", "잇단 웃음과 부호를 줄입니다(발표된 대로)"),
    "published_spaces": ("blanks are set right, as published", "빈칸을 바로잡습니다(발표된 대로)"),
}
# Filters that change nothing: they mark a kept dialogue.
_MARKS: Final = {"profanity": ("a turn holds abusive words; the row is kept", "욕설이 든 말차례가 있습니다(빼지 않음)")}
# Rules, filters and steps that drop a dialogue.
_DROPS: Final = {
    "broken": ("a replacement character shows that text was lost", "대체 문자(U+FFFD)가 있어 글이 깨졌습니다"),
    "lost_content": ("the content was a file or a link, not text", "내용이 글이 아니라 파일이나 링크였습니다"),
    "published_media": ("the row held a picture or a link, as published", "사진이나 링크가 든 행이었습니다(발표된 대로)"),
    "empty_post": ("the post only says that it has no text", "본문이 없다는 말뿐인 글입니다"),
    "says_nothing": ("no Hangul is left to answer with", "대답할 한글이 남지 않았습니다"),
    "restless": ("the rules still change the text after many rounds", "규칙을 거듭 적용해도 글이 멈추지 않고 바뀝니다"),
    "empty": ("nothing is left of the text", "글이 남지 않았습니다"),
    "no_answer": ("no user turn is followed by an answer", "물음 뒤에 답이 없습니다"),
    "unreadable": ("the row could not be read", "읽을 수 없는 행입니다"),
    "ai_answer": ("an AI wrote the answer", "AI가 쓴 답입니다"),
    "seller_answer": ("a seller wrote the answer", "판매자가 쓴 답입니다"),
    "question_too_short": ("the question has fewer than two Hangul letters", "질문의 한글이 두 글자가 못 됩니다"),
    "answer_too_short": ("the answer has fewer than two Hangul letters", "답의 한글이 두 글자가 못 됩니다"),
    "off_language": ("less than 30 % of the letters are Hangul", "글자 가운데 한글이 30 %가 못 됩니다"),
    "copied_question": ("the answer only repeats the question", "답이 질문을 되풀이할 뿐입니다"),
    "evaluation_overlap": ("overlaps with an evaluation set", "평가 자료와 겹칩니다"),
    "near_duplicate": ("nearly the same as an earlier dialogue, which stays", "앞선 대화와 거의 같습니다(앞선 것이 남음)"),
    "split_conflict": ("linked to dialogues on two sides of the split", "나눔의 두 쪽에 함께 이어져 있습니다"),
}

_BOTH: Final = {**_REWRITES, **_MARKS, **_DROPS}
MEANINGS: Final[Mapping[str, str]] = {name: english for name, (english, _) in _BOTH.items()}
KOREAN_MEANINGS: Final[Mapping[str, str]] = {name: korean for name, (_, korean) in _BOTH.items()}
