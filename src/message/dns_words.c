/*
 * dns_words.c - tables of mnemonics.
 */
#include "config.h"

#include "message/dns_words.h"

#include "base/parse.h"

struct word {
    uint16_t number;
    const char *name;
};

static const struct word types[] = {
    {1, "A"},           {2, "NS"},          {5, "CNAME"},     {6, "SOA"},     {12, "PTR"},   {13, "HINFO"},  {15, "MX"},
    {16, "TXT"},        {17, "RP"},         {18, "AFSDB"},    {24, "SIG"},    {25, "KEY"},   {28, "AAAA"},   {29, "LOC"},
    {33, "SRV"},        {35, "NAPTR"},      {36, "KX"},       {37, "CERT"},   {39, "DNAME"}, {41, "OPT"},    {42, "APL"},
    {43, "DS"},         {44, "SSHFP"},      {45, "IPSECKEY"}, {46, "RRSIG"},  {47, "NSEC"},  {48, "DNSKEY"}, {49, "DHCID"},
    {50, "NSEC3"},      {51, "NSEC3PARAM"}, {52, "TLSA"},     {53, "SMIMEA"}, {55, "HIP"},   {59, "CDS"},    {60, "CDNSKEY"},
    {61, "OPENPGPKEY"}, {62, "CSYNC"},      {63, "ZONEMD"},   {64, "SVCB"},   {65, "HTTPS"}, {99, "SPF"},    {108, "EUI48"},
    {109, "EUI64"},     {249, "TKEY"},      {250, "TSIG"},    {251, "IXFR"},  {252, "AXFR"}, {255, "ANY"},   {256, "URI"},
    {257, "CAA"},
};

static const struct word classes[] = {{1, "IN"}, {3, "CH"}, {4, "HS"}, {254, "NONE"}, {255, "ANY"}};

static const struct word rcodes[] = {
    {0, "NOERROR"},  {1, "FORMERR"},  {2, "SERVFAIL"}, {3, "NXDOMAIN"},  {4, "NOTIMP"},     {5, "REFUSED"}, {6, "YXDOMAIN"},
    {7, "YXRRSET"},  {8, "NXRRSET"},  {9, "NOTAUTH"},  {10, "NOTZONE"},  {16, "BADVERS"},   {17, "BADKEY"}, {18, "BADTIME"},
    {19, "BADMODE"}, {20, "BADNAME"}, {21, "BADALG"},  {22, "BADTRUNC"}, {23, "BADCOOKIE"},
};

static void print(const struct word *list, size_t n, const char *prefix, unsigned number, struct out *o)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i].number == number) {
            out_str(o, list[i].name);
            return;
        }
    }
    out_fmt(o, "%s%u", prefix, number);
}

static bool is_word(struct view v, const char *name)
{
    size_t i = 0;

    while (i < v.n && name[i] && byte_lower(v.p[i]) == byte_lower((uint8_t)name[i]))
        i++;
    return i == v.n && name[i] == '\0';
}

/* The digits behind the prefix, or alone. */
static bool parse_digits(struct view v, const char *prefix, uint16_t *number)
{
    size_t n = strlen(prefix);
    uint64_t value;

    if (v.n > n && is_word(view_head(v, n), prefix))
        v = view_skip(v, n);
    if (!parse_u64(v, &value) || value > UINT16_MAX)
        return false;
    *number = (uint16_t)value;
    return true;
}

static bool parse(const struct word *list, size_t n, const char *prefix, struct view v, uint16_t *number)
{
    for (size_t i = 0; i < n; i++) {
        if (is_word(v, list[i].name)) {
            *number = list[i].number;
            return true;
        }
    }
    return parse_digits(v, prefix, number);
}

void dns_type_print(unsigned type, struct out *o)
{
    print(types, ARRAY_LEN(types), "TYPE", type, o);
}

void dns_class_print(unsigned class, struct out *o)
{
    print(classes, ARRAY_LEN(classes), "CLASS", class, o);
}

void dns_rcode_print(unsigned rcode, struct out *o)
{
    print(rcodes, ARRAY_LEN(rcodes), "RCODE", rcode, o);
}

bool dns_type_parse(struct view word, uint16_t *type)
{
    return parse(types, ARRAY_LEN(types), "TYPE", word, type);
}

bool dns_class_parse(struct view word, uint16_t *class)
{
    return parse(classes, ARRAY_LEN(classes), "CLASS", word, class);
}

bool dns_rcode_parse(struct view word, uint16_t *rcode)
{
    return parse(rcodes, ARRAY_LEN(rcodes), "RCODE", word, rcode);
}
