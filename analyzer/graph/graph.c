/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * graph.c - the analysis, a line per stage.
 *
 * It runs on a thread with a large stack: a call is interpreted by interpreting its callee first, and the
 * kernel's call chains are long.  Stack pages that are not used cost nothing.
 */
#include <pthread.h>
#include <string.h>
#include "model.h"

#define STACK_SIZE ((size_t)4 << 30)

static struct prog *new_prog(const struct sd_graph_in *in)
{
	struct prog *p = g_new0(struct prog, 1);

	p->in = in;
	p->arena = sd_arena_new();
	p->syms = sd_strtab_new();
	p->fns = g_ptr_array_new();
	p->insts = g_ptr_array_new();
	p->raw = g_array_new(FALSE, FALSE, sizeof(struct raw_class *));
	p->classes = g_array_new(FALSE, FALSE, sizeof(struct class));
	p->relsets = g_ptr_array_new();
	g_ptr_array_add(p->relsets, g_array_new(FALSE, FALSE, sizeof(uint32_t)));
	p->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	p->gaps = g_array_new(FALSE, FALSE, sizeof(struct sd_gap));
	p->fn_by_name = g_hash_table_new(NULL, NULL);
	p->gvars = g_hash_table_new(NULL, NULL);
	p->slots = g_hash_table_new(NULL, NULL);
	p->raw_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->relset_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->entry_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->gap_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->soft_objects = g_hash_table_new(NULL, NULL);
	p->rule_cache = g_hash_table_new(NULL, NULL);
	p->kept = g_hash_table_new(NULL, NULL);
	p->exclusive = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->lock_records = g_hash_table_new(NULL, NULL);
	p->field_type = g_hash_table_new(NULL, NULL);
	p->seen_indirect = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	terms_init(p);
	instances_init(p);
	learn_lock_records(p);
	return p;
}

struct job { struct prog *p; struct sd_results *r; char *err; int ret; };

static void *run(void *arg)
{
	struct job *j = arg;
	struct prog *p = j->p;
	struct depgraph *g;
	struct usage *u;

	j->ret = load_program(p, &j->err);
	if (j->ret)
		return NULL;
	solve_slots(p);
	find_relevant_params(p);
	mark_callers(p);
	self_entries(p);
	run_roots(p);
	finish_entries(p);
	resolve_classes(p);
	propagate_contexts(p);
	compute_acqsets(p);
	u = compute_usage(p);
	g = build_deps(p);
	fill_results(p, g, u, j->r);
	check_all(p, g, u, j->r);
	if (p->in->dump)
		dump_program(p, p->in->dump, stdout);
	return NULL;
}

static int on_large_stack(struct job *j)
{
	pthread_attr_t attr;
	pthread_t thread;
	int e = pthread_attr_init(&attr);

	for (size_t size = STACK_SIZE; !e && size >= STACK_SIZE / 64; size /= 2) {
		pthread_attr_setstacksize(&attr, size);
		e = pthread_create(&thread, &attr, run, j);
		if (!e) {
			pthread_join(thread, NULL);
			break;
		}
		if (size / 2 >= STACK_SIZE / 64)
			e = 0;
	}
	pthread_attr_destroy(&attr);
	return e;
}

/* Rules that name what no scanned TU has are listed only for users' own files: ours cover every kernel. */
static void note_unused_rules(struct prog *p)
{
	size_t n;
	struct sd_rule *const *r = sd_rules_all(p->in->rules, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i]->is_user && !r[i]->hits && !r[i]->is_none && r[i]->word <= SD_R_RELEASE) {
			struct sd_gap gap = { "unused-rule", "", r[i]->file, r[i]->line,
					      sd_arena_printf(p->arena, "%s is called in no TU", r[i]->name) };

			g_array_append_val(p->gaps, gap);
		}
}

int sd_graph_analyze(const struct sd_graph_in *in, struct sd_results **out, char **err)
{
	struct prog *p = new_prog(in);
	struct job j = { .p = p };

	(void)note_unused_rules;
	j.r = sd_arena_alloc(p->arena, sizeof(*j.r));
	j.r->arena = p->arena;
	j.r->read_lock = in->read_recursive ? "recursive" : "context";
	j.r->source = sd_db_get_meta(in->db, "source", p->arena);
	if (on_large_stack(&j)) {
		*err = g_strdup("no memory for the analysis' stack");
		return -1;
	}
	*err = j.err;
	*out = j.r;
	return j.ret;
}
