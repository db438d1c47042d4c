"""Column names that speak of consent or of a release of information, in more words than a table holds.

Such a column must not be passed over in silence: a refusal or a withdrawal in it is obeyed under
every regime. So a name is judged by its words alone, in the languages of the lists.
"""

from __future__ import annotations

import re

__all__ = ["may_forbid", "release_target", "speaks_of_release"]

_CONSENT = re.compile(
    r"\b(consent|consents|consented|roi|release|permission|permissions|authori[sz]\w*|opt in"
    r"|consentimiento|consiente|autoriza\w*|consentimento|consentement|einwilligung|pahintulot)\b"
    r"|동의|同意|согласи|सहमति|ยินยอม"
)
_WITHDRAWN = re.compile(
    r"\b(revok\w*|revoc\w*|rescind\w*|opt out|opted out)\b|철회|撤回|отозв|отзыв|widerruf"
)
_WITHDRAWN_CONSENT = re.compile(
    r"\b(withdr[ae]w\w*|cancel\w*|terminat\w*|retir\w*|retract\w*)\b|취소"
)
_ENDS = re.compile(
    r"\b(expir\w*|expiry|valid|until|through|ends?|vence|vencimiento|caduc\w*|vigencia|hasta|valable"
    r"|gultig)\b|만료|유효|有效|到期"
)
_RECIPIENT = re.compile(
    r"\b(recipients?|to whom|released to|shared? with|disclosed? to|destinatari\w*)\b"
)
_SCOPE = re.compile(r"\b(scope|covers|alcance)\b|범위|范围")
_ABOUT = re.compile(
    r"\b(date|day|dated|when|fecha|fec|by|worker|staff|witness|form|version|language|number|id"
    r"|custody|prison|detention|jail|hospital|press|call|voicemail|message|messages|sms|text|contact"
    r"|photo|photos|photograph|image|images|video|media|newsletter|treatment|medical|transport)\b|일자|일$|날짜|日期"
)
"""What a column about a consent, or about a release of another kind, has that is no answer."""


def speaks_of_release(plain: str) -> bool:
    """Whether a folded column name speaks of consent or a release, be it of the form or the day."""
    return _CONSENT.search(plain) is not None or _WITHDRAWN.search(plain) is not None


def release_target(plain: str) -> str:
    """Target of a column name that speaks of a release; ``""`` for any other.

    Parameters
    ----------
    plain
        The name folded, its words parted by one space.

    Examples
    --------
    >>> release_target("date revoked"), release_target("consentimiento informado")
    ('release_withdrawn', 'release_given')
    >>> release_target("roi date"), release_target("revenue")
    ('', '')
    """
    about = _CONSENT.search(plain) is not None
    if _WITHDRAWN.search(plain) or (about and _WITHDRAWN_CONSENT.search(plain)):
        return "release_withdrawn"
    if not about:
        return ""
    if _ENDS.search(plain):
        return "release_expires"
    if _RECIPIENT.search(plain):
        return "release_recipient"
    if _SCOPE.search(plain):
        return "release_scope"
    return "" if _ABOUT.search(plain) else "release_given"


def may_forbid(plain: str) -> bool:
    """Whether a column that serves no field may hold answers a release is judged by."""
    return release_target(plain) in {"release_given", "release_withdrawn", "release_expires"}
