#include "reading/plate_formats.h"

namespace dashcam {
namespace {

// Letters that several countries leave out, most often because they resemble digits.
constexpr char kNoIO[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr char kNoIOQ[] = "ABCDEFGHJKLMNPRSTUVWXYZ";
constexpr char kNoIOU[] = "ABCDEFGHJKLMNPQRSTVWXYZ";
constexpr char kNoQ[] = "ABCDEFGHIJKLMNOPRSTUVWXYZ";
constexpr char kNoIQ[] = "ABCDEFGHJKLMNOPRSTUVWXYZ";
constexpr char kNoQWX[] = "ABCDEFGHIJKLMNOPRSTUVYZ";
constexpr char kNoGIOQ[] = "ABCDEFHJKLMNPRSTUVWXYZ";
constexpr char kConsonants[] = "BCDFGHJKLMNPRSTVWXYZ";
constexpr char kDutch[] = "BDFGHJKLNPRSTVXZ";
// Cyrillic and Greek letters that have a Latin twin.
constexpr char kRussian[] = "ABCEHKMOPTXY";
constexpr char kUkrainian[] = "ABCEHIKMOPTX";
constexpr char kGreek[] = "ABEHIKMNOPTXYZ";

constexpr char kRomanianCounties[] =
    "AB AG AR BC BH BN BR BT BV BZ CJ CL CS CT CV DB DJ GJ GL GR HD HR IF IL IS MH MM MS NT OT PH "
    "SB SJ "
    "SM SV TL TM TR VL VN VS";
constexpr char kBulgarianAreas[] =
    "A B BH BP BT C CA CB CC CH CM CO CT E EB EH K KH M H OB P PA PB PK PP T TX X Y";
constexpr char kCroatianAreas[] =
    "BJ BM CK DA DE DJ DU GS IM KA KC KR KT KZ MA NA NG OG OS PU PZ RI SB SI SK SL ST SB VK VT VU "
    "VZ ZD "
    "ZG ZU";
constexpr char kSlovenianAreas[] = "CE GO KK KP KR LJ MB MS NM PO SG";
constexpr char kSerbianAreas[] =
    "AC AL AR BB BC BG BO BP BT BU CA CU DE DJ GM IC IN JA KA KC KG KI KL KM KO KS KV LE LO LU NG "
    "NI NP "
    "NS NV PA PE PI PK PN PO PP PR PT PZ RA RU SA SC SD SI SJ SM SO SP ST SU SV TO TS TT UB UE UR "
    "VA VB "
    "VL VP VR VS ZA ZR ZV";
constexpr char kIndianStates[] =
    "AN AP AR AS BR CG CH DD DL GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD PB PY RJ SK TN "
    "TR TS "
    "UK UP WB";
constexpr char kTurkishProvinces[] =
    "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 "
    "32 33 "
    "34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 "
    "65 66 "
    "67 68 69 70 71 72 73 74 75 76 77 78 79 80 81";
constexpr char kVietnameseProvinces[] =
    "11 12 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 43 "
    "47 48 "
    "49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 "
    "81 82 "
    "83 84 85 86 88 89 90 92 93 94 95 97 98 99";
constexpr char kIndonesianAreas[] =
    "A B D E F G H K L M N P R S T W Z AA AB AD AE AG BA BB BD BE BG BH BK BL BM BN BP DA DB DC DD "
    "DE DG "
    "DH DK DL DM DN DR DS DT EA EB ED KB KH KT KU PA PB";
constexpr char kUkrainianRegions[] =
    "AA AB AC AE AH AI AK AM AO AP AT AX BA BB BC BE BH BI BK BM BO BT BX CA CB CE CH KA KB KC KE "
    "KH KI "
    "KK KM KO KP KT KX HA HB HC HE HH HI HK HM HO HT HX IA IB IC IE II IK IM IO IT IX";
constexpr char kSwissCantons[] =
    "AG AI AR BE BL BS FR GE GL GR JU LU NE NW OW SG SH SO SZ TG TI UR VD VS ZG ZH";
constexpr char kSouthAfricanProvinces[] =
    "CA CAA CAM CAR CAW CBL CBM CCC CEA CF CFM CFR CK CL CN CY";

constexpr PlateFormat kFormats[] = {
    // Europe
    {"AL", "", "lldddll", kNoIOQ, 1},
    {"AD", "", "ldddd", nullptr, 0.1},
    {"AT", "", "ldddddl ldddddll lldddll llddddl llddddd lddddd llddddll lldddlll ldddddd", kNoQ,
     4},
    {"BE", "1 2", "lllddd", nullptr, 5},
    {"BE", "", "nlllddd", nullptr, 0.5},
    {"BE", "", "lllddd dddlll", nullptr, 1},
    {"BG", kBulgarianAreas, "ddddll", kRussian, 3},
    {"BA", "", "lddldddd lddldddl ddldddd", "AEJKMOT", 1},
    {"CH", kSwissCantons, "nd ndd nddd ndddd nddddd", nullptr, 4},
    {"CY", "", "lllddd", kUkrainian, 1},
    {"CZ", "", "ndldddd nlddddd dlldddd dlddddd", "ABCDEFHIJKLMNPRSTUVXYZ", 5},
    {"DE", "",
     "lln llnd llndd llnddd llln lllnd lllndd lllnddd lllln llllnd llllndd llllnddd llllln lllllnd "
     "lllllndd",
     nullptr, 40},
    // Vintage cars and electric ones.
    {"DE", "", "llnH llndH llnddH llndddH lllnH lllndH lllnddH llllnH llllndH llllnddH", nullptr,
     0.8},
    {"DE", "", "llnE llndE llnddE llndddE lllnE lllndE lllnddE llllnE llllndE llllnddE", nullptr,
     1.2},
    {"DK", "", "llddddd", kNoIOQ, 3},
    {"EE", "", "dddlll", kNoIO, 1},
    {"ES", "", "ddddlll", kConsonants, 25},
    {"ES", "M B V SE MA A MU C O", "ddddll", nullptr, 2},
    {"FI", "", "lllddd", nullptr, 3},
    {"FR", "", "lldddll", kNoIOU, 35},
    {"FR", "", "nddlldd ndddlldd ndllldd nddllldd", kNoIOU, 2},  // before 2009
    {"GB", "", "llddlll", kNoIQ, 35},
    {"GB", "", "ldddlll lddlll lllddd", kNoIOQ, 2},
    {"GB", "", "lllndddd lllnddd", kNoQ, 1},
    {"GR", "", "llldddd", kGreek, 5},
    {"HR", kCroatianAreas, "dddl dddll ddddl ddddll", nullptr, 2},
    {"HU", "", "lllddd", nullptr, 4},
    {"HU", "", "llllddd", nullptr, 1},
    {"IE", "", "ddlnd ddlndd ddlnddd ddlndddd ddlnddddd", "CDGKLMOSTWX", 2},
    {"IE",
     "131 132 141 142 151 152 161 162 171 172 181 182 191 192 201 202 211 212 221 222 231 232 241 "
     "242",
     "lnddd lndddd lnddddd", "CDGKLMOSTWX", 3},
    {"IS", "", "llldd lldll llddd", kNoIO, 0.3},
    {"IT", "", "lldddll", "ABCDEFGHJKLMNPRSTVWXYZ", 35},
    {"IT", "", "llddddd", "ABCDEFGHJKLMNPRSTVWXYZ", 3},  // motorcycles
    {"LI", "FL", "nd ndd nddd ndddd nddddd", nullptr, 0.1},
    {"LT", "", "lllddd", kNoQWX, 1},
    {"LU", "", "lldddd", kNoIO, 0.5},
    {"LV", "", "llnddd llndd lldddd", kNoQWX, 1},
    {"MD", "", "lllddd", kNoQ, 1},
    {"ME", "BA BD BR CT DG HN KL KO MK NK PL PT PV RO SN TV UL ZB", "llddd", nullptr, 0.5},
    {"MK",
     "BE BT DB DE DH DK GE GV KA KI KO KP KR KS KU MB ME MK NE OH PE PP PS RA RE RS SK SN SR ST SU "
     "TE VA VE VI VV",
     "ddddll", kNoQ, 0.5},
    {"MT", "", "lllddd", nullptr, 0.3},
    {"NL", "", "llddll ddllll llllddd ddlllnd lddlll lllddl ldddll llnddl", kDutch, 1},
    {"NL", "",
     "ddlllnd ddllln nlllnd nlldddn ddlldd llddll ddllll llllnn ddllld dlllddd dllldd llldddl "
     "lldddl "
     "ldddll lddlll lllddl dlldddd dllddd dddlld",
     kDutch, 9},
    {"NO", "", "llndddd", kNoGIOQ, 3},
    {"PL", "",
     "llddddd llddddl lldddll lldlddd llllddd lllddll llldldd lllddld llldlld llllldd lllddddd "
     "lllddddl "
     "llldddll",
     "ABCDEFGHIJKLMNOPRSTUVWXYZ", 20},
    {"PT", "", "ddddll lldddd ddlldd llddll", kNoQ, 6},
    {"RO", kRomanianCounties, "ddlmm", kNoIOQ, 6},
    {"RO", "B", "ddlmm dddlmm", kNoIOQ, 3},
    {"RO", "B", "0ddddd 1ddddd", nullptr, 0.3},
    {"RS", kSerbianAreas, "dddll ddddll", nullptr, 2},
    {"SE", "", "lllddd", "ABCDEFGHJKLMNOPRSTUWXYZ", 3},
    {"SE", "", "lllddl", "ABCDEFGHJKLMNPRSTUWXYZ", 2},
    {"SI", kSlovenianAreas, "lllddd llddd ddlll dllld lddll dlldd ddldd", "ABCDEFGHIJKLMNOPRSTUVZ",
     1},
    {"SK", "", "lldddll", "ABCDEFGHIJKLMNOPRSTUVXYZ", 3},
    {"XK", "01 02 03 04 05 06 07", "dddll", kNoQWX, 0.3},
    {"UA", kUkrainianRegions, "ddddll", kUkrainian, 8},
    {"BY", "", "ddddlld", "ABEIKMHOPCTX", 3},
    {"RU", "", "ldddlldd ldddllddd", kRussian, 40},
    {"RU", "", "ldddll", kRussian, 4},
    {"TR", kTurkishProvinces, "ldddd lddddd lldddd llddd llldd lllddd", "ABCDEFGHIJKLMNOPRSTUVYZ",
     20},
    {"GE", "", "lldddll", nullptr, 1},
    {"AM", "", "ddlldd dddlldd ddllddd", nullptr, 0.5},
    {"AZ", "", "ddlldd ddllddd", nullptr, 1},
    // North America
    {"US-AK", "", "lllddd", nullptr, 1},
    {"US-AL", "", "dldddd ddldddd dllddll ndldddl", nullptr, 3},
    {"US-AR", "", "dddlll lllddl", nullptr, 2},
    {"US-AZ", "", "lllnddd lllddd", nullptr, 3},
    {"US-AZ", "", "lldlld", kNoIOQ, 1},
    {"US-CA", "", "nlllddd", kNoIOQ, 20},
    {"US-CA", "", "nlddddd ddddddl", nullptr, 3},
    {"US-CO", "", "lllddd dddlll", nullptr, 2},
    {"US-CO", "", "lllldd", nullptr, 1},
    {"US-CT", "", "dddlll llddddd dlllld", nullptr, 2},
    {"US-DC", "", "lldddd", nullptr, 0.5},
    {"US-DE", "", "dddddd ddddd", nullptr, 1},
    {"US-FL", "", "lllldd llldd lddlll dddlll ddlll lllddd", kNoQ, 10},
    {"US-GA", "", "llldddd lllddd", nullptr, 6},
    {"US-HI", "", "lllddd", nullptr, 1},
    {"US-IA", "", "lllddd dddlll", nullptr, 2},
    {"US-ID", "", "lddddd lldddd dlddddd dlldddd", nullptr, 1},
    {"US-IL", "", "llddddd lddddddd ddddddd lnddddd", nullptr, 8},
    {"US-IN", "", "dddlll dddll dddl dddllll", nullptr, 4},
    {"US-KS", "", "dddlll lllddd ddddlll", nullptr, 2},
    {"US-KY", "", "dddlll lllddd ldlddd", nullptr, 2},
    {"US-LA", "", "dddlll lllddd", nullptr, 2},
    {"US-MA", "", "dllldd dlldddd dddlld ddddll dddlll nlllnd dllddd", nullptr, 4},
    {"US-MD", "", "dlldddd lllddd", nullptr, 4},
    {"US-ME", "", "ddddll dddlll", nullptr, 1},
    {"US-MI", "", "llldddd dlllddd lllddd", nullptr, 6},
    {"US-MN", "", "dddlll lllddd", nullptr, 3},
    {"US-MO", "", "lldldl dlldddd lldddl", nullptr, 3},
    {"US-MS", "", "lllddd llldddd", nullptr, 1},
    {"US-MT", "", "ddddddl llldddd", nullptr, 1},
    {"US-NC", "", "llldddd", nullptr, 6},
    {"US-ND", "", "dddlll lllddd", nullptr, 1},
    {"US-NE", "", "lllddd ddlddd", nullptr, 1},
    {"US-NH", "", "ddddddd", nullptr, 1},
    {"US-NJ", "", "lddlll llldd llllddd lllddl", nullptr, 6},
    {"US-NM", "", "lllddd dddlll", nullptr, 1},
    {"US-NV", "", "dddlll ddldddd dddldddd ddlddd", nullptr, 2},
    {"US-NY", "", "llldddd", nullptr, 10},
    {"US-OH", "", "llldddd", nullptr, 6},
    {"US-OK", "", "lllddd dddlll", nullptr, 2},
    {"US-OR", "", "dddlll lllddd dddlld", nullptr, 2},
    {"US-PA", "", "llldddd", nullptr, 6},
    {"US-RI", "", "dddddd llddd dllddd", nullptr, 0.5},
    {"US-SC", "", "lllddd dddlll llllddd", nullptr, 3},
    {"US-SD", "", "dllddd ddlddd", nullptr, 0.5},
    {"US-TN", "", "lddddl dddlll lllddd llldddd dlldldd", nullptr, 4},
    {"US-TX", "", "llldddd lldlddd", "BCDFGHJKLMNPRSTVWXYZ", 12},
    {"US-TX", "", "lllddd dddlll", nullptr, 2},
    {"US-UT", "", "lddddll lddlll dddlll lddd ldddll", nullptr, 2},
    {"US-VA", "", "llldddd", nullptr, 5},
    {"US-VT", "", "lllddd", nullptr, 0.5},
    {"US-WA", "", "llldddd dddlll lllddd", nullptr, 4},
    {"US-WI", "", "llldddd dddlll", nullptr, 3},
    {"US-WV", "", "dllddd lllddd", nullptr, 1},
    {"US-WY", "", "ndddd ndddddd ndlddd", nullptr, 0.5},
    {"CA-AB", "", "lllddd llldddd", nullptr, 2},
    {"CA-BC", "", "lllddd llddl lldddl dddlll", nullptr, 2},
    {"CA-MB", "", "lllddd", nullptr, 1},
    {"CA-NB", "", "lllddd", nullptr, 1},
    {"CA-NS", "", "lllddd", nullptr, 1},
    {"CA-ON", "", "lllddd", nullptr, 1},
    {"CA-ON", "", "llllddd", kNoIOQ, 6},
    {"CA-QC", "", "dddlll lddlll", nullptr, 3},
    {"CA-SK", "", "dddlll", nullptr, 1},
    {"MX", "", "llldddd llldddl lddlll dddlll lllddd lldddld ldddlll", kNoIOQ, 10},
    // South America
    {"AR", "", "lldddll", nullptr, 8},
    {"AR", "", "lllddd", nullptr, 5},
    {"AR", "", "ldddlll", nullptr, 2},  // motorcycles
    {"BR", "", "llldldd", nullptr, 30},
    {"BR", "", "llldddd", nullptr, 15},
    {"CL", "", "lllldd", "BCDFGHJKLPRSTVWXYZ", 4},
    {"CL", "", "lldddd", nullptr, 1},
    {"CO", "", "lllddd", nullptr, 5},
    {"EC", "", "llldddd lllddd", nullptr, 2},
    {"PE", "", "ldldd ldlddd llldd lllddd", nullptr, 2},
    {"PY", "", "lllddd lllldd llllddd", nullptr, 1},
    {"UY", "", "llldddd", nullptr, 1},
    {"VE", "", "llldd lddlldl lldddll", nullptr, 2},
    // Asia
    {"CN", "",
     "lddddd llddddd lldddd ldldddd lddlddd ldddldd lddddld lddddll lllddd lldddld lldlddd", kNoIO,
     10},
    {"CN", "", "llddddd lddddd lldddl llddldd", kNoIO, 30},
    {"CN", "", "lDddddd lFddddd lDldddd lFldddd", kNoIO, 5},
    {"HK", "", "lldddd llddd lldd lld", kNoIOQ, 1},
    {"ID", kIndonesianAreas, "nddd ndddl ndddll ndddlll nddlll nddll", nullptr, 25},
    {"IL", "", "ddddddd dddddddd", nullptr, 2},
    {"IN", kIndianStates, "ddldddd ddlldddd", kNoIO, 30},
    {"IN", "DL", "dlldddd dllldddd dldddd dlldddd", kNoIO, 2},
    {"IN", "", "ddBHddddl ddBHddddll", kNoIO, 1},
    {"KZ", "", "dddllldd dddlldd", nullptr, 2},
    {"MY", "", "lllndd lllnddd lllnd llnddd lndddd lnddd", "ABCDEFGHJKLMNPQRSTUVWXY", 5},
    {"PH", "", "lllddd llldddd", nullptr, 4},
    {"PK", "", "lllddd llldddd lldddd", nullptr, 2},
    {"SG", "S", "llddddl llndddl llnddl llndl", kNoIO, 1},
    {"VN", kVietnameseProvinces, "lddddd ldddd ldnddddd ldddddd llddddd", "ABCDEFGHKLMNPSTUVXYZ",
     15},
    // Oceania and Africa
    {"AU-ACT", "Y", "llddl lldd", nullptr, 0.3},
    {"AU-NSW", "", "llddll lllddl", nullptr, 3},
    {"AU-NSW", "", "lllddd", nullptr, 1},
    {"AU-QLD", "", "dddlll dddlld lllddd", nullptr, 1.5},
    {"AU-NT", "C", "lddll", nullptr, 0.2},
    {"AU-TAS", "", "lddll", nullptr, 0.3},
    {"AU-SA", "S", "dddlll", nullptr, 1},
    {"AU-SA", "", "lllddd", nullptr, 0.5},
    {"AU-VIC", "", "dlldll lllddd", nullptr, 3},
    {"AU-WA", "1", "lllddd", nullptr, 1},
    {"NZ", "", "lllddd llddd lldddd", kNoQ, 2},
    {"KE", "K", "lldddl", kNoIO, 1},
    {"NG", "", "llldddll", nullptr, 2},
    {"ZA", "", "llddllGP llldddGP llldddMP llldddNW llldddFS llldddEC llldddL", kConsonants, 4},
    {"ZA", kSouthAfricanProvinces, "dddddd ddddd dddd", nullptr, 1},
};

}  // namespace

std::span<const PlateFormat> plate_formats() { return kFormats; }

}  // namespace dashcam
