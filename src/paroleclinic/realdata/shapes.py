"""The shapes: how an A-number, a receipt, a telephone number, a day or a street is written. Patterns only."""

from __future__ import annotations

import re

MONTHS = {
    word: number
    for number, words in enumerate(
        ("january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo", "june jun junio",
         "july jul julio", "august aug agosto", "september sept sep septiembre", "october oct octubre",
         "november nov noviembre", "december dec diciembre"), 1,
    )
    for word in words.split()
}  # fmt: skip
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DAY = re.compile(
    rf"""(?<![\w])(?:(?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})
    |(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\ (?:of\ |de\ )?(?P<m1>{MONTH})\.?,?\ (?:de\ )?(?P<y1>\d{{4}})
    |(?P<m2>{MONTH})\.?\ (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\ (?P<y2>\d{{4}})
    |(?P<a>\d{{1,2}})(?P<by>[-/.])(?P<b>\d{{1,2}})(?P=by)(?P<y3>\d{{4}}|\d{{2}}))(?![\w])""",
    re.IGNORECASE | re.VERBOSE,
)
BIRTH = re.compile(
    r"\b(?:(?:born|birth ?date|birth ?day|date of birth|nacid[oa]|naci[oó]|fecha de nacimiento)\b|d\.?o\.?b\b\.?)",
    re.IGNORECASE,
)
NOT_THE_BIRTH = re.compile(
    r"\b(?:after|before|since|until|by|between|under|over|certificate|filed|signed|entered|arrived|came|paroled|abroad|and|who|was)\b",
    re.IGNORECASE,
)
BORN_AFTER = re.compile(r"\s*[,(]{0,2}\s*(?:is |was |as )?(?:the |his |her |their |my )?(?:date of birth|birth ?day|birth ?date|d\.?o\.?b\b)",
                         re.IGNORECASE)  # fmt: skip
A_GROUPS = r"(?:\d{8,9}|\d{2,3}[- .]\d{3}[- .]\d{3})"
A_NUMBER = re.compile(
    rf"(?<![\w-])(?:A[- #:]{{0,3}}({A_GROUPS})"
    rf"|(?i:a(?:[#-]|[- ]?no\.?|[- ]?num(?:ber|\.)?|[- ]?nbr\.?|lien (?:registration )?(?:number|no\.?|\#))\W{{0,3}}(?:(?:is|was|of)\W{{1,2}})?(?:a[- #]{{0,2}})?({A_GROUPS}))"
    rf"|(?i:uscis ?(?:\#|number|no\.?)\W{{0,3}}(?:(?:is|was)\W{{1,2}})?({A_GROUPS}))"
    rf"|a({A_GROUPS}))(?![\w-])"
)
RECEIPT = re.compile(
    r"(?<![\w-])(?!(?i:fax|tel|cel|doc|ssn))([A-Z]{3}|(?i:ioe|eac|wac|lin|src|msc|nbc|ysc))"
    r"[- #]?(\d{10}|\d{2}[- ]\d{3}[- ]\d{5})(?![\w-])"
)
SSN = re.compile(
    r"(?<![\w-])(\d{3}[- ]\d{2}[- ]\d{4})(?![\w-])"
    r"|(?i:\bs\.?s\.?n\b\.?|\bsocial security(?: number| no\.?| card)?|\bsocial number|\bitin\b|\btax(?:payer)? (?:id|number))"
    r"\W{0,4}(?:(?:is|was|number)\W{1,3})?(\d{9})(?!\w)"
)
PASSPORT = re.compile(
    r"\b(?:passport|pasaporte|travel document|admission(?: record)?|i-?94)\b[^\n\d]{0,25}?(?<!\w)([a-z]{0,2}\d{6,9}|\d{9,10}[a-z]\d)(?![\w-])",
    re.IGNORECASE,
)
WHOLE_DAY = re.compile(r"(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d")
EMAIL = re.compile(r"(?<![\w.+@-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?![\w@-])", re.IGNORECASE)
PHONE = re.compile(
    r"(?<![\w.+-])(?:\+?1[-. ]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}(?![\w-]|\.\d)"
    r"|(?<![\w+])(?:\+|(?:011|00) ?)[1-9][\d ().-]{6,20}\d(?![\w-])"
    r"|(?i:\b(?:phone|telephone|tel|cell|cel|mobile|celular|tel[eé]fono|whats ?app|signal|fax|call(?:ed|ing)?|text(?:ed)?|dial"
    r"|reach(?:ed)?)\b[^\n\d;!?]{0,25}?)(?<![\w$/.-])(\d{3}[-. ]\d{4}|\d{10,11}|\d{2,4}(?:[-. ]\d{2,4}){2,4})(?![\w/-]|[.,]\d)"
)
TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
SUFFIX = {
    "street": "st", "avenue": "ave", "road": "rd", "lane": "ln", "drive": "dr", "boulevard": "blvd", "terrace": "ter",
    "parkway": "pkwy", "highway": "hwy", "court": "ct", "place": "pl",
}  # fmt: skip
ADDRESS = re.compile(
    r"(?<![\w$.,/-])\d{1,5}[A-Z]?\ (?:(?:[NSEW]\.?|North|South|East|West)\ )?"
    r"(?:[A-Z][a-z'’]{1,20}|\d{1,3}(?:st|nd|rd|th))(?:\ [A-Z][a-z'’]{1,20}){0,2}?\ "
    r"(?:(?:Street|Avenue|Road|Lane|Boulevard|Terrace|Parkway|Highway)\b"
    r"|(?:St|Ave|Rd|Ln|Blvd|Pkwy|Hwy|Dr|Ct|Pl|Drive|Court|Place|Way|Circle|Walk)\b(?=\.?\s*(?:,|;|$|\n|(?:Apt|Unit|Suite|Ste)\b|\#)))",
)
YEAR_BEFORE = re.compile(rf"\b(?:in|of|since|until|by|from|{MONTH}),? $", re.IGNORECASE)
NO_STREET = re.compile(
    rf"^\d+\w? (?:{MONTH}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|supreme|district|circuit|immigration|federal|appeals)\b",
    re.IGNORECASE,
)
