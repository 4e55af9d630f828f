/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * graph.c - the analysis, a line per stage.
 *
 * It runs on a thread with a large stack: a call is interpreted by interpreting its callee first, and the
 * kernel's call chains are long.  Stack pages that are not used cost nothing.
 */
#include <malloc.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "depgraph.h"

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

struct job { struct prog *p; struct depgraph *g; struct usage *u; struct sd_results *r; char *err; int ret; };

static void load(struct job *j) { j->ret = load_program(j->p, &j->err) || check_only(j->p, &j->err) ? -1 : 0; }
static void slots(struct job *j) { solve_slots(j->p); find_containers(j->p); collect_strings(j->p); find_pointees(j->p); }

/* What is found out of functions before any is interpreted.  Each of these writes what is its own and only reads the rest. */
struct look { struct prog *p; struct callers c; };

static void look_params(struct look *l) { find_relevant_params(l->p, &l->c); }
static void look_asked(struct look *l) { find_asked_bits(l->p, &l->c); }
static void look_vital(struct look *l)
{
	find_vital_bits(l->p, &l->c);
	find_reads(l->p);
}
static void look_wants(struct look *l) { find_wants(l->p, &l->c); }
static void look_loud(struct look *l) { find_loud(l->p, &l->c); }
static void look_held(struct look *l) { find_held_bits(l->p, &l->c); }

static void (*const looks[])(struct look *l) = { look_asked, look_vital, look_params, look_held, look_wants, look_loud };

static void look_at(void *arg, unsigned worker, size_t from, size_t to)
{
	(void)worker;
	for (size_t i = from; i < to; i++)
		looks[i](arg);
}

static void relevant(struct job *j)
{
	struct look l = { j->p, find_callers(j->p) };

	settle_names(j->p);
	prepare_asked_bits(j->p);
	par_for(j->p->jobs, G_N_ELEMENTS(looks), 1, look_at, &l);
	free_callers(&l.c);
	forget_diverse_params(j->p);
	mark_callers(j->p);
	self_entries(j->p);
}

static void instances(struct job *j) { prepare_all(j->p); run_roots(j->p); redo_recursive(j->p); }

static void classes(struct job *j)
{
	finish_entries(j->p);
	resolve_classes(j->p);
	forget_walks(j->p);
	if (j->p->classes->len >> CLASS_BITS) {
		j->err = g_strdup_printf("%u lock classes: more than the %u that acquire sets can tell apart", j->p->classes->len, 1u << CLASS_BITS);
		j->ret = -1;
	}
}

static void note_sleepers(void *j) { find_sleepers(((struct job *)j)->p); }
static void note_called(void *j) { list_called(((struct job *)j)->p); }
static void sleepers(struct job *j) { par_both(j->p->jobs, note_sleepers, note_called, j); }

/* What is dumped of instances is what was found, not what of it is needed. */
static void alike(struct job *j)
{
	const char *dump = j->p->in->dump;

	if (!dump || (strcmp(dump, "instances") && strcmp(dump, "summaries")))
		unite_alike(j->p);
}

static void contexts(struct job *j) { propagate_contexts(j->p); }

struct upward { struct prog *p; struct calling calling; };

static void below_enable(void *b) { find_enabling(((struct upward *)b)->p, &((struct upward *)b)->calling); }
static void below_acquire(void *b) { compute_acqsets(((struct upward *)b)->p, &((struct upward *)b)->calling); }

static void acqsets(struct job *j)
{
	struct upward b = { j->p, find_calling(j->p) };

	par_both(j->p->jobs, below_acquire, below_enable, &b);
	free_calling(&b.calling);
}

static void note_usage(void *j) { ((struct job *)j)->u = compute_usage(((struct job *)j)->p); }
static void note_deps(void *j) { ((struct job *)j)->g = build_deps(((struct job *)j)->p); }
static void dependencies(struct job *j) { par_both(j->p->jobs, note_deps, note_usage, j); }
static void results(struct job *j)
{
	note_unused_rules(j->p);
	find_kin(j->p);
	find_strangers(j->p);
	fill_results(j->p, j->g, j->u, j->r);
	if (j->p->in->facts_done)
		j->p->in->facts_done(j->p->in->arg, j->r);
}
static void findings(struct job *j) { check_all(j->p, j->g, j->u, j->r); }

/* The rows of dependencies are the last that is made, and many: the acquire sets make room for them. */
static void places(struct job *j)
{
	g_clear_pointer(&j->p->acq, free_acqsets);
	malloc_trim(0);
	fill_last(j->p, j->g, j->r);
}

static const struct { const char *name; void (*run)(struct job *j); } stages[] = {
	{ "load", load }, { "slots", slots }, { "relevant", relevant }, { "instances", instances }, { "classes", classes },
	{ "sleepers", sleepers }, { "alike", alike },
	{ "contexts", contexts }, { "acqsets", acqsets }, { "dependencies", dependencies },
	{ "results", results }, { "findings", findings }, { "places", places },
};

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --dump=times: CPU time and wall time, on stderr while it runs, for times are nothing that output may hold. */
static void tell_time(const struct job *j, const char *stage, double cpu, double wall)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	fprintf(stderr, "%-12s %8.2f s CPU %8.2f s  %6ld MiB  %zu functions, %u instances, %zu dependencies\n", stage,
		seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, seconds(CLOCK_MONOTONIC) - wall, ru.ru_maxrss / 1024,
		(size_t)j->p->fns->len, j->p->insts->len, j->g ? (size_t)j->g->n : 0);
}

static void *run(void *arg)
{
	struct job *j = arg;
	const char *dump = j->p->in->dump;

	for (size_t i = 0; i < G_N_ELEMENTS(stages) && !j->ret; i++) {
		double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);

		stages[i].run(j);
		malloc_trim(0);         /* stages free what lies between what stays: the next one has the room, and so has who else runs here */
		if (dump && !strcmp(dump, "times"))
			tell_time(j, stages[i].name, cpu, wall);
	}
	if (dump && !j->ret && strcmp(dump, "times"))
		dump_program(j->p, dump, stdout);
	if (j->g)
		free_deps(j->g);
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
