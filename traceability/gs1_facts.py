"""Facts of GS1's General Specifications that ``gs1`` checks against: identifiers, what each holds, country codes.

One line an identifier (or a run of them): its number, what its value is made of, then what must stand beside it
(``with``: one of the listed, ``+`` joins several) and what may not (``not``; ``same`` is its own family). ``n`` stands
for any digit: of a number it is 0 to 5, or to the digit behind it.

A part of a value is a kind (``N`` digits, ``X`` the 82 characters, ``Y`` those of part numbers, ``Z`` base 64), a
length or ``..`` the longest, ``:`` the rules of ``gs1`` that it keeps, and ``?`` where it may be left out.
Left out on purpose: coupons (8110, 8112) and freight unit types (7041).
"""

IDENTIFIERS = """
00 N18:check:prefix2
01 N14:check:prefix2 not=255,37
02 N14:check:prefix2 with=37 not=01,03
03 N14:check:prefix2 not=01,02,37,235
10 X..20 with=01,02,03,8006,8026
11 N6:day0 with=01,02,03,8006,8026
12 N6:day0 with=8020
13 N6:day0 with=01,02,03,8006,8026
15-16 N6:day0 with=01,02,03,8006,8026
17 N6:day0 with=01,02,03,255,8006,8026
20 N2 with=01,02,03,8006,8026
21 X..20 with=01,03,8006 not=235
22 X..20 with=01
235 X..28 with=01
240-241 X..30 with=01,02,03,8006,8026
242 N..6 with=01,02,8006,8026
243 X..20 with=01,03
250 X..30 with=01+21,03+21,8006+21
251 X..30 with=01,03,8006
253 N13:check:prefix X..17?
254 X..20 with=414
255 N13:check:prefix N..12? not=01,02,415,8006,8020,8026
30 N..8 with=01,02
310n-316n N6 with=01,02 not=same
320n-329n N6 with=01,02 not=same
330n-336n N6 with=00,01 not=same
337n N6 with=01 not=same
340n-349n N6 with=00,01 not=same
350n-352n N6 with=01,02 not=same
353n-355n N6 with=00,01 not=same
356n-357n N6 with=01,02 not=same
360n-361n N6 with=01,02 not=same
362n-363n N6 with=00,01 not=same
364n-366n N6 with=01,02 not=same
367n-369n N6 with=00,01 not=same
37 N..8 with=00+02,00+8026
390n9 N..15 with=255,8020 not=390n,391n,394n,8111
391n9 N3:currency N..15 with=8020 not=391n
392n9 N..15 with=01+30,01+31nn,01+32nn,01+35nn,01+36nn not=392n,393n
393n9 N3:currency N..15 with=30,31nn,32nn,35nn,36nn not=393n
394n3 N4 with=255 not=394n,8111
395n N6 with=30,31nn,32nn,35nn,36nn not=392n,393n,395n,8005
400 X..30
401 X..30:prefix
402 N17:check:prefix
403 X..30 with=00
410-414 N13:check:prefix
415 N13:check:prefix with=8020
416-417 N13:check:prefix
420 X..20 not=421
421 N3:country X..9 not=4307
422 N3:country with=01,02,03,8006,8026 not=426
423 N3:country N3:country? N3:country? N3:country? N3:country? with=01,02,03 not=426
424 N3:country with=01,02,03 not=426
425 N3:country N3:country? N3:country? N3:country? N3:country? with=01,02,03 not=426
426 N3:country with=01,02,03
427 X..3 with=01+422,02+422,03+422
4300-4301 X..35:percent with=00
4302 X..70:percent with=00
4303 X..70:percent with=4302
4304-4306 X..70:percent with=00
4307 X2:country2 with=00
4308 X..30 with=00
4309 N10:latitude N10:longitude with=00
4310-4311 X..35:percent with=00
4312 X..70:percent with=00
4313 X..70:percent with=4312
4314-4316 X..70:percent with=00
4317 X2:country2 with=00
4318 X..20 with=00
4319 X..30 with=00
4320 X..35:percent with=00
4321-4323 N1:yes_or_no with=00
4324-4325 N6:day0 N4:minutes with=00
4326 N6:day with=00
4330 N6 X1:minus? with=00 not=4331
4331 N6 X1:minus? with=00 not=4330
4332 N6 X1:minus? with=00 not=4333
4333 N6 X1:minus? with=00 not=4332
7001 N13 with=01,02,8006,8026
7002 X..30 with=01,02
7003 N6:day N4:minutes with=01,02,03
7004 N..4 with=01+10,03+10
7005 X..12 with=01,02
7006 N6:day with=01,02
7007 N6:day N6:day? with=01,02
7008 X..3 with=01,02
7009 X..10 with=01,02
7010 X..2 with=01,02,03
7011 N6:day N4:minutes? with=01,02,03
7020 X..20 with=01+416,03+416,8006+416
7021 X..20 with=01,03,8006
7022 X..20 with=01+7021,03+7021,8006+7021
7023 X..30:prefix
7030-7039 N3:country_or_all X..27 with=01,02
7040 N1 X1 X1 X1:importer
710-717 X..20 with=01
7230-7239 X2 X..28 with=01,8004
7240 X..20 with=01,8006 not=03
7241 N2:medium with=8017,8018
7242 X..25 with=8017,8018
7250 N8:long_day with=8018 not=7251
7251 N8:long_day N4:minutes with=8018 not=7250
7252 N1:sex with=8018
7253-7254 X..40:percent with=8017,8018 not=7256,7259
7255 X..10 with=8017,8018 not=7256,7259
7256 X..90:percent with=8017,8018
7257 X..70:percent with=8018
7258 X3:place_of_all with=8018+7259
7259 X..40:percent with=8018 not=7256
8001 N4:not_zero N5:not_zero N3:not_zero N1:winding N1 with=01
8002 X..20
8003 N1:zero N13:check:prefix X..16?
8004 X..30:prefix
8005 N6 with=01,02
8006 N14:check:prefix2 N4:piece not=01,03,37
8007 X..34:iban with=415
8008 N6:day N2:hour N2:sixty? N2:sixty? with=01,02,03
8009 X..50 with=00,01,03
8010 Y..30:prefix
8011 N..12:no_zero_first with=8010
8012 X..20 with=01,03,8006
8013 X..25:check_pair:prefix
8014 X..25:check_pair:prefix:not_digits with=01
8017 N18:check:prefix not=8018
8018 N18:check:prefix not=8017
8019 N..10 with=8017,8018
8020 X..25 with=415
8026 N14:check:prefix2 N4:piece with=37 not=02,03,8006
8030 Z..90 with=00,01+21,03+21,253,255,8003,8004,8006+21,8010+8011,8017,8018
8040 N15 with=01+21
8041 N15 with=01+21+8040
8042 N32 with=01+21+8040
8043 N18 N..2? with=01+21+8040
8111 N4 with=255
8200 X..70 with=01
90 X..30
91-99 X..90
"""

# The first two digits of identifiers whose values have one fixed length: no separator follows them.
FIXED = """
00 01 02 03 04 11 12 13 14 15 16 17 18 19 20 31 32 33 34 35 36 41
"""

# May not stand behind the question mark of a link.
NOT_IN_QUERY = """
03 21 22 235 254 7040 8011 8014 8019 8020 8030 8040 8041 8042 8043 8200
"""

# What a link may be about → what may follow in the path, in this order, any of them left out.
KEYS = {
    "00": [""],
    "01": ["22 10 21", "235"],
    "253": [""],
    "255": [""],
    "401": [""],
    "402": [""],
    "414": ["254", "7040"],
    "415": ["8020"],
    "417": ["7040"],
    "8003": [""],
    "8004": ["7040"],
    "8006": ["22 10 21"],
    "8010": ["8011"],
    "8013": [""],
    "8017": ["8019"],
    "8018": ["8019"],
}

# The names older links used for the numbers (deprecated; read only where somebody else's events are hashed).
NAMES = {
    "sscc": "00",
    "gtin": "01",
    "lot": "10",
    "ser": "21",
    "cpv": "22",
    "gdti": "253",
    "glnx": "254",
    "gcn": "255",
    "ginc": "401",
    "gsin": "402",
    "gln": "414",
    "party": "417",
    "grai": "8003",
    "giai": "8004",
    "itip": "8006",
    "cpid": "8010",
    "cpsn": "8011",
    "gmn": "8013",
    "gsrnp": "8017",
    "gsrn": "8018",
    "srin": "8019",
    "refno": "8020",
}

# ISO 3166-1, numeric; Việt Nam is 704. ``a-b`` is a run.
COUNTRIES = """
004 008 010 012 016 020 024 028 031-032 036 040 044 048 050-052 056 060 064 068 070 072 074 076 084 086
090 092 096 100 104 108 112 116 120 124 132 136 140 144 148 152 156 158 162 166 170 174 175 178 180 184
188 191 192 196 203-204 208 212 214 218 222 226 231-234 238-239 242 246 248 250 254 258 260 262 266 268
270 275 276 288 292 296 300 304 308 312 316 320 324 328 332 334 336 340 344 348 352 356 360 364 368 372
376 380 384 388 392 398 400 404 408 410 414 417-418 422 426 428 430 434 438 440 442 446 450 454 458 462
466 470 474 478 480 484 492 496 498-500 504 508 512 516 520 524 528 531 533-535 540 548 554 558 562 566
570 574 578 580 581 583 584 585 586 591 598 600 604 608 612 616 620 624 626 630 634 638 642 643 646 652
654 659 660 662 663 666 670 674 678 682 686 688 690 694 702 703 704 705 706 710 716 724 728 729 732 740
744 748 752 756 760 762 764 768 772 776 780 784 788 792 795 796 798 800 804 807 818 826 831 832 833 834
840 850 854 858 860 862 876 882 887 894
"""

# ISO 4217, numeric; the đồng is 704. ``a-b`` is a run.
CURRENCIES = """
008 012 032 036 044 048 050-052 060 064 068 072 084 090 096 104 108 116 124 132 136 144 152 156 170 174
188 192 203 208 214 222 230 232 238 242 262 270 292 320 324 328 332 340 344 348 352 356 360 364 368 376
388 392 396 398 400 404 408 410 414 417-418 422 426 430 434 446 454 458 462 480 484 496 498 504 512 516
524 532-533 548 554 558 566 578 586 590 598 600 604 608 634 643 646 654 682 690 702 704 706 710 728 748
752 756 760 764 776 780 784 788 800 807 818 826 834 840 858 860 882 886 901 924-930 933-934 936 938
940-941 943-944 946-953 955-959 960-965 967-973 975-981 984-986 990 994 997 999
"""

# ISO 3166-1, two letters.
COUNTRIES2 = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
YT ZA ZM ZW
"""
