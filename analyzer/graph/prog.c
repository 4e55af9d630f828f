/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prog.c - the analysis' state is made and freed here; results live on in their arena.
 */
#include "depgraph.h"

guint hash_u64(gconstpointer key)
{
	return (guint)(*(const uint64_t *)key * 0x9E3779B97F4A7C15u >> 32);
}

/* A key of two halves, kept as a pointer: g_direct_hash() would take the lower one alone. */
guint hash_pair(gconstpointer key)
{
	return (guint)((uint64_t)GPOINTER_TO_SIZE(key) * 0x9E3779B97F4A7C15u >> 32);
}

struct prog *new_prog(const struct sd_graph_in *in)
{
	struct prog *p = g_new0(struct prog, 1);

	p->in = in;
	p->jobs = in->jobs ? in->jobs : g_get_num_processors();
	p->arena = sd_arena_new();
	p->recorded = sd_arena_new();
	p->walk = sd_arena_new();
	p->syms = sd_strtab_new();
	p->fns = g_ptr_array_new();
	p->insts = g_ptr_array_new();
	p->no_records = g_array_new(FALSE, FALSE, 1);
	p->raw = g_array_new(FALSE, FALSE, sizeof(struct raw_class *));
	p->called = g_array_new(FALSE, FALSE, sizeof(struct called));
	p->classes = g_array_new(FALSE, FALSE, sizeof(struct class));
	p->relsets = g_ptr_array_new();
	g_ptr_array_add(p->relsets, g_array_new(FALSE, FALSE, sizeof(uint32_t)));
	p->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	p->recursions = g_array_new(FALSE, FALSE, sizeof(struct recursion));
	p->gaps = g_array_new(FALSE, FALSE, sizeof(struct sd_gap));
	p->by_sym = g_array_new(FALSE, TRUE, sizeof(struct sym_facts));
	p->gvars = g_hash_table_new(NULL, NULL);
	p->slots = g_hash_table_new(NULL, NULL);
	p->tables = g_hash_table_new(NULL, NULL);
	p->stored_members = g_hash_table_new(NULL, NULL);
	p->raw_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->relset_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->entry_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->gap_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->soft_objects = g_hash_table_new(NULL, NULL);
	p->under = g_array_new(FALSE, FALSE, sizeof(struct under));
	p->noted_under = g_array_new(FALSE, FALSE, sizeof(struct noted_under));
	p->noted_seen = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
	p->object_under = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
	p->rule_vars = g_hash_table_new(g_str_hash, g_str_equal);
	p->kept = g_hash_table_new(NULL, NULL);
	p->keeping = g_new0(GMutex, 1);
	g_mutex_init(p->keeping);
	p->exclusive = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->lock_records = g_hash_table_new(NULL, NULL);
	p->seen_indirect = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
	terms_init(p);
	instances_init(p);
	contexts_init(p);
	learn_lock_records(p);
	return p;
}

static void free_array(gpointer a)
{
	if (a)
		g_array_free(a, TRUE);
}

/* Those of a finished instance are the arena's: keep_array(). */
static void free_records(const struct inst *in, GArray *a)
{
	if (in->phase < 2)
		free_array(a);
}

static void free_insts(struct prog *p)
{
	for (uint32_t i = 0; i < p->insts->len; i++) {
		struct inst *in = inst_at(p, i);

		free_records(in, in->acqs);
		free_records(in, in->calls);
		free_records(in, in->enables);
		free_records(in, in->rels);
		free_records(in, in->inits);
		free_records(in, in->guesses);
		free_records(in, in->heldv);
		free_array(in->retfields);
	}
	sd_arena_free(p->recorded);
	g_array_free(p->no_records, TRUE);
	forget_once(p);
	g_ptr_array_free(p->insts, TRUE);
	g_hash_table_destroy(p->inst_ids);
}

/* What is known of functions, and kept from walk to walk, and that nothing later asks for: a quarter of all memory. */
void forget_walks(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len; i++) {
		free_wants(func_at(p, i));
		g_clear_pointer(&func_at(p, i)->local_stores, g_hash_table_destroy);
	}
	free_interp(p);
	free_reads(p);
	sd_arena_free(p->walk);
	p->walk = NULL;
}

static void free_functions(struct prog *p)
{
	g_ptr_array_free(p->fns, TRUE);
	g_array_free(p->by_sym, TRUE);
	g_free(p->pairs);
}

static void free_classes(struct prog *p)
{
	for (uint32_t i = 0; i < p->raw->len; i++) {
		g_array_free(raw_at(p, i)->chain, TRUE);
		if (raw_at(p, i)->keys)
			g_array_free(raw_at(p, i)->keys, TRUE);
		if (raw_at(p, i)->inits)
			g_array_free(raw_at(p, i)->inits, TRUE);
		if (raw_at(p, i)->names)
			g_array_free(raw_at(p, i)->names, TRUE);
	}
	g_array_free(p->raw, TRUE);
	g_array_free(p->classes, TRUE);
	g_hash_table_destroy(p->raw_ids);
}

/* Everything but the arena. */
void free_prog(struct prog *p)
{
	GHashTable *tables[] = {
		p->gvars, p->relset_ids, p->entry_ids, p->gap_ids, p->soft_objects, p->kept, p->exclusive, p->tables, p->stored_members,
		p->lock_records, p->seen_indirect, p->object_under, p->rule_vars, p->noted_seen
	};
	GHashTableIter it;
	gpointer list;

	forget_walks(p);
	free_insts(p);
	free_functions(p);
	free_classes(p);
	for (guint i = 0; i < p->relsets->len; i++)
		g_array_free(g_ptr_array_index(p->relsets, i), TRUE);
	g_ptr_array_free(p->relsets, TRUE);
	g_hash_table_iter_init(&it, p->slots);
	while (g_hash_table_iter_next(&it, NULL, &list))
		g_array_free(list, TRUE);
	g_hash_table_destroy(p->slots);
	if (p->pointees)
		g_hash_table_destroy(p->pointees);
	if (p->holds)
		g_hash_table_destroy(p->holds);
	if (p->string_tables)
		g_hash_table_destroy(p->string_tables);
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		if (tables[i])
			g_hash_table_destroy(tables[i]);
	g_mutex_clear(p->keeping);
	g_free(p->keeping);
	terms_free(p);
	free_array(p->entries);
	free_array(p->under);
	free_array(p->noted_under);
	free_array(p->recursions);
	free_array(p->called);
	free_array(p->gaps);
	g_free(p->visited);
	g_free(p->visited_in);
	free_descents(p);
	free_guesses(p);
	free_kin(p);
	free_strangers(p);
	free_acqsets(p->acq);
	g_free(p->below);
	sd_strtab_free(p->syms);
	g_free(p);
}
