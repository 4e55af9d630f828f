/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rows.c - see rows.h */
#include <glib.h>
#include <string.h>
#include <xxhash.h>
#include "base.h"
#include "rows.h"

#define WORDS 4
#define CHUNK_BITS (WORDS * 64)

struct chunk { uint64_t w[WORDS]; };
struct part { uint32_t no, chunk; };            /* which 256 numbers, and which of them */
struct row { uint32_t n; struct part part[]; };

struct rows {
	struct sd_arena *arena;
	GArray *chunks;                         /* struct chunk */
	GPtrArray *rows;                        /* struct row *, [0] empty */
	uint32_t *chunk_slot, chunk_slots;      /* open addressing: id + 1 */
	uint32_t *row_slot, row_slots;
	struct question **union_slot; uint32_t nunion, union_slots;
};

struct question { uint64_t hash; uint32_t n; rowid answer; rowid ids[]; };      /* a union; ids: sorted, each once */

/* Most rows that are united share most chunks: what is one kept chunk so far is no bits yet. */
#define MIXED UINT32_MAX
struct rowacc {
	struct rows *r;
	uint32_t *chunk;                        /* per chunk: 0 nothing, id + 1 of the one that it is so far, MIXED: see w */
	uint64_t *w;
	uint64_t *touched;                      /* bit per chunk */
	uint32_t lo, hi;                        /* all touched words of it are in [lo, hi) */
	GArray *added;                          /* per row: the filling of this accumulator in which it was added */
	uint32_t filling;
	struct row *scratch;
};

static const struct row *row_at(const struct rows *r, rowid id)
{
	return g_ptr_array_index(r->rows, id);
}

static const struct chunk *chunk_at(const struct rows *r, uint32_t id)
{
	return &g_array_index(r->chunks, struct chunk, id);
}

struct rows *rows_new(void)
{
	struct rows *r = g_new0(struct rows, 1);

	r->arena = sd_arena_new();
	r->chunks = g_array_new(FALSE, FALSE, sizeof(struct chunk));
	r->rows = g_ptr_array_new();
	r->chunk_slots = r->row_slots = 1u << 12;
	r->chunk_slot = g_new0(uint32_t, r->chunk_slots);
	r->row_slot = g_new0(uint32_t, r->row_slots);
	r->union_slots = 1u << 12;
	r->union_slot = g_new0(struct question *, r->union_slots);
	g_ptr_array_add(r->rows, sd_arena_alloc(r->arena, sizeof(struct row)));
	return r;
}

void rows_free(struct rows *r)
{
	if (!r)
		return;
	sd_arena_free(r->arena);
	g_array_free(r->chunks, TRUE);
	g_ptr_array_free(r->rows, TRUE);
	g_free(r->chunk_slot);
	g_free(r->row_slot);
	g_free(r->union_slot);
	g_free(r);
}

uint32_t rows_count(const struct rows *r)
{
	return r->rows->len;
}

static uint64_t hash_of_row(const struct row *row)
{
	return XXH64(row->part, row->n * sizeof(row->part[0]), row->n);
}

static void grow_chunks(struct rows *r)
{
	g_free(r->chunk_slot);
	r->chunk_slots *= 2;
	r->chunk_slot = g_new0(uint32_t, r->chunk_slots);
	for (guint i = 0; i < r->chunks->len; i++) {
		uint32_t at = (uint32_t)XXH64(chunk_at(r, i), sizeof(struct chunk), 0) & (r->chunk_slots - 1);

		while (r->chunk_slot[at])
			at = (at + 1) & (r->chunk_slots - 1);
		r->chunk_slot[at] = i + 1;
	}
}

static uint32_t keep_chunk(struct rows *r, const uint64_t *w)
{
	uint32_t at;

	if (r->chunks->len * 2 >= r->chunk_slots)
		grow_chunks(r);
	at = (uint32_t)XXH64(w, sizeof(struct chunk), 0) & (r->chunk_slots - 1);
	for (; r->chunk_slot[at]; at = (at + 1) & (r->chunk_slots - 1))
		if (!memcmp(chunk_at(r, r->chunk_slot[at] - 1)->w, w, sizeof(struct chunk)))
			return r->chunk_slot[at] - 1;
	g_array_append_vals(r->chunks, w, 1);
	r->chunk_slot[at] = r->chunks->len;
	return r->chunks->len - 1;
}

static void grow_rows(struct rows *r)
{
	g_free(r->row_slot);
	r->row_slots *= 2;
	r->row_slot = g_new0(uint32_t, r->row_slots);
	for (guint i = 1; i < r->rows->len; i++) {
		uint32_t at = (uint32_t)hash_of_row(row_at(r, i)) & (r->row_slots - 1);

		while (r->row_slot[at])
			at = (at + 1) & (r->row_slots - 1);
		r->row_slot[at] = i;
	}
}

static rowid keep_row(struct rows *r, const struct row *row)
{
	size_t size = sizeof(*row) + row->n * sizeof(row->part[0]);
	struct row *mine;
	uint32_t at;

	if (!row->n)
		return 0;
	if (r->rows->len * 2 >= r->row_slots)
		grow_rows(r);
	at = (uint32_t)hash_of_row(row) & (r->row_slots - 1);
	for (; r->row_slot[at]; at = (at + 1) & (r->row_slots - 1)) {
		const struct row *old = row_at(r, r->row_slot[at]);

		if (old->n == row->n && !memcmp(old->part, row->part, row->n * sizeof(row->part[0])))
			return r->row_slot[at];
	}
	mine = sd_arena_alloc(r->arena, size);
	memcpy(mine, row, size);
	r->row_slot[at] = r->rows->len;
	g_ptr_array_add(r->rows, mine);
	return r->rows->len - 1;
}

/* The first part of @row with a number of @no or more; row->n when none. */
static uint32_t find_part(const struct row *row, uint32_t no)
{
	uint32_t lo = 0, hi = row->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (row->part[mid].no < no)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool row_has(const struct rows *r, rowid id, uint32_t n)
{
	const struct row *row = row_at(r, id);
	uint32_t i = find_part(row, n / CHUNK_BITS);

	return i < row->n && row->part[i].no == n / CHUNK_BITS &&
	       chunk_at(r, row->part[i].chunk)->w[n % CHUNK_BITS / 64] >> (n % 64) & 1;
}

uint32_t row_next(const struct rows *r, rowid id, uint32_t from)
{
	const struct row *row = row_at(r, id);

	for (uint32_t i = find_part(row, from / CHUNK_BITS); i < row->n; i++) {
		const uint64_t *w = chunk_at(r, row->part[i].chunk)->w;
		uint32_t base = row->part[i].no * CHUNK_BITS, bit = from > base ? from - base : 0;

		for (; bit < CHUNK_BITS; bit = (bit / 64 + 1) * 64) {
			uint64_t rest = w[bit / 64] >> (bit % 64);

			if (rest)
				return base + bit + (uint32_t)__builtin_ctzll(rest);
		}
	}
	return UINT32_MAX;
}

void row_meet(const struct rows *r, rowid id, const uint64_t *mask, void (*use)(void *arg, uint32_t n), void *arg)
{
	const struct row *row = row_at(r, id);

	for (uint32_t i = 0; i < row->n; i++) {
		const uint64_t *w = chunk_at(r, row->part[i].chunk)->w, *m = mask + (size_t)row->part[i].no * WORDS;

		for (unsigned k = 0; k < WORDS; k++)
			for (uint64_t left = w[k] & m[k]; left; left = left & (left - 1) & m[k])
				use(arg, row->part[i].no * CHUNK_BITS + k * 64 + (uint32_t)__builtin_ctzll(left));
	}
}

struct rowacc *rowacc_new(struct rows *r, uint32_t limit)
{
	struct rowacc *a = g_new0(struct rowacc, 1);
	uint32_t n = limit / CHUNK_BITS + 1;

	a->r = r;
	a->chunk = g_new0(uint32_t, n);
	a->w = g_new0(uint64_t, (size_t)n * WORDS);
	a->touched = g_new0(uint64_t, n / 64 + 1);
	a->lo = UINT32_MAX;
	a->added = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	a->filling = 1;
	a->scratch = g_malloc(sizeof(struct row) + n * sizeof(struct part));
	return a;
}

void rowacc_free(struct rowacc *a)
{
	g_free(a->chunk);
	g_free(a->w);
	g_free(a->touched);
	g_array_free(a->added, TRUE);
	g_free(a->scratch);
	g_free(a);
}

static void touch(struct rowacc *a, uint32_t no)
{
	a->touched[no / 64] |= UINT64_C(1) << (no % 64);
	a->lo = MIN(a->lo, no / 64);
	a->hi = MAX(a->hi, no / 64 + 1);
}

/* The words of a chunk, as bits from now on. */
static uint64_t *mixed(struct rowacc *a, uint32_t no)
{
	uint64_t *w = a->w + (size_t)no * WORDS;

	if (a->chunk[no] == MIXED)
		return w;
	if (a->chunk[no])
		memcpy(w, chunk_at(a->r, a->chunk[no] - 1)->w, sizeof(struct chunk));
	else
		touch(a, no);
	a->chunk[no] = MIXED;
	return w;
}

void rowacc_put(struct rowacc *a, uint32_t n)
{
	mixed(a, n / CHUNK_BITS)[n % CHUNK_BITS / 64] |= UINT64_C(1) << (n % 64);
}

static bool first_time(struct rowacc *a, rowid id)
{
	uint32_t *filling;

	if (id >= a->added->len)
		g_array_set_size(a->added, MAX(id + 1, a->r->rows->len));
	filling = &g_array_index(a->added, uint32_t, id);
	if (*filling == a->filling)
		return false;
	*filling = a->filling;
	return true;
}

static void add_part(struct rowacc *a, struct part part)
{
	const uint64_t *from;
	uint64_t *to;

	if (!a->chunk[part.no]) {
		touch(a, part.no);
		a->chunk[part.no] = part.chunk + 1;
		return;
	}
	from = chunk_at(a->r, part.chunk)->w;
	to = mixed(a, part.no);
	for (unsigned k = 0; k < WORDS; k++)
		to[k] |= from[k];
}

void rowacc_add(struct rowacc *a, rowid id)
{
	const struct row *row = row_at(a->r, id);

	if (!id || !first_time(a, id))
		return;
	for (uint32_t i = 0; i < row->n; i++)
		if (a->chunk[row->part[i].no] != row->part[i].chunk + 1)
			add_part(a, row->part[i]);
}

static void empty(struct rowacc *a, uint32_t no)
{
	if (a->chunk[no] == MIXED)
		memset(a->w + (size_t)no * WORDS, 0, sizeof(struct chunk));
	a->chunk[no] = 0;
}

static void all_taken(struct rowacc *a)
{
	if (a->lo < a->hi)
		memset(a->touched + a->lo, 0, (a->hi - a->lo) * sizeof(*a->touched));
	a->lo = UINT32_MAX;
	a->hi = 0;
	a->filling++;
}

rowid rowacc_take(struct rowacc *a)
{
	struct row *row = a->scratch;

	row->n = 0;
	for (uint32_t i = a->lo; i < a->hi; i++)
		for (uint64_t left = a->touched[i]; left; left &= left - 1) {
			uint32_t no = i * 64 + (uint32_t)__builtin_ctzll(left);
			uint32_t chunk = a->chunk[no] == MIXED ? keep_chunk(a->r, a->w + (size_t)no * WORDS) : a->chunk[no] - 1;

			row->part[row->n++] = (struct part){ no, chunk };
			empty(a, no);
		}
	all_taken(a);
	return keep_row(a->r, row);
}

void rowacc_drain(struct rowacc *a, void (*use)(void *arg, uint32_t n), void *arg)
{
	for (uint32_t i = a->lo; i < a->hi; i++)
		for (uint64_t left = a->touched[i]; left; left &= left - 1) {
			uint32_t no = i * 64 + (uint32_t)__builtin_ctzll(left);
			const uint64_t *w = a->chunk[no] == MIXED ? a->w + (size_t)no * WORDS : chunk_at(a->r, a->chunk[no] - 1)->w;

			for (unsigned k = 0; k < WORDS; k++)
				for (uint64_t bits = w[k]; bits; bits &= bits - 1)
					use(arg, no * CHUNK_BITS + k * 64 + (uint32_t)__builtin_ctzll(bits));
			empty(a, no);
		}
	all_taken(a);
}

static int by_id(const void *x, const void *y)
{
	rowid a = *(const rowid *)x, b = *(const rowid *)y;

	return a < b ? -1 : a > b;
}

#define FEW 24          /* ids that are sooner sorted in place */

static void sort_few(rowid *ids, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		rowid id = ids[i];
		uint32_t k = i;

		for (; k && ids[k - 1] > id; k--)
			ids[k] = ids[k - 1];
		ids[k] = id;
	}
}

/* Sorted, each once, the empty row left out. */
static uint32_t sort_ids(rowid *ids, uint32_t n)
{
	uint32_t out = 0;

	for (uint32_t i = 0; i < n; i++)
		if (ids[i])
			ids[out++] = ids[i];
	n = out, out = 0;
	if (n <= FEW)
		sort_few(ids, n);
	else
		qsort(ids, n, sizeof(*ids), by_id);
	for (uint32_t i = 0; i < n; i++)
		if (!i || ids[i] != ids[i - 1])
			ids[out++] = ids[i];
	return out;
}

static void grow_unions(struct rows *r)
{
	struct question **old = r->union_slot;
	uint32_t slots = r->union_slots;

	r->union_slots *= 2;
	r->union_slot = g_new0(struct question *, r->union_slots);
	for (uint32_t i = 0; i < slots; i++) {
		uint32_t at = old[i] ? (uint32_t)old[i]->hash & (r->union_slots - 1) : 0;

		while (old[i] && r->union_slot[at])
			at = (at + 1) & (r->union_slots - 1);
		if (old[i])
			r->union_slot[at] = old[i];
	}
	g_free(old);
}

/* Where this question is, or is to be put. */
static struct question **find_union(struct rows *r, uint64_t hash, const rowid *ids, uint32_t n)
{
	uint32_t at = (uint32_t)hash & (r->union_slots - 1);

	for (; r->union_slot[at]; at = (at + 1) & (r->union_slots - 1)) {
		const struct question *q = r->union_slot[at];

		if (q->hash == hash && q->n == n && !memcmp(q->ids, ids, n * sizeof(*ids)))
			break;
	}
	return &r->union_slot[at];
}

rowid rows_union(struct rowacc *a, rowid *ids, uint32_t n)
{
	struct rows *r = a->r;
	struct question **slot, *q;
	uint64_t hash;

	n = sort_ids(ids, n);
	if (n <= 1)
		return n ? ids[0] : 0;
	if (r->nunion * 2 >= r->union_slots)
		grow_unions(r);
	hash = XXH3_64bits(ids, n * sizeof(*ids));
	slot = find_union(r, hash, ids, n);
	if (*slot)
		return (*slot)->answer;
	q = sd_arena_alloc(r->arena, sizeof(*q) + n * sizeof(*ids));
	*q = (struct question){ .hash = hash, .n = n };
	memcpy(q->ids, ids, n * sizeof(*ids));
	for (uint32_t i = 0; i < n; i++)
		rowacc_add(a, ids[i]);
	q->answer = rowacc_take(a);
	*slot = q;
	r->nunion++;
	return q->answer;
}
