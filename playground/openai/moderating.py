"""Which categories a text or a picture's address falls into: plain rules of words."""

import re
from hashlib import blake2b

TEXT_ONLY = frozenset({"text"})
BOTH = frozenset({"text", "image"})
CATEGORIES: dict[str, frozenset[str]] = {
    "harassment": TEXT_ONLY,
    "harassment/threatening": TEXT_ONLY,
    "sexual": BOTH,
    "hate": TEXT_ONLY,
    "hate/threatening": TEXT_ONLY,
    "illicit": TEXT_ONLY,
    "illicit/violent": TEXT_ONLY,
    "self-harm/intent": BOTH,
    "self-harm/instructions": BOTH,
    "self-harm": BOTH,
    "sexual/minors": TEXT_ONLY,
    "violence": BOTH,
    "violence/graphic": BOTH,
}
WORDS = {
    "harassment": r"idiot|moron|stupid|loser|shut up|worthless",
    "harassment/threatening": r"you(?:'ll| will) (?:regret|pay)|watch your back|i know where you",
    "sexual": r"porn\w*|nude|naked|erotic\w*|nsfw",
    "hate": r"subhuman|vermin|i hate (?:all )?(?:foreigners|women|men)",
    "hate/threatening": r"exterminate (?:them|those)|(?:they|those people) must die",
    "illicit": r"shoplift\w*|counterfeit|launder money|pick a lock|cocaine",
    "illicit/violent": r"(?:build|make) a (?:pipe )?bomb|explosives?",
    "self-harm/intent": r"i (?:want|am going) to (?:die|kill myself|hurt myself)",
    "self-harm/instructions": r"how (?:to|do i) (?:kill|cut|hurt) (?:my|your)self",
    "self-harm": r"suicid\w*|self[- ]harm|kill myself|hurt myself|cut myself",
    "sexual/minors": r"underage",
    "violence": r"kill\w*|murder\w*|stab\w*|(?:beat|shoot) (?:him|her|them|you)",
    "violence/graphic": r"gore|gory|dismember\w*|behead\w*|bloody corpse",
}
RULES = {name: re.compile(rf"\b(?:{words})\b", re.I) for name, words in WORDS.items()}
QUICK = re.compile("|".join(rule.pattern for rule in RULES.values()), re.I)
FLAGGED_FROM = 0.5


def is_flagged(text: str) -> bool:
    """Say whether any category applies."""
    return QUICK.search(text) is not None


def score(text: str, category: str, kind: str = "text") -> float:
    """Give the score of one category: high where a word of it occurs, next to nothing else."""
    if kind not in CATEGORIES[category]:
        return 0.0
    hits = len(RULES[category].findall(text.replace("_", " ").replace("/", " ")))
    if hits:
        return round(1 - 0.4 / (1 + hits), 6)
    digest = blake2b(f"{category}:{text}".encode(), digest_size=2).digest()
    return round(int.from_bytes(digest, "big") / 65_536 * 0.002, 9)
