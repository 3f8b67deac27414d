"""Our own cases for each section of the cleaning spec."""

from typing import Any

import pytest

from cleaning.clean import clean_text
from cleaning.options import read_options
from cleaning.recipe import Recipe

KEPT: dict[str, tuple[str, str, dict[str, Any]]] = {
    "reference decoded once": ("문제 &amp;lt;보기", "문제 &lt 보기", {}),
    "impossible code point vanishes": ("가&#x110000;나&#xD800;다", "가나다", {}),
    "named references": ("하나&middot;둘&hellip; 끝&nbsp;이야", "하나·둘… 끝 이야", {}),
    "line separators": ("하나\u2028둘\x0b셋\x85넷", "하나 둘 셋 넷", {}),
    "closing tag ends a line": ("<p>첫 줄</p><p>둘째</p>", "첫 줄\n둘째", {"newline": "keep"}),
    "unknown tag is a title": ("<올드보이> 추천", "<올드보이> 추천", {}),
    "full-width letters": ("ＡＢＣ 마트", "ABC 마트", {}),
    "filler sequence without a final": ("\u3164ㄱㅏ\u3164나", "가나", {}),
    "filler sequence that is none": ("가\u3164ㅏㄱㅏ", "가ㅏㄱㅏ", {}),
    "private use deleted": ("좋\ue000아", "좋아", {}),
    "keycap star": ("별*\ufe0f\u20e3표", "별 표", {}),
    "curly quotes": ("“응” ‘그래’ 5′", "\"응\" '그래' 5'", {}),
    "circle as a letter": ("○○아파트", "OO아파트", {}),
    "araea dots": ("음ᆢ 그래", "음… 그래", {}),
    "sticker beside a name": ("#@이모티콘##@이름#야", "민준아", {"name_pool": ["민준"]}),
    "money token": ("#@금융#로 보내", "[금융정보]로 보내", {}),
    "rieul before 으로는": ("#@이름#으로는 부족해", "한결로는 부족해", {"name_pool": ["한결"]}),
    "topic after 랑": ("#@이름#랑는 달라", "지훈이랑은 달라", {"name_pool": ["지훈"]}),
    "copula": ("나 #@이름#이예요", "나 지우예요", {"name_pool": ["지우"]}),
    "unlisted continuation": ("#@이름#에게서 왔어", "지우에게서 왔어", {"name_pool": ["지우"]}),
    "particle before ㅋ": ("#@이름#가ㅋ", "지훈이ㅋ", {"name_pool": ["지훈"]}),
    "mail with spoken domain": ("abcd1 @ 지메일 점 컴 으로", "[이메일] 으로", {}),
    "mail domain too short": ("a@b 는 아니야", "a@b 는 아니야", {}),
    "link with port and path": ("여기 www.a-b.co.kr:80/x?y=1 봐", "여기 봐", {}),
    "short domain without path": ("이거 youtu.be 아님", "이거 youtu.be 아님", {}),
    "given back mark is no glue": ("주소 a.com.이야", "주소.이야", {}),
    "comma left by a link": ("https://a.kr, 여기야", "여기야", {}),
    "resident number with stars": ("제 번호 900101-1****** 요", "제 번호 [주민등록번호] 요", {}),
    "resident number joined": ("주민번호 9001011234567", "주민번호 [주민등록번호]", {}),
    "joined digits alone stay": ("번호 9001011234567", "번호 9001011234567", {}),
    "area code in brackets": ("사무실 (031) 123-4567", "사무실 [전화번호]", {}),
    "list of accounts": ("신한 110-123-456789, 110-222-333333 로", "신한 [계좌번호], [계좌번호] 로", {}),
    "commercial plate": ("서울 12바 3456 봤어", "서울 [차량번호] 봤어", {}),
    "price is no plate": ("20나 3000원", "20나 3000원", {}),
    "handle": ("인스타는 @my_name.kr 이야", "인스타는 [계정] 이야", {}),
    "button lines": ("좋은 글\n추천 1,234\n반대", "좋은 글", {"site": "kin"}),
    "buttons stay without a site": ("좋은 글\n추천 12", "좋은 글 추천 12", {}),
    "addition mark": ("+추가+ 고마워요", "고마워요", {"site": "pann"}),
    "self-introduction needs a greeting": ("저는 의사입니다. 쉬세요.", "저는 의사입니다. 쉬세요.", {"site": "kin"}),
    "greeting within the introduction": ("안녕하세요 법무사 김법무입니다. 네 됩니다.", "네 됩니다.", {"site": "kin"}),
    "closing stays in the middle": ("감사합니다. 더 있어요. 감사합니다", "감사합니다. 더 있어요.", {"site": "kin"}),
    "closing asked is none": (
        "이거 맞나요. 궁금한 점은 댓글로 할까요?!",
        "이거 맞나요. 궁금한 점은 댓글로 할까요?!",
        {"site": "kin"},
    ),
    "empty units around": ("!!! 그래요. ㅋㅋ", "그래요.", {"site": "kin"}),
    "pann viewer": ("판은 처음이라 떨려요. 헤어졌어요.", "헤어졌어요.", {"site": "pann"}),
    "crying in brackets": ("아파(ㅠ.ㅠ;;)", "아파ㅠㅠ", {}),
    "latin beside T": ("AT_T 말고 T^T", "AT T 말고 ㅠㅠ", {}),
    "angry face": ("뭐 >ㅁ< 야", "뭐 야", {}),
    "two titles side by side": ("<가><나> 봐", "<가><나> 봐", {}),
    "smile takes only its own bracket": ("그래(웃음:)) 가자", "그래 가자", {}),
    "sad face": ("아파 :( 진짜", "아파 진짜", {}),
    "heart is no number": ("<3월> 좋아 <333", "<3월> 좋아", {}),
    "emoji between": ("가😀나", "가 나", {}),
    "nested bracket stays whole": ("이거(그(저)것)은 뭐", "이거(그(저)것)은 뭐", {}),
    "brackets over lines do not pair": ("(가\n나)", "(가\n나)", {"newline": "keep"}),
    "joined lines pair": ("응 (가\n나)", "응", {}),
    "empty bracket": ("정말()이야", "정말이야", {}),
    "brackets kept": ("정말(진짜)야", "정말(진짜)야", {"paren": "keep"}),
    "borrowed final": ("미쳨ㅋㅋ 부엌ㅋㅋ", "미쳐ㅋㅋ 부엌ㅋㅋ", {}),
    "laugh ends before an abbreviation": ("그래 ㅋㅋㄷㄷ", "그래 ㅋㅋㄷㄷ", {}),
    "laugh over underscores": ("아 ㅎ__ㅎ", "아 ㅎㅎ", {}),
    "unified laugh": ("아 ㅎㅎㅎ", "아 ㅋㅋ", {"laugh": "unify"}),
    "spaced dots": ("음. . . 그래", "음… 그래", {}),
    "two dots on request": ("음… 그래", "음.. 그래", {"ellipsis": ".."}),
    "separators": ("가 ---- 나 //", "가 나", {}),
    "foreign letters": ("안녕 привет 해", "안녕 해", {}),
    "lower case": ("OK 그래 É", "ok 그래 é", {"lower": True}),
    "lines kept": ("가\n\n 나 \n , 다", "가\n나\n다", {"newline": "keep"}),
    "lone surrogate": ("가\ud800나", "가 나", {}),
    "NUL": ("가\x00나", "가나", {}),
    "abbreviation kept": ("ㅇㅇ", "ㅇㅇ", {}),
}
DROPPED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "replacement character": ("깨\ufffd짐", "broken", {}),
    "replacement reference": ("깨&#xFFFD;짐", "broken", {}),
    "system turn": ("#@시스템#사진#", "lost_content", {}),
    "empty post": ("제목이 곧 내용.. ", "empty_post", {}),
    "empty post behind a face": ("ㅈㄱㄴ ^^", "empty_post", {}),
    "nothing but placeholders": ("#@계정# #@전번##@이모티콘##@몰라#", "says_nothing", {}),
    "laughter": ("ㅋㅋㅋ ㅎㅎ", "says_nothing", {}),
    "tokens": ("010-1234-5678 [강추]", "says_nothing", {}),
    "nothing": ("", "says_nothing", {}),
    "boilerplate only": ("감사합니다. 채택 부탁드려요!", "says_nothing", {"site": "kin"}),
}


@pytest.mark.parametrize(("text", "expected", "opts"), KEPT.values(), ids=KEPT)
def test_kept(text: str, expected: str, opts: dict[str, Any], dialogue_recipe: Recipe) -> None:
    assert clean_text(text, dialogue_recipe, options=read_options(opts)).text == expected


@pytest.mark.parametrize(("text", "rule", "opts"), DROPPED.values(), ids=DROPPED)
def test_dropped(text: str, rule: str, opts: dict[str, Any], dialogue_recipe: Recipe) -> None:
    cleaned = clean_text(text, dialogue_recipe, options=read_options(opts))
    assert cleaned.text is None
    assert cleaned.drop is not None
    assert cleaned.drop[0] == rule


def test_a_missing_text_is_dropped_as_empty(dialogue_recipe: Recipe) -> None:
    assert clean_text(None, dialogue_recipe).drop == ("empty", "the row has no text")
