/*
 * login.h - what a login says: account or wallet, worker, and by its shape the kind of account.
 *
 * Only the shape is looked at; checksums of wallets are not verified here.
 */
#ifndef EVIDENCE_LOGIN_H
#define EVIDENCE_LOGIN_H

#include "message/mining.h"

struct login {
    struct view account; /* part of the login before worker, difficulty and mail address */
    struct view worker;  /* empty when there is none */
    const char *kind;    /* word of login_kind: "xmr-address", "account", "email", ... */
    const char *coin;    /* "XMR" for a wallet whose shape names its coin, or NULL */
};

/*
 * Takes a login apart. The grammar is that of the dialect: nanopool's wallet.paymentid.worker/email,
 * MoneroOcean's address+difficulty, address.worker, account/worker. All views point into `text`.
 */
struct login login_of(struct view text, enum mining_protocol protocol);

#endif
