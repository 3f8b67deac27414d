"""What a site lays around its content, and the replica does not: menu, side lists, scripts and a footer."""

import re

# No real page of either site is smaller; the replica's bare ones are 6 KiB.
FULL_BYTES = 17_000
_BODY = re.compile(rb"<body[^>]*>")
_MENU = "".join(f'<li class="gnb_item"><a href="/menu/{n}.naver?from=gnb">메뉴 {n}</a></li>' for n in range(30))
_SCRIPT = "".join(f'window.nclk&&nclk.do("area.{n}",function(e){{return e&&e.target||{{}};}});' for n in range(40))
_HEAD = f'<div id="gnb" role="banner"><ul class="gnb_list">{_MENU}</ul></div>'
_FOOT = f'<div id="footer" role="contentinfo"><p>이용약관 · 개인정보처리방침</p></div><script>{_SCRIPT}</script>'
_SIDE = '<li class="side_item"><em>{n}</em> <a href="/side/{n}" class="side">요즘 많이 보는 글 {n}</a></li>'


def surrounded(page: bytes) -> bytes:
    """Return a whole page with a menu before and side lists after its content, `FULL_BYTES` or a little more.

    A fragment (answers or comments asked for by script) has nothing around it and comes back as it is, and so does
    a page that is longer already.
    """
    opened = _BODY.search(page)
    ends = page.rfind(b"</body>")
    if opened is None or ends < 0:
        return page
    missing = FULL_BYTES - len(page) - len(_HEAD.encode()) - len(_FOOT.encode())
    rows = range(max(0, missing) // len(_SIDE.encode()))
    side = f'<div class="side" role="complementary"><ol>{"".join(_SIDE.format(n=n) for n in rows)}</ol></div>'
    head, content = page[: opened.end()], page[opened.end() : ends]
    return b"".join((head, _HEAD.encode(), content, side.encode(), _FOOT.encode(), page[ends:]))
