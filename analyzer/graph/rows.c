/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rows.c - see rows.h */
#include <glib.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <xxhash.h>
#include "base.h"
#include "rows.h"

#define WORDS 4
#define CHUNK_BITS (WORDS * 64)
#define FAN 16                                  /* chunks of a page */
#define PAGE_BITS (FAN * CHUNK_BITS)

struct chunk { uint64_t w[WORDS]; };
struct page { uint32_t chunk[FAN]; };           /* id + 1; 0: nothing */
struct part { uint32_t no, page; };             /* which 4,096 numbers, and which of them */
struct row { uint32_t n; struct part part[]; };

/*
 * Things that are kept once each, found by what they are: open addressing in shards, each with its lock, for several threads
 * may fill accumulators.  They lie in blocks that never move, and whoever knows an id may read without a lock.
 */
#define SHARDS 64
#define BLOCK 14                                /* 2^14 things of a block */
#define BLOCKS (1u << 16)
struct slot { uint32_t hash, id; };             /* id + 1 */
struct shard { atomic_flag taken; struct sd_arena *arena; struct slot *slot; uint32_t slots, n; };
struct store {
	size_t size;                            /* 0: rows, of which the blocks have pointers */
	atomic_uint n;
	GMutex lock;                            /* of new blocks */
	_Atomic(unsigned char *) *block;
	struct shard shard[SHARDS];
};

struct question { uint64_t hash; uint32_t n; rowid answer; rowid ids[]; };      /* a union; ids: sorted, each once */
struct answers { atomic_flag taken; struct sd_arena *arena; struct question **slot; uint32_t slots, n; };

struct rows {
	struct store chunks, pages, rows;       /* row 0 is empty */
	struct answers unions[SHARDS];
};

/* Most rows that are united share most pages, and pages their chunks: what is one kept so far is nothing else yet. */
#define MIXED UINT32_MAX
struct rowacc {
	struct rows *r;
	uint32_t *page;                         /* per page: 0 nothing, id + 1 of the one that it is so far, MIXED: see its chunks */
	uint32_t *chunk;                        /* per chunk of a mixed page: the same, MIXED: see w; else 0 */
	uint64_t *w;
	uint64_t *touched;                      /* bit per page */
	uint32_t lo, hi;                        /* all touched words of it are in [lo, hi) */
	GArray *added;                          /* per row: the filling of this accumulator in which it was added */
	uint32_t filling;
	struct row *scratch;
};

/* --- what is kept once --- */

/* A lock that is taken tens of millions of times for some dozens of instructions, and is mostly free. */
static inline void take_turn(atomic_flag *taken)
{
	while (atomic_flag_test_and_set_explicit(taken, memory_order_acquire))
		sched_yield();
}

static inline void end_turn(atomic_flag *taken) { atomic_flag_clear_explicit(taken, memory_order_release); }

static void store_init(struct store *s, size_t size)
{
	s->size = size;
	g_mutex_init(&s->lock);
	s->block = g_malloc0(BLOCKS * sizeof(*s->block));
	for (unsigned i = 0; i < SHARDS; i++)
		s->shard[i] = (struct shard){ .arena = size ? NULL : sd_arena_new(), .slots = 64, .slot = g_new0(struct slot, 64) };
}

static void store_clear(struct store *s)
{
	for (unsigned i = 0; i < SHARDS; i++) {
		g_free(s->shard[i].slot);
		sd_arena_free(s->shard[i].arena);
	}
	for (unsigned i = 0; i < BLOCKS && s->block[i]; i++)
		g_free(s->block[i]);
	g_free((void *)s->block);
	g_mutex_clear(&s->lock);
}

static size_t room_of(const struct store *s) { return s->size ? s->size : sizeof(struct row *); }

static void *place_of(const struct store *s, uint32_t id)
{
	unsigned char *block = atomic_load_explicit(&s->block[id >> BLOCK], memory_order_relaxed);

	return block + (id & ((1u << BLOCK) - 1)) * room_of(s);
}

static const struct chunk *chunk_at(const struct rows *r, uint32_t id) { return place_of(&r->chunks, id); }
static const struct page *page_at(const struct rows *r, uint32_t id) { return place_of(&r->pages, id); }
static const struct row *row_at(const struct rows *r, rowid id) { return *(struct row **)place_of(&r->rows, id); }

/* An id's place, made where it is the first of its block. */
static void *new_place(struct store *s, uint32_t *id)
{
	*id = atomic_fetch_add(&s->n, 1);
	if (*id >> BLOCK >= BLOCKS)
		sd_die("more than %u sets", BLOCKS << BLOCK);
	if (!atomic_load(&s->block[*id >> BLOCK])) {
		g_mutex_lock(&s->lock);
		if (!atomic_load(&s->block[*id >> BLOCK]))
			atomic_store(&s->block[*id >> BLOCK], g_malloc0(room_of(s) << BLOCK));
		g_mutex_unlock(&s->lock);
	}
	return place_of(s, *id);
}

static void grow_shard(struct shard *h)
{
	struct slot *old = h->slot;
	uint32_t n = h->slots;

	h->slots *= 2;
	h->slot = g_new0(struct slot, h->slots);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = old[i].hash & (h->slots - 1);

		while (old[i].id && h->slot[at].id)
			at = (at + 1) & (h->slots - 1);
		if (old[i].id)
			h->slot[at] = old[i];
	}
	g_free(old);
}

static bool is_kept(const struct store *s, uint32_t id, const void *what, size_t size)
{
	const struct row *row;

	if (s->size)
		return !memcmp(place_of(s, id), what, size);
	row = *(struct row **)place_of(s, id);
	return row->n == ((const struct row *)what)->n && !memcmp(row, what, size);
}

static uint32_t add_kept(struct store *s, struct shard *h, const void *what, size_t size)
{
	uint32_t id;
	void *place = new_place(s, &id);

	if (!s->size)
		place = *(void **)place = sd_arena_alloc(h->arena, size);
	memcpy(place, what, size);
	return id;
}

static uint32_t keep_one(struct store *s, const void *what, size_t size)
{
	uint64_t hash = XXH3_64bits(what, size);
	struct shard *h = &s->shard[hash >> 58];
	uint32_t at, id;

	_Static_assert(SHARDS == 1u << (64 - 58), "six bits choose a shard");
	take_turn(&h->taken);
	if (h->n * 2 >= h->slots)
		grow_shard(h);
	for (at = (uint32_t)hash & (h->slots - 1); h->slot[at].id; at = (at + 1) & (h->slots - 1))
		if (h->slot[at].hash == (uint32_t)hash && is_kept(s, h->slot[at].id - 1, what, size))
			break;
	if (!h->slot[at].id) {
		h->slot[at] = (struct slot){ (uint32_t)hash, add_kept(s, h, what, size) + 1 };
		h->n++;
	}
	id = h->slot[at].id - 1;
	end_turn(&h->taken);
	return id;
}

static rowid keep_row(struct rows *r, const struct row *row)
{
	return row->n ? keep_one(&r->rows, row, sizeof(*row) + row->n * sizeof(row->part[0])) : 0;
}

struct rows *rows_new(void)
{
	struct rows *r = g_new0(struct rows, 1);

	store_init(&r->chunks, sizeof(struct chunk));
	store_init(&r->pages, sizeof(struct page));
	store_init(&r->rows, 0);
	keep_one(&r->rows, &(struct row){ 0 }, sizeof(struct row));
	return r;
}

void rows_forget_unions(struct rows *r)
{
	for (unsigned i = 0; i < SHARDS; i++) {
		struct answers *u = &r->unions[i];

		sd_arena_free(u->arena);
		g_free(u->slot);
		u->arena = NULL, u->slot = NULL;
		u->n = u->slots = 0;
	}
}

static void store_seal(struct store *s)
{
	for (unsigned i = 0; i < SHARDS; i++)
		g_clear_pointer(&s->shard[i].slot, g_free);
}

void rows_seal(struct rows *r)
{
	rows_forget_unions(r);
	store_seal(&r->chunks), store_seal(&r->pages), store_seal(&r->rows);
}

void rows_free(struct rows *r)
{
	if (!r)
		return;
	rows_forget_unions(r);
	store_clear(&r->chunks), store_clear(&r->pages), store_clear(&r->rows);
	g_free(r);
}

uint32_t rows_count(const struct rows *r)
{
	return r->rows.n;
}

/* --- what is in a row --- */

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
	uint32_t i = find_part(row, n / PAGE_BITS), chunk;

	if (i == row->n || row->part[i].no != n / PAGE_BITS)
		return false;
	chunk = page_at(r, row->part[i].page)->chunk[n % PAGE_BITS / CHUNK_BITS];
	return chunk && (chunk_at(r, chunk - 1)->w[n % CHUNK_BITS / 64] >> (n % 64) & 1);
}

/* The first bit of a chunk that is @bit or more; CHUNK_BITS: none. */
static uint32_t next_in_chunk(const struct chunk *c, uint32_t bit)
{
	for (; bit < CHUNK_BITS; bit = (bit / 64 + 1) * 64) {
		uint64_t rest = c->w[bit / 64] >> (bit % 64);

		if (rest)
			return bit + (uint32_t)__builtin_ctzll(rest);
	}
	return CHUNK_BITS;
}

uint32_t row_next(const struct rows *r, rowid id, uint32_t from)
{
	const struct row *row = row_at(r, id);

	for (uint32_t i = find_part(row, from / PAGE_BITS); i < row->n; i++) {
		const struct page *page = page_at(r, row->part[i].page);
		uint32_t base = row->part[i].no * PAGE_BITS, first = from > base ? (from - base) / CHUNK_BITS : 0;

		for (uint32_t k = first; k < FAN; k++) {
			uint32_t at = base + k * CHUNK_BITS, bit = CHUNK_BITS;

			if (page->chunk[k])
				bit = next_in_chunk(chunk_at(r, page->chunk[k] - 1), from > at ? from - at : 0);
			if (bit < CHUNK_BITS)
				return at + bit;
		}
	}
	return UINT32_MAX;
}

void row_meet(const struct rows *r, rowid id, const uint64_t *mask, void (*use)(void *arg, uint32_t n), void *arg)
{
	const struct row *row = row_at(r, id);

	for (uint32_t i = 0; i < row->n * FAN; i++) {
		uint32_t no = row->part[i / FAN].no * FAN + i % FAN, chunk = page_at(r, row->part[i / FAN].page)->chunk[i % FAN];
		const uint64_t *w = chunk ? chunk_at(r, chunk - 1)->w : NULL, *m = mask + (size_t)no * WORDS;

		for (unsigned k = 0; chunk && k < WORDS; k++)
			for (uint64_t left = w[k] & m[k]; left; left = left & (left - 1) & m[k])
				use(arg, no * CHUNK_BITS + k * 64 + (uint32_t)__builtin_ctzll(left));
	}
}

/* --- accumulators --- */

struct rowacc *rowacc_new(struct rows *r, uint32_t limit)
{
	struct rowacc *a = g_new0(struct rowacc, 1);
	uint32_t n = limit / PAGE_BITS + 1;

	a->r = r;
	a->page = g_new0(uint32_t, n);
	a->chunk = g_new0(uint32_t, n * FAN);
	a->w = g_new0(uint64_t, (size_t)n * FAN * WORDS);
	a->touched = g_new0(uint64_t, n / 64 + 1);
	a->lo = UINT32_MAX;
	a->added = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	a->filling = 1;
	a->scratch = g_malloc(sizeof(struct row) + n * sizeof(struct part));
	return a;
}

void rowacc_free(struct rowacc *a)
{
	g_free(a->page);
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

/* The chunks of a page, one by one from now on. */
static uint32_t *mixed_page(struct rowacc *a, uint32_t no)
{
	uint32_t *chunk = a->chunk + (size_t)no * FAN;

	if (a->page[no] == MIXED)
		return chunk;
	if (a->page[no])
		memcpy(chunk, page_at(a->r, a->page[no] - 1)->chunk, sizeof(struct page));
	else
		touch(a, no);
	a->page[no] = MIXED;
	return chunk;
}

/* The words of a chunk of a mixed page, as bits from now on. */
static uint64_t *mixed_chunk(struct rowacc *a, uint32_t no)
{
	uint64_t *w = a->w + (size_t)no * WORDS;

	if (a->chunk[no] && a->chunk[no] != MIXED)
		memcpy(w, chunk_at(a->r, a->chunk[no] - 1)->w, sizeof(struct chunk));
	a->chunk[no] = MIXED;
	return w;
}

void rowacc_put(struct rowacc *a, uint32_t n)
{
	mixed_page(a, n / PAGE_BITS);
	mixed_chunk(a, n / CHUNK_BITS)[n % CHUNK_BITS / 64] |= UINT64_C(1) << (n % 64);
}

static bool first_time(struct rowacc *a, rowid id)
{
	uint32_t *filling;

	if (id >= a->added->len)
		g_array_set_size(a->added, MAX(id + 1, rows_count(a->r)));
	filling = &g_array_index(a->added, uint32_t, id);
	if (*filling == a->filling)
		return false;
	*filling = a->filling;
	return true;
}

static void add_page(struct rowacc *a, uint32_t no, const struct page *page)
{
	uint32_t *chunk = mixed_page(a, no);

	for (uint32_t k = 0; k < FAN; k++) {
		const uint64_t *from;
		uint64_t *to;

		if (!page->chunk[k] || chunk[k] == page->chunk[k])
			continue;
		if (!chunk[k]) {
			chunk[k] = page->chunk[k];
			continue;
		}
		from = chunk_at(a->r, page->chunk[k] - 1)->w;
		to = mixed_chunk(a, no * FAN + k);
		for (unsigned i = 0; i < WORDS; i++)
			to[i] |= from[i];
	}
}

void rowacc_add(struct rowacc *a, rowid id)
{
	const struct row *row = row_at(a->r, id);

	if (!id || !first_time(a, id))
		return;
	for (uint32_t i = 0; i < row->n; i++)
		if (a->page[row->part[i].no] && a->page[row->part[i].no] != row->part[i].page + 1)
			__builtin_prefetch(page_at(a->r, row->part[i].page));
	for (uint32_t i = 0; i < row->n; i++) {
		struct part part = row->part[i];

		if (a->page[part.no] == part.page + 1)
			continue;
		if (a->page[part.no]) {
			add_page(a, part.no, page_at(a->r, part.page));
			continue;
		}
		touch(a, part.no);
		a->page[part.no] = part.page + 1;
	}
}

static void all_taken(struct rowacc *a)
{
	if (a->lo < a->hi)
		memset(a->touched + a->lo, 0, (a->hi - a->lo) * sizeof(*a->touched));
	a->lo = UINT32_MAX;
	a->hi = 0;
	a->filling++;
}

/* What a mixed page holds, kept; it is empty then. */
static uint32_t take_page(struct rowacc *a, uint32_t no)
{
	uint32_t *chunk = a->chunk + (size_t)no * FAN, id;

	for (uint32_t k = 0; k < FAN; k++) {
		uint64_t *w = a->w + ((size_t)no * FAN + k) * WORDS;

		if (chunk[k] != MIXED)
			continue;
		chunk[k] = keep_one(&a->r->chunks, w, sizeof(struct chunk)) + 1;
		memset(w, 0, sizeof(struct chunk));
	}
	id = keep_one(&a->r->pages, chunk, sizeof(struct page));
	memset(chunk, 0, sizeof(struct page));
	return id;
}

rowid rowacc_take(struct rowacc *a)
{
	struct row *row = a->scratch;

	row->n = 0;
	for (uint32_t i = a->lo; i < a->hi; i++)
		for (uint64_t left = a->touched[i]; left; left &= left - 1) {
			uint32_t no = i * 64 + (uint32_t)__builtin_ctzll(left);

			row->part[row->n++] = (struct part){ no, a->page[no] == MIXED ? take_page(a, no) : a->page[no] - 1 };
			a->page[no] = 0;
		}
	all_taken(a);
	return keep_row(a->r, row);
}

static void use_chunk(uint32_t base, const uint64_t *w, void (*use)(void *arg, uint32_t n), void *arg)
{
	for (unsigned k = 0; k < WORDS; k++)
		for (uint64_t bits = w[k]; bits; bits &= bits - 1)
			use(arg, base + k * 64 + (uint32_t)__builtin_ctzll(bits));
}

static void drain_page(struct rowacc *a, uint32_t no, void (*use)(void *arg, uint32_t n), void *arg)
{
	uint32_t *chunk = mixed_page(a, no);

	for (uint32_t k = 0; k < FAN; k++) {
		uint64_t *w = a->w + ((size_t)no * FAN + k) * WORDS;

		if (chunk[k])
			use_chunk((no * FAN + k) * CHUNK_BITS, chunk[k] == MIXED ? w : chunk_at(a->r, chunk[k] - 1)->w, use, arg);
		if (chunk[k] == MIXED)
			memset(w, 0, sizeof(struct chunk));
		chunk[k] = 0;
	}
	a->page[no] = 0;
}

void rowacc_drain(struct rowacc *a, void (*use)(void *arg, uint32_t n), void *arg)
{
	for (uint32_t i = a->lo; i < a->hi; i++)
		for (uint64_t left = a->touched[i]; left; left &= left - 1)
			drain_page(a, i * 64 + (uint32_t)__builtin_ctzll(left), use, arg);
	all_taken(a);
}

/* --- unions --- */

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

static void grow_answers(struct answers *u)
{
	struct question **old = u->slot;
	uint32_t n = u->slots;

	u->slots = n ? 2 * n : 64;
	u->slot = g_new0(struct question *, u->slots);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = old[i] ? (uint32_t)old[i]->hash & (u->slots - 1) : 0;

		while (old[i] && u->slot[at])
			at = (at + 1) & (u->slots - 1);
		if (old[i])
			u->slot[at] = old[i];
	}
	g_free(old);
}

/* Where this question is, or is to be put. */
static struct question **find_question(struct answers *u, uint64_t hash, const rowid *ids, uint32_t n)
{
	uint32_t at;

	if (u->n * 2 >= u->slots)
		grow_answers(u);
	at = (uint32_t)hash & (u->slots - 1);
	for (; u->slot[at]; at = (at + 1) & (u->slots - 1)) {
		const struct question *q = u->slot[at];

		if (q->hash == hash && q->n == n && !memcmp(q->ids, ids, n * sizeof(*ids)))
			break;
	}
	return &u->slot[at];
}

static bool is_answered(struct answers *u, uint64_t hash, const rowid *ids, uint32_t n, rowid *answer)
{
	const struct question *q;

	take_turn(&u->taken);
	q = *find_question(u, hash, ids, n);
	end_turn(&u->taken);
	if (q)
		*answer = q->answer;
	return q;
}

/* Another thread may have answered it meanwhile: by the same row. */
static void keep_answer(struct answers *u, uint64_t hash, const rowid *ids, uint32_t n, rowid answer)
{
	struct question **slot, *q;

	take_turn(&u->taken);
	slot = find_question(u, hash, ids, n);
	if (!*slot) {
		if (!u->arena)
			u->arena = sd_arena_new();
		*slot = q = sd_arena_alloc(u->arena, sizeof(*q) + n * sizeof(*ids));
		*q = (struct question){ .hash = hash, .n = n, .answer = answer };
		memcpy(q->ids, ids, n * sizeof(*ids));
		u->n++;
	}
	end_turn(&u->taken);
}

rowid rows_union(struct rowacc *a, rowid *ids, uint32_t n)
{
	struct answers *u;
	rowid answer;
	uint64_t hash;

	n = sort_ids(ids, n);
	if (n <= 1)
		return n ? ids[0] : 0;
	hash = XXH3_64bits(ids, n * sizeof(*ids));
	u = &a->r->unions[hash >> 58];
	if (is_answered(u, hash, ids, n, &answer))
		return answer;
	for (uint32_t i = 0; i < n; i++)        /* rows lie anywhere: all are fetched while the first is added */
		__builtin_prefetch(row_at(a->r, ids[i]));
	for (uint32_t i = 0; i < n; i++)
		rowacc_add(a, ids[i]);
	answer = rowacc_take(a);
	keep_answer(u, hash, ids, n, answer);
	return answer;
}
