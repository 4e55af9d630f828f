/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alike.c - instances that do the same are one from here on, and calls that do nothing are gone.
 *
 * Instances are told apart by what is known of their arguments; most of it changes the value of something and nothing about
 * locks.  Two instances of a function that recorded the same, with callees that do the same, are the same to all that follows:
 * whoever calls one may as well call the other.  Found as the states of an automaton are: parted by what they
 * recorded, then by the parts of their callees, until no round parts any.
 *
 * A call of what neither takes nor gives back a lock, enables nothing, and calls nothing that does, leads nowhere.  It stays where it
 * is one of several that a pointer may mean, for these must all do a thing for it to be sure (forced.c), and where locks of
 * the caller's are released, for that says so (acqset.c).
 *
 * Requires: all instances done, entries, classes, sleepers.  Sets: called.  Changes: insts and the calls between them, in their old order.
 */
#include <string.h>
#include <xxhash.h>
#include "model.h"

struct alike {
	struct prog *p;
	uint32_t n;
	bool *busy;             /* [instance]: something is recorded in it or below */
	uint64_t *own;          /* ... hash of what it recorded, callees apart */
	uint64_t *part, *next;  /* ... the same with the callees' parts of the round before */
	uint32_t *to;           /* ... the one that stands for it; then that one's new number */
	GHashTable *seen;       /* calls that are done, for instances share them: their new number + 1 */
};

static struct rec_call *calls_of(const struct inst *in) { return (struct rec_call *)(void *)in->calls->data; }

/* --- what was called --- */

static gint by_call(gconstpointer x, gconstpointer y)
{
	return memcmp(x, y, sizeof(struct called));
}

/* The calls of all instances of one function, each once. */
static void list_calls(struct prog *p, const uint32_t *inst, uint32_t n, GArray *mine)
{
	const void *last = NULL;

	g_array_set_size(mine, 0);
	for (uint32_t i = 0; i < n; i++) {
		const struct inst *in = inst_at(p, inst[i]);

		for (guint k = 0; in->calls->data != last && k < in->calls->len; k++) {
			const struct rec_call *c = &calls_of(in)[k];
			const char *slot = str(p, c->slot);
			struct called row = { in->fn, c->ev, inst_at(p, c->callee)->fn, !*slot ? CALL_DIRECT : *slot == '$' ? CALL_PARAM : CALL_SLOT };

			g_array_append_val(mine, row);
		}
		last = in->calls->data;
	}
	g_array_sort(mine, by_call);
	for (guint i = 0; i < mine->len; i++)
		if (!i || by_call(&g_array_index(mine, struct called, i), &g_array_index(mine, struct called, i - 1)))
			g_array_append_vals(p->called, &g_array_index(mine, struct called, i), 1);
}

/* Before calls and instances go: the rows that fill.c lists.  By function, so that few are sorted at a time. */
void list_called(struct prog *p)
{
	uint32_t n = p->insts->len, nfn = p->fns->len, *first = g_new0(uint32_t, nfn + 2), *inst = g_new(uint32_t, n + 1);
	GArray *mine = g_array_new(FALSE, FALSE, sizeof(struct called));

	for (uint32_t i = 0; i < n; i++)
		first[inst_at(p, i)->fn + 2]++;
	for (uint32_t f = 0; f < nfn; f++)
		first[f + 2] += first[f + 1];
	for (uint32_t i = 0; i < n; i++)
		inst[first[inst_at(p, i)->fn + 1]++] = i;
	for (uint32_t f = 0; f < nfn; f++)
		list_calls(p, inst + first[f], first[f + 1] - first[f], mine);
	g_array_free(mine, TRUE);
	g_free(first);
	g_free(inst);
}

/* --- calls that lead nowhere --- */

static bool records(const struct inst *in)
{
	return in->acqs->len || in->enables->len || in->rels->len || in->inits->len;
}

static bool calls_such(const struct inst *in, const bool *such)
{
	for (guint k = 0; k < in->calls->len; k++)
		if (such[calls_of(in)[k].callee])
			return true;
	return false;
}

/* And all that call such.  Callees mostly come after their callers, so few rounds. */
static void spread_upwards(const struct alike *a, bool *such)
{
	bool again = true;

	while (again) {
		again = false;
		for (uint32_t i = a->n; i-- > 0; )
			if (!such[i] && calls_such(inst_at(a->p, i), such))
				such[i] = again = true;
	}
}

static void find_idle(struct alike *a)
{
	for (uint32_t i = 0; i < a->n; i++)
		a->busy[i] = records(inst_at(a->p, i));
	spread_upwards(a, a->busy);
}

static bool one_of_several(const struct inst *in, uint32_t ev)
{
	for (guint k = 0; k < in->calls->len; k++)
		if (calls_of(in)[k].ev == ev && calls_of(in)[k].ntargets > 1)
			return true;
	return false;
}

static bool leads_nowhere(const struct alike *a, const struct inst *in, const struct rec_call *c)
{
	return !a->busy[c->callee] && !c->relset && !(c->ntargets && one_of_several(in, c->ev));
}

static void drop_calls(struct alike *a, struct inst *in)
{
	gpointer done = g_hash_table_lookup(a->seen, in->calls->data);
	guint n = 0;

	if (!in->calls->len)
		return;
	if (!done) {
		bool *gone = g_new(bool, in->calls->len);

		for (guint k = 0; k < in->calls->len; k++)
			gone[k] = leads_nowhere(a, in, &calls_of(in)[k]);
		for (guint k = 0; k < in->calls->len; k++)
			if (!gone[k])
				calls_of(in)[n++] = calls_of(in)[k];
		g_free(gone);
		done = GUINT_TO_POINTER(n + 1);
		g_hash_table_insert(a->seen, in->calls->data, done);
	}
	in->calls->len = GPOINTER_TO_UINT(done) - 1;
}

/* --- parts --- */

/* Equal records are kept once, so where they lie says what they are. */
static uint64_t add_records(uint64_t h, const GArray *r)
{
	uint64_t key[2] = { r->len ? (uintptr_t)r->data : 0, r->len };

	return XXH64(key, sizeof(key), h);
}

/* Parameters of which the instance knows something: forced.c, lost() and open_params(). */
static uint64_t add_known(const struct inst *in, uint64_t h)
{
	uint64_t known = 0;

	for (uint32_t k = 0; k < in->nbind && k < 64; k++)
		known |= (uint64_t)(in->bind[k] != 0) << k;
	return XXH64(&known, sizeof(known), h);
}

/* Of one that is idle: in which states it calls. */
static uint64_t states_hash(const struct inst *in, uint64_t h)
{
	for (guint k = 0; k < in->calls->len; k++) {
		const struct rec_call *c = &calls_of(in)[k];
		uint64_t key[2] = { c->emask, (uint64_t)c->irq << 8 | (uint8_t)c->bh };

		h = XXH64(key, sizeof(key), h);
	}
	return h;
}

static uint64_t own_hash(const struct alike *a, uint32_t i)
{
	const struct inst *in = inst_at(a->p, i);
	const struct func *f = func_at(a->p, in->fn);
	const GArray *records[] = { in->acqs, in->enables, in->rels, in->inits, in->heldv };
	uint64_t h = (uint64_t)in->fn << 1 | in->truncated;

	if (in->root)           /* somebody may ask for it by its function */
		return XXH64(&i, sizeof(i), h);
	if (!a->busy[i])
		return states_hash(in, h);
	for (unsigned k = 0; k < G_N_ELEMENTS(records); k++)
		h = add_records(h, records[k]);
	if (in->ways)
		h = XXH64(in->ways, f->ir->nblocks / 8 + 1, h);
	for (guint k = 0; k < in->calls->len; k++) {
		struct rec_call c = calls_of(in)[k];

		c.callee = 0;
		h = XXH64(&c, sizeof(c), h);
	}
	return add_known(in, h);
}

static void hash_own(void *arg, unsigned worker, size_t from, size_t to)
{
	struct alike *a = arg;

	(void)worker;
	for (size_t i = from; i < to; i++)
		a->part[i] = a->own[i] = own_hash(a, (uint32_t)i);
}

static void hash_callees(void *arg, unsigned worker, size_t from, size_t to)
{
	struct alike *a = arg;

	(void)worker;
	for (size_t i = from; i < to; i++) {
		const struct inst *in = inst_at(a->p, (uint32_t)i);
		uint64_t h = a->own[i];

		for (guint k = 0; k < in->calls->len; k++) {
			h = (h ^ a->part[calls_of(in)[k].callee]) * 0x9E3779B97F4A7C15u;
			h ^= h >> 29;
		}
		a->next[i] = h;
	}
}

/* The first of each part stands for all of it.  Returns how many there are. */
static uint32_t choose(struct alike *a)
{
	uint32_t slots = 1, n = 0, *at;

	while (slots < 2 * a->n)
		slots *= 2;
	at = g_new0(uint32_t, slots);
	for (uint32_t i = 0; i < a->n; i++) {
		uint32_t k = (uint32_t)(a->part[i] * 0x9E3779B97F4A7C15u >> 32) & (slots - 1);

		while (at[k] && a->part[at[k] - 1] != a->part[i])
			k = (k + 1) & (slots - 1);
		if (!at[k])
			at[k] = i + 1, n++;
		a->to[i] = at[k] - 1;
	}
	g_free(at);
	return n;
}

static void find_parts(struct alike *a)
{
	uint32_t n, before = 0;

	par_for(a->p->jobs, a->n, 4096, hash_own, a);
	while ((n = choose(a)) != before) {
		uint64_t *part = a->part;

		before = n;
		par_for(a->p->jobs, a->n, 4096, hash_callees, a);
		a->part = a->next, a->next = part;
	}
}

/* --- what stays --- */

static bool stands_alone(const struct alike *a, uint32_t i)
{
	return a->to[i] == i && (a->busy[i] || inst_at(a->p, i)->root || inst_at(a->p, i)->truncated);
}

static bool *find_staying(const struct alike *a)
{
	bool *stays = g_new0(bool, a->n + 1);

	for (uint32_t i = 0; i < a->n; i++) {
		const struct inst *in = inst_at(a->p, i);

		stays[i] |= stands_alone(a, i);
		for (guint k = 0; a->to[i] == i && k < in->calls->len; k++)
			stays[a->to[calls_of(in)[k].callee]] = true;
	}
	return stays;
}

static void aim_calls(struct alike *a, const struct inst *in)
{
	if (!in->calls->len || !g_hash_table_add(a->seen, in->calls->data))
		return;
	for (guint k = 0; k < in->calls->len; k++)
		calls_of(in)[k].callee = a->to[calls_of(in)[k].callee];
}

/* From here on instances are found by their function alone: get_root(). */
static void keep(struct alike *a, const bool *stays)
{
	GPtrArray *old = a->p->insts;

	a->p->insts = g_ptr_array_new();
	for (uint32_t i = 0; i < a->n; i++)
		if (a->to[i] != i) {
			a->to[i] = a->to[a->to[i]];     /* an earlier one: it has its new number */
		} else if (stays[i]) {
			a->to[i] = a->p->insts->len;
			g_ptr_array_add(a->p->insts, g_ptr_array_index(old, i));
		}
	for (uint32_t i = 0; i < old->len; i++) {
		struct inst *in = g_ptr_array_index(old, i);

		if (in->retfields)
			g_array_free(in->retfields, TRUE);
		in->retfields = NULL;
	}
	g_ptr_array_free(old, TRUE);
}

static void number_again(struct alike *a)
{
	g_hash_table_remove_all(a->seen);
	g_hash_table_remove_all(a->p->inst_ids);
	for (uint32_t i = 0; i < a->p->insts->len; i++) {
		struct inst *in = inst_at(a->p, i);

		aim_calls(a, in);
		if (in->root)
			g_hash_table_insert(a->p->inst_ids, in, GUINT_TO_POINTER(i + 1));
	}
}

void unite_alike(struct prog *p)
{
	uint32_t n = p->insts->len;
	struct alike a = { .p = p, .n = n, .busy = g_new0(bool, n + 1), .own = g_new(uint64_t, n + 1), .part = g_new(uint64_t, n + 1),
			   .next = g_new(uint64_t, n + 1), .to = g_new(uint32_t, n + 1), .seen = g_hash_table_new(NULL, NULL) };
	bool *stays;

	find_idle(&a);
	for (uint32_t i = 0; i < n; i++)
		drop_calls(&a, inst_at(p, i));
	find_parts(&a);
	stays = find_staying(&a);
	keep(&a, stays);
	number_again(&a);
	p->cov.instances = n - p->insts->len;
	g_free(stays);
	g_free(a.busy), g_free(a.own), g_free(a.part), g_free(a.next), g_free(a.to);
	g_hash_table_destroy(a.seen);
}
