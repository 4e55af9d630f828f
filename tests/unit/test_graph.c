/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_graph.c - the analysis' parts that stand alone: strong paths, terms, states.  Sets of locks are
 * in test_rows.c, whole analyses in tests/cases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "depgraph.h"
#include "prog_fixture.h"

/* --- strong paths --- */

enum { SR, ER, SN, EN };                /* kind bits: log2 of SD_DEP_* */
#define K(k) (1u << (k))
#define ALL_INNER 0xff

struct e { uint32_t from, to; unsigned kinds, inner; };

/* As build_deps() leaves it: sorted by both ends, indexed by the first. */
static struct depgraph *graph(const struct e *e, size_t n, uint32_t nclass)
{
	struct depgraph *g = g_new0(struct depgraph, 1);

	g->nclass = nclass;
	g->self = g_array_new(FALSE, FALSE, sizeof(struct self));
	g->first = g_new0(uint32_t, nclass + 2);
	g->to = g_new(uint32_t, n + 1);
	g->kinds = g_new(uint8_t, n + 1);
	g->tier = g_new0(uint8_t, n + 1);
	for (uint32_t from = 0; from < nclass; from++) {
		for (uint32_t to = 0; to < nclass; to++)
			for (size_t i = 0; i < n; i++)
				if (e[i].from == from && e[i].to == to) {
					g->to[g->n] = to;
					g->kinds[g->n++] = (uint8_t)(e[i].kinds | (e[i].inner & e[i].kinds) << 4);
				}
		g->first[from + 1] = g->n;
	}
	return g;
}

static struct tree *strong_tree(const struct depgraph *g, uint32_t nclass, uint32_t from, bool from_read, bool inner_only, const struct limits *lim)
{
	struct tree *t = tree_new(nclass);

	grow_tree(t, g, nclass, from, from_read, inner_only, lim);
	return t;
}

/*
 * As check_path.c searches: lockdep's links first, each from the innermost held lock, so that a chain names every lock on its way; only
 * when they lead nowhere (recursive readers in between, see deps.c) also the links that leave locks out.
 */
static struct path *strong_path(const struct depgraph *g, uint32_t nclass, uint32_t from, bool from_read,
			 uint32_t to, bool to_needs_block, struct sd_arena *a)
{
	const struct limits none = { .tier = UINT8_MAX };
	struct path *way = NULL;

	for (unsigned all = 0; all < 2 && !way; all++) {
		struct tree *t = strong_tree(g, nclass, from, from_read, !all, &none);

		way = tree_path(t, to, to_needs_block, a);
		free_tree(t);
	}
	return way;
}

/* "0 -EN- 1 -SN- 2", "" when there is no such path. */
static const char *way(const struct depgraph *g, uint32_t nclass, uint32_t from, bool from_read, uint32_t to, bool to_needs_block)
{
	static const char *const name[] = { "SR", "ER", "SN", "EN" };
	static char buf[256];
	struct path *w = strong_path(g, nclass, from, from_read, to, to_needs_block, p->arena);
	size_t len = 0;

	buf[0] = '\0';
	for (uint32_t i = 0; w && i < w->n; i++) {
		const struct edge e = edge_at(g, w->edge[i]);

		len += (size_t)snprintf(buf + len, sizeof(buf) - len, "%u -%s- ", e.from, name[w->kind[i]]);
		if (i + 1 == w->n)
			snprintf(buf + len, sizeof(buf) - len, "%u", e.to);
	}
	return buf;
}

static const char *way_of(const struct e *e, size_t n, uint32_t nclass, uint32_t from, bool from_read, uint32_t to, bool to_needs_block)
{
	struct depgraph *g = graph(e, n, nclass);
	const char *text = way(g, nclass, from, from_read, to, to_needs_block);

	free_deps(g);
	return text;
}

/* lockdep-design.rst, "Dependency types and strong dependency paths": no -(xR)-> before a -(Sx)->. */
static void only_recursive_before_shared_is_weak(void **state)
{
	(void)state;
	for (unsigned a = SR; a <= EN; a++)
		for (unsigned b = SR; b <= EN; b++) {
			struct e e[] = { { 0, 1, K(a), ALL_INNER }, { 1, 2, K(b), ALL_INNER } };
			bool weak = (a == SR || a == ER) && (b == SR || b == SN);

			assert_int_equal(!*way_of(e, 2, 3, 0, false, 2, false), weak);
		}
}

/* A circle or an irq inversion goes on past both ends of its path: the joints must be strong too. */
static void ends_count_as_joints(void **state)
{
	(void)state;
	for (unsigned k = SR; k <= EN; k++) {
		struct e e[] = { { 0, 1, K(k), ALL_INNER } };
		bool shared = k == SR || k == SN, recursive = k == SR || k == ER;

		assert_true(*way_of(e, 1, 2, 0, false, 1, false));
		assert_int_equal(!*way_of(e, 1, 2, 0, true, 1, false), shared);
		assert_int_equal(!*way_of(e, 1, 2, 0, false, 1, true), recursive);
		assert_int_equal(!*way_of(e, 1, 2, 0, true, 1, true), shared || recursive);
	}
}

/* The document's own example: one pair of locks, two dependencies. */
static void any_kind_of_an_edge_will_do(void **state)
{
	struct e both[] = { { 0, 1, K(ER) | K(SN), ALL_INNER }, { 1, 2, K(SN), ALL_INNER } };
	struct e strongest[] = { { 0, 1, K(SR) | K(ER) | K(SN) | K(EN), ALL_INNER } };

	(void)state;
	assert_string_equal(way_of(both, 2, 3, 0, false, 2, false), "0 -SN- 1 -SN- 2");
	assert_string_equal(way_of(both, 2, 3, 0, true, 2, false), "");         /* ER is the only start, and weak at 1 */
	assert_string_equal(way_of(strongest, 1, 2, 0, false, 1, false), "0 -EN- 1");
}

/* Met first as -(ER)->, class 1 is a dead end; on the longer way it is not.  A search that marks classes misses it. */
static void a_class_is_met_twice(void **state)
{
	struct e e[] = { { 0, 1, K(ER), ALL_INNER }, { 0, 3, K(EN), ALL_INNER }, { 3, 1, K(EN), ALL_INNER }, { 1, 2, K(SN), ALL_INNER } };
	struct e end[] = { { 0, 1, K(ER), ALL_INNER }, { 0, 2, K(EN), ALL_INNER }, { 2, 1, K(EN), ALL_INNER } };

	(void)state;
	assert_string_equal(way_of(e, 4, 4, 0, false, 2, false), "0 -EN- 3 -EN- 1 -SN- 2");
	assert_string_equal(way_of(end, 3, 3, 0, false, 1, false), "0 -ER- 1");
	assert_string_equal(way_of(end, 3, 3, 0, false, 1, true), "0 -EN- 2 -EN- 1");
}

/* A chain names every lock on its way; only recursive readers in between make the short link needed. */
static void links_of_the_innermost_lock_first(void **state)
{
	struct e e[] = { { 0, 1, K(EN), ALL_INNER }, { 0, 2, K(EN), 0 }, { 1, 2, K(EN), ALL_INNER } };
	struct e readers[] = { { 0, 1, K(ER), ALL_INNER }, { 0, 2, K(EN), 0 }, { 1, 2, K(SN), ALL_INNER } };
	struct e shorter[] = { { 0, 1, K(EN), ALL_INNER }, { 0, 2, K(EN), ALL_INNER }, { 1, 2, K(EN), ALL_INNER } };

	(void)state;
	assert_string_equal(way_of(e, 3, 3, 0, false, 2, false), "0 -EN- 1 -EN- 2");
	assert_string_equal(way_of(readers, 3, 3, 0, false, 2, false), "0 -EN- 2");
	assert_string_equal(way_of(shorter, 3, 3, 0, false, 2, false), "0 -EN- 2");
}

static void ties_do_not_depend_on_the_order_of_finding(void **state)
{
	struct e e[] = { { 0, 1, K(EN), ALL_INNER }, { 0, 2, K(EN), ALL_INNER }, { 1, 3, K(EN), ALL_INNER }, { 2, 3, K(EN), ALL_INNER } };
	struct e back[] = { e[3], e[2], e[1], e[0] };

	(void)state;
	assert_string_equal(way_of(e, 4, 4, 0, false, 3, false), "0 -EN- 1 -EN- 3");
	assert_string_equal(way_of(back, 4, 4, 0, false, 3, false), "0 -EN- 1 -EN- 3");
}

static void no_way_is_no_way(void **state)
{
	struct e e[] = { { 1, 0, K(EN), ALL_INNER }, { 2, 3, K(EN), ALL_INNER } };

	(void)state;
	assert_string_equal(way_of(e, 0, 4, 0, false, 3, false), "");
	assert_string_equal(way_of(e, 2, 4, 0, false, 1, false), "");
	assert_string_equal(way_of(e, 2, 4, 0, false, 3, false), "");
}

/* lockdep.c, usage_skip(): some classes are not walked through; another way round them counts. */
static void skipped_classes_are_not_entered(void **state)
{
	struct e e[] = { { 0, 1, K(EN), ALL_INNER }, { 0, 2, K(EN), ALL_INNER }, { 1, 4, K(EN), ALL_INNER }, { 2, 3, K(EN), ALL_INNER },
			 { 3, 4, K(EN), ALL_INNER } };
	bool skip[5] = { false, true, false, false, false };
	struct depgraph *g = graph(e, 5, 5);
	const struct limits none = { .tier = UINT8_MAX }, skipping = { .skip = skip, .tier = UINT8_MAX };
	struct tree *all = strong_tree(g, 5, 0, false, true, &none), *some = strong_tree(g, 5, 0, false, true, &skipping);

	(void)state;
	assert_int_equal(tree_path(all, 4, false, p->arena)->n, 2);
	assert_int_equal(tree_path(some, 4, false, p->arena)->n, 3);
	assert_null(tree_path(some, 1, false, p->arena));
	free_tree(all), free_tree(some);
	free_deps(g);
}

/* Who asks for one class gets the way that the whole tree has. */
static void a_goal_changes_no_way(void **state)
{
	struct e e[] = { { 0, 1, K(ER), ALL_INNER }, { 0, 2, K(EN), ALL_INNER }, { 0, 4, K(SR), ALL_INNER }, { 1, 3, K(SN), ALL_INNER }, { 1, 4, K(EN), ALL_INNER },
			 { 2, 3, K(ER), ALL_INNER }, { 2, 4, K(EN), ALL_INNER }, { 3, 0, K(EN), ALL_INNER }, { 3, 4, K(EN), ALL_INNER }, { 4, 0, K(SR), ALL_INNER } };
	struct depgraph *g = graph(e, 10, 5);

	(void)state;
	for (uint32_t k = 0; k < 5 * 5 * 2 * 2 * 4; k++) {
		uint32_t from = k % 5, to = k / 5 % 5;
		bool read = k / 25 % 2, block = k / 50 % 2;
		const struct limits any = { .tier = UINT8_MAX, .length = k / 100 }, one = { .tier = UINT8_MAX, .length = k / 100, .goal = to + 1 };
		struct tree *all = strong_tree(g, 5, from, read, true, &any), *some = strong_tree(g, 5, from, read, true, &one);
		struct path *a = tree_path(all, to, block, p->arena), *b = tree_path(some, to, block, p->arena);

		assert_true(from == to || !a == !b);
		for (uint32_t i = 0; from != to && a && i < a->n; i++)
			assert_true(a->n == b->n && a->edge[i] == b->edge[i] && a->kind[i] == b->kind[i]);
		free_tree(all), free_tree(some);
	}
	free_deps(g);
}

static void circles_are_components(void **state)
{
	struct e e[] = { { 0, 1, K(EN), 0 }, { 1, 2, K(SR), 0 }, { 2, 0, K(EN), 0 }, { 2, 3, K(EN), 0 }, { 3, 4, K(EN), 0 }, { 4, 3, K(EN), 0 } };
	struct depgraph *g = graph(e, 6, 6);
	uint32_t *scc = class_components(g, 6);

	(void)state;
	assert_true(scc[0] == scc[1] && scc[1] == scc[2]);
	assert_true(scc[3] == scc[4]);
	assert_true(scc[0] != scc[3] && scc[5] != scc[0] && scc[5] != scc[3]);
	g_free(scc);
	free_deps(g);
}

#define N 5

/* Shortest walk by the definition alone, a step at a time over (class, last kind); 0: none. */
static unsigned shortest(const uint8_t m[N][N], unsigned from, bool from_read, unsigned to, bool needs_block)
{
	bool at[N][5] = { { false } };          /* [4]: nothing walked yet */

	at[from][from_read ? (unsigned)ER : 4] = true;
	for (unsigned len = 1; len <= 4 * N; len++) {
		bool next[N][5] = { { false } };

		for (unsigned v = 0; v < N; v++)
			for (unsigned w = 0; w < N; w++)
				for (unsigned last = 0; last < 5; last++)
					for (unsigned k = SR; k <= EN; k++) {
						bool weak = (last == SR || last == ER) && (k == SR || k == SN);

						if (at[v][last] && m[v][w] & K(k) && !weak)
							next[w][k] = true;
					}
		memcpy(at, next, sizeof(at));
		if (at[to][SN] || at[to][EN] || (!needs_block && (at[to][SR] || at[to][ER])))
			return len;
	}
	return 0;
}

static void agrees_with_the_definition(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		uint8_t m[N][N] = { { 0 } };
		struct e e[N * N];
		struct depgraph *g;
		size_t n = 0;

		for (uint32_t v = 0; v < N; v++)
			for (uint32_t w = 0; w < N; w++) {
				seed = seed * 1664525u + 1013904223u;
				m[v][w] = v != w && seed >> 30 == 0 ? (uint8_t)(seed >> 24 & 0xf) : 0;
				if (m[v][w])
					e[n++] = (struct e){ v, w, m[v][w], ALL_INNER };
			}
		g = graph(e, n, N);
		for (unsigned q = 0; q < 4 * N * N; q++) {
			unsigned from = q / 4 % N, to = q / 4 / N;
			struct path *w;

			if (from == to)
				continue;
			w = strong_path(g, N, from, q & 1, to, q & 2, p->arena);
			assert_int_equal(w ? w->n : 0, shortest(m, from, q & 1, to, q & 2));
		}
		free_deps(g);
	}
}

/* --- terms --- */

static void equal_terms_are_one(void **state)
{
	tid a = mk_param(p, 0, sym("file")), f = mk_field(p, a, sym("file"), sym("f_owner"), 0);

	(void)state;
	assert_int_equal(mk_param(p, 0, 0), a);
	assert_int_not_equal(mk_param(p, 1, sym("file")), a);
	assert_int_equal(mk_field(p, a, sym("file"), sym("f_owner"), sym("fown_struct")), f);
	assert_string_equal(str(p, term(p, f)->type), "fown_struct");   /* learnt later, and no part of what it is */
	assert_int_not_equal(mk_field(p, a, sym("other"), sym("f_owner"), 0), f);
	assert_int_not_equal(mk_field(p, a, sym("file"), sym("f_lock"), 0), f);
	assert_int_not_equal(mk_opaque(p, 1, 7, 0), mk_opaque(p, 2, 7, 0));
	assert_int_not_equal(mk_local(p, 1, 7, 0), mk_opaque(p, 1, 7, 0));
	assert_int_not_equal(mk_const(p, -1), mk_const(p, 1));
	assert_int_not_equal(mk_sym(p, T_GLOBAL, sym("x"), 0), mk_sym(p, T_FUNC, sym("x"), 0));
}

static void container_of_undoes_a_member(void **state)
{
	tid a = mk_param(p, 0, 0), m = mk_field(p, a, sym("timer"), sym("work"), 0);
	tid deep = mk_field(p, m, sym("work"), sym("entry"), 0), other = mk_param(p, 1, 0);

	(void)state;
	assert_int_equal(mk_up(p, m, sym("timer"), sym("work")), a);
	assert_int_equal(mk_up(p, deep, sym("timer"), sym("work.entry")), a);   /* container_of(e, struct timer, work.entry) */
	assert_int_not_equal(mk_up(p, deep, sym("timer"), sym("work")), a);
	assert_int_not_equal(mk_up(p, m, sym("other"), sym("work")), a);
	assert_int_equal(mk_field(p, mk_up(p, other, sym("timer"), sym("work")), sym("timer"), sym("work"), 0), other);
	assert_int_equal(term(p, mk_up(p, other, sym("timer"), sym("work")))->kind, T_UP);
}

static void replace_goes_all_the_way_down(void **state)
{
	tid a = mk_param(p, 0, 0), b = mk_sym(p, T_GLOBAL, sym("g"), 0);
	tid t = mk_index(p, mk_load(p, mk_field(p, a, sym("r"), sym("m"), 0), 0), 0);
	tid u = mk_index(p, mk_load(p, mk_field(p, b, sym("r"), sym("m"), 0), 0), 0);
	tid up = mk_up(p, a, sym("r"), sym("m"));

	(void)state;
	assert_int_equal(term_replace(p, t, a, b), u);
	assert_int_equal(term_replace(p, t, t, b), b);
	assert_int_equal(term_replace(p, u, a, b), u);
	assert_int_equal(term_replace(p, up, a, mk_field(p, b, sym("r"), sym("m"), 0)), b);     /* and cancels */
	assert_int_equal(term_replace(p, mk_op(p, a, SD_OP_EQ, 3), a, b), mk_op(p, b, SD_OP_EQ, 3));
}

/* while (n) n = n->next: the values of one loop must not go on for ever. */
static void paths_end(void **state)
{
	tid t = mk_param(p, 0, 0);
	uint32_t n = 0;

	(void)state;
	for (unsigned i = 0; i < 400; i++) {
		if (i == 200)
			n = p->nterm;
		t = mk_load(p, mk_field(p, t, sym("node"), sym("next"), sym("node")), sym("node"));
		assert_in_range(term(p, t)->depth, 0, 15);
	}
	assert_int_equal(p->nterm, n);
	for (unsigned i = 0; i < 100; i++)
		t = mk_fresh(p, i % 3, t, 0);
	assert_in_range(term(p, t)->depth, 0, 15);
}

static void elements_of_an_array_are_one(void **state)
{
	tid a = mk_sym(p, T_GLOBAL, sym("table"), 0), e = mk_index(p, a, sym("r"));
	tid f = mk_field(p, e, sym("r"), sym("lock"), 0);

	(void)state;
	assert_int_equal(mk_index(p, e, 0), e);
	assert_int_equal(mk_index(p, 0, 0), 0);
	assert_true(term(p, f)->array);
	assert_false(term(p, a)->array);
}

static void only_the_callers_terms_leave_a_function(void **state)
{
	tid param = mk_param(p, 0, 0);

	(void)state;
	assert_true(term_exportable(p, mk_load(p, mk_field(p, param, sym("r"), sym("m"), 0), 0)));
	assert_true(term_exportable(p, mk_sym(p, T_GLOBAL, sym("g"), 0)));
	assert_false(term_exportable(p, mk_field(p, mk_opaque(p, 1, 2, 0), sym("r"), sym("m"), 0)));
	assert_false(term_exportable(p, mk_field(p, mk_local(p, 1, 2, 0), sym("r"), sym("m"), 0)));
	assert_false(term_exportable(p, mk_any(p, sym("r"))));
	assert_false(term_exportable(p, 0));
}

static void operators_fold(void **state)
{
	tid a = mk_param(p, 0, 0);

	(void)state;
	assert_int_equal(mk_op(p, mk_const(p, 0x1f), SD_OP_BITAND, 0x11), mk_const(p, 0x11));
	assert_int_equal(mk_op(p, a, SD_OP_BITAND, 1), mk_op(p, a, SD_OP_BITAND, 1));
	assert_int_not_equal(mk_op(p, a, SD_OP_BITAND, 1), mk_op(p, a, SD_OP_BITAND, 2));
	assert_int_not_equal(mk_op(p, a, SD_OP_BITAND, 1), mk_op(p, a, SD_OP_EQ, 1));
}

static void text(tid t, const char *want)
{
	char *s = term_text(p, t);

	assert_string_equal(s, want);
	g_free(s);
}

static void terms_print(void **state)
{
	tid a = mk_param(p, 0, 0);

	(void)state;
	text(mk_load(p, mk_field(p, a, sym("file"), sym("f_inode"), 0), 0), "*($1->f_inode)");
	text(mk_index(p, mk_sym(p, T_GLOBAL, sym("t@a.c"), 0), 0), "&t@a.c[]");
	text(mk_field(p, 0, sym("r"), sym("m"), 0), "any(r)->m");
	text(0, "?");
}

static void callees_name_what_they_are_given(void **state)
{
	tid x = mk_opaque(p, 1, 1, 0), inner = mk_field(p, x, sym("r"), sym("m"), 0);
	tid lock = mk_field(p, inner, sym("q"), sym("lock"), 0), args[] = { mk_const(p, 1), x, inner };

	(void)state;
	text(term_into_callee(p, args, 3, lock), "$3->lock");           /* the longest part that is an argument */
	text(term_into_callee(p, args, 2, lock), "$2->m->lock");
	assert_int_equal(term_into_callee(p, args, 1, lock), 0);
	assert_int_equal(term_into_callee(p, args, 1, mk_sym(p, T_GLOBAL, sym("g"), 0)), mk_sym(p, T_GLOBAL, sym("g"), 0));
}

/* --- states --- */

static void facts_have_one_order(void **state)
{
	struct state a, b;

	(void)state;
	state_init(&a), state_init(&b);
	assert_true(a.emask == ENTRY_ALL);
	fact_set(&a, 3, S_POS, 0), fact_set(&a, 1, S_ZERO, 0), fact_set(&a, 2, S_NEG, 1);
	fact_set(&b, 1, S_POS, 0), fact_set(&b, 2, S_NEG, 1), fact_set(&b, 3, S_POS, 0), fact_set(&b, 1, S_ZERO, 0);
	assert_true(state_same(&a, &b));
	assert_int_equal(fact_find(&a, 1)->sign, S_ZERO);
	assert_int_equal(fact_find(&a, 2)->way, 1);
	assert_null(fact_find(&a, 4));
	fact_set(&a, 0, S_POS, 0);              /* 0: no facts are kept of it */
	assert_null(fact_find(&a, 0));
	assert_true(state_same(&a, &b));
}

static void a_fact_that_says_nothing_is_none(void **state)
{
	struct state a, b;

	(void)state;
	state_init(&a), state_init(&b);
	fact_set(&a, 5, S_POS, 0);
	fact_set(&a, 5, S_ALL, 0);
	assert_true(state_same(&a, &b));
	fact_set(&a, 5, S_ALL, 2);              /* but which way a PHI was reached does say something */
	assert_non_null(fact_find(&a, 5));
}

static void more_facts_than_fit_are_forgotten(void **state)
{
	struct state s;

	(void)state;
	state_init(&s);
	for (uint16_t i = 1; i <= MAX_FACT + 5; i++)
		fact_set(&s, i, S_POS, 0);
	assert_int_equal(s.nfact, MAX_FACT);
	assert_null(fact_find(&s, MAX_FACT + 1));
	fact_set(&s, 2, S_ZERO, 0);             /* known ones still change */
	assert_int_equal(fact_find(&s, 2)->sign, S_ZERO);
}

static void dead_facts_go(void **state)
{
	uint64_t live[2] = { UINT64_C(1) << 3, UINT64_C(1) << (70 - 64) };
	struct state s;

	(void)state;
	state_init(&s);
	fact_set(&s, 2, S_POS, 0), fact_set(&s, 3, S_POS, 0), fact_set(&s, 70, S_POS, 0), fact_set(&s, 71, S_POS, 0);
	state_drop_dead(&s, live);
	assert_int_equal(s.nfact, 2);
	assert_non_null(fact_find(&s, 3));
	assert_non_null(fact_find(&s, 70));
}

static void conditions_contradict(void **state)
{
	tid t = mk_param(p, 0, 0), u = mk_param(p, 1, 0);
	struct state s;

	(void)state;
	state_init(&s);
	assert_int_equal(cond_sign(&s, t), S_ALL);
	assert_true(cond_add(&s, t, S_NONZERO, false));
	assert_true(cond_add(&s, t, S_POS | S_ZERO, false));
	assert_int_equal(cond_sign(&s, t), S_POS);
	assert_true(cond_add(&s, u, S_ALL, false));     /* says nothing */
	assert_int_equal(s.ncond, 1);
	assert_false(cond_add(&s, t, S_ZERO, false));
	assert_int_equal(cond_sign(&s, 0), S_ALL);
}

static void saved_words_are_found_again(void **state)
{
	struct state s;

	(void)state;
	state_init(&s);
	assert_int_equal(token_get(&s, 1), -1);
	token_set(&s, 0, IRQ_IS_ON);
	assert_int_equal(s.ntok, 0);
	token_set(&s, 1, IRQ_INHERIT);
	token_set(&s, 2, IRQ_IS_OFF);
	token_set(&s, 1, IRQ_IS_ON);
	assert_int_equal(token_get(&s, 1), IRQ_IS_ON);
	assert_int_equal(token_get(&s, 2), IRQ_IS_OFF);
	assert_int_equal(token_get(&s, 3), -1);
	for (tid k = 3; k < 3 + 2 * MAX_TOK; k++)
		token_set(&s, k, IRQ_IS_OFF);
	assert_int_equal(s.ntok, MAX_TOK);
	assert_int_equal(token_get(&s, 1), IRQ_IS_ON);  /* the outermost pair closes last */
}

static struct held lock_of(tid obj, uint32_t cls)
{
	return (struct held){ .l = { obj, cls } };
}

static void releases_find_their_lock(void **state)
{
	uint32_t k1 = add_class("k1"), k2 = add_class("k2"), other = add_class("other");
	struct held a = lock_of(10, k1), b = lock_of(11, k1), c = lock_of(12, k2);
	struct state s;

	(void)state;
	state_init(&s);
	assert_true(held_add(&s, &a) && held_add(&s, &b) && held_add(&s, &c));
	assert_int_equal(held_find(p, &s, (struct lockref){ 10, k1 }), 0);      /* the object, not the innermost of its class */
	assert_int_equal(held_find(p, &s, (struct lockref){ 12, other }), 2);   /* whatever class it is seen as */
	assert_int_equal(held_find(p, &s, (struct lockref){ 0, k1 }), 1);       /* unknown object: innermost of the class */
	assert_int_equal(held_find(p, &s, (struct lockref){ 0, other }), -1);
	held_remove(&s, 0);
	assert_int_equal(s.nheld, 2);
	assert_int_equal(s.held[0].l.obj, 11);
	assert_int_equal(held_find(p, &s, (struct lockref){ 12, k2 }), 1);
}

/* Taken as file.f_owner.lock, released by who was given the owner only. */
static void a_release_may_know_less_of_the_path(void **state)
{
	struct chain_step outer = { sym("file"), sym("f_owner") }, inner = { sym("fown_struct"), sym("lock") };
	uint32_t whole = add_class("file.f_owner.lock"), end = add_class("fown_struct.lock");
	struct held h = lock_of(10, whole), g = lock_of(11, end);
	struct state s, t;

	(void)state;
	g_array_append_val(raw_at(p, whole)->chain, outer);
	g_array_append_val(raw_at(p, whole)->chain, inner);
	g_array_append_val(raw_at(p, end)->chain, inner);
	state_init(&s), state_init(&t);
	held_add(&s, &h), held_add(&t, &g);
	assert_int_equal(held_find(p, &s, (struct lockref){ 12, end }), 0);
	assert_int_equal(held_find(p, &t, (struct lockref){ 12, whole }), -1);
}

static void one_sign_apart_is_one(void **state)
{
	struct state a, b, c;

	(void)state;
	state_init(&a), state_init(&b), state_init(&c);
	fact_set(&a, 1, S_POS, 0), fact_set(&a, 2, S_NEG, 0);
	fact_set(&b, 1, S_ZERO, 0), fact_set(&b, 2, S_NEG, 0);
	assert_true(state_join(&a, &b));
	assert_int_equal(fact_find(&a, 1)->sign, S_POS | S_ZERO);
	assert_true(state_covers(&a, &b));
	assert_false(state_covers(&b, &a));
	fact_set(&c, 1, S_NEG, 0), fact_set(&c, 2, S_POS, 0);
	assert_false(state_join(&a, &c));       /* two apart: one for both would have ways that neither has */
	fact_set(&c, 2, S_NEG, 0);
	assert_true(state_join(&a, &c));
	assert_null(fact_find(&a, 1));          /* any sign: nothing is known */
	b.emask = 1;
	assert_false(state_join(&b, &c));
}

static void conditions_join_as_facts_do(void **state)
{
	struct state a, b;

	(void)state;
	state_init(&a), state_init(&b);
	cond_add(&a, 20, S_ZERO, true), cond_add(&a, 10, S_POS, false);
	cond_add(&b, 10, S_POS, false), cond_add(&b, 20, S_NONZERO, true);
	assert_true(state_same_core(&a, &b));
	assert_int_equal(state_core_hash(&a), state_core_hash(&b));
	assert_false(state_same(&a, &b));
	assert_true(state_join(&a, &b));
	assert_int_equal(cond_sign(&a, 20), S_ALL);
	assert_int_equal(cond_sign(&a, 10), S_POS);
}

static void nothing_of_a_released_lock_stays(void **state)
{
	struct held a = lock_of(10, 1), b = lock_of(11, 2);
	struct state s, t;

	(void)state;
	state_init(&s), state_init(&t);
	held_add(&s, &a), held_add(&s, &b), held_add(&t, &b);
	held_remove(&s, 0);
	assert_true(state_same(&s, &t));
}

static void a_lock_taken_again_is_the_callers(void **state)
{
	struct held a = lock_of(10, 1);
	struct state s, empty;

	(void)state;
	state_init(&s), state_init(&empty);
	s.rel[s.nrel++] = a.l;                  /* the caller's, released here, */
	assert_true(held_add(&s, &a));          /* and taken again */
	assert_true(state_same(&s, &empty));
}

static void too_many_locks_are_said(void **state)
{
	struct state s;

	(void)state;
	state_init(&s);
	for (unsigned i = 0; i < MAX_HELD; i++) {
		struct held h = lock_of(100 + i, 100 + i);

		assert_true(held_add(&s, &h));
	}
	assert_false(held_add(&s, &(struct held){ .l = { 1, 1 } }));
	assert_int_equal(s.nheld, MAX_HELD);
}

/* --- contexts --- */

static void a_point_is_entry_and_effect(void **state)
{
	unsigned task = ENTRY_BIT(SD_CTX_TASK, SD_TRI_ON, SD_TRI_ON), hard = ENTRY_BIT(SD_CTX_HARDIRQ, SD_TRI_OFF, SD_TRI_UNKNOWN);

	(void)state;
	assert_int_equal(point_at(task, IRQ_INHERIT, 0).ctx, SD_CTX_TASK);
	assert_int_equal(point_at(task, IRQ_INHERIT, 0).irq, SD_TRI_ON);
	assert_int_equal(point_at(task, IRQ_IS_OFF, 0).irq, SD_TRI_OFF);
	assert_int_equal(point_at(task, IRQ_EITHER, 0).irq, SD_TRI_UNKNOWN);
	assert_int_equal(point_at(task, IRQ_INHERIT, 1).bh, SD_TRI_OFF);
	assert_int_equal(point_at(task, IRQ_INHERIT, 0).bh, SD_TRI_ON);
	assert_int_equal(point_at(task, IRQ_INHERIT, -1).bh, SD_TRI_UNKNOWN);   /* the caller's disabling is undone: once, of how many? */
	assert_int_equal(point_at(hard, IRQ_INHERIT, 0).ctx, SD_CTX_HARDIRQ);
	assert_int_equal(point_at(hard, IRQ_INHERIT, 0).irq, SD_TRI_OFF);
	for (unsigned bit = 0; bit < ENTRY_BITS; bit++) {
		struct point pt = point_at(bit, IRQ_INHERIT, 0);

		assert_int_equal(ENTRY_BIT(pt.ctx, pt.irq, pt.bh), bit);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(only_recursive_before_shared_is_weak), T(ends_count_as_joints), T(any_kind_of_an_edge_will_do),
		T(a_class_is_met_twice), T(links_of_the_innermost_lock_first), T(ties_do_not_depend_on_the_order_of_finding),
		T(no_way_is_no_way), T(skipped_classes_are_not_entered), T(a_goal_changes_no_way), T(circles_are_components), T(agrees_with_the_definition),
		T(equal_terms_are_one), T(container_of_undoes_a_member), T(replace_goes_all_the_way_down), T(paths_end),
		T(elements_of_an_array_are_one), T(only_the_callers_terms_leave_a_function), T(operators_fold), T(terms_print),
		T(callees_name_what_they_are_given),
		T(facts_have_one_order), T(a_fact_that_says_nothing_is_none), T(more_facts_than_fit_are_forgotten), T(dead_facts_go),
		T(conditions_contradict), T(saved_words_are_found_again), T(releases_find_their_lock),
		T(a_release_may_know_less_of_the_path),
		T(one_sign_apart_is_one), T(conditions_join_as_facts_do), T(nothing_of_a_released_lock_stays), T(a_lock_taken_again_is_the_callers), T(too_many_locks_are_said),
		T(a_point_is_entry_and_effect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
