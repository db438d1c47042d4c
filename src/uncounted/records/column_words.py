"""What organisations call their columns: the tables `mapping` guesses by. Folded, words parted by spaces."""

from __future__ import annotations

__all__ = [
    "ALIASES",
    "FLAGS",
    "KEPT_BY_SERVERS",
    "NOT_BY_ITSELF",
    "OWN_NAME",
    "PERSONAL",
    "REFUSED_WORDS",
    "SOMEBODY_ELSE",
    "WEAKER",
]

ALIASES = {
    "reference": "reference;ref;case id;case number;case no;case;client id;client number;client no;id"
    ";record id;record number;record ref;record no;file number;participant id;survivor id;uid;case ref;case reference"
    ";client ref;client code;intake number;intake id;report number;incident number;call id;no;pseudonym;key;index;uuid"
    ";사건번호;번호;expediente;prs id;person id;external id;caso;id no;client ref no;call no;call number;file no;incident no"
    ";report no;intake no;matter no;matter number;victim no;survivor no;folio;no de expediente;numero de expediente"
    ";no de caso;numero de caso;관리번호;사례번호;접수번호;연번",
    "date": "date;intake date;date of intake;registration date;date registered;registered;registered on;first contact"
    ";date of first contact;contact date;service start;start date;date opened;opened;open date;report date;date reported"
    ";call date;date of call;referral date;incoming referral date;enrollment date;date of contact;date of first service"
    ";date of identification;submission date;submissiondate;submission time;today;year of registration;yearofregistration"
    ";year register;yearregister;year;created date;접수일;상담일;fecha;fecha de ingreso;first seen;date seen;seen on;encounter date;interview date;date interviewed"
    ";date of interview;intake;timestamp;date received;date occurred;fecha de registro;fecha de atencion"
    ";fecha de entrevista;등록일;접수일자;상담일자;입소일",
    "gender": "gender;sex;gender identity;성별;sexo;genero;client gender;victim sex;victim gender;sex at birth"
    ";assigned sex at birth",
    "given": "given name;given names;first name;first names;firstname;given;forename;first;given name s;fname;nombre"
    ";nombres;prs firstname;client first name;name first;first name legal;이름;名;person given name;victim first name",
    "given_more": "middle name;middle names;middlename;middle;second given name;segundo nombre;mi;middle initial;middle name or initial",
    "family": "family name;family names;last name;last names;lastname;surname;surnames;family;last;lname;second name"
    ";secondname;apellido;apellidos;apellido paterno;primer apellido;first surname;paternal surname;prs secondname"
    ";client last name;name last;성;성씨;姓;father s name;victim last name",
    "family_more": "apellido materno;segundo apellido;second surname;maternal surname;mother s surname;second last name",
    "full_name": "name;full name;fullname;client name;client;victim name;victim;survivor name;name of client;complainant"
    ";nombre completo;성명;姓名;caller name;person name;participant;name full;이름 성명;display name",
    "birth_date": "birth date;birthdate;date of birth;dob;d o b;birthday;born;born on;fecha de nacimiento;fecha nacimiento;fecha nac;fecha de nac;fec nac;f nac;f nacimiento;생년월일"
    ";prs birthdate;client dob;date birth;出生日期;victim dob",
    "birth_year": "birth year;year of birth;yob;year born;ano de nacimiento;출생연도;birthyear",
    "birth_month": "birth month;month of birth;mob",
    "birth_day": "birth day;day of birth",
    "stated_age": "age;age at intake;age at contact;stated age;client age;age years;age in years;edad;나이;연령;approx age"
    ";approximate age;estimated age;age at report;age at registration;age stated;age at interview;age at screening;age at identification"
    ";age at referral;age at admission;age at entry;age at first contact;current age;age now;만나이;한국나이;edad actual",
    "stated_on": "age as of;age date;age stated on;date age stated;age recorded on",
    "citizenship": "citizenship;nationality;country of citizenship;country of origin;origin;origin country;home country;nation"
    ";country of birth;birth country;nacionalidad;pais de origen;국적;prs citizenship;country;victim nationality",
    "language": "language;primary language;preferred language;language spoken;languages;lang;main language;idioma;언어"
    ";prs primarylanguage;primarylanguage;language s;spoken language;interpreter language;language preference",
    "exploitation": "exploitation;type of exploitation;exploitation type;form of exploitation;forms of exploitation"
    ";typeofexploitation;vic typeofexploitation;trafficking type;type of trafficking;type;purpose;tipo de explotacion"
    ";피해유형;exploitation forms;trafficking form;offence type;typeofexploitconcatenated;type of exploit;tipo de trata;착취유형",
    "sector": "sector;industry;labor sector;labour sector;forced labour industry;forced labor industry;forcedlabourindustry"
    ";vic forcedlabourindustry;venue type;work;type of work;economic sector;isic;isic section;isic sector;업종;industria"
    ";business type;labor industry;job type;work sector;occupation;typeoflabourconcatenated;sector economico;rubro",
    "area": "area;county;county of residence;county of exploitation;region;province;state;district;condado;metro area"
    ";service area;county name;county of contact;departamento;provincia;mailingstate;prs mailingstate;org shippingstate",
    "status": "trafficking status;traffickingstatus;vic traffickingstatus;victim status;status;determination;screening result",
    "release_scope": "release scope;roi scope;scope of release;release covers;scope;consent scope;sharing scope;release of information scope",
    "release_given": "release of information;roi;roi signed;release signed;consent to share"
    ";signed release;has release;roi on file;release on file;consent to release;정보제공동의",
    "release_recipient": "release recipient;roi recipient;recipient;release to;released to;roi to;share with;consent recipient;may share with"
    ";shared with;may be shared with;release recipients;recipients",
    "release_expires": "release expires;roi expires;release expiry;release expiration;roi expiration;roi expiry;expires;expiry"
    ";expiration date;roi expiration date;release valid until;valid until;consent expires;consent expiry;roi expires on;release end date"
    ";consent valid until;동의만료일",
    "release_withdrawn": "release withdrawn;roi withdrawn;withdrawn;withdrawn on;revoked;revoked on;consent withdrawn;roi revoked"
    ";date withdrawn;release revoked;consent withdrawn on;release withdrawn on;withdrawal date"
    ";date revoked;revocation date;consent revoked;동의철회;철회",
    "release_refused": "release refused;roi refused;consent refused;consent declined;consent denied",
    "parent": "parent index;parent key;parent id;parent;submission id;parent uid;parent reference;person",
    "leg.Recruitment.country": "country of recruitment;recruitment country;recruited in;origin of route;pais de captacion;pais de reclutamiento",
    "leg.Recruitment.date": "date of recruitment;recruitment date",
    "leg.Transit.country": "country of transit;transit country;transit;transit countries;pais de transito",
    "leg.Transit.date": "date of transit;transit date",
    "leg.Exploitation.country": "country of exploitation;countryofexploitation;exploitation country;destination;destination country;pais de explotacion;pais de destino",
    "leg.Exploitation.date": "date of exploitation;exploitation date;exploitation start",
    "leg.kind": "hte type;event type;leg;leg type;leg kind;stage;route stage",
    "leg.country": "hte country;event country;leg country;route country",
    "leg.date": "hte date;event date;leg date;route date;when",
}

REFUSED_WORDS = {
    "email", "phone", "homephone", "mobilephone", "telephone", "mobile", "fax", "street",
    "mailingstreet", "shippingstreet", "address", "postcode", "postalcode", "mailingpostalcode",
    "shippingpostalcode", "zip", "zipcode", "latitude", "longitude", "mailinglatitude",
    "mailinglongitude", "shippinglatitude", "shippinglongitude", "gps", "geopoint", "ssn",
    "passport", "identitynumber", "mailingcity", "shippingcity", "whatsapp", "facebook",
    "instagram", "narrative", "notes", "comments", "details",
}  # fmt: skip
"""Identity and contact columns: refused on import, whatever a project file says."""

FLAGS = {
    "isforcedlabour": "exploitation.ForcedLabour", "isforcedlabor": "exploitation.ForcedLabour",
    "issexualexploit": "exploitation.SexualExploitation", "isotherexploit": "exploitation.Other",
    "isforcedmarriage": "exploitation.ForcedMarriage",
    "isforcedmilitary": "exploitation.ForcedMilitaryByNonStateActors",
    "isorganremoval": "exploitation.OrganRemoval", "isslaveryandpractices": "exploitation.Servitude",
    "typeoflabouragriculture": "sector.A", "typeoflabouraquafarming": "sector.A",
    "typeoflabourbegging": "exploitation.ForcedBegging", "typeoflabourconstruction": "sector.F",
    "typeoflabourdomesticwork": "sector.T", "typeoflabourhospitality": "sector.I",
    "typeoflabourmanufacturing": "sector.C", "typeoflabourminingordrilling": "sector.B",
    "typeoflabourpeddling": "sector.G", "typeoflabourtransportation": "sector.H",
}  # fmt: skip
"""CTDC's yes/no columns, both layouts."""
KEPT_BY_SERVERS = {
    "_status", "_validation_status", "_notes", "_tags", "_submitted_by", "SubmitterID",
    "SubmitterName", "ReviewState", "DeviceID", "FormVersion",
}  # fmt: skip
"""Columns KoboToolbox and ODK add about a form, not about a person."""
PERSONAL = {
    "given", "given_more", "family", "family_more", "full_name", "birth_date", "birth_year",
    "birth_month", "birth_day", "stated_age", "gender", "citizenship", "language",
}  # fmt: skip
SOMEBODY_ELSE = {
    "advocate", "agency", "agent", "attorney", "broker", "business", "caregiver", "caseworker",
    "child", "children", "company", "contact", "counselor", "counsellor", "daughter", "defendant",
    "detective", "emergency", "employee", "employer", "enumerator", "exploiter", "father", "guardian",
    "husband", "interpreter", "interviewer", "investigator", "lawyer", "manager", "mother",
    "officer", "offender", "operator", "organisation", "organization", "owner", "parent", "partner",
    "perpetrator", "police", "provider", "recruiter", "referrer", "reporter", "responder", "school",
    "sibling", "son", "spouse", "staff", "submitter", "supervisor", "suspect", "trafficker",
    "translator", "user", "volunteer", "wife", "witness", "worker", "abogado", "empleador", "madre",
    "padre", "tratante", "victimario", "상담원", "담당자", "가해자",
}  # fmt: skip
"""Words of a column about another person or a body: its name, age or nationality is not the client's."""
OWN_NAME = {
    "applicant", "beneficiary", "clients", "guest", "individual", "individuals", "legal", "participants",
    "patient", "persons", "resident", "residents", "survivors", "victims", "youth",
}  # fmt: skip
"""What may stand beside "name" alone for it to be the person's."""
NOT_BY_ITSELF = {
    "name", "first", "last", "given", "middle", "client", "victim", "participant", "complainant",
    "family", "second", "when", "index", "uuid", "case", "caso", "parent",
}  # fmt: skip
"""Names of columns that say little as one of two words: "Client type" is no name."""
WEAKER = {"caller name", "complainant", "father s name"}
"""Used where nothing better is there: a caller may call for somebody else."""
