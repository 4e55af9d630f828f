/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compact.c - the instances that stay, moved together, and the room of all others given back.
 *
 * Of a whole kernel half of the instances go (alike.c), and two thirds of what was recorded.  What lies in the instances' own arena is
 * copied to a new one, what several share once; how an instance ends is asked of roots alone (check_state.c).
 *
 * Requires: nobody has a pointer to an instance, or to what it recorded, and none will be interpreted any more.
 */
#include <string.h>
#include "model.h"

struct move {
	struct sd_arena *to;
	GHashTable *arrays;     /* what an array held -> the new array; of one kind of record */
	GHashTable *args;       /* arguments of a call -> where they are now */
};

static void *copy(struct move *m, const void *what, size_t size)
{
	return size ? memcpy(sd_arena_alloc(m->to, size), what, size) : NULL;
}

static const tid *move_args(struct move *m, const tid *args, uint32_t n)
{
	tid *now = n ? g_hash_table_lookup(m->args, args) : NULL;

	if (n && !now) {
		now = copy(m, args, n * sizeof(*args));
		g_hash_table_insert(m->args, (gpointer)(uintptr_t)args, now);
	}
	return n ? now : args;
}

/* Arrays with the same content are one from now on. */
static GArray *move_array(struct prog *p, struct move *m, GArray *old, size_t size)
{
	GArray *now = old->len ? g_hash_table_lookup(m->arrays, old->data) : p->no_records;

	if (now)
		return now;
	now = sd_arena_alloc(m->to, sizeof(*now));
	now->data = copy(m, old->data, old->len * size);
	now->len = old->len;
	g_hash_table_insert(m->arrays, old->data, now);
	return now;
}

static void move_records(struct prog *p, struct move *m, size_t member, size_t size)
{
	for (uint32_t i = 0; i < p->insts->len; i++) {
		GArray **array = G_STRUCT_MEMBER_P(inst_at(p, i), member);

		*array = move_array(p, m, *array, size);
	}
	g_hash_table_remove_all(m->arrays);
}

static void move_calls(struct prog *p, struct move *m)
{
	GHashTableIter it;
	gpointer calls;

	for (uint32_t i = 0; i < p->insts->len; i++) {
		struct inst *in = inst_at(p, i);

		in->calls = move_array(p, m, in->calls, sizeof(struct rec_call));
	}
	g_hash_table_iter_init(&it, m->arrays);
	while (g_hash_table_iter_next(&it, NULL, &calls))
		for (guint k = 0; k < ((GArray *)calls)->len; k++) {
			struct rec_call *c = &g_array_index((GArray *)calls, struct rec_call, k);

			c->args = move_args(m, c->args, c->nargs);
		}
	g_hash_table_remove_all(m->arrays);
}

static struct inst *move_inst(struct prog *p, struct move *m, const struct inst *old)
{
	struct inst *in = copy(m, old, inst_size(old->ncond));

	in->bind = copy(m, old->bind, old->nbind * sizeof(*old->bind));
	in->ways = old->ways ? copy(m, old->ways, func_at(p, old->fn)->ir->nblocks / 8 + 1) : NULL;
	in->nexit = old->root ? old->nexit : 0;
	in->exits = copy(m, old->exits, in->nexit * sizeof(*old->exits));
	return in;
}

void move_insts(struct prog *p)
{
	struct move m = { sd_arena_new(), g_hash_table_new(NULL, NULL), g_hash_table_new(NULL, NULL) };

	g_hash_table_remove_all(p->inst_ids);
	for (uint32_t i = 0; i < p->insts->len; i++) {
		struct inst *in = move_inst(p, &m, inst_at(p, i));

		g_ptr_array_index(p->insts, i) = in;
		if (in->root)
			g_hash_table_insert(p->inst_ids, in, GUINT_TO_POINTER(i + 1));
	}
	move_records(p, &m, offsetof(struct inst, acqs), sizeof(struct rec_acq));
	move_records(p, &m, offsetof(struct inst, enables), sizeof(struct rec_enable));
	move_records(p, &m, offsetof(struct inst, rels), sizeof(struct rec_rel));
	move_records(p, &m, offsetof(struct inst, inits), sizeof(struct rec_rel));
	move_records(p, &m, offsetof(struct inst, guesses), sizeof(struct rec_guess));
	move_records(p, &m, offsetof(struct inst, heldv), sizeof(struct held));
	move_calls(p, &m);
	g_hash_table_destroy(m.arrays);
	g_hash_table_destroy(m.args);
	sd_arena_free(p->recorded);
	p->recorded = m.to;
}
