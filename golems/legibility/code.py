"""Whether a text is code, markup or data rather than sentences."""

from __future__ import annotations

import re

LOOKED_AT = 2000  # characters
# What sentences never hold. Reviews off the web do hold <br>, <p>, <b> and <a>, and emoticons.
SIGNS = re.compile(
    r"""
    \b(?:def|fn|func|function)\s+\w+\s*\( | \bfunction\s*\( | \bclass\s+\w+\s*[:({]\s*(?:\n|$|\w)
    | \b(?:const|let|var)\s+\w+\s*=[^=] | ^\s*import\s+[\w.*{]+(?:\s+as\s+\w+)?\s*;?\s*$
    | ^\s*from\s+[\w.]+\s+import\s | \#include\s*[<"] | ^\s*using\s+[\w.]+;
    | \b(?:public|private|static|void|int|float|double|bool|char|string)\s+\w+\s*[=;(]
    | \b(?:if|for|while|switch)\s*\([^)]*[=<>!;&:][^)]*\) | \b(?:for|while)\s+.+\s+do\s*$
    | \b(?:for|if|elif|while|with|try)\b[^.!?\n]*:\s*\n\s+ | \bfor\s+\w+\s+in\s+\w+[:(.\[]
    | \breturn\s+[\w.]*[;(\[{] | \blambda\s+\w+\s*: | \b(?:print|printf|println!?|puts|echo)\s*\(
    | \w\.\w+\([^)]*\) | \w\(\)\s*[;.{)] | \w\[(?:\d+|"\w+"|'\w+'|\w|\w*:\w*)\]
    | [\w\])"']\s?(?:===?|!=|<=|=>|->|:=|\+=|-=|&&|\|\||::|<<|>>)\s?[\w(\["'&*{]
    | \b[A-Za-z_]\w*\s?=\s?(?:[\w.]+\(|["'\[{]|\d+\s*;?$|\w+\s*[-+*/]\s*\w)
    | ^\s*[\[{].*"\s*:\s*.*[\]}]\s*$ | ^\s*\w[\w-]*:\s*[|>{\[] | \{\s*[\w-]+\s*:[^}]*;?\s*\}
    | \b(?:SELECT|DELETE)\b.+\bFROM\b | \bINSERT\s+INTO\b | \bCREATE\s+(?:TABLE|INDEX)\b
    | \bUPDATE\s+\w+\s+SET\b | \b(?:ALTER|DROP)\s+TABLE\b
    | </?(?:div|span|html|body|head|script|style|table|t[rdh]|[uo]l|li|h[1-6]|img|input|form
        |title|button|svg|path|\?xml)\b[^>]*> | <(\w+)(?:\s[^<>]*)?>[^<>]*</(?!b|i|p|a|em)\1>
    | ^\s*(?:\$\s+)?(?:sudo|git|pip|docker|npm|curl|chmod|grep|rm|mkdir|apt-get|apt|ls|cd|cat|ssh
        |tar|find
        |kubectl|wget|mv|cp)\s+(?:-|/|\.
        |[\w-]+\s+[-./]|[\w-]+\s*$|[\w-]+\s+install\b)
    | \s\|\s*(?:grep|awk|sed|xargs|wc|sort)\b
    | ^\#!/ | ^Traceback\b | \bFile\s".+",\sline\s\d+ | ^\w+(?:Error|Exception):\s
    | ^\s*[\w.-]+@@|^@@\s-\d | \\(?:frac|begin|sum|int|alpha)\b | ^(?=\S*\d)(?=\S*[A-Za-z])\S{16,}$
    | ^\s*0x[\dA-Fa-f]+\s*$
    """,
    re.VERBOSE | re.MULTILINE,
)


def is_code(text: str) -> bool:
    """Whether a text holds what sentences never do."""
    return SIGNS.search(text[:LOOKED_AT]) is not None
