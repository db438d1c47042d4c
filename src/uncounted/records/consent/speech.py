"""What people write in words of their own, and whether it says that something may not be shared.

Remarks are looked at for acts of refusing, of not wanting and of keeping secret. Such an act is let pass only if what it is about
is certain and is no sharing ("declined shelter", "no quiere volver a su casa"). With no object ("client said no") or one that
nobody here knows, it may be the sharing, and a person has to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from uncounted.core.labels import plain_words
from uncounted.records import codes
from uncounted.records.consent.phrases import Phrases
from uncounted.records.consent.topics import has_topic, without_people

__all__ = ["forbids", "no_answer", "refuses", "speaks_of_telling", "vocabulary"]

_TELL = (
    # to share, to tell, to know: an act about these is never let pass
    r"shar(?:e|es|ed|ing)|link(?:ed|ing|age)?|disclos\w*|releas\w*|consent\w*|roi|inform\w*|data|details?|records?|files?|databases?|names?|identit\w*"
    r"|tell|telling|told|know|knows|knowing|known|find(?:s)? out|found out|learn|hear|pass(?:ed|ing)? on|passed|give out|given out|publish\w*|contacted|listed|recorded|written down|written"
    r"|everything|anything|all|any|others?|anyone|anybody|any one|nobody|no one|noone|agenc(?:y|ies)|organi[sz]ations?|partners?|coalition|third part(?:y|ies)|hmis"
    r"|compart\w*|divulg\w*|difund\w*|revel\w*|inform\w*|dat[oa]s?|expediente|nombres?|nomes?|saib\w*|saber|sepa\w*|enter\w*|dig[ao]\w*|deci\w*|diz\w*|cont[ae]\w*|nadie|ninguem|otr[oa]s|outr[oa]s"
    r"|autoriza\w*|permiso|permissao|consent\w*"
    r"|partag\w*|communi\w*|transm\w*|donnees|renseignements?|nom|sache|sachent|savoir|dise?\w*|dire|personne|autres|confi\w*"
    r"|partaj\w*|dat[ea]l?e?\w*|numel\w*|afl[ae]\w*|sti[ae]\w*|spun\w*|nimeni|nimanui|alti[i]?|acord\w*|consimt\w*"
    r"|дан[иы]\w*|інформац\w*|информац\w*|імен\w*|імя|фамил\w*|зна[вюелт]\w*|каза\w*|говор\w*|сообщ\w*|повідом\w*|нікому|никому|ніхто|никто|інш\w*|друг\w*|згод\w*|соглас\w*|передав\w*|переда\w*|поширю\w*|діли\w*"
    r"|thong tin|chia se|tiet lo|noi|ke|biet|ai|ten|nguoi khac|du lieu|ho so"
)
_NEVER_EXCUSED = (
    "공유 제공 정보 동의 알리 알려 말하 누구 아무 남에게 다른 기관 이름 공개 연계 자료 기록 신분 告诉 告訴 让人 讓人 知道 别人 別人 他人 信息 資料 资料 姓名 分享 共享 同意 披露 公开 公開 外传 外傳 透露 记录"
    " ข้อมูล บอก รู้ ใคร ชื่อ แบ่งปัน เปิดเผย ยินยอม แชร์ หน่วยงานอื่น बता भन्न भन् जानकारी सूचना नाम किसी कसैलाई साझा सहमति थाहा पता दूसर अरू खुलासा"
)
_STRONG = (
    # whatever stands beside it, it is about who may see or know
    r"(?:do not|dont|must not|cannot|can not|may not|not to|never|not ok to|not okay to|not be|not to be|should not|shall not|will not|wont|please not) (?:\w+ ){0,3}?(?:share|sharing|shared|link|linked|linkage|linking|disclose|disclosed|release|released|match|matched|consent|authori[sz]e|pass on|passed on|give out|publish\w*|tell|told)"
    r"|(?:does not|doesnt|did not|didnt|has not|hasnt|would not|wouldnt|will not|wont) (?:\w+ ){0,2}?(?:share|link|consent|consented|authori[sz]e\w*|agree to (?:shar|releas|disclos|link)\w*)"
    r"|(?:no|not|non) (?:\w+ )?(?:share|sharing|shared|consent|consents|consenting|consented|linkage|linking|roi)"
    r"|(?:did not|didnt|refuse\w*(?: to)?|decline\w*(?: to)?|would not) sign(?! (?:\w+ )?(?:contract|statement|lease|complaint))"
    r"|(?:(?:keep|kept|keeping|stay|remain|leave|hold) (?:\w+ ){0,4}?(?:private|secret|confidential|quiet|hidden|to (?:our|your|them|him|her|my)sel\w+|between us|off (?:the )?(?:list|lists|record|records|system)|anonymous|in house|internal))"
    r"|between (?:us|you and me|ourselves)|off the record|eyes only|need to know basis|in confidence|(?:for )?internal use only|internal only"
    r"|(?:no ?body|no one|noone|any ?one|any ?body|others?) (?:\w+ ){0,3}?(?:to )?(?:know|knows|find out|see|sees|hear|learn)|tell (?:no ?body|no one|any ?one|any ?body)"
    r"|(?:closed|locked|hidden|invisible) (?:to|from) (?:\w+ )?(?:other|all|every|partner|agenc)\w*|without (?:her|his|their|the|client|survivor)?\w* ?(?:knowledge|permission|consent)"
    r"|(?:wish\w*|want\w*|ask\w*|request\w*|prefer\w*) (?:\w+ ){0,3}?anonym\w*|changed (?:her|his|their|my|its) mind|change of mind|opt(?:s|ed|ing)? ?out|backed out|pulled out of|took (?:it )?back|second thoughts"
    r"|(?:withdr\w*|revok\w*|rescind\w*|retract\w*|cancel\w*|took back|pulled|void\w*) (?:\w+ ){0,3}?(?:consent|permission|authori[sz]ation|release|roi|waiver)"
    r"|(?<!work )(?<!employment )(?:consent|permission|authori[sz]ation|release|roi|waiver) (?:\w+ ){0,3}?(?:withdrawn|withdrew|revoked|rescinded|retracted|cancell?ed|expired|ended|lapsed|refused|declined|denied|void|voided|pulled|not (?:given|signed|obtained|granted))"
    r"|not for (?:\w+ )?(?:sharing|release|coalition|others|partners|police|linkage|distribution)|not comfortable (?:\w+ ){0,3}?(?:data|info\w*|shar\w*|name)"
    r"|(?:will not|wont|would not|wouldnt|does not|doesnt|did not|didnt) (?:\w+ )?let (?:us|me|anyone|anybody)|never (?:\w+ ){0,2}?(?:gave|given|agreed|signed|consented|ok\w*|approved)|nothing to do with (?:\w+ ){0,3}?(?:other|others|group\w*|agenc\w*|coalition|partner\w*|list\w*|database|study|project|data|this)"
    r"|(?:keep|leave|kept|left|wants?|asked) (?:\w+ )?(?:her|him|them|me|it|this|us) out(?: of (?:it|this|that|the (?:list|study|data\w*|system|records?)))?|(?:not|un) ?(?:happy|pleased|comfortable|easy|sure) (?:\w+ ){0,2}?(?:about|with) (?:\w+ ){0,3}?(?:info\w*|data|name|record\w*|shar\w*|list\w*)"
    r"|(?:get|gets|got|see|sees|have|has|find) (?:hold of )?(?:her|his|their|my) (?:name|info\w*|data|details|file|record\w*)|(?:delet\w*|eras\w*|remov\w*|destroy\w*|wip\w*|tak\w* down|purg\w*) (?:\w+ ){0,2}?(?:data|info\w*|record\w*|file|name|details)|(?:tak\w*|remov\w*|struck) (?:\w+ ){0,2}?off (?:\w+ ){0,2}?(?:list\w*|system|database|register)"
    r"|(?:borr\w+|elimin\w+|suprim\w+|quit\w+|saqu\w+) (?:\w+ ){0,2}?(?:datos|nombre|registro|informacion|expediente)|(?:apag\w+|elimin\w+|exclu\w+|remov\w+) (?:\w+ ){0,2}?(?:dados|nome|registro|informacoes)|(?:supprim\w+|effac\w+|retir\w+) (?:\w+ ){0,2}?(?:donnees|nom|dossier|informations)"
    r"|(?:sterg\w*|stearg\w*|elimin\w*) (?:\w+ ){0,2}?(?:date\w*|numele|dosarul)|(?:видал\w+|стерт\w+|прибра\w+|удал\w+) (?:\w+ ){0,2}?(?:дан\w+|імя|запис\w*)|xoa (?:\w+ )?(?:du lieu|thong tin|ten|ho so)|не (?:треба|потрібно|можна|надо) (?:\w+ )?(?:нікому|никому|каза\w+|говор\w+|переда\w+|розповід\w+)"
    r"|no (?:le |les |me )?(?:gusta|gustaria|agrada|parece bien) (?:que|la idea)|nao (?:gosta|gostaria|gostou)(?: de)? (?:que|da ideia|a ideia)|n (?:aime|aimerait|apprecie) pas (?:que|l idee)|nu (?:i a|ii|ii) (?:placut|place)(?: \w+)?|nu (?:vrea|doreste) (?:ca|sa se|sa afle)"
    r"|no (?:\w+ ){0,2}?(?:compart\w*|autoriz\w*|divulg\w*|consient\w*)|sin (?:su )?(?:consentimiento|autorizacion|permiso)|(?:retir|revoc|neg|rechaz)\w* (?:\w+ ){0,2}?(?:consentimiento|autorizacion|permiso)"
    r"|que no se (?:sepa|entere\w*|comparta|diga|publique|divulgue|use)|(?:a|con) nadie|nadie (?:mas )?(?:\w+ )?(?:sepa|entere|vea)|en secreto|entre nosotr[oa]s|(?:cambi\w+|cambio) de (?:opinion|idea|parecer)|se arrepint\w+|ya no (?:quiere|autoriza|desea|acepta)"
    r"|nao (?:\w+ ){0,2}?(?:compartilh\w*|autoriz\w*|consent\w*|partilh\w*|divulg\w*)|ninguem (?:\w+ )?(?:saiba|sabe|veja)|ninguem fique sabendo|(?:a|com|para) ninguem|mudou de (?:ideia|opiniao)|em segredo|entre nos"
    r"|ne pas (?:\w+ )?(?:partager|divulguer|transmettre|communiquer|dire|diffuser)|n(?:e )?(?: )?(?:consent|autoris)\w* pas|sans (?:son )?(?:consentement|accord)|refus\w* (?:\w+ ){0,2}?partag\w*|entre nous|change d avis|(?:a|avec) personne|personne ne (?:\w+ )?(?:sache|sait|voie|doit)"
    r"|fara (?:acord|consimt)\w*|nu (?:\w+ ){0,3}?(?:acord\w*|consimt\w*|partaj\w*|dezvalu\w*|divulg\w*)|nimanui|s a razgandit|sa nu (?:\w+ ){0,3}?(?:afle|stie|dam|dati|spun\w*)|sa se afle"
    r"|keine einwilligung|einwilligung widerrufen"
    r"|не (?:\w+ ){0,2}?(?:згод|дозв|соглас|разреш|переда|поширю|передава|розголош|діли)\w*|відклик\w* (?:\w+ )?згод\w*|згод\w* (?:\w+ )?відклик\w*|отозва\w* соглас\w*|нікому|никому|щоб ніхто|передумал\w*|передумав"
    r"|khong (?:muon )?(?:ai biet|đong y|dong y|chia se|cho phep|tiet lo)|(?:đung|dung|xin đung|xin dung) (?:noi|ke|chia se|cho)|khong muon (?:\w+ )?(?:chia se|ai|nguoi khac)|rut lai|giu (?:bi mat|kin)|tu choi (?:chia se|đong y|dong y|cung cap|ky)"
    r"|(?:walang|hindi) (?:\w+ ){0,2}?(?:pahintulot|ibahagi|payag|pumayag|pumapayag)"
)
_STRONG_ANYWHERE = (
    r"미동의|비동의|부동의|동의 ?(?:를? ?)?(?:거부|거절|철회|취소|안 ?함|하지 ?않)|(?:공유|제공|공개|연계) ?(?:를? ?|을? ?)?(?:거부|금지|불가|하지 ?마|하지 ?말|안 ?함|안 ?됨|원하지|원치)|(?:알리|말하|전하)지 ?(?:말|않|마)|비밀|비공개|(?:마음|생각)(?:을|이) ?바"
    r"|不同意|未同意|不愿|不願|(?:拒绝|拒絕)(?:分享|共享|同意|签|簽|披露|提供)|(?:不得|不要|请勿|勿|不可|禁止|不准|别|別)(?:分享|共享|披露|公开|公開|透露|告诉|告訴|外传|外傳|给|給)|撤(?:回|销|銷)|同意(?:已)?撤|(?:不想|不让|不讓|不愿|不願|不希望)(?:\w{0,3})?(?:人|别人|別人|他人)(?:知道)?|保密|秘密|改变主意|改變主意"
    r"|ไม่ยินยอม|ไม่อนุญาต|ไม่เปิดเผย|ห้ามเปิดเผย|ห้ามแบ่งปัน|ห้ามบอก|ถอนความยินยอม|ปฏิเสธการ(?:แบ่งปัน|เปิดเผย|ให้ข้อมูล)|ไม่ให้(?:ใคร|ข้อมูล)|ไม่อยากให้(?:ใคร|คน|ผู้อื่น)|ความลับ|ไม่บอกใคร|ไม่ให้บอก|อย่าบอก|ไม่ให้เปิดเผย|ลบ(?:ชื่อ|ข้อมูล)|삭제해 ?달라|말아 ?달라|지워 ?달라|不要说|不要講|不要讲|别说|別說|删(?:除|掉)(?:我|她|他|本人)?(?:的)?(?:信息|資料|资料|名字)|मत कह|न कहना|हटा ?(?:दें|देना|दो|दिनु)|เปลี่ยนใจ|ปกปิด"
    r"|सहमति (?:नहीं|वापस|फिर्ता)|असहम|साझा (?:न|नहीं|नगर्न)|अनुमति (?:नहीं|छैन)|सहमति छैन|किसी (?:को|से)(?: भी)? (?:न|मत|बताना न)|किसी को बता|कसैलाई (?:न|पनि)|गोपनीय|गोप्य|नभन्न|न बता|मत बता"
)
_WILL = (
    r"(?:say|says|said|saying|answer\w*|replied|reply|told (?:us|me|staff|her|him|worker)) (?:that |a |definite |clear |just |us |to \w+ )*(?:no|nope|never|not)"
    r"|(?:do|does|did|would|will|has|could) not (?:\w+ )?(?:want\w*|wish\w*|like|agree\w*|consent\w*|allow\w*|permit\w*|authori[sz]\w*|care|accept\w*|let|prefer|feel comfortable|comfortable|willing|ok|okay|happy|ready|keen|in favo\w+)"
    r"|(?:is|was|are|were) not (?:\w+ )?(?:comfortable|willing|ok|okay|happy|ready|keen|interested|in favo\w+)|(?:dont|doesnt|didnt|wouldnt|wont) (?:\w+ )?(?:want\w*|wish\w*|like|agree\w*|allow\w*|permit\w*|authori[sz]\w*|accept\w*|comfortable|willing|ok|okay|happy|ready|interested|in favo\w+)"
    r"|refus\w*|declin\w*|object(?:s|ed|ion|ions|ing)|oppos(?:e|es|ed)|withdr(?:aw|aws|ew|awn|awal)|revok\w*|revoc\w*|rescind\w*|retract\w*|unwilling\w*|reluctant\w*|against (?:it|this)|rather not|not on board|rather (?:\w+ ){0,3}not|(?:would|d) rather|prefer\w* (?:\w+ ){0,2}not|prefers? to (?:keep|stay)|den(?:y|ies|ied)"
    r"|(?:ask|asked|asks|asking|request\w*|beg\w*|pleads?|insist\w*|demand\w*) (?:\w+ ){0,3}?(?:not|nothing|no|never)|please (?:\w+ ){0,2}?(?:do not|dont|not|never|keep)|confidential\w*|private|secret|secretly|withheld|withhold\w*|sealed|restricted|reserved|undisclosed|unreleased|hush"
    r"|no (?:quiere|quiso|quieren|desea|deseo|acepta|acepto|permite|permitio|esta de acuerdo|le gustaria|prefiere|esta dispuest\w|da su)|(?:dijo|dice|respondio|contesto|contesta) que no|se (?:niega|nego|opone|opuso|rehusa|rehuso)|rechaz\w+|nego|(?:pidio|pide|solicito|solicita) (?:que )?(?:no|reserva|discrecion|confidencialidad|sigilo)"
    r"|prefiere (?:que )?no|desisti\w+|retir[oa]\w*|revoc\w+|reservad[oa]s?|confidencial\w*|secret[oa]s?"
    r"|nao (?:quer|quis|querem|deseja|desejou|aceita|aceitou|permite|concorda|concordou|esta de acordo)|(?:disse|diz|respondeu) que nao|recus\w+|neg(?:a|ou)|(?:pediu|pede) (?:para )?(?:nao|sigilo|segredo|reserva|que nao)|prefere (?:que )?nao|sigil\w+|segredo"
    r"|n(?:e)? ?(?:veut|voulait|souhaite|desire|permet|accepte|est|etait) (?:\w+ )?(?:pas|plus|aucun)(?: d accord)?|(?:a |elle |il )*(?:dit|dis|repond\w*|repondu) (?:que )?non|refus\w*|s oppose\w*|prefere (?:\w+ )?(?:ne )?pas|confidentiel\w*|retire\w*|revoqu\w*|(?:souhaite|demande|veut) que (?:cela|ca|ce|ceci|rien)"
    r"|nu (?:vrea|doreste|a vrut|accepta|a acceptat|e de acord|este de acord|permite|e dispus\w*|este dispus\w*|a dorit)|a (?:spus|zis) (?:ca )?nu|refuz\w*|a cerut (?:sa )?nu|retras\w*|retrage\w*|confidential\w*|secret\w*"
    r"|не (?:хоче|хотіла|хотів|бажа\w+|погод\w+|готов\w+|хочет|хотела|желает)|(?:сказа\w+|відпові\w+|ответи\w+) (?:що |что )?(?:ні|нет)|відмов\w*|отказ\w*|таємн\w*|тайн\w*|конфіденц\w*|конфиденц\w*|(?:проси\w+|попроси\w+) (?:\w+ )?(?:не|нікому)|відклик\w*|прихов\w*"
    r"|khong (?:muon|chap nhan|san sang|bang long)|tu choi|bi mat|rut|đoi y|doi y|phan đoi"
    r"|ayaw|tumanggi|tumatanggi|bawal|huwag"
)
_WILL_ANYWHERE = (
    r"싫|거절|거부|원치 ?않|원하지 ?않|취소|철회|보류|꺼려|꺼림|반대|안 ?된다|안된대|불원|제외|不想|不愿|不願|不肯|拒|保留|反对|反對|不让|不讓|不希望|撤|私下|匿名|不要|不准"
    r"|ไม่อยาก|ไม่ต้องการ|ไม่ยอม|ปฏิเสธ|ไม่ประสงค์|ไม่ตกลง|ห้าม|ถอน|ไม่สะดวกใจ|ขอไม่|नहीं चाह|नही चाह|मना|इनकार|इन्कार|अस्वीकार|चाहँदिन|चाहन्न|चाहेन|नदि|निजी|मन्जुर छैन|मञ्जुर छैन|नामञ्जुर|नामंजूर|इच्छुक नहीं|तैयार नहीं"
)
_CLAUSES = re.compile(r"[.;!?\n,।。；，！？、]| but | pero | mas | mais | dar | але | но |然后|但")


class _Speech:
    """Patterns of refusing, keeping and telling, and what of them is looked for in plain Latin letters."""

    def __init__(self) -> None:
        fold = codes.fold
        strong, will = fold(_STRONG), fold(_WILL)
        self.strong = re.compile(rf"\b(?:{strong})\b|{fold(_STRONG_ANYWHERE)}")
        self.will = re.compile(rf"\b(?:{will})\b|{fold(_WILL_ANYWHERE)}")
        self.tell = re.compile(rf"\b(?:{fold(_TELL)})\b")
        self.anywhere = re.compile("|".join(re.escape(fold(w)) for w in _NEVER_EXCUSED.split()))
        self.strong_latin, self.will_latin = Phrases(strong), Phrases(will)

    def is_strong(self, clause: str) -> bool:
        """Whether a clause forbids, whatever stands beside it."""
        if clause.isascii():
            return clause in self.strong_latin
        return self.strong.search(clause) is not None

    def wills(self, clause: str) -> Iterator[re.Match[str]]:
        """Acts of refusing in a clause."""
        return (self.will_latin.found if clause.isascii() else self.will.finditer)(clause)


_patterns = lru_cache(maxsize=1)(_Speech)


def vocabulary() -> tuple[str, ...]:
    """Words of refusing, keeping and telling, as patterns."""
    return (_STRONG, _WILL, _TELL)


@lru_cache(maxsize=4096)
def _clauses(text: str) -> tuple[str, ...]:
    """Parts of a text, folded, marks as spaces; l'accord is two words, don't is one."""
    out = []
    for part in _CLAUSES.split(text):
        if "'" in part or "’" in part:
            part = re.sub(r"\b([ldnsjmtcLDNSJMTC]|[qQ]u)['’](?=\w)", r"\1 ", part)
            part = re.sub(r"['’]", "", part)
        words = plain_words(part)
        if words:
            out.append(words)
    return tuple(out)


def speaks_of_telling(words: str) -> bool:
    """Whether folded words speak of sharing, telling, knowing, or of data and names."""
    speech = _patterns()
    return speech.tell.search(words) is not None or (
        not words.isascii() and speech.anywhere.search(words) is not None
    )


@lru_cache(maxsize=50_000)
def forbids(text: str) -> bool:
    """Whether a text says for certain that something may not be shared, known or linked, whatever stands around it.

    Examples
    --------
    >>> forbids("do not share"), forbids("Declined shelter"), forbids("Client said no")
    (True, False, False)
    """
    if not any(c.isalpha() for c in text):
        return False
    clauses = _clauses(text)
    if len(clauses) > 1:
        clauses = (*clauses, plain_words(text))  # what a mark parts may belong together
    is_strong = _patterns().is_strong
    return any(is_strong(clause) for clause in clauses)


@lru_cache(maxsize=50_000)
def refuses(text: str) -> bool:
    """Whether a text says no, or does not want, or keeps secret, and what is meant may be the sharing.

    Examples
    --------
    >>> refuses("Client said no"), refuses("No quiere"), refuses("保留")
    (True, True, True)
    >>> (
    ...     refuses("Declined shelter bed"),
    ...     refuses("No quiere volver a su casa"),
    ...     refuses("no injuries"),
    ... )
    (False, False, False)
    """
    if forbids(text):
        return True
    speech = _patterns()
    return any(
        not _about_something_else(clause, found, speech.will)
        for clause in _clauses(text)
        for found in speech.wills(clause)
    )


_AFTER_IT = re.compile(r"(?:refus|declin|den|reject|rechaz|recus|refuz|відмов)\w*")
"""What may follow its object: "shelter declined"."""
_AUXILIARY = re.compile(r"\b(?:was|were|has|have|been|is|are|he|she|they|fue|foi|a|ete|est)\b")


def _about_something_else(clause: str, found: re.Match[str], will: re.Pattern[str]) -> bool:
    """Whether what is refused is certain, and is no sharing."""
    before = clause[: found.start()]
    if _SOMEBODY_ELSE.search(before):
        return True
    if speaks_of_telling(" ".join(will.sub(" ", clause).split())):
        return False
    if _parts_no_words(found[0]):
        return has_topic(without_people(clause))
    if has_topic(without_people(clause[found.end() :])):
        return True
    near = " ".join(_AUXILIARY.sub(" ", before).split()[-2:])
    return _AFTER_IT.fullmatch(found[0]) is not None and has_topic(without_people(near))


_SOMEBODY_ELSE = re.compile(
    r"\b(?:employers?|boss|traffickers?|recruiters?|owner|manager|pimp|smugglers?|exploiters?|abusers?|perpetrators?|offenders?|suspects?|landlord|embassy|consulate|judge|prosecutor|hospital|school|empleador|patron|jefe|tratante|patrao|employeur|patron|trafiquant|angajator\w*|роботодав\w*|работодат\w*)"
    r" (?:\w+ )?$"
)
"""Who refuses is not the person: "the employer refused to pay"."""
_NO_ANSWER = frozenset(
    [
        "declined to state",
        "declined to answer",
        "refused to answer",
        "prefer not to say",
        "prefer not to answer",
        "prefers not to say",
        "prefers not to answer",
        "client prefers not to answer",
        "client doesnt know",
        "client does not know",
        "data not collected",
        "client refused",
        "client declined to answer",
        "did not want to answer",
        "no quiso responder",
        "no quiere responder",
        "prefiere no decir",
        "prefiere no contestar",
        "nao quis responder",
        "prefere nao responder",
        "ne souhaite pas repondre",
        "nu doreste sa raspunda",
        "не бажає відповідати",
        "무응답",
        "응답거부",
        "응답 거부",
        "拒绝回答",
        "拒絕回答",
        "khong muon tra loi",
        "ไม่ต้องการตอบ",
    ]
)
"""What stands in an ordinary column for no answer to its question."""


def no_answer(text: str) -> bool:
    """Whether a cell says only that a question was not answered.

    Examples
    --------
    >>> no_answer("Declined to state"), no_answer("Declined")
    (True, False)
    """
    return plain_words(re.sub(r"['’]", "", text)) in _NO_ANSWER


def _parts_no_words(text: str) -> bool:
    """Whether a text is of a script whose objects may stand on either side of the verb, written together."""
    return any(
        "\u0900" <= c <= "\u0eff" or "\u1100" <= c <= "\u11ff" or c >= "\u2e80" for c in text
    )
