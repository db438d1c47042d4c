"""Words by which a column's name may speak of consent, of sharing, or of a refusal, by language.

Each word is written as people write it and folded when the tables are built. A word counts wherever
a word of the name begins with it; where a script parts no words, wherever it stands. What makes such a word
speak of something else (a visa that was refused, a movement that was restricted) stands beside it: the
column then has nothing to do with sharing, unless another word of its name has.
"""

from __future__ import annotations

__all__ = [
    "ADMINISTRATIVE",
    "ANYWHERE",
    "ASIDE",
    "BEGINNINGS",
    "CORE",
    "ELSEWHERE",
    "GROUPS",
    "OF_RECORDS",
    "PHRASES",
    "SOFT",
    "WHOLE",
    "WITHIN",
]

CORE = (
    "consent consents consented consenting roi release releases authorization authorisation"
    " authorizations authorisations permission permissions consentimiento consentimento consentement"
)
"""English and Romance words for the consent itself."""

GROUPS = (
    "a b c d e f g h group section form data intake page main meta client case person survivor participant"
    " victim individual repeat begin background general screening consent consents roi release con prs vic cas q"
)
"""Names of groups of columns that say nothing about whose consent, to what."""

ADMINISTRATIVE = (
    "date day dated when of the on for signed form version language fecha fec del de firma data"
    " number no id"
)
"""With a consent word alone: a fact about the paper, not an answer."""

WITHIN = (
    "consent permission authoriz authoris autoris disclosur sharing toshare notshare datashare infoshare willshare optout optin donot confidential refus"
    " declin withdr revok revoc rescind objection oktoshare consimt einwillig autoriza compart"
)
"""Counted wherever they stand in a name, as in ``noconsent`` or ``clientconsented``."""

WHOLE = (
    "roi release releases released releasing share shares shared shareable unshare opt opted optin optout"
    " sealed seal sealing denied denial dont privacy hipaa gdpr waiver waivers waive waived waives"
    " agree agrees agreed agreement assent assents assented unsubscribe unsubscribed embargo embargoed"
    " suppress suppressed suppression redact redacted redaction forget forgotten erase erased erasure deletion"
    " linkage linking unlink unlinked signed signature signatures expires expired expiry expiration expire"
    " recipient recipients permitted permiso permisos acuerdo firma firmado firmo terceros vincular"
    " desvincular enlazar vence vencimiento tercero reservado secreto sigilo assinado assinatura accord accorde accords"
    " confidentiel secret tiers signe acord acordul semnat consenso consensi zgoda zgody izin setuju tolak"
    " protected hidden unlisted internal discreet reserved onhold withhold withholds withholding undisclosed sealed marsy marsys invoked privilege privileged shielded veto vetoed masked unshared unlinked unreleased reservad destinatarios destinatario destinataires destinataire"
    " discretion discretely gag gagged hush dissent dissents disagree disagrees disagreed disagreement disapprove disapproves disapproved unauthorized unauthorised unwilling"
    " reluctant hesitant lapsed lapses nogo goahead greenlight secretly cloaked nondisclosure nonrelease nolink noshare nosharing noroi dnl dns"
    " rehusa rehuso discrecion anonimo anonima anonimato oculto oculta ocultar desacordo desacuerdo disconforme vedado vedada protegido protegida contrario contraria retractacion"
    " discorda discordo proibida vedado ocultar anonimizado desautorizado anonymat anonyme masque cache desaccord retractation interdiction interdite protege protegee"
    " interzis interzisa dezacord anonim anonima ascuns ascunsa impotriva obiectie obiecteaza nepartajat protejat discret neacord nepublic"
    " проти приватно приватний закрито закрита закритий анонімно анонімність анонимно таємниця нерозголошення"
    " confidential confidencial confidentiel sigiloso secreto secret secreta tajemnica visibility visible invisible sensitive disallow barred nonshared unconsented recusa desiste desistiu desistio"
    " riza onay payag pumayag pumapayag ibahagi ibinahagi tanggi tumanggi tumatanggi bawi binawi huwag"
    " secrecy pribado nda deny denies daccord private hide blocked locked withheld rejected ayaw bawal interdit"
)
"""Counted as whole words only."""

BEGINNINGS = (
    # English
    "consent permission authoriz authoris shari disclos refus declin objection objected objecting"
    " restrict withdr revok revoc rescind retract expung exclu prohib proib interdic anonym anonim confidential noncons nonconsent nonpermi"
    # Spanish and Portuguese
    " consient autoriz compart compartilh partilh divulg difund difus revel cesion ceder acept aceit rechaz recus"
    " negativa negad negar negaro nieg deneg  oposi opone oponh objecion objecao restring restric reserva confidencial privacidad permite permiti permito permiss"
    " suprim supresi borra eliminac cancelac apag revog conform desautoriz retract"
    # French
    " autoris partag accept oppos opposi retrait retir effac suppress confidentialit communiqu transmet"
    # Italian, German, Dutch, Polish, Indonesian, Turkish
    " autorizz condivi rifiut einwillig einverst zustimm widerruf widerspr weitergab freigab datenschutz verweiger ablehn"
    " losch sperr schweigepflicht toestemm weiger udostepn odmow odmaw cofni sprzeciw persetuju berbagi paylas"
    # Romanian
    " consimt partaj impartas refuz retrag retras stergere opoz permisiun"
    # Ukrainian and Russian
    " прихов таємн таємно секрет погодж поширю згод згід дозв дозвол відмов відклик передач передав поширен розголош заборон обмеж запереч видален конфіденц"
    " ділит поділ соглас разреш отказ отозв отзыв разглаш запрет огранич возраж удален конфиден делит"
    " поделит несоглас незгод"
    # Tagalog
    " pahintulot pinahintul pagpayag sumasang sumang pagbabahag pagtangg magbahag kumpidens"
)
"""Counted where a word begins with them."""

ANYWHERE = (
    # Korean
    "동의 불허 유보 익명 사양 미제공 안알림 싫 보류 꺼 비밀 내부용 알리지 공유 제공 제3자 제삼자 공개 거부 철회 거절 허락 허가 승낙 승인 위임 비밀 열람 반출 이용 활용 제한 이의"
    " 연계불가 원치 원하지 연계제외 연계거부 연계금지 자료연계 정보연계 데이터연계 연계동의 연계허용 연계여부 금지 삭제요청 삭제요구 파기 제외 개인정보"
    # Chinese, Japanese
    " 同意 授权 授權 许可 許可 共享 分享 披露 公开 公開 拒绝 拒絕 拒否 撤回 撤销 撤銷 反对 反對 保密 第三方 第三者 限制"
    " 谢绝 謝絕 婉拒 不公开 不公開 不予 回避 仅供 僅供 不共享 不分享 保留 匿名 内部 內部 秘密 隐藏 隱藏 外传 外傳 告知 转介 轉介 不让 不讓 提供 不愿 不願 刪除 删除 排除 不得 禁止 勿 签署 簽署 退出 封存 透露 洩露 泄露 共有 開示 承諾 授與 私隐 私隱 隐私 隱私"
    # Vietnamese, with marks and without
    " đồng ý|dong y|đồng thuận|dong thuan|chấp thuận|cho phép|chia sẻ|tiết lộ|từ chối|ẩn danh|phan đoi|an danh|giữ kín|giu kin|riêng tư|nội bộ|không được|tu choi|khong muon|khong cho|khong dong y|bi mat|chia se|tiet lo|cho phep|rut lai|rút lại|phản đối|bảo mật|ủy quyền"
    "|uỷ quyền|cung cấp thông tin|bên thứ ba|không muốn"
    # Thai
    "|ยินยอม|ไม่เห็นด้วย|สงวน|นิรนาม|ไม่เปิด|ไม่แจ้ง|ปกปิด|ไม่อยาก|ไม่ต้องการ|อนุญาต|แบ่งปัน|เปิดเผย|ปฏิเสธ|ถอน|คัดค้าน|ความลับ|แชร์|ส่งต่อข้อมูล|ห้าม|ให้ข้อมูล|ตกลง|ไม่ประสงค์"
    # Hindi and Nepali
    "|सहमति|सहमत|रोक|प्रतिबन्ध|गुमनाम|गुप्त|राजी|नचाह|नखुलाउ|नभन्न|निजी|गोप्य|इच्छुक|असहमति|अनुमति|साझा|मना|नदिने|साझेदारी|इनकार|इन्कार|अस्वीकार|स्वीकृति|आपत्ति|गोपनीय|मंजूरी|मञ्जुरी|मन्जुरी|इजाज़त|इजाजत"
    "|प्रकटीकरण|मनाही|निषेध|नामंजूर|नामञ्जुर|रज़ामंदी|रजामंदी|रुजामन्दी|मञ्जुर|मंजूर|खुलासा|प्रतिबंध|बाँड्न|बांट|हटाने"
    # Bengali, Arabic, Persian, Khmer
    "|সম্মতি|অনুমতি|موافق|إذن|مشاركة|رفض|سحب|إفصاح|سري|رضایت|اجازه|ការយល់ព្រម|ការអនុញ្ញាត"
)
"""Counted wherever they stand: parted by bars where one holds a space, else by spaces."""

PHRASES = (
    # English
    r"(who|whom) (may|can|could|should|will) (receive|see|get|know)|(quien|quienes|quem) (puede|pueden|pode|podem) (recibir|receber|ver|saber)|qui peut (recevoir|voir)|valabil pana|withhold\w* (\w+ )?(info|information|name)"
    r"|eyes only|internal (use )?only|in house|need to know"
    r"|(do|does|did|must|may|can|should) not|cannot|third part(y|ies)|no (contact|link|linking|match|matching|data|use)"
    r"|(not|no|never|ok|okay|may|can|exclude|allow|agree|yes|do|donot|dont|permit|safe|please) (be |to |we |you |us )*(link|linked|match|matched|merge)"
    r"|(link|match)(ed|ing)? (ok|allowed|permitted|yes|status|exclusion|flag|preference)"
    r"|(ok|okay|may|can|could|allow\w*|agree\w*|willing|wish\w*|want\w*|happy) (\w+ ){0,4}(use|used|disclose\w*|pass|passed|transfer\w*|exchange\w*|send|sent|publish\w*|process\w*|see|view|access)"
    r"|(use|uses|using|used|usage|process\w*|transfer\w*|exchange\w*|provid(e|es|ed|ing)|provision|publish\w*|send|sending|pass|passing|access) (\w+ ){0,3}(data|information|info|records?|details)"
    r"|(data|information|info|records?|details) (\w+ ){0,3}(use|used|usage|process\w*|transfer\w*|exchange\w*|published|sent|passed on)"
    r"|(delet\w*|remov\w*|forget\w*|destr\w*|purge\w*) (\w+ ){0,2}(request\w*|demand\w*|my|data|records?)|request\w* (\w+ ){0,3}(delet\w*|remov\w*|destr\w*)"
    r"|(wish\w*|want\w*|remain|stay|request\w*|keep|kept) (\w+ ){0,2}(anonym\w*|private|secret)|right to \w+ (forgotten|erased)"
    r"|(total|totals|count|counts|counted|aggregate|aggregated|statistics) only|de identif\w*|legal basis|hmis participa\w*|participat\w* in hmis"
    r"|remov\w* (\w+ ){0,2}(list|lists|system|database)|tak\w* off|(use|uses|used) (\w+ )?name|name (\w+ ){0,2}used|wants? out|visible to"
    r"|valid (until|through|to|till)|(consents?|still|is|currently) valid|for (linkage|matching)|not (for|to) (use|research|release)"
    # Spanish, Portuguese, French
    r"|(uso|usar|utiliza\w*|tratamiento|tratamento|transfer\w*|entrega\w*|envio|comunicacion|comunicacao) (\w+ ){0,2}(datos|dados|informacion|informacao)"
    r"|(utilisation|traitement|transfert|communication|usage) (\w+ ){0,2}(donnees|informations?)|d accord|de acuerdo|valable jusqu|non (a )?partager"
    r"|prelucrare\w* (\w+ ){0,2}date\w*|date\w* cu caracter personal|обробк\w* (\w+ )?дан\w*|обработк\w* (\w+ )?данн\w*"
)
"""Folded regular expressions over the words of a name."""

SOFT = (
    r"green light|thumbs (up|down)|go ahead|no go|not for|off (the )?(list|lists|record|books|system|grid)|not (to )?(be )?(counted|included|listed|matched|pooled)|do not|data pool|carve out"
    r"|(leave|left|hold|held|keep|kept|skip|stay|taken?) (out|back|off|private|apart|aside|secret)|skip in|(not|only) for (\w+ )?(us|own|internal|coalition|agency|shelter|others)"
    r"|(us|own|internal|agency|staff|center|centre|program|org\w*|team|statistics?|totals?|counts?|local\w*|we|here) only|only (us|own|internal|agency|staff|here)"
    r"|(changed?|change of|changes) (\w+ )?mind|took back|pulled|cam (tiet lo|chia se|cung cap)"
)
"""The like, that count only where the name holds no word of something that is no sharing."""

ELSEWHERE = {
    # of what: the words above; what beside it shows that something else is meant
    "disclos": "abuse assault violence incident hiv trafficking exploitation rape harm sexual victimization gender sex race"
     " ethnicity income disability pregnancy",
    "refus declin": "shelter service services treatment medical medication test testing food entry visa asylum work school"
     " housing transport boarding bail prosecution cooperate cooperation charges statement interview gender race ethnicity",
    "denied denial deny denies": "food wage wages pay medical care water sleep contact access entry visa asylum boarding bail"
     " freedom movement freedoms education basic needs rest claim benefits shelter services",
    "restrict restring restric": "movement movements freedom control financial medical mobility travel means communication"
     " diet dietary libertad movimiento movimientos food liberty circulacion liberdade movimento mouvement",
    "withdr": "symptom symptoms drug drugs alcohol school complaint complaints charge charges visa application"
     " money cash bank wages mood opioid detox atm isolated",
    "revok revoc retract rescind": "visa passport licence license parole bail probation statement testimony",
    "authoriz authoris permission autoriz permiso permisos permiss": "work employment residence residency trabajo residencia"
     " estancia conducir trabalho travail sejour travel parole stay remain",
    "authoriz authoris": "officer officers supervisor",
    "release releases released releasing": "custody prison detention jail hospital captivity bail bond parole press icu"
     " probation date day supervised rescued",
    "consent permission authoriz authoris release releases": "photo photos photograph photographs photography image images video"
     " videos media newsletter voicemail voicemails",
    "share shares shared sharing shari": "room rooms housing bed beds bedroom accommodation apartment kitchen bathroom custody"
     " shareholder rent space toilet facilities",
    "agree agrees agreed agreement acuerdo accord": "wage wages salary employment work contract rent lease pay terms marriage"
     " job hours trabajo laboral salario travail loan debt plea",
    "signed signature signatures firma firmado firmo assinado assinatura signe semnat":
     "contract statement lease affidavit complaint declaration certification employment contrato officer supervisor investigator"
     " debt loan contrat contract denuncia declaracion interviewer caseworker staff",
    "waiver waivers waive waived waives": "fee fees visa inadmissibility medicaid rent",
    "expires expired expiry expiration expire vence vencimiento": "passport visa id document documents permit licence license card"
     " insurance contract order lease pasaporte documento certificate medicaid",
    "recipient recipients": "benefit benefits ssi tanf snap service services aid welfare medicaid loan money payment",
    "exclu expung": "conviction convictions criminal arrest school exclusive exclusively social vacatur petition",
    "retir retrait": "age argent job work fecha date retired retirement",
    "accept acept aceit": "job offer work trabajo oferta empleo employment referral service services offre emploi travail",
    "opt opted optout": "email emails fax call calls sms text texts mail newsletter marketing",
    "withheld withhold withholds withholding": "document documents passport passports pay wage wages earnings food necessities name salary id care",
    "rejected": "visa asylum application claim referral services case",
    "private": "sector home house residence household shelter business employer insurance school clinic lawyer attorney room",
    "blocked locked": "in door doors room exit account phone",
    "prohib": "leaving movement contact",
    "anonym anonim": "tip tips report source",
    "consent": "age",
    "oppos opposi": "party parties counsel sex",
    "reserva reservado": "hotel reservation",
    "nega nieg negativ": "test result resultado prueba hiv negative",
    "confidential": "address phone telephone",
    "suppress suppressed suppression": "viral",
    "visible visibility": "injury injuries scar scars sign signs bruise bruises wound wounds tattoo tattoos disability disabilities",
    "hidden": "fee fees debt debts cost costs disability compartment",
    "internal": "injury injuries trafficking displacement displaced migration bleeding medicine referral",
    "protected": "status class sex contact temporary area characteristic characteristics",
    "barred": "leaving window windows exit entry door doors",
    "unauthorized unauthorised": "immigrant immigrants migrant entry worker work employment status resident presence stay",
    "disagree disagreement": "family employer partner spouse",
    "masked masque": "man men face offender suspect",
    "use access provi": "drug drugs substance alcohol tobacco healthcare school phone bank internet",
}  # fmt: skip
"""Words above, and the words that make them speak of something else."""

ASIDE = (
    r"(?:^|(?<=\s))(?:강제|성|아동|이주|가사)?(?:노|아|이|운|행|활)동의(?=\s)|서비스\s?제공|숙식\s?제공|식사\s?제공|주거\s?제공|제공\s?서비스|지원\s?제공"
    r"|제공된?\s?(?:서비스|지원)|제공\s?(?:기관|국)|이동\s?제한|외출\s?제한|자유\s?제한|행동\s?제한|비밀번호|체류\s?허가|취업\s?허가|입국\s?허가|노동\s?허가|이용\s?(?:시설|서비스|교통)"
    r"|시설\s?이용|서비스\s?이용|열람실|인신공개|(?:工作|居留|劳动|勞動|入境)\s?(?:许可|許可)|(?:自由|行动|行動|人身)(?:受)?限制|限制(?:人身)?(?:自由|行动|行動)|提供(?:的)?(?:服务|服務|住宿|食物)"
    r"|ใบอนุญาต|ถอนเงิน|ถอนฟัน|이용자|이용\s?기관|拒绝入境|拒絕入境|公开招聘|공개\s?채용"
)
"""Passed over before the words of scripts that part none are looked for."""

OF_RECORDS = (
    "data information info linkage orgs org organizations organisations organization organisation agencies"
    " partners third others coalition hmis datos informacion dados donnees"
)
"""With one of these a name speaks of sharing after all, whatever else stands in it."""
