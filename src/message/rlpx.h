/*
 * rlpx.h - the opening of devp2p's transport over TCP (RLPx, the form of EIP-8): Ethereum's nodes and their kin.
 *
 * Each side opens with one message: its length behind these two bytes, big endian, and what is encrypted to the other's key
 * (ECIES): 0x04, a point of 64 bytes, initialisation vector, ciphertext, MAC. All but the length and the 0x04 is like chance.
 */
#ifndef MESSAGE_RLPX_H
#define MESSAGE_RLPX_H

#include "message/piece.h"

/* Whether data begins like such a message; one of a node is 252 to 1025 bytes long. */
enum piece_look rlpx_look(struct view data, struct piece *pc);

#endif
