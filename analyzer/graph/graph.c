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

/* A name given with --only that no function has is a slip, not an analysis of nothing. */
static int check_only(const struct prog *p, char **err)
{
	for (const char *const *name = p->in->only; name && *name; name++) {
		bool found = false;

		for (uint32_t i = 0; i < p->fns->len && !found; i++)
			found = !strcmp(*name, str(p, func_at(p, i)->plain));
		if (!found) {
			*err = g_strdup_printf("--only %s: no such function", *name);
			return -1;
		}
	}
	return 0;
}

struct job { struct prog *p; struct sd_results *r; char *err; int ret; };

static void *run(void *arg)
{
	struct job *j = arg;
	struct prog *p = j->p;
	struct depgraph *g;
	struct usage *u;

	j->ret = load_program(p, &j->err) || check_only(p, &j->err) ? -1 : 0;
	if (j->ret)
		return NULL;
	solve_slots(p);
	find_containers(p);
	collect_strings(p);
	find_pointees(p);
	find_relevant_params(p);
	mark_callers(p);
	self_entries(p);
	run_roots(p);
	finish_entries(p);
	resolve_classes(p);
	find_sleepers(p);
	propagate_contexts(p);
	compute_acqsets(p);
	u = compute_usage(p);
	g = build_deps(p);
	note_unused_rules(p);
	fill_results(p, g, u, j->r);
	check_all(p, g, u, j->r);
	if (p->in->dump)
		dump_program(p, p->in->dump, stdout);
	free_deps(g);
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

int sd_graph_analyze(const struct sd_graph_in *in, struct sd_results **out, char **err)
{
	struct prog *p = new_prog(in);
	struct job j = { .p = p };

	j.r = sd_arena_alloc(p->arena, sizeof(*j.r));
	j.r->arena = p->arena;
	j.r->read_lock = in->read_recursive ? "recursive" : "context";
	j.r->source = sd_db_get_meta(in->db, "source", p->arena);
	*out = NULL;
	if (on_large_stack(&j)) {
		sd_arena_free(p->arena);
		*err = g_strdup("no memory for the analysis' stack");
		return -1;
	}
	free_prog(p);           /* all but the arena, which is the results' now */
	*err = j.err;
	if (j.ret)
		sd_arena_free(j.r->arena);
	else
		*out = j.r;
	return j.ret;
}
