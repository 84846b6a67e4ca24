/*
 * agent.c - families of mining software by their agents.
 *
 * Sources: the agents of public captures (XMRig, xmr-stak, cgminer, bfgminer, EWBF, equihashminer), the pattern lists of
 * nodejs-pool, NiceHash's specifications, XMRig's Platform_*.cpp for its shape, and what the projects' own
 * documents print. Names that are also those of other software stand with as much of the version as tells them apart.
 */
#include "config.h"

#include "message/agent.h"

#define AGENT_LOOK 256 /* bytes looked at; XMRig's longest seen has 104 */

/* Lower case. A letter or digit may not follow, but for a name that ends in a sign. */
static const char *const names[] = {
    "xmr-stak",     "xmr-node-proxy", "xmr/",          "cast_xmr",  "srbminer",  "cgminer",      "bfgminer",
    "sgminer",      "cpuminer",       "minerd/",       "ccminer",   "ewbf",      "nheqminer",    "equihashminer",
    "phoenixminer", "nbminer",        "gminer/",       "lolminer",  "rigel/1.",  "teamredminer", "bminer",
    "grin-miner",   "ethminer",       "iceriverminer", "bzminer",   "ckbminer",  "ergminer",     "nicehash/",
    "[generic_",    "poclbm",         "t-rex/",        "trex/0.",   "nanominer", "wildrig",      "onezerominer",
    "tt-miner",     "miniz/",         "claymore",      "cnrig",     "xlarig",    "minergate",    "bosminer",
    "antminer",     "whatsminer",     "bitaxe",        "esp-miner", "nerdminer",
};

/* Marks anywhere in the name: forks of XMRig and xmr-stak, and the algorithm that only miners know. */
static const char *const marks[] = {"-stak-rx/", "cryptonight", "xmrig"};

static bool is_word(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

/* Length of the version at the start of v: a digit, then digits, letters, points and dashes. 0 when there is none. */
static size_t version_length(struct view v)
{
    size_t n = 0;

    if (v.n == 0 || v.p[0] < '0' || v.p[0] > '9')
        return 0;
    while (n < v.n && (is_word(v.p[n]) || v.p[n] == '.' || v.p[n] == '-' || v.p[n] == '+'))
        n++;
    return n;
}

/* NAME/VERSION (PLATFORM) libuv/VERSION COMPILER/VERSION, in lower case. */
static bool has_xmrig_shape(struct view v)
{
    static const char *const compilers[] = {"gcc/", "clang/", "msvc/"};
    size_t slash = view_find(v, '/');
    size_t n;

    if (slash == 0 || slash > 40)
        return false;
    v = view_skip(v, slash + 1);
    n = version_length(v);
    v = view_skip(v, n);
    if (n == 0 || !view_starts(v, " ("))
        return false;
    v = view_skip(v, view_find(v, ')'));
    if (!view_starts(v, ") libuv/"))
        return false;
    v = view_skip(v, strlen(") libuv/"));
    n = version_length(v);
    v = view_skip(v, n);
    if (n == 0 || !view_starts(v, " "))
        return false;
    v = view_skip(v, 1);
    for (size_t i = 0; i < ARRAY_LEN(compilers); i++)
        if (view_starts(v, compilers[i]) && version_length(view_skip(v, strlen(compilers[i]))) > 0)
            return true;
    return false;
}

static bool is_miner(struct view agent, bool complete)
{
    uint8_t lower[AGENT_LOOK];
    struct view v = {lower, min_size(agent.n, sizeof(lower))};

    for (size_t i = 0; i < v.n; i++)
        lower[i] = agent.p[i] >= 'A' && agent.p[i] <= 'Z' ? agent.p[i] | 0x20 : agent.p[i];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        size_t n = strlen(names[i]);

        if (!view_starts(v, names[i]))
            continue;
        if (!is_word((uint8_t)names[i][n - 1]) || (v.n > n ? !is_word(v.p[n]) : complete))
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (v.n > 0 && memmem(v.p, v.n, marks[i], strlen(marks[i])))
            return true;
    return has_xmrig_shape(v);
}

bool agent_is_miner(struct view agent)
{
    return is_miner(agent, true);
}

bool agent_names_miner(const struct json_val *agent)
{
    return agent->type == JSON_STRING && is_miner(agent->text, agent->complete);
}
