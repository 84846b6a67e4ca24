/*
 * login.h - what a login says: account or wallet, worker, difficulty, and what kind of account it is.
 */
#ifndef EVIDENCE_LOGIN_H
#define EVIDENCE_LOGIN_H

#include "evidence/wallet.h"
#include "message/mining.h"

struct login {
    struct view account; /* the login without coin, worker, difficulty and mail address */
    struct view worker;  /* empty when there is none */
    const char *kind; /* word of login_kind: "xmr-address", "account", "email", ...; also of an address with a wrong checksum */
    struct wallet wallet;    /* the account as an address; WALLET_NONE when it is none */
    const char *coin;        /* of the wallet, or NULL when the login says by it only in what it is to be paid (coin$wallet) */
    double fixed_difficulty; /* that the miner asks for; 0 = none */
};

/*
 * Takes a login apart. The grammars are those of pools: nanopool's wallet.paymentid.worker/email, MoneroOcean's
 * address%N%address+difficulty, p2pool's name+difficulty, coin$wallet, coin:wallet.worker#code, address.worker,
 * account/worker. All views point into `text`.
 */
struct login login_of(struct view text, enum mining_protocol protocol);

/* Only the account, for which most logins need not be checked for being addresses. */
struct view login_account(struct view text);

#endif
