"""One case for a sentence of the cleaning spec, its expectation worked out by hand; and any text at all."""

from typing import Any

import pytest
from hypothesis import given, settings

from cleaning.clean import clean_text
from cleaning.options import Options, read_options
from cleaning.recipe import Recipe
from tests.cleaning import literal_spec
from tests.cleaning.texts import OPTIONS, TEXTS

CHATHUMAN = {"laugh": "unify", "lower": True, "ellipsis": ".."}
CASES: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    # 1
    "a numeric reference may name a tag": ("가&#60;b&#62;나", "가나", {}),
    "capital X reference": ("가&#X41;나", "가A나", {}),
    "reference with eight digits is none": ("가&#00000065;나", "가&#00000065 나", {}),
    "line break tags in capitals": ("가<BR >나</LI>다", "가\n나\n다", {"newline": "keep"}),
    "full-width tag stays": ("가＜b＞나", "가<b>나", {}),
    "tag with attributes": ("<a href='x' target=_blank>여기</a> 봐", "여기 봐", {}),
    "tag-like word stays": ("<bold> 글씨", "<bold> 글씨", {}),
    "half-width syllable parts": ("\uffa1\uffc2 그래", "ㄱㅏ 그래", {}),
    "two filler sequences": ("\u3164ㄱㅏ\u3164\u3164ㄴㅓㄲ", "가넊", {}),
    "NFC leaves a lone ㅋㅠ": ("그래ㅋㅠ", "그래ㅋㅠ", {}),
    "title marks of different kinds": ("「토지〉와 《미생", '"토지"와 미생', {}),
    "wave and middle dots": ("10〜20∙30⋅40명", "10~20·30·40명", {}),
    "ideographic stops": ("그래。응、네", "그래.응,네", {}),
    "doubled marks": ("진짜⁉ 뭐⁈ 와‼", "진짜?! 뭐?! 와!", {}),
    "keycap without a selector": ("3\u20e3번 #\u20e3태그", "3번 태그", {}),
    # 2
    "system mark within text": ("가 #@시스템# 나", None, {}),
    "mixed case link mark": ("가 #@Url#", None, {}),
    "sticker detail before another mark": ("응#@이모티콘#하트##@전번#", "응 [전화번호]", {}),
    "eleven characters are no mark": ("#@가나다라마바사아자차카#야", "#@가나다라마바사아자차카#야", {}),
    "place and others": ("#@장소#에서 #@기타#를 #@주소#", "[장소]에서 [기타]를 [주소]", {}),
    # 3
    "야 is always a call": ("#@이름#야", "지훈아", {"name_pool": ["지훈"]}),
    "이야 is the copula": ("나 #@이름#이야", "나 지우야", {"name_pool": ["지우"]}),
    "이 is the subject": ("#@이름#이 왔어", "지우가 왔어", {"name_pool": ["지우"]}),
    "call-suffix stays after a consonant": ("#@이름#이네 집", "민준이네 집", {"name_pool": ["민준"]}),
    "call-suffix goes after a vowel": ("#@이름#이부터 해", "지우부터 해", {"name_pool": ["지우"]}),
    "rieul keeps other pairs": ("#@이름#는 #@이름#를", "한결은 한결을", {"name_pool": ["한결"]}),
    "rieul before 로도": ("#@이름#으로도 돼", "한솔로도 돼", {"name_pool": ["한솔"]}),
    "with and topic": ("#@이름#과는 달라", "지우와는 달라", {"name_pool": ["지우"]}),
    "past copula": ("#@이름#였어", "민준이었어", {"name_pool": ["민준"]}),
    "polite copula": ("#@이름#예요", "민준이에요", {"name_pool": ["민준"]}),
    "even": ("#@이름#라도 불러", "민준이라도 불러", {"name_pool": ["민준"]}),
    "quoted name": ("#@이름#이라고 해", "예나라고 해", {"name_pool": ["예나"]}),
    "longer continuation stays": ("#@이름#이라던데", "예나이라던데", {"name_pool": ["예나"]}),
    "particle before a mark": ("#@이름#을!", "예나를!", {"name_pool": ["예나"]}),
    # 4
    "mail after a plus sign": ("가 +a.b@c.kr 나", "가 +a.[이메일] 나", {}),
    "spoken mail without a dot": ("abc12@다음 이야", "[이메일] 이야", {}),
    "spoken mail too short": ("ab@다음 이야", "ab@다음 이야", {}),
    "link in capitals": ("HTTPS://A.KR/B 봐", "봐", {}),
    "link before a quote": ("'http://a.kr/x' 봐", "' ' 봐", {}),
    "token mode gives marks back": ("(www.a.kr/x). 봐", "([링크]). 봐", {"url": "token", "paren": "keep"}),
    "domain with a port": ("a.kr:8080/x 로 와", "로 와", {}),
    "domain glued to letters is none": ("a.komi 봐", "a.komi 봐", {}),
    "country domain needs a path": ("a.tv 랑 a.tv/x 봐", "a.tv 랑 봐", {}),
    "resident number with a blank": ("저는 900101 2234567 이요", "저는 [주민등록번호] 이요", {}),
    "month thirteen is none": ("저는 901301-2234567 이요", "저는 901301-2234567 이요", {}),
    "card with blanks": ("카드 1234 5678 9012 3456 요", "카드 [카드번호] 요", {}),
    "card with two separators is none": ("카드 1234-5678 9012-3456", "카드 1234-5678 9012-3456", {}),
    "mobile in one run": ("01012345678로", "[전화번호]로", {}),
    "old mobile": ("011.234.5678 이야", "[전화번호] 이야", {}),
    "mixed spelled mobile": ("영1영-일이34-오육칠팔 로 해", "[전화번호] 로 해", {}),
    "landline without a separator is none": ("023456789 이야", "023456789 이야", {}),
    "internet phone": ("070-1234-5678 이야", "[전화번호] 이야", {}),
    "account in one run": ("카카오뱅크 3333012345678 로", "카카오뱅크 [계좌번호] 로", {}),
    "account too far from the bank": (
        "은행에서 오늘 오후에 받은 건 110-123-456789",
        "은행에서 오늘 오후에 받은 건 110-123-456789",
        {},
    ),
    "date behind a bank word": ("입금 2023-05-17 했어", "입금 2023-05-17 했어", {}),
    "list around a bank word": ("주민 9001011234567 계좌 9001011234567", "주민 [주민등록번호] 계좌 [계좌번호]", {}),
    "plate in one run": ("123가4567 봤어", "[차량번호] 봤어", {}),
    "commercial plate without a region": ("34바 5678 봤어", "34바 5678 봤어", {}),
    "messenger id with a colon": ("텔레: some_id1 로", "텔레: [계정] 로", {}),
    "messenger id too short": ("카톡 id abc 야", "카톡 id abc 야", {}),
    "handle after Hangul is none": ("나@handle 이야", "나@handle 이야", {}),
    # 5
    "empty post with blanks": ("  내용없음 ~", None, {}),
    "empty post is the whole text": ("냉무 아님", "냉무 아님", {}),
    "buttons with counts": ("좋네요\n베플 3\n신고", "좋네요", {"site": "pann"}),
    "addition without brackets": ("추가글: 고마워요", "고마워요", {"site": "pann"}),
    "addition as a word": ("추가 질문이요", "추가 질문이요", {"site": "pann"}),
    "addition stays for kin": ("[추가] 고마워요", "[추가] 고마워요", {"site": "kin"}),
    "greeting, then introduction": ("반갑습니다. 세무사 김철수입니다! 신고하세요.", "신고하세요.", {"site": "kin"}),
    "read the question": ("질문하신 내용 잘 읽었습니다. 됩니다.", "됩니다.", {"site": "kin"}),
    "ask at the front": ("빠른 답변 부탁드려요. 배가 아파요.", "배가 아파요.", {"site": "kin"}),
    "closings after laughter": ("됩니다. 좋은 하루 되세요 ㅎㅎ", "됩니다.", {"site": "kin"}),
    "lists need a site": ("안녕하세요. 됩니다. 감사합니다.", "안녕하세요. 됩니다. 감사합니다.", {}),
    "pann does not greet": (
        "안녕하세요. 음슴체 쓸게요. 싸웠음.",
        "안녕하세요. 음슴체 쓸게요. 싸웠음.",
        {"site": "pann"},
    ),
    "pann excuse at the end": ("싸웠음. 오타 많아도 이해해줘", "싸웠음.", {"site": "pann"}),
    "all boilerplate": ("안녕하세요. 내공 100 걸어요", None, {"site": "kin"}),
    # 6
    "crying with sweat": ("아 ㅠ.ㅠ;; 진짜", "아 ㅠㅠ 진짜", {}),
    "crying in Latin brackets": ("아(T_T;)", "아ㅠㅠ", {}),
    "stars between faces": ("좋아 ^^*^^* 굿", "좋아 굿", {}),
    "star face and waves": ("*_* ~.~ 봐", "봐", {}),
    "wave beside another": ("가~~.~나", "가 나", {}),
    "grin ladder": ("하 ㅎㅅㅎ ㅎㅁㅎ 네", "하 네", {}),
    "equals face": ("뭐=_=;; 야", "뭐 야", {}),
    "face at a title": ("<기생충>_< 봐", "<기생충 봐", {}),
    "face between titles": ("<가>~<나> 봐", "<가>~<나> 봐", {}),
    "fish face": ("그래 >< 응", "그래 응", {}),
    "round eyes in a word": ("aO_Oa 야", "aO Oa 야", {}),
    "swirly eyes": ("@_@ 어지러워", "어지러워", {}),
    "smile after a letter is none": ("OK:) 그래", "OK:) 그래", {}),
    "smile with two mouths": ("그래 :))) 응", "그래 응", {}),
    "smile in an open bracket": ("응(그래 ;)) 나", "응 나", {}),
    "bracket after a colon": ("시간:(오후) 3시", "시간: 3시", {}),
    "tongue": ("메롱 :P ;-D 끝", "메롱 끝", {}),
    "glued grins in lower case": ("가:D:D 나", "가 :d 나", {"lower": True}),
    "glued grins": ("가:D:D 나", "가 나", {}),
    "heart in a title": ("<3 들> 봐 <3", "<3 들> 봐", {}),
    "letters that only look like faces": ("HOTL XDA", None, {}),
    "arrows": ("가→나 ⬆ 다", "가 나 다", {}),
    # 7
    "token outside is no Hangul": ("[강추] (좋아요)", "[강추] 좋아요", {}),
    "particle behind a blank": ("배우(공유) 는 좋아", "배우(공유) 는 좋아", {}),
    "particle in a longer word": ("배우(공유)는데 좋아", "배우는데 좋아", {}),
    "이 behind a blank is none": ("배우(공유) 이 사람", "배우 이 사람", {}),
    "bracket without content": ("진짜(!?)는 좋아", "진짜는 좋아", {}),
    "Han counts as content": ("나라(國)를 위해", "나라(國)를 위해", {}),
    "unpaired brackets stay": ("가) 나 (다", "가) 나 (다", {}),
    "tokens in brackets go": ("전화(010-1234-5678)해", "전화해", {}),
    # 8
    "laugh and cry before Hangul": ("ㅋ큐브 좋아", "ㅋ큐브 좋아", {}),
    "big letters": ("크크크 웃겨", "ㅋㅋ 웃겨", {}),
    "big letters with a particle": ("키키랑 놀아", "키키랑 놀아", {}),
    "laugh over spaces": ("아 ㅋ ㅋ  ㅋ 그래", "아 ㅋㅋ 그래", {}),
    "abbreviation at both sides": ("ㅇㅋㅋㅋ ㅎㄷㄷ", "ㅇㅋㅋ ㅎㄷㄷ", {}),
    "crying over spaces": ("아 ㅠ ㅜ 그래", "아 ㅠㅠ 그래", {}),
    # 9 to 12
    "vowel runs": ("아ㅏㅏㅏㅏ", "아ㅏㅏ", {}),
    "middle dots": ("가··나", "가…나", {}),
    "dot and ellipsis": ("가. …나", "가…나", {}),
    "separators of two kinds": ("가=-나", "가=-나", {}),
    "commas of a list": ("가,나", "가,나", {}),
    "rare letters go": ("가ħ나 ẞ다 ☎", "가ħ나 다", {}),
    "space inside brackets": ("( 그래 ) 응", "응", {}),
    "leading commas": (", ,그래", "그래", {}),
    "line that ends before a mark": ("그래\n! 응", "그래! 응", {}),
    "lines stay apart": ("그래\n! 응", "그래\n! 응", {"newline": "keep"}),
    "face found after lower case": ("아 Otl", "아", {"lower": True}),
    "tastes together": ("ㅎㅎ OK… ㅎ.ㅎ 끝", "ㅋㅋ ok.. ㅋㅋ 끝", CHATHUMAN),
    "abbreviations answer": ("ㅁㅊ", "ㅁㅊ", {}),
    "vowels say nothing": ("ㅏㅏ ㅡ", None, {}),
}


@pytest.mark.parametrize(("text", "expected", "opts"), CASES.values(), ids=CASES)
def test_a_sentence_of_the_spec(text: str, expected: str | None, opts: dict[str, Any], dialogue_recipe: Recipe) -> None:
    options = read_options(opts)
    assert literal_spec.clean(text, options) == expected
    assert clean_text(text, dialogue_recipe, options=options).text == expected


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, options=OPTIONS)
def test_any_text_comes_out_as_the_spec_has_it(text: str, options: Options, dialogue_recipe: Recipe) -> None:
    assert clean_text(text, dialogue_recipe, options=options).text == literal_spec.clean(text, options)
