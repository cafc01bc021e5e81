"""Find values in a message: numbers, expressions, zones, quotes, people, topics."""

import re
from functools import cache
from zoneinfo import available_timezones

QUOTED = re.compile(r"[\"“”«»]([^\"“”«»]+)[\"“”«»]|'([^']{2,})'|`([^`]+)`")
NUMBER = re.compile(r"(?<![\w.])(?<!\w-)-?\d+(?:[.,]\d+)?(?![\w])")
FORMULA = (
    r"\b(?:sqrt|root|round|floor|ceil|abs|min|max|sum|average|factorial|gcd|lcm|exp|ln|log|log10"
    r"|sin|cos|tan)(?=\()"
)
EXPRESSION = re.compile(
    rf"(?:[-+(.\s]|{FORMULA}){{0,40}}\d(?:[\d\s.,_+\-*/%^()×÷−]|{FORMULA})*[\d)]", re.I
)
OPERATOR = re.compile(rf"[\d)]\s*(?:\*\*|[-+*/%^×÷−])\s*[-(.\da-z]|{FORMULA}", re.I)
ROOT = re.compile(r"(?:\bthe\s+)?\bsquare root of\s+(\d+(?:\.\d+)?)", re.I)
SLACK_USER = re.compile(r"<@([UW]\w+)(?:\|[^>]*)?>")
AT_NAME = re.compile(r"(?<!\w)@([\w][\w.\-]*)")
NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)*\b")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+\w")
URL = re.compile(r"https?://[^\s<>|]+")
DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z?)?\b")
DAY = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b", re.I
)
ABOUT = re.compile(r"\babout\s+(.+)", re.I | re.S)
TOPIC = re.compile(
    r"\b(?:for|on|of|mention(?:ed|ing|s)?|named|called|titled|contain(?:ing|s)?)\s+(.+)",
    re.I | re.S,
)
SPOKEN = (
    ("plus", "+"),
    ("minus", "-"),
    ("(?:times|multiplied by|x)", "*"),
    ("(?:divided by|over)", "/"),
    ("to the power of", "**"),
)
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
PERCENT = re.compile(r"(\d)\s*(?:%|percent)\s+of\s+(?=[\d(])", re.I)
SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-"})
PLACES = {
    "utc": "UTC",
    "gmt": "Etc/GMT",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "boston": "America/New_York",
    "washington": "America/New_York",
    "munich": "Europe/Berlin",
    "beijing": "Asia/Shanghai",
    "mumbai": "Asia/Kolkata",
    "delhi": "Asia/Kolkata",
    "bangalore": "Asia/Kolkata",
    "geneva": "Europe/Zurich",
    "barcelona": "Europe/Madrid",
}
STARTERS_WORDS = """
    What Who When Where Why How Is Are Do Does Did Can Could Please Tell Show Find Search Look
    Call Give The This That And Or My Your Our In At It If Then Hello Hi Hey Thanks Which
"""
STARTERS = frozenset(STARTERS_WORDS.split())


NUMERALS = (
    *("two", "three", "four", "five", "six", "seven"),
    *("eight", "nine", "ten", "eleven", "twelve"),
)


@cache
def places() -> dict[str, str]:
    """Map the city of each time zone, in small letters, to the zone's name."""
    found = {}
    for zone in sorted(available_timezones()):
        area, _, city = zone.rpartition("/")
        if area and area.partition("/")[0] not in ("Etc", "posix", "right", "SystemV", "US"):
            found[city.replace("_", " ").lower()] = zone
    return found | PLACES


def zones(text: str) -> list[str]:
    """Find time zones by name or by city, in order."""
    hits = {}
    for exact in re.finditer(r"\b[A-Z]\w+(?:/[A-Z][\w+-]+)+", text):
        if exact[0] in available_timezones():
            hits[exact.start()] = exact[0]
    low = re.sub(r"\S+/\S+", lambda path: " " * len(path[0]), text).lower()
    for word in re.finditer(r"[^\W\d]+(?:[ -][^\W\d]+)*", low):
        hits.update(cities(word[0], word.start()))
    return [hits[place] for place in sorted(hits)]


def cities(phrase: str, start: int) -> dict[int, str]:
    """Find cities of one to three words in a run of words."""
    known, found = places(), {}
    words = list(re.finditer(r"[^\W\d]+", phrase))
    taken = 0
    for first in range(len(words)):
        for last in range(min(first + 3, len(words)), max(first, taken), -1):
            if first < taken:
                break
            name = re.sub(r"-", " ", phrase[words[first].start() : words[last - 1].end()])
            if name in known:
                found[start + words[first].start()] = known[name]
                taken = last
                break
    return found


def expression(text: str) -> str | None:
    """Find an arithmetic expression; it has an operator between numbers, or a formula's name."""
    text = THOUSANDS.sub("", DATE.sub(" ", signed(text)))
    found = [hit[0].strip() for hit in EXPRESSION.finditer(text) if OPERATOR.search(hit[0])]
    if not found:
        return None
    best = max(found, key=len).translate(SIGNS)
    return balanced(best)


def signed(text: str) -> str:
    """Write operators as signs where they stand as words between numbers."""
    text = ROOT.sub(r"sqrt(\1)", PERCENT.sub(r"\1 / 100 * ", text))
    for pattern, sign in SPOKEN:
        text = re.sub(rf"(?<=[\d)])\s*{pattern}\s*(?=[\d(-])", f" {sign} ", text, flags=re.I)
    return text


def balanced(text: str) -> str:
    """Drop brackets that have no partner."""
    while text.count("(") > text.count(")") and "(" in text:
        text = text.replace("(", "", 1)
    while text.count(")") > text.count("("):
        text = text[::-1].replace(")", "", 1)[::-1]
    return text.strip()


def numbers(text: str) -> list[float]:
    """Find numbers, whole ones as whole numbers."""
    found = [float(hit[0].replace(",", ".")) for hit in NUMBER.finditer(text)]
    return [int(number) if number == int(number) else number for number in found]


def in_digits(text: str) -> str:
    """Write the numbers from two to twelve as digits."""
    for number, word in enumerate(NUMERALS, 2):
        text = re.sub(rf"\b{word}\b", str(number), text, flags=re.I)
    return text


def quoted(text: str) -> list[str]:
    """Find what stands in quotation marks."""
    return [next(filter(None, hit.groups())).strip() for hit in QUOTED.finditer(text)]


def people(text: str) -> list[str]:
    """Find people: mentions first, then capitalised names."""
    mentioned = SLACK_USER.findall(text) + AT_NAME.findall(EMAIL.sub(" ", text))
    if mentioned:
        return mentioned
    words = (hit[0].split() for hit in NAME.finditer(text))
    names = (" ".join(w for w in parts if w not in STARTERS) for parts in words)
    return [name for name in names if name]


def dates(text: str) -> list[str]:
    """Find dates: those in numbers first, then days by name."""
    return DATE.findall(text) + DAY.findall(text)


def spoken(name: str) -> str:
    """Give the pattern of a name as people write it, with spaces for underscores."""
    return re.escape(name).replace("_", "[ _]")


def beside(name: str, text: str) -> list[str]:
    """Find the number or code after a parameter's name: `A-1` in `ticket A-1`."""
    after = rf"\b{spoken(noun(name))}s?(?:\s+(?:id|key|number))?\s+#?(?=[\w.-]*\d)(\w[\w.-]*\w|\w)"
    return re.findall(after, text, re.I)


def upto_next_pair(text: str) -> str:
    """Cut a value before the next `name: value`, and at the end of its sentence."""
    return re.split(r"[;\n]|,?\s+\w+\s*[=:]\s", text)[0].strip().rstrip("?.!, ")


def noun(name: str) -> str:
    """Give what a parameter is about: `ticket` of `ticket_id`."""
    return re.sub(r"_(?:id|key|number)$", "", name)


def topic(text: str) -> str | None:
    """Find what a message is about: quoted, or what follows `about`, `for` and the like."""
    if marked := quoted(text):
        return marked[0]
    if match := ABOUT.search(text) or TOPIC.search(text):
        return match[1].strip().rstrip("?.! ") or None
    return None
