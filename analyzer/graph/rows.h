/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rows.h - many sets of small numbers that share most of what they hold.
 *
 * A row is a sorted list of (page number, page), a page has 16 chunks of 256 bits; chunks, pages and rows are kept once
 * each, so equal sets are equal ids, and a set that adds little to another costs little.  A row is made in an
 * accumulator, which is a plain bitset with a list of the pages that it touched.  Several threads may fill accumulators of their own
 * at once: ids depend on who comes first then, so no result may.
 */
#ifndef SD_ROWS_H
#define SD_ROWS_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t rowid;         /* 0 is the empty set */
struct rows;
struct rowacc;

struct rows *rows_new(void);
void rows_free(struct rows *r);
uint32_t rows_count(const struct rows *r);
bool row_has(const struct rows *r, rowid row, uint32_t n);
/* The first member that is @from or more; UINT32_MAX when there is none. */
uint32_t row_next(const struct rows *r, rowid row, uint32_t from);
/* Each member, ascending, that the plain bitset @mask has, too, as it is when its turn comes: @use may take bits from it. */
void row_meet(const struct rows *r, rowid row, const uint64_t *mask, void (*use)(void *arg, uint32_t n), void *arg);

/* @limit: all numbers are below it. */
struct rowacc *rowacc_new(struct rows *r, uint32_t limit);
void rowacc_free(struct rowacc *a);
void rowacc_put(struct rowacc *a, uint32_t n);
void rowacc_add(struct rowacc *a, rowid row);   /* a row added twice costs nothing */
rowid rowacc_take(struct rowacc *a);            /* what it holds, as a row; it is empty then */
void rowacc_drain(struct rowacc *a, void (*use)(void *arg, uint32_t n), void *arg);    /* ... one by one, ascending, and no row is kept */
/* The union of @n rows (sorts them), remembered: the same question costs a lookup.  @a is empty before and after. */
rowid rows_union(struct rowacc *a, rowid *ids, uint32_t n);
void rows_forget_unions(struct rows *r);         /* few or none will be asked for from here on */
void rows_seal(struct rows *r);                  /* no row is made any more: what finds equal ones is given back */

#endif
