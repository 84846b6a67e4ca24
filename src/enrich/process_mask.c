/*
 * process_mask.c - where secrets stand in a command line.
 *
 * Each argument is walked over once. An argument may hold a whole command line again (sh -c '...'), so options are looked
 * for at each word; a value ends with the argument when its option began it, else with the word, or its quotes.
 */
#include "config.h"

#include "enrich/process_mask.h"

#include "base/base.h"
#include "evidence/wallet.h"
#include "finding/redact.h"

#define KEY_MAX 64 /* characters of a key that are looked at, behind its end */

/* Parts of names that say that what follows is a secret. */
static const char *const secret_parts[] = {"pass", "psw",        "pwd",           "secret", "token",
                                           "key",  "credential", "authorization", "bearer"};

/* Miners that read -px as -p x, by the beginning of their names; those with long options behind one dash (-pool) are not here. */
static const char *const getopt_miners[] = {"xmrig",   "xmr-stak", "minerd", "cpuminer",  "ccminer", "cgminer", "bfgminer",
                                            "sgminer", "t-rex",    "cnrig",  "nheqminer", "yam",     "wildrig", "astrominer"};

/* The same for accounts, where these are hidden too. */
static const char *const login_parts[] = {"user", "wal", "login", "account", "worker", "rig", "address", "mail"};

/* Coins whose addresses have a name and a colon before them, where the address itself is not told by its checksum. */
static const char *const address_prefixes[] = {"bitcoincash", "ecash", "kaspa", "karlsen", "nexa", "pyrin", "spectre", "xel"};

enum pending {
    PENDING_NONE,
    PENDING_SECRET, /* what follows is one */
    PENDING_LOGIN   /* what follows may have a password behind its colon */
};

struct walk {
    struct view arg; /* the argument */
    size_t at;       /* where in it */
    bool in_url;     /* of this word, "://" was seen */
    bool attached;   /* -px is -p x */
    bool hides_logins;
    enum pending pending;
    struct out *o;
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_quote(uint8_t c)
{
    return c == '"' || c == '\'' || c == '`';
}

/* Of a key, or the name of an option. */
static bool is_key_byte(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '-' || c == '.';
}

/* A byte before which a word begins. */
static bool opens_word(uint8_t c)
{
    return is_blank(c) || is_quote(c) || c == '(' || c == ';' || c == '|' || c == '&';
}

static bool has_part(struct view key, const char *const *parts, size_t n)
{
    for (size_t at = 0; at < key.n; at++)
        for (size_t i = 0; i < n; i++)
            if (view_is_word(view_head(view_skip(key, at), strlen(parts[i])), parts[i]))
                return true;
    return false;
}

static bool says_secret(const struct walk *w, struct view key)
{
    return has_part(key, secret_parts, ARRAY_LEN(secret_parts)) ||
           (w->hides_logins && has_part(key, login_parts, ARRAY_LEN(login_parts)));
}

/* From a place in v to the next blank or quote, or to the end. */
static size_t word_end(struct view v, size_t at)
{
    while (at < v.n && !is_blank(v.p[at]) && !is_quote(v.p[at]))
        at++;
    return at;
}

/* --- logins ------------------------------------------------------------------------------------- */

/* The part of a login before worker, difficulty and password. */
static size_t account_end(struct view v, size_t at)
{
    while (at < v.n && v.p[at] != ':' && v.p[at] != '.' && v.p[at] != '/' && v.p[at] != '+' && v.p[at] != '#' && v.p[at] != '@')
        at++;
    return at;
}

/* True when the colon at this place is inside of an address, as in kaspa:qq..., or between a coin and one, as in XMR:48... */
static bool is_of_address(struct view login, size_t colon)
{
    size_t end = account_end(login, colon + 1);

    for (size_t i = 0; i < ARRAY_LEN(address_prefixes); i++)
        if (view_is_word(view_head(login, colon), address_prefixes[i]))
            return true;
    return wallet_of(view_head(login, end)).check != WALLET_NONE ||
           wallet_of(view_sub(login, colon + 1, end - colon - 1)).check != WALLET_NONE;
}

/* Where the password of a login begins, behind its colon; the login's end when it has none. */
static size_t password_at(struct view login)
{
    size_t colon = view_find(login, ':');

    if (colon < login.n && is_of_address(login, colon))
        colon += 1 + view_find(view_skip(login, colon + 1), ':');
    return colon < login.n ? colon + 1 : login.n;
}

static void write_login(const struct walk *w, struct view login)
{
    size_t at = w->hides_logins ? 0 : password_at(login);

    out_bytes(w->o, view_head(login, at));
    if (at < login.n)
        out_str(w->o, PROCESS_HIDDEN);
}

/* --- values ------------------------------------------------------------------------------------- */

/* Writes up to a place. */
static void write_to(struct walk *w, size_t to)
{
    out_bytes(w->o, view_sub(w->arg, w->at, to - w->at));
    w->at = to;
}

static void hide_to(struct walk *w, size_t to)
{
    out_str(w->o, PROCESS_HIDDEN);
    w->at = to;
}

/* Behind the quote that closes the one at this place; 0 when there is none. A backslash hides one. */
static size_t quote_end(struct view v, size_t at)
{
    for (size_t i = at + 1; i < v.n; i++) {
        if (v.p[i] == v.p[at])
            return i + 1;
        if (v.p[i] == '\\')
            i++;
    }
    return 0;
}

/* True when such a quote was opened before this place, and not closed. */
static bool is_quoted(const struct walk *w, uint8_t quote)
{
    bool open = false;

    for (size_t i = 0; i < w->at; i++)
        open ^= w->arg.p[i] == quote;
    return open;
}

/* Where the value that begins here ends: a word as a shell takes it, or what stands between the quotes of JSON. */
static size_t value_end(const struct walk *w)
{
    struct view v = w->arg;
    size_t at = w->at, close;

    while (at < v.n && !is_blank(v.p[at])) {
        if (w->in_url && (v.p[at] == '&' || v.p[at] == '#'))
            break;
        if (!is_quote(v.p[at])) {
            at += v.p[at] == '\\' ? 2 : 1;
            continue;
        }
        close = quote_end(v, at);
        if (close == 0 && at > w->at && is_quoted(w, v.p[at]))
            break; /* it closes what the value is in */
        at = close ? close : v.n;
        if (at < v.n && (v.p[at] == ',' || v.p[at] == '}' || v.p[at] == ']' || v.p[at] == ')'))
            break;
    }
    return min_size(at, v.n);
}

static bool is_url(struct view v)
{
    size_t colon = view_find(v, ':');

    return view_starts(view_skip(v, colon), "://");
}

/* What was announced stands here, in the same argument, behind blanks. At its end it is the next argument. */
static void take_pending(struct walk *w)
{
    size_t at = w->at;

    while (at < w->arg.n && is_blank(w->arg.p[at]))
        at++;
    write_to(w, at);
    if (at == w->arg.n)
        return;
    if (w->pending == PENDING_SECRET) {
        hide_to(w, value_end(w));
    } else {
        size_t end = value_end(w);
        struct view login = view_sub(w->arg, at, end - at);

        if (!is_url(login)) { /* which has its own rule */
            write_login(w, login);
            w->at = end;
        }
    }
    w->pending = PENDING_NONE;
}

/* --- options, keys, URLs --------------------------------------------------------------------------- */

static bool is_login_option(struct view name)
{
    return view_is(name, "-u") || view_is(name, "-O") || view_is(name, "--user") || view_is(name, "--userpass") ||
           view_is(name, "--proxy-user");
}

/* A value that is tied to its option: to the end of the argument that the option began (--password=two words), or of the word. */
static void hide_tied(struct walk *w, bool begins)
{
    hide_to(w, begins ? w->arg.n : value_end(w));
}

/* The secret of the option whose name, of n bytes, is here. */
static void take_secret(struct walk *w, size_t n, bool begins)
{
    write_to(w, w->at + n);
    if (w->at == w->arg.n || is_blank(w->arg.p[w->at])) {
        w->pending = PENDING_SECRET;
        take_pending(w);
        return;
    }
    if (w->arg.p[w->at] == '=')
        write_to(w, w->at + 1);
    hide_tied(w, begins);
}

/* The login of the option whose name, of n bytes, is here. */
static void take_login(struct walk *w, size_t n)
{
    write_to(w, w->at + n);
    w->pending = PENDING_LOGIN;
    take_pending(w);
}

/* An option begins here. False when it has no secret, and nothing was written. */
static bool take_option(struct walk *w)
{
    struct view rest = view_skip(w->arg, w->at), name;
    bool begins = w->at == 0;
    size_t n = 0;

    while (n < rest.n && is_key_byte(rest.p[n]))
        n++;
    name = view_head(rest, n);
    if (name.n < 2)
        return false;
    if (is_login_option(name)) /* first: of --userpass only a part is one */
        take_login(w, n + (n < rest.n && (rest.p[n] == '=' || rest.p[n] == ':')));
    else if (view_is(name, "-p") || says_secret(w, name))
        take_secret(w, n, begins);
    else if (name.p[1] == 'p' && w->attached) {
        write_to(w, w->at + strlen("-p"));
        hide_tied(w, begins);
    } else if ((name.p[1] == 'u' || name.p[1] == 'O') && !is_url(rest))
        take_login(w, strlen("-u"));
    else
        return false;
    return true;
}

/* True of host:port, and of a host alone. */
static bool is_host(struct view v)
{
    struct view port = view_skip(v, view_find_last(v, ':') + 1);

    if (v.n > 0 && v.p[0] == '[')
        return true; /* an IPv6 address */
    for (size_t i = 0; i < port.n; i++)
        if (port.p[i] < '0' || port.p[i] > '9')
            return false;
    return true;
}

/* Behind the "://" of a URL: user and password, if it has them. What a password may not have unquoted, people write all the same. */
static void take_authority(struct walk *w)
{
    struct view rest = view_skip(w->arg, w->at), part;
    size_t at;

    rest = view_head(rest, word_end(rest, 0));
    part = view_head(rest, min_size(view_find(rest, '/'), min_size(view_find(rest, '?'), view_find(rest, '#'))));
    at = view_find_last(part, '@');
    if (at == part.n && (view_find(part, ':') == part.n || is_host(part)))
        return;
    if (at == part.n)
        at = view_find_last(rest, '@'); /* or the end was cut off */
    write_login(w, view_head(rest, at));
    w->at += at;
}

/* The key that ends before this place, behind which blanks and a quote may be. */
static struct view key_before(const struct walk *w)
{
    size_t end = w->at, begin;

    while (end > 0 && w->at - end < KEY_MAX && (is_blank(w->arg.p[end - 1]) || is_quote(w->arg.p[end - 1])))
        end--;
    begin = end;
    while (begin > 0 && end - begin < KEY_MAX && is_key_byte(w->arg.p[begin - 1]))
        begin--;
    return view_sub(w->arg, begin, end - begin);
}

/* At = or : the value of a key that says so. What begins an argument, and what follows Authorization, may be several words. */
static void take_value(struct walk *w)
{
    struct view key = key_before(w);
    bool is_whole = key.p == w->arg.p || view_is_word(key, "authorization");

    write_to(w, w->at + 1);
    if (w->at == w->arg.n || !says_secret(w, key))
        return;
    if (is_whole) {
        hide_to(w, w->arg.n);
        return;
    }
    w->pending = PENDING_SECRET;
    take_pending(w);
}

/* "Bearer", in the ways of HTTP, and a blank. */
static bool is_bearer(struct view v)
{
    return v.n > strlen("bearer") && view_is_word(view_head(v, strlen("bearer")), "bearer") && v.p[strlen("bearer")] == ' ';
}

static void walk_argument(struct walk *w)
{
    w->at = 0;
    w->in_url = false;
    while (w->at < w->arg.n && !w->o->full) {
        uint8_t c = w->arg.p[w->at];
        bool begins = w->at == 0 || opens_word(w->arg.p[w->at - 1]);

        if (is_blank(c))
            w->in_url = false;
        if (c == '-' && begins && take_option(w))
            continue;
        if (begins && is_bearer(view_skip(w->arg, w->at))) {
            take_secret(w, strlen("bearer"), false);
            continue;
        }
        if (view_starts(view_skip(w->arg, w->at), "://")) {
            write_to(w, w->at + strlen("://"));
            w->in_url = true;
            take_authority(w);
        } else if (c == '=' || c == ':') {
            take_value(w);
        } else {
            write_to(w, w->at + 1);
        }
    }
}

/* --- the command line --------------------------------------------------------------------------- */

/* Cuts the next argument off. */
static struct view next_argument(struct view *rest)
{
    size_t end = view_find(*rest, 0);
    struct view arg = view_head(*rest, end);

    *rest = view_skip(*rest, end + 1);
    return arg;
}

static bool is_getopt_miner(struct view program)
{
    size_t slash = view_find_last(program, '/');
    struct view name = slash < program.n ? view_skip(program, slash + 1) : program;

    for (size_t i = 0; i < ARRAY_LEN(getopt_miners); i++)
        if (view_is_word(view_head(name, strlen(getopt_miners[i])), getopt_miners[i]))
            return true;
    return false;
}

/* Miners are renamed: who has -o, or the pool behind it, reads its options as they do. */
static bool has_attached(struct view arguments)
{
    bool found = is_getopt_miner(view_head(arguments, view_find(arguments, 0)));

    while (arguments.n > 0 && !found) {
        struct view arg = next_argument(&arguments);

        found = view_is(arg, "-o") || view_starts(arg, "-ostratum") || view_is(arg, "--url") || view_starts(arg, "--url=");
    }
    return found;
}

void process_mask(struct view arguments, struct out *o)
{
    struct walk w = {.o = o};
    bool first = true;

    while (arguments.n > 0 && arguments.p[arguments.n - 1] == 0)
        arguments.n--;
    w.attached = has_attached(arguments);
    while (arguments.n > 0 && !o->full) {
        w.arg = next_argument(&arguments);
        if (!first)
            out_char(o, ' ');
        first = false;
        if (w.pending == PENDING_SECRET) {
            out_str(o, PROCESS_HIDDEN);
            w.pending = PENDING_NONE;
            continue;
        }
        if (w.pending == PENDING_LOGIN && !is_url(w.arg)) {
            write_login(&w, w.arg);
            w.pending = PENDING_NONE;
            continue;
        }
        w.pending = PENDING_NONE;
        walk_argument(&w);
    }
}

void process_mask_logins(struct view text, struct out *o)
{
    char mem[PROCESS_LOGINS_MAX];
    struct out hidden = out_of(mem, sizeof(mem));
    struct walk w = {.arg = text, .hides_logins = true, .o = &hidden};

    walk_argument(&w);
    redact_words(out_view(&hidden), o);
}
