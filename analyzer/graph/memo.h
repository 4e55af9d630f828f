/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memo.h - answers that are remembered: a number for each of many 64-bit keys.  Nothing is ever taken out.
 *
 * Asked tens of millions of times a check, so no GHashTable: its entries are three arrays, and its look-up calls a hash function.
 */
#ifndef SD_MEMO_H
#define SD_MEMO_H

#include <stdbool.h>
#include <stdint.h>

struct memo_slot { uint64_t key; uint32_t value; bool used; };
struct memo { struct memo_slot *slot; uint32_t slots, n; };     /* all zero: empty */

/* Where the answer to @key is, or is to be put when *known is false: valid until the next call. */
uint32_t *memo_at(struct memo *m, uint64_t key, bool *known);
void memo_free(struct memo *m);

#endif
