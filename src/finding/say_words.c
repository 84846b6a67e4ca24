/*
 * say_words.c - the words of messages that a finding itself fills in. What comes from the wire is escaped here.
 */
#include "config.h"

#include "finding/say.h"

#include "base/parse.h"
#include "base/rfc3339.h"
#include "finding/allow.h"
#include "finding/mined.h"

#define COINS_SHOWN 40  /* bytes of the list of coins; some pools have 30 of them */
#define MEMBERS_SHOWN 3 /* that a summary names */

static struct view view_text(const struct finding_text *t)
{
    return view_of(t->bytes, t->len);
}

/* "3.12 kH/s"; proofs of Equihash and of cycles are solutions, not hashes. */
static void put_per_second(const struct saying *s, double hs)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
    bool solutions = s->f->protocol == PROTOCOL_EQUIHASH || s->f->protocol == PROTOCOL_BEAM;
    size_t i = 0;

    for (; hs >= 1000 && i + 1 < ARRAY_LEN(prefixes); i++)
        hs /= 1000;
    out_fmt(s->o, "%.3g %s%s/s", hs, prefixes[i], solutions ? "Sol" : "H");
}

static void put_miner(const struct saying *s)
{
    addr_print(&s->f->miner.addr, s->o);
}

static uint64_t miner_port(const struct saying *s)
{
    return s->f->miner.port;
}

/* The pool in a title: by name, where the connection says one. */
static void put_pool(const struct saying *s)
{
    if (s->f->host.len)
        say_text(s, &s->f->host);
    else
        endpoint_print(&s->f->pool, s->o);
}

static void put_pool_place(const struct saying *s)
{
    if (s->f->host.len)
        say(s, MESSAGE_POOL_NAMED);
    else
        endpoint_print(&s->f->pool, s->o);
}

static void put_coin(const struct saying *s)
{
    out_escape(s->o, mined_of(s->f).coin);
}

static void put_algorithm(const struct saying *s)
{
    if (s->f->algorithm.len)
        say_text(s, &s->f->algorithm);
    else
        out_escape(s->o, mined_of(s->f).algorithm);
}

static void put_login_short(const struct saying *s)
{
    wording_short_login(&s->f->login, s->o);
}

static uint64_t logins_more(const struct saying *s)
{
    return s->f->n_logins - 1;
}

static void put_other_logins(const struct saying *s)
{
    if (s->f->n_logins > 1)
        say(s, MESSAGE_OTHER_LOGINS);
}

static void put_logged_in(const struct saying *s)
{
    if (s->f->login.len)
        say(s, s->f->login_refused ? MESSAGE_LOGIN_REFUSED : MESSAGE_LOGGED_IN);
}

/* enum mining_protocol and the messages have the same order. */
_Static_assert(MESSAGE_DIALECT_CHIA - MESSAGE_DIALECT_UNKNOWN == PROTOCOL_CHIA - PROTOCOL_UNKNOWN &&
                   PROTOCOL_CHIA + 1 == PROTOCOL_N && PROTOCOL_UNKNOWN == 0,
               "each dialect has a name");

static void put_dialect(const struct saying *s)
{
    say(s, (enum message)(MESSAGE_DIALECT_UNKNOWN + s->f->protocol));
}

static void put_span(const struct saying *s)
{
    say_span(s, s->f->last_ns - s->f->first_ns);
}

static void put_in_flows(const struct saying *s)
{
    if (s->f->n_flows > 1)
        say(s, MESSAGE_IN_FLOWS);
}

static void put_answered(const struct saying *s)
{
    if (s->f->n_accepted + s->f->n_rejected > 0)
        say(s, MESSAGE_ANSWERED);
}

static void put_terms(const struct saying *s)
{
    bool algorithm = mined_of(s->f).algorithm.n > 0, difficulty = s->f->difficulty > 0;

    if (algorithm && difficulty)
        say(s, MESSAGE_TERMS);
    else if (algorithm)
        say(s, MESSAGE_TERMS_ALGORITHM);
    else if (difficulty)
        say(s, MESSAGE_TERMS_DIFFICULTY);
}

static void put_difficulty(const struct saying *s)
{
    out_fmt(s->o, "%.10g", s->f->difficulty);
}

static void put_with_difficulty(const struct saying *s)
{
    if (s->f->difficulty > 0)
        say(s, MESSAGE_WITH_DIFFICULTY);
}

static void put_rate(const struct saying *s)
{
    put_per_second(s, s->f->rate.hs);
}

static void put_rate_error(const struct saying *s)
{
    out_fmt(s->o, "%.2g", s->f->rate.error_pct);
}

static void put_claimed_rate(const struct saying *s)
{
    put_per_second(s, (double)s->f->claimed_hs);
}

static void put_claim(const struct saying *s)
{
    if (s->f->claimed_hs)
        say(s, MESSAGE_CLAIMED);
}

/* The words are the site's own. */
static void put_allow_reason(const struct saying *s)
{
    if (s->f->allowed)
        out_escape(s->o, view_of(s->f->allowed->reason, s->f->allowed->n_reason));
}

static void put_allow_place(const struct saying *s)
{
    if (s->f->allowed)
        allow_place_print(s->f->allowed, s->o);
}

static void put_row_coins(const struct saying *s)
{
    struct view coins = view_of(s->row->coins, s->row->coins_len);

    if (coins.n > COINS_SHOWN) {
        struct view head = view_head(coins, COINS_SHOWN);

        coins = view_head(head, view_find_last(head, ' '));
    }
    out_escape(s->o, coins);
}

/* "a mining pool (XMR ETC)". */
static void put_row_kind(const struct saying *s)
{
    static const enum message kinds[FEED_KIND_N] = {
        [FEED_POOL] = MESSAGE_ROW_POOL, [FEED_PROXY] = MESSAGE_ROW_PROXY,       [FEED_NICEHASH] = MESSAGE_ROW_NICEHASH,
        [FEED_DEAD] = MESSAGE_ROW_DEAD, [FEED_WEBMINER] = MESSAGE_ROW_WEBMINER, [FEED_MALWARE] = MESSAGE_ROW_MALWARE,
        [FEED_NODE] = MESSAGE_ROW_NODE, [FEED_ALLOW] = MESSAGE_ROW_NOTHING,     [FEED_NEVER] = MESSAGE_ROW_NOTHING,
    };

    say(s, kinds[s->row->kind]);
    if (s->row->coins_len)
        say(s, s->row->coins_len > COINS_SHOWN ? MESSAGE_ROW_COINS_CUT : MESSAGE_ROW_COINS);
}

/* All coins: of a node's row it is one. */
static void put_row_coin(const struct saying *s)
{
    out_escape(s->o, view_of(s->row->coins, s->row->coins_len));
}

static void put_list(const struct saying *s)
{
    out_escape(s->o, view_of(s->row->list, s->row->list_len));
}

static uint64_t line(const struct saying *s)
{
    return s->row->line;
}

static void put_entry(const struct saying *s)
{
    out_escape(s->o, view_of(s->row->name, s->row->name_len));
}

/* True for "203.0.113.9, 203.0.113.10 and 3 more": the end, and how many more. */
static bool has_more(struct view text, struct view *addresses, uint64_t *n)
{
    size_t at = view_find_last(text, ' ');
    struct view rest = view_head(text, at);
    size_t number = view_find_last(rest, ' ');
    struct view head = view_head(rest, number);

    if (at == text.n || !view_is(view_skip(text, at), " more") || !parse_u64(view_skip(rest, number + 1), n) || head.n < 4 ||
        !view_is(view_skip(head, head.n - 4), " and"))
        return false;
    *addresses = view_head(head, head.n - 4);
    return true;
}

/* The addresses, or why there are none. */
static void put_answer(const struct saying *s)
{
    static const enum message none[] = {MESSAGE_ANSWER_BLOCKED, MESSAGE_ANSWER_NO_NAME, MESSAGE_ANSWER_REFUSED,
                                        MESSAGE_ANSWER_FAILED};
    struct view text = view_text(&s->f->answer), addresses;
    struct saying t = *s;

    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        if (view_is(text, message_text(none[i], LANGUAGE_EN))) {
            say(s, none[i]);
            return;
        }
    if (s->f->answer.cut || !has_more(text, &addresses, &t.a)) {
        say_text(s, &s->f->answer);
        return;
    }
    out_escape(s->o, addresses);
    say(&t, MESSAGE_ANSWER_MORE);
}

static void put_names(const struct saying *s)
{
    say(s, s->f->asked.len ? MESSAGE_NAME_ALIAS : MESSAGE_NAME);
}

static void put_name_from(const struct saying *s)
{
    say(s, s->f->asked.len ? MESSAGE_NAME_FROM : MESSAGE_NAME);
}

static uint64_t names_more(const struct saying *s)
{
    return s->f->n_names - 1;
}

static void put_other_names(const struct saying *s)
{
    if (s->f->n_names > 1)
        say(s, MESSAGE_OTHER_NAMES);
}

/* A log does not say which server. */
static void put_server(const struct saying *s)
{
    if (addr_is_none(&s->f->server.addr))
        say(s, MESSAGE_RESOLVER);
    else
        addr_print(&s->f->server.addr, s->o);
}

static void put_by_server(const struct saying *s)
{
    say(s, addr_is_none(&s->f->server.addr) ? MESSAGE_BY_LOG : MESSAGE_BY_SERVER);
}

static void put_times(const struct saying *s)
{
    if (s->f->count > 1)
        say(s, MESSAGE_TIMES);
}

static void put_contact_times(const struct saying *s)
{
    if (s->f->n_flows > 1)
        say(s, MESSAGE_CONTACT_TIMES);
}

static void put_network(const struct saying *s)
{
    say(s, s->f->row.coins_len ? MESSAGE_NETWORK : MESSAGE_NETWORK_ANY);
}

static void put_of_coin(const struct saying *s)
{
    if (s->f->row.coins_len)
        say(s, MESSAGE_OF_COIN);
}

static uint64_t node_records(const struct saying *s)
{
    return s->f->evidence[EVIDENCE_NODE].n;
}

static void put_node_times(const struct saying *s)
{
    if (node_records(s) > 1)
        say(s, MESSAGE_NODE_TIMES);
}

static void put_addresses(const struct saying *s)
{
    for (uint32_t i = 0; i < s->f->n_members_listed && i < MEMBERS_SHOWN; i++) {
        if (i)
            say(s, MESSAGE_LIST_NEXT);
        addr_print(&s->f->members[i].addr, s->o);
    }
    if (s->f->n_members > MEMBERS_SHOWN)
        out_str(s->o, " …");
}

static void put_member_list(const struct saying *s)
{
    say(s, s->f->n_members_listed ? MESSAGE_MEMBERS_LISTED : MESSAGE_MEMBERS);
}

static void put_at_pools(const struct saying *s)
{
    say(s, s->f->pool.port ? MESSAGE_AT_ONE_POOL : MESSAGE_AT_SEVERAL_POOLS);
}

static uint64_t span_a(const struct saying *s)
{
    return s->a;
}

static uint64_t span_b(const struct saying *s)
{
    return s->b;
}

static void put_first_day(const struct saying *s)
{
    rfc3339_print_day(rfc3339_day(s->f->first_ns), s->o);
}

#define AT(field) offsetof(struct finding, field)

const struct say_word say_words[] = {
    {"a", SAY_NUMBER, 0, MESSAGE_N, span_a, NULL},
    {"accepted", SAY_U64, AT(n_accepted), MESSAGE_N, NULL, NULL},
    {"addresses", SAY_CALL, 0, MESSAGE_N, NULL, put_addresses},
    {"agent", SAY_TEXT, AT(agent), MESSAGE_N, NULL, NULL},
    {"algorithm", SAY_CALL, 0, MESSAGE_N, NULL, put_algorithm},
    {"allow_place", SAY_CALL, 0, MESSAGE_N, NULL, put_allow_place},
    {"allow_reason", SAY_CALL, 0, MESSAGE_N, NULL, put_allow_reason},
    {"answer", SAY_CALL, 0, MESSAGE_N, NULL, put_answer},
    {"answered", SAY_CALL, 0, MESSAGE_N, NULL, put_answered},
    {"as_login", SAY_PART, AT(login), MESSAGE_AS_LOGIN, NULL, NULL},
    {"asked", SAY_TEXT, AT(asked), MESSAGE_N, NULL, NULL},
    {"at_pools", SAY_CALL, 0, MESSAGE_N, NULL, put_at_pools},
    {"b", SAY_NUMBER, 0, MESSAGE_N, span_b, NULL},
    {"by_server", SAY_CALL, 0, MESSAGE_N, NULL, put_by_server},
    {"claim", SAY_CALL, 0, MESSAGE_N, NULL, put_claim},
    {"claimed", SAY_U64, AT(claimed_hs), MESSAGE_N, NULL, NULL},
    {"claimed_rate", SAY_CALL, 0, MESSAGE_N, NULL, put_claimed_rate},
    {"coin", SAY_CALL, 0, MESSAGE_N, NULL, put_coin},
    {"contact_times", SAY_CALL, 0, MESSAGE_N, NULL, put_contact_times},
    {"count", SAY_U64, AT(count), MESSAGE_N, NULL, NULL},
    {"dialect", SAY_CALL, 0, MESSAGE_N, NULL, put_dialect},
    {"difficulty", SAY_CALL, 0, MESSAGE_N, NULL, put_difficulty},
    {"entry", SAY_CALL, 0, MESSAGE_N, NULL, put_entry},
    {"first_day", SAY_CALL, 0, MESSAGE_N, NULL, put_first_day},
    {"flows", SAY_U32, AT(n_flows), MESSAGE_N, NULL, NULL},
    {"for_login", SAY_PART, AT(login), MESSAGE_FOR_LOGIN, NULL, NULL},
    {"for_reason", SAY_PART, AT(reason), MESSAGE_FOR_REASON, NULL, NULL},
    {"gaps", SAY_U64, AT(n_gaps), MESSAGE_N, NULL, NULL},
    {"host", SAY_TEXT, AT(host), MESSAGE_N, NULL, NULL},
    {"in_flows", SAY_CALL, 0, MESSAGE_N, NULL, put_in_flows},
    {"jobs", SAY_U64, AT(n_jobs), MESSAGE_N, NULL, NULL},
    {"line", SAY_NUMBER, 0, MESSAGE_N, line, NULL},
    {"list", SAY_CALL, 0, MESSAGE_N, NULL, put_list},
    {"logged_in", SAY_CALL, 0, MESSAGE_N, NULL, put_logged_in},
    {"login", SAY_TEXT, AT(login), MESSAGE_N, NULL, NULL},
    {"login_as", SAY_PART, AT(login), MESSAGE_LOGIN_AS, NULL, NULL},
    {"login_short", SAY_CALL, 0, MESSAGE_N, NULL, put_login_short},
    {"logins_more", SAY_NUMBER, 0, MESSAGE_N, logins_more, NULL},
    {"member_list", SAY_CALL, 0, MESSAGE_N, NULL, put_member_list},
    {"members", SAY_U32, AT(n_members), MESSAGE_N, NULL, NULL},
    {"miner", SAY_CALL, 0, MESSAGE_N, NULL, put_miner},
    {"miner_endpoint", SAY_ENDPOINT, AT(miner), MESSAGE_N, NULL, NULL},
    {"miner_port", SAY_NUMBER, 0, MESSAGE_N, miner_port, NULL},
    {"name", SAY_TEXT, AT(name), MESSAGE_N, NULL, NULL},
    {"name_from", SAY_CALL, 0, MESSAGE_N, NULL, put_name_from},
    {"names", SAY_CALL, 0, MESSAGE_N, NULL, put_names},
    {"names_more", SAY_NUMBER, 0, MESSAGE_N, names_more, NULL},
    {"network", SAY_CALL, 0, MESSAGE_N, NULL, put_network},
    {"node_agent", SAY_PART, AT(agent), MESSAGE_NODE_AS, NULL, NULL},
    {"node_records", SAY_NUMBER, 0, MESSAGE_N, node_records, NULL},
    {"node_times", SAY_CALL, 0, MESSAGE_N, NULL, put_node_times},
    {"of_coin", SAY_CALL, 0, MESSAGE_N, NULL, put_of_coin},
    {"other_logins", SAY_CALL, 0, MESSAGE_N, NULL, put_other_logins},
    {"other_names", SAY_CALL, 0, MESSAGE_N, NULL, put_other_names},
    {"pool", SAY_CALL, 0, MESSAGE_N, NULL, put_pool},
    {"pool_endpoint", SAY_ENDPOINT, AT(pool), MESSAGE_N, NULL, NULL},
    {"pool_place", SAY_CALL, 0, MESSAGE_N, NULL, put_pool_place},
    {"rate", SAY_CALL, 0, MESSAGE_N, NULL, put_rate},
    {"rate_error", SAY_CALL, 0, MESSAGE_N, NULL, put_rate_error},
    {"reason", SAY_TEXT, AT(reason), MESSAGE_N, NULL, NULL},
    {"rejected", SAY_U64, AT(n_rejected), MESSAGE_N, NULL, NULL},
    {"row_coin", SAY_CALL, 0, MESSAGE_N, NULL, put_row_coin},
    {"row_coins", SAY_CALL, 0, MESSAGE_N, NULL, put_row_coins},
    {"row_kind", SAY_CALL, 0, MESSAGE_N, NULL, put_row_kind},
    {"server", SAY_CALL, 0, MESSAGE_N, NULL, put_server},
    {"server_endpoint", SAY_ENDPOINT, AT(server), MESSAGE_N, NULL, NULL},
    {"share_for", SAY_PART, AT(login), MESSAGE_SHARE_FOR, NULL, NULL},
    {"shares", SAY_U64, AT(n_submitted), MESSAGE_N, NULL, NULL},
    {"span", SAY_CALL, 0, MESSAGE_N, NULL, put_span},
    {"tag", SAY_TEXT, AT(tag), MESSAGE_N, NULL, NULL},
    {"terms", SAY_CALL, 0, MESSAGE_N, NULL, put_terms},
    {"times", SAY_CALL, 0, MESSAGE_N, NULL, put_times},
    {"truncated", SAY_U64, AT(n_truncated), MESSAGE_N, NULL, NULL},
    {"which_login", SAY_PART, AT(login), MESSAGE_WHICH_LOGIN, NULL, NULL},
    {"with_agent", SAY_PART, AT(agent), MESSAGE_WITH_AGENT, NULL, NULL},
    {"with_algorithm", SAY_PART, AT(algorithm), MESSAGE_WITH_ALGORITHM, NULL, NULL},
    {"with_answer", SAY_PART, AT(answer), MESSAGE_WITH_ANSWER, NULL, NULL},
    {"with_difficulty", SAY_CALL, 0, MESSAGE_N, NULL, put_with_difficulty},
};
const size_t say_n_words = ARRAY_LEN(say_words);
