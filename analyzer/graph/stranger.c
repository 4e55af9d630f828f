/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stranger.c - does a way lead from code that gives its objects tables of its own into another's table?
 *
 * A member has several targets, one for each driver, say, and a witness takes the one that it needs:
 *
 *	fimc_irq_handler -> vb2_plane_vaddr -> q->mem_ops->vaddr() -> vb2_dma_sg_vaddr
 *
 * but fimc's queues get vb2_dma_contig_memops.  So a frame, the caller's or one further out, is a stranger to the target when its directory makes objects
 * of the target's kind itself (it fills such a record, or names a variable of that type), and neither of the two names a function or
 * variable of the other, nor does anybody name both.  A device may well be stacked upon a stranger's, so this is doubtful, not wrong.
 *
 * Directories stand for drivers; a file does where the target lies in the directory of who calls it (a choice that core code offers).
 *
 * Requires: load.  What find_strangers() has made is only read, by workers too.
 */
#include "depgraph.h"

struct strangers {
	GHashTable *names;      /* directory and file, or directory: something there is named by the first */
	GHashTable *users;      /* file or directory -> GArray of the directories that name something of it */
	GHashTable *makes;      /* directory and record */
	GHashTable *dirs;       /* file -> directory */
};

static bool has_pair(GHashTable *set, sd_sym a, sd_sym b)
{
	const uint64_t key = (uint64_t)a << 32 | b;

	return g_hash_table_contains(set, &key);
}

/* Returns whether it is new. */
static bool add_pair(GHashTable *set, sd_sym a, sd_sym b)
{
	uint64_t *key;

	if (has_pair(set, a, b))
		return false;
	key = g_new(uint64_t, 1);
	*key = (uint64_t)a << 32 | b;
	return g_hash_table_add(set, key);
}

static sd_sym dir_known(const struct strangers *s, sd_sym file)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(s->dirs, GUINT_TO_POINTER(file)));
}

static sd_sym dir_of(struct prog *p, sd_sym file)
{
	sd_sym dir = dir_known(p->strangers, file);

	if (!dir) {
		char *name = g_path_get_dirname(str(p, file));

		dir = sd_intern(p->syms, name);
		g_free(name);
		g_hash_table_insert(p->strangers->dirs, GUINT_TO_POINTER(file), GUINT_TO_POINTER(dir));
	}
	return dir;
}

static void add_user(struct strangers *s, sd_sym dir, sd_sym place)
{
	GArray *users = g_hash_table_lookup(s->users, GUINT_TO_POINTER(place));

	if (!add_pair(s->names, dir, place))
		return;
	if (!users) {
		users = g_array_new(FALSE, FALSE, sizeof(sd_sym));
		g_hash_table_insert(s->users, GUINT_TO_POINTER(place), users);
	}
	g_array_append_val(users, dir);
}

/* Code of @file names something that is defined in file @other. */
static void add_name(struct prog *p, sd_sym file, sd_sym other)
{
	sd_sym dir;

	if (file == other)
		return;
	dir = dir_of(p, file);
	add_user(p->strangers, dir, other);
	add_user(p->strangers, dir, dir_of(p, other));
}

static void add_function(struct prog *p, sd_sym file, sd_sym sym)
{
	uint32_t fn = func_find(p, sym);

	if (fn)
		add_name(p, file, func_at(p, fn - 1)->ir->file);
}

static void add_value(struct prog *p, sd_sym file, const struct sd_val *x)
{
	const struct gvar *g;

	if (x->kind == SD_V_FUNC)
		add_function(p, file, x->sym);
	if (x->kind != SD_V_GLOBAL || !(g = g_hash_table_lookup(p->gvars, GUINT_TO_POINTER(x->sym))))
		return;
	add_name(p, file, g->file);
	add_pair(p->strangers->makes, dir_of(p, file), g->type);
}

static void add_event(struct prog *p, const struct sd_fn *ir, const struct sd_event *e)
{
	const struct sd_val *to = &ir->vals[e->target];

	if (e->kind == SD_E_CALL && e->callee)
		add_function(p, ir->file, e->callee);
	if (e->kind == SD_E_STORE && to->kind == SD_V_FIELD && ir->vals[e->value].kind == SD_V_FUNC)
		add_pair(p->strangers->makes, dir_of(p, ir->file), to->rec);
}

static void free_users(gpointer users)
{
	g_array_free(users, TRUE);
}

void find_strangers(struct prog *p)
{
	struct strangers *s = p->strangers = g_new0(struct strangers, 1);

	s->names = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
	s->makes = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
	s->users = g_hash_table_new_full(NULL, NULL, NULL, free_users);
	s->dirs = g_hash_table_new(NULL, NULL);
	for (uint32_t i = 0; i < p->fns->len; i++) {
		const struct sd_fn *ir = func_at(p, i)->ir;

		dir_of(p, ir->file);
		for (uint32_t e = 0; e < ir->nevents; e++)
			add_event(p, ir, &ir->events[e]);
		for (uint32_t v = 0; v < ir->nvals; v++)
			add_value(p, ir->file, &ir->vals[v]);
	}
}

void free_strangers(struct prog *p)
{
	if (!p->strangers)
		return;
	g_hash_table_destroy(p->strangers->names);
	g_hash_table_destroy(p->strangers->makes);
	g_hash_table_destroy(p->strangers->users);
	g_hash_table_destroy(p->strangers->dirs);
	g_clear_pointer(&p->strangers, g_free);
}

/* One of them names the other, or somebody names both; @place: @dir's own, or a file of it. */
static bool acquainted(const struct strangers *s, sd_sym outer, sd_sym dir, sd_sym place)
{
	const GArray *users = g_hash_table_lookup(s->users, GUINT_TO_POINTER(place));

	if (has_pair(s->names, outer, place) || has_pair(s->names, dir, outer))
		return true;
	for (guint i = 0; users && i < users->len; i++)
		if (has_pair(s->names, g_array_index(users, sd_sym, i), outer))
			return true;
	return false;
}

bool is_stranger(const struct prog *p, const struct func *outer, const struct func *caller, uint32_t fn, sd_sym rec)
{
	const struct strangers *s = p->strangers;
	const sd_sym file = func_at(p, fn)->ir->file, dir = dir_known(s, file);
	const sd_sym from = dir_known(s, caller->ir->file), out = dir_known(s, outer->ir->file);

	if (out == dir || file == caller->ir->file)
		return false;
	return has_pair(s->makes, out, rec) && !acquainted(s, out, dir, dir == from ? file : dir);
}
