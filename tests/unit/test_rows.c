/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_rows.c - sets kept once each, against plain bitsets; and the analysis' sets that are made of
 * them: locks released, locks acquired.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "depgraph.h"
#include "prog_fixture.h"

#define LIMIT 20000u            /* more than 64 chunks of 256: the touched words are several */
#define NSET 400u

static struct rows *r;
static struct rowacc *acc;

static int rows_up(void **state)
{
	(void)state;
	r = rows_new();
	acc = rowacc_new(r, LIMIT);
	return 0;
}

static int rows_down(void **state)
{
	(void)state;
	rowacc_free(acc);
	rows_free(r);
	return 0;
}

static rowid row_of(const uint32_t *n, size_t count)
{
	for (size_t i = 0; i < count; i++)
		rowacc_put(acc, n[i]);
	return rowacc_take(acc);
}

#define ROW(...) row_of((uint32_t[]){ __VA_ARGS__ }, sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

static void the_empty_set_is_zero(void **state)
{
	rowid none[] = { 0, 0 };

	(void)state;
	assert_int_equal(rowacc_take(acc), 0);
	rowacc_add(acc, 0);
	assert_int_equal(rowacc_take(acc), 0);
	assert_int_equal(rows_union(acc, none, 2), 0);
	assert_int_equal(rows_union(acc, NULL, 0), 0);
	assert_false(row_has(r, 0, 0));
	assert_int_equal(row_next(r, 0, 0), UINT32_MAX);
	rows_free(NULL);
}

static void equal_sets_are_equal_ids(void **state)
{
	rowid a = ROW(1, 300, 70), b = ROW(9000), ab = ROW(1, 70, 300, 9000);
	uint32_t n = rows_count(r);

	(void)state;
	assert_int_equal(ROW(70, 1, 300), a);
	assert_int_equal(ROW(300, 1, 70, 1), a);
	assert_int_equal(rows_count(r), n);
	assert_int_not_equal(ROW(1, 300), a);
	assert_int_not_equal(ROW(1, 300, 70 + 256), a);         /* the same bit of another chunk */
	rowacc_add(acc, b), rowacc_add(acc, a), rowacc_add(acc, b);
	assert_int_equal(rowacc_take(acc), ab);
}

/* A row that was in the last filling must not count as added to this one. */
static void taking_empties(void **state)
{
	rowid a = ROW(5, 19999), b = ROW(6);

	(void)state;
	rowacc_add(acc, a);
	assert_int_equal(rowacc_take(acc), a);
	assert_int_equal(rowacc_take(acc), 0);
	rowacc_add(acc, b);
	assert_int_equal(rowacc_take(acc), b);
	rowacc_add(acc, a), rowacc_add(acc, a);
	assert_int_equal(rowacc_take(acc), a);
}

static void unions_are_remembered(void **state)
{
	rowid a = ROW(1, 2), b = ROW(2, 600), ab = ROW(1, 2, 600);
	uint32_t n = rows_count(r);

	(void)state;
	for (unsigned twice = 0; twice < 2; twice++) {
		assert_int_equal(rows_union(acc, (rowid[]){ a, b }, 2), ab);
		assert_int_equal(rows_union(acc, (rowid[]){ b, a }, 2), ab);
		assert_int_equal(rows_union(acc, (rowid[]){ b, 0, a, b, ab }, 5), ab);
		assert_int_equal(rows_union(acc, (rowid[]){ b, 0, b }, 3), b);
		assert_int_equal(rows_union(acc, (rowid[]){ a }, 1), a);
		assert_int_equal(rowacc_take(acc), 0);          /* empty before and after */
	}
	assert_int_equal(rows_count(r), n);
}

static void members_are_found_over_borders(void **state)
{
	static const uint32_t n[] = { 0, 63, 64, 255, 256, 511, 512, 1024, 16383, 16384, LIMIT - 1 };
	const size_t count = sizeof(n) / sizeof(n[0]);
	rowid a = row_of(n, count), last = ROW(255), far = ROW(16384);
	uint32_t from = 0;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(row_next(r, a, from), n[i]);
		assert_int_equal(row_next(r, a, n[i]), n[i]);
		assert_true(row_has(r, a, n[i]));
		assert_int_equal(row_has(r, a, n[i] + 1), i + 1 < count && n[i + 1] == n[i] + 1);
		from = n[i] + 1;
	}
	assert_int_equal(row_next(r, a, from), UINT32_MAX);
	assert_int_equal(row_next(r, last, 255), 255);
	assert_int_equal(row_next(r, last, 256), UINT32_MAX);
	assert_int_equal(row_next(r, far, 0), 16384);
	assert_int_equal(row_next(r, far, 16385), UINT32_MAX);
}

/* Both hash tables grow from 4,096 slots on; what they knew stays known. */
static void many_sets_are_kept(void **state)
{
	enum { MANY = 10000 };
	static rowid id[MANY];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		id[i] = ROW(i, i * 7 % 9973 + MANY);
	assert_int_equal(rows_count(r), MANY + 1);
	for (uint32_t i = 0; i < MANY; i++) {
		assert_int_equal(ROW(i * 7 % 9973 + MANY, i), id[i]);
		assert_int_equal(row_next(r, id[i], 0), i);
		assert_int_equal(row_next(r, id[i], i + 1), i * 7 % 9973 + MANY);
	}
	assert_int_equal(rows_count(r), MANY + 1);
}

/* --- against plain bitsets --- */

#define NBYTE (LIMIT / 8)

static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)seed * n >> 32);
}

static bool has(const uint8_t *set, uint32_t n)
{
	return set[n / 8] >> n % 8 & 1;
}

static void put(uint8_t *set, uint32_t n)
{
	set[n / 8] |= (uint8_t)(1u << n % 8);
	rowacc_put(acc, n);
}

/* A few numbers far apart, or a run of them, in @set and in the accumulator. */
static void fill(uint8_t *set)
{
	uint32_t count = random_below(12), at = random_below(LIMIT), len = random_below(3) ? 0 : random_below(700);

	for (uint32_t i = 0; i < count; i++)
		put(set, random_below(LIMIT));
	for (uint32_t i = at; i < at + len && i < LIMIT; i++)
		put(set, i);
}

static void same(rowid row, const uint8_t *set)
{
	uint32_t next = row_next(r, row, 0), from;

	for (uint32_t n = 0; n < LIMIT; n++) {
		bool want = has(set, n);

		if (row_has(r, row, n) != want || (next == n) != want)
			fail_msg("row %u, member %u", row, n);
		if (want)
			next = row_next(r, row, n + 1);
	}
	assert_int_equal(next, UINT32_MAX);
	from = next = random_below(LIMIT);
	while (next < LIMIT && !has(set, next))
		next++;
	assert_int_equal(row_next(r, row, from), next < LIMIT ? next : UINT32_MAX);
}

static void unite(uint8_t *set, const uint8_t *with)
{
	for (uint32_t i = 0; i < NBYTE; i++)
		set[i] |= with[i];
}

/* A set of numbers of its own, or made of earlier ones by either way of uniting. */
static rowid make(uint8_t (*sets)[NBYTE], const rowid *ids, uint32_t i)
{
	uint32_t how = i ? random_below(4) : 0, n = random_below(6);
	rowid of[6];

	for (uint32_t k = 0; how && k < n; k++) {
		uint32_t old = random_below(i);

		of[k] = ids[old];
		unite(sets[i], sets[old]);
	}
	if (how == 1)
		return rows_union(acc, of, n);
	for (uint32_t k = 0; how && k < n; k++)
		rowacc_add(acc, of[k]);
	if (how != 2)
		fill(sets[i]);
	return rowacc_take(acc);
}

static void agrees_with_plain_bitsets(void **state)
{
	uint8_t (*sets)[NBYTE] = calloc(NSET, sizeof(*sets));
	rowid ids[NSET];

	(void)state;
	seed = 1;
	for (uint32_t i = 0; i < NSET; i++) {
		ids[i] = make(sets, ids, i);
		same(ids[i], sets[i]);
		for (uint32_t k = 0; k < i; k++)
			assert_int_equal(ids[k] == ids[i], !memcmp(sets[k], sets[i], NBYTE));
	}
	for (uint32_t i = 0; i < NSET; i++)
		same(ids[i], sets[i]);          /* later ones left it alone */
	free(sets);
}

static void note(void *arg, uint32_t n)
{
	GArray *out = arg;

	g_array_append_val(out, n);
}

static void all_members_are_met_in_order(void **state)
{
	const uint32_t one[] = { 3, 255, 256, 9000 }, two[] = { 3, 700, 9000, 19999 };
	const uint32_t both[] = { 3, 255, 256, 700, 9000, 19999 };
	uint64_t mask[(LIMIT + 255) / 256 * 4] = { 0 };
	GArray *met = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	rowid a = row_of(one, 4), b = row_of(two, 4);

	(void)state;
	rowacc_add(acc, a), rowacc_add(acc, b);
	rowacc_drain(acc, note, met);
	assert_int_equal(met->len, 6);
	assert_memory_equal(met->data, both, sizeof(both));
	assert_int_equal(rowacc_take(acc), 0);
	g_array_set_size(met, 0);
	mask[256 / 64] |= 1, mask[9000 / 64] |= UINT64_C(1) << 9000 % 64, mask[700 / 64] |= UINT64_C(1) << 700 % 64;
	row_meet(r, a, mask, note, met);
	assert_int_equal(met->len, 2);
	assert_memory_equal(met->data, ((uint32_t[]){ 256, 9000 }), 2 * sizeof(uint32_t));
	g_array_free(met, TRUE);
}

/* --- released sets --- */

static uint32_t relset(const uint32_t *cls, unsigned n)
{
	struct state s;

	state_init(&s);
	for (unsigned i = 0; i < n; i++)
		s.rel[s.nrel++] = (struct lockref){ 0, cls[i] };
	return relset_of(p, &s);
}

static void released_sets_are_sets(void **state)
{
	uint32_t ab = relset((uint32_t[]){ 3, 8 }, 2);

	(void)state;
	assert_int_equal(relset(NULL, 0), 0);
	assert_int_not_equal(ab, 0);
	assert_int_equal(relset((uint32_t[]){ 8, 3 }, 2), ab);
	assert_int_equal(relset((uint32_t[]){ 8, 3, 8 }, 3), ab);
	assert_int_equal(relset_get(p, ab)->len, 2);
	assert_int_not_equal(relset((uint32_t[]){ 3 }, 1), ab);
	assert_int_not_equal(relset((uint32_t[]){ 38 }, 1), ab);
}

/* --- acquire sets --- */

#define TASK_ON ENTRY_BIT(SD_CTX_TASK, SD_TRI_ON, SD_TRI_ON)
#define TASK_OFF ENTRY_BIT(SD_CTX_TASK, SD_TRI_OFF, SD_TRI_ON)

/* Entered by a task with everything enabled. */
static struct inst *add_inst(void)
{
	struct inst *i = sd_arena_alloc(p->arena, sizeof(*i));

	i->acqs = g_array_new(FALSE, FALSE, sizeof(struct rec_acq));
	i->calls = g_array_new(FALSE, FALSE, sizeof(struct rec_call));
	i->enables = g_array_new(FALSE, FALSE, sizeof(struct rec_enable));
	i->rels = g_array_new(FALSE, FALSE, sizeof(struct rec_rel));
	i->heldv = g_array_new(FALSE, FALSE, sizeof(struct held));
	i->entry = UINT64_C(1) << TASK_ON;
	g_ptr_array_add(p->insts, i);
	return i;
}

static struct rec_acq *takes(struct inst *i, uint32_t cls, bool trylock, uint32_t rel)
{
	struct rec_acq a = { .l = { 0, cls }, .trylock = trylock, .emask = ENTRY_ALL, .relset = rel };

	g_array_append_val(i->acqs, a);
	return &g_array_index(i->acqs, struct rec_acq, i->acqs->len - 1);
}

static struct rec_call *calls(struct inst *i, uint32_t callee, uint32_t rel)
{
	struct rec_call c = { .callee = callee, .emask = ENTRY_ALL, .relset = rel };

	g_array_append_val(i->calls, c);
	return &g_array_index(i->calls, struct rec_call, i->calls->len - 1);
}

/* held0 of a record of @i that was made with @cls held alone */
static uint32_t holds(struct inst *i, uint32_t cls, bool trylock)
{
	struct held h = { .l = { 0, cls }, .trylock = trylock };

	g_array_append_val(i->heldv, h);
	return i->heldv->len - 1;
}

static bool row_takes(rowid row, uint32_t cls)
{
	return row_has(p->acq->rows, row, elem_of(final_of(p, cls), false, false));
}

static bool may_take(const struct inst *i, uint32_t cls)
{
	return row_takes(taken_by(p, i->node0, DEPTH)->all, cls);
}

/* ... with the caller's lock @held not yet given back */
static bool may_take_under(const struct inst *i, uint32_t cls, uint32_t held)
{
	return row_takes(acquired_under(p, p->acq->group[i->node0], DEPTH, final_of(p, held)), cls);
}

/* ... with no lock held but the caller's */
static bool may_take_inner(const struct inst *i, uint32_t cls)
{
	return row_takes(taken_by(p, i->node0, DEPTH)->inner, cls);
}

static rowid released(const struct inst *i)
{
	return p->acq->freed[DEPTH][p->acq->group[i->node0]].rel;
}

static void acqsets(void)
{
	struct calling calling = find_calling(p);

	compute_acqsets(p, &calling);
	free_calling(&calling);
}

static void enabling(void)
{
	struct calling calling = find_calling(p);

	find_enabling(p, &calling);
	free_calling(&calling);
}

static void a_call_may_take_what_is_below(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b"), t = add_class("t"), rel = relset((uint32_t[]){ a }, 1);
	struct inst *top = add_inst(), *mid = add_inst(), *leaf = add_inst();

	(void)state;
	calls(top, 1, 0);
	calls(mid, 2, rel);                     /* a is given back before the leaf runs */
	takes(mid, a, false, 0);
	takes(leaf, b, false, 0);
	takes(leaf, t, true, 0);                /* lockdep.c, validate_chain(): a trylock is no dependency's end */
	acqsets();
	assert_true(may_take(leaf, b) && !may_take(leaf, t) && !may_take(leaf, a));
	assert_true(may_take_under(leaf, b, a));
	assert_true(may_take(mid, a) && may_take(mid, b) && !may_take(mid, t));
	assert_true(may_take_under(mid, a, a) && !may_take_under(mid, b, a) && may_take_under(mid, b, t));
	assert_true(may_take_under(top, a, a) && !may_take_under(top, b, a) && may_take_under(top, b, t));
}

/* A dependency exists when some way to the acquisition leaves the lock held. */
static void nothing_released_says_it_all(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b"), rel = relset((uint32_t[]){ a }, 1);
	struct inst *both = add_inst(), *leaf = add_inst(), *one = add_inst();

	(void)state;
	calls(both, 1, rel), calls(both, 1, 0);
	calls(one, 1, rel);
	takes(leaf, b, false, 0);
	acqsets();
	assert_true(may_take_under(both, b, a));
	assert_false(may_take_under(one, b, a));
	assert_true(may_take_under(one, b, b));
}

/* The order in which locks are given back, and how often, is no part of what is given back. */
static void released_locks_unite(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b"), c = add_class("c");
	uint32_t ra = relset(&a, 1), rb = relset(&b, 1), rab = relset((uint32_t[]){ a, b }, 2);
	struct inst *leaf = add_inst(), *ab = add_inst(), *ba = add_inst(), *once = add_inst(), *twice = add_inst();
	struct inst *own = add_inst(), *up = add_inst();

	(void)state;
	takes(leaf, c, false, 0);
	calls(ab, 0, ra), calls(ab, 0, rb);
	calls(ba, 0, rb), calls(ba, 0, ra);
	calls(once, 0, rab);
	calls(twice, 0, rab), calls(twice, 0, ra);
	takes(own, c, false, ra), calls(own, 0, rb), calls(own, 0, 0);
	calls(up, 2, ra), calls(up, 0, 0);
	acqsets();
	assert_int_equal(released(leaf), 0);
	assert_true(row_has(p->acq->rows, released(ab), final_of(p, a)) && row_has(p->acq->rows, released(ab), final_of(p, b)));
	assert_false(row_has(p->acq->rows, released(ab), final_of(p, c)));
	assert_int_equal(released(ba), released(ab));
	assert_int_equal(released(once), released(ab));
	assert_int_equal(released(twice), released(ab));
	assert_int_equal(released(own), released(ab));
	assert_int_equal(released(up), released(ab));
}

/* A callee that gives back what its caller took leaves the locks further up alone. */
static void a_callee_releases_the_nearest(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b"), rel = relset(&a, 1);
	struct inst *bare = add_inst(), *under = add_inst(), *releases = add_inst();
	struct rec_call *c;

	(void)state;
	calls(bare, 2, 0);
	c = calls(under, 2, 0);
	c->held0 = holds(under, a, false);
	c->nheld = 1;
	takes(releases, b, false, rel);
	acqsets();
	assert_false(may_take_under(bare, b, a));
	assert_true(may_take_under(under, b, a));
	assert_int_equal(released(under), 0);
}

/* What lockdep would link to the caller's lock: it links past trylocks, check_prevs_add(). */
static void the_innermost_lock_is_the_callers_or_not(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b"), c = add_class("c");
	struct inst *top = add_inst(), *leaf = add_inst();
	struct rec_acq *acq;
	struct rec_call *call;

	(void)state;
	takes(leaf, b, false, 0);
	acq = takes(leaf, c, false, 0);
	acq->held0 = holds(leaf, b, false);
	acq->nheld = 1;
	takes(top, a, false, 0);
	call = calls(top, 1, 0);
	call->held0 = holds(top, a, false);
	call->nheld = 1;
	call = calls(add_inst(), 1, 0);
	call->held0 = holds(inst_at(p, 2), a, true);
	call->nheld = 1;
	acqsets();
	assert_true(may_take(leaf, c) && may_take(top, b) && may_take(top, c));
	assert_true(may_take_inner(leaf, b) && !may_take_inner(leaf, c));
	assert_true(may_take_inner(top, a) && !may_take_inner(top, b) && !may_take_inner(top, c));
	assert_true(may_take_inner(inst_at(p, 2), b) && !may_take_inner(inst_at(p, 2), c));
}

/* if (irqs_disabled()) spin_lock(l); else spin_lock_irq(l): enables nothing when it is entered with irqs off. */
static void enabling_depends_on_the_entry(void **state)
{
	struct rec_enable e = { .hard = 1, .irq = IRQ_IS_ON, .emask = UINT64_C(1) << TASK_ON };
	struct inst *caller = add_inst(), *disabling = add_inst(), *helper = add_inst();

	(void)state;
	g_array_append_val(helper->enables, e);
	calls(caller, 2, 0);
	calls(disabling, 2, 0)->irq = IRQ_IS_OFF;
	caller->entry = disabling->entry = helper->entry = UINT64_C(1) << TASK_ON | UINT64_C(1) << TASK_OFF;
	enabling();
	assert_true(caller->may_enable >> TASK_ON & 1);
	assert_false(caller->may_enable >> TASK_OFF & 1);
	assert_false(disabling->may_enable >> TASK_ON & 1);
}

/* So do acquisitions: what is taken with irqs on only is not taken by who calls with irqs off. */
static void taking_depends_on_the_entry(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b");
	struct inst *on = add_inst(), *off = add_inst(), *helper = add_inst(), *never = add_inst();

	(void)state;
	helper->entry |= UINT64_C(1) << TASK_OFF;
	never->entry = 0;
	takes(helper, a, false, 0)->emask = UINT64_C(1) << TASK_ON;
	takes(helper, b, false, 0)->emask = UINT64_C(1) << TASK_OFF;
	takes(never, a, false, 0);
	calls(on, 2, 0);
	calls(off, 2, 0)->irq = IRQ_IS_OFF;
	calls(off, 3, 0);
	acqsets();
	assert_true(may_take(on, a) && !may_take(on, b));
	assert_true(may_take(off, b) && !may_take(off, a));
	assert_int_equal(node_at(never, TASK_ON), UINT32_MAX);
	assert_int_equal(p->acq->nnode, 4);
}

/* lockdep.c, read_lock_is_recursive(): read_lock() is, in interrupts. */
static void readers_recurse_in_interrupts(void **state)
{
	unsigned hard = ENTRY_BIT(SD_CTX_HARDIRQ, SD_TRI_OFF, SD_TRI_ON);
	uint32_t a = add_class("a"), in_task, in_irq;
	struct inst *i = add_inst();

	(void)state;
	i->entry |= UINT64_C(1) << hard;
	takes(i, a, false, 0)->mode = M_CTX;
	acqsets();
	in_task = node_at(i, TASK_ON), in_irq = node_at(i, hard);
	assert_int_not_equal(in_task, in_irq);
	assert_int_equal(row_next(p->acq->rows, taken_by(p, in_task, 0)->all, 0), elem_of(final_of(p, a), false, false));
	assert_int_equal(row_next(p->acq->rows, taken_by(p, in_irq, 0)->all, 0), elem_of(final_of(p, a), true, false));
}

static void recursion_shares_one_set(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b"), c = add_class("c");
	struct inst *one = add_inst(), *two = add_inst(), *outside = add_inst();

	(void)state;
	calls(one, 1, 0), calls(two, 0, 0), calls(outside, 0, 0);
	takes(one, a, false, 0), takes(two, b, false, 0), takes(outside, c, false, 0);
	acqsets();
	assert_true(may_take(one, a) && may_take(one, b) && !may_take(one, c));
	assert_true(may_take(outside, a) && may_take(outside, b) && may_take(outside, c));
	for (unsigned level = 0; level <= DEPTH; level++) {
		assert_int_equal(taken_by(p, one->node0, level)->all, taken_by(p, two->node0, level)->all);
		assert_int_not_equal(taken_by(p, one->node0, level)->all, taken_by(p, outside->node0, level)->all);
	}
}

/* Instances that are made of the same are one group, and no other is; one that guesses its way back to itself is like another that does. */
static void what_is_made_of_the_same_is_one_group(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b");
	struct inst *leaf = add_inst(), *like = add_inst(), *other = add_inst(), *up = add_inst(), *up_too = add_inst(), *over = add_inst();
	struct inst *again = add_inst(), *again_too = add_inst();
	const uint32_t *group;

	(void)state;
	takes(leaf, a, false, 0), takes(like, a, false, 0), takes(other, b, false, 0);
	calls(up, 0, 0), calls(up_too, 1, 0), calls(up_too, 0, 0);
	calls(over, 1, 0)->ntargets = 2;
	calls(again, 6, 0)->ntargets = 2, calls(again_too, 7, 0)->ntargets = 2;
	calls(again, 2, 0), calls(again_too, 2, 0);
	acqsets();
	group = p->acq->group;
	assert_int_equal(group[leaf->node0], group[like->node0]);
	assert_int_equal(group[up->node0], group[up_too->node0]);
	assert_int_equal(group[again->node0], group[again_too->node0]);
	assert_int_not_equal(group[leaf->node0], group[other->node0]);
	assert_int_not_equal(group[leaf->node0], group[up->node0]);
	assert_int_not_equal(group[up->node0], group[over->node0]);
	assert_int_not_equal(group[other->node0], group[again->node0]);
}

/* Each call through a pointer of several targets is a guess, of very many two; also where the way leads back. */
static void too_many_guesses_are_none(void **state)
{
	uint32_t a = add_class("a"), ntargets[] = { 1, 2, WIDE, WIDE + 1 }, cost[] = { 0, 1, 1, 2 };
	struct inst *leaf = add_inst(), *up[4], *chain[DEPTH + 1], *back = add_inst();

	(void)state;
	takes(leaf, a, false, 0);
	for (unsigned i = 0; i < 4; i++)
		calls(up[i] = add_inst(), 0, 0)->ntargets = (uint16_t)ntargets[i];
	for (unsigned i = 0; i <= DEPTH; i++) {
		uint32_t below = i ? p->insts->len - 1 : 0;

		calls(chain[i] = add_inst(), below, 0)->ntargets = 2;
	}
	calls(back, 1, 0), calls(back, 0, 0)->ntargets = 2;             /* inst 1 is itself */
	acqsets();
	for (unsigned level = 0; level <= DEPTH; level++) {
		for (unsigned i = 0; i < 4; i++)
			assert_int_equal(row_takes(taken_by(p, up[i]->node0, level)->all, a), level >= cost[i]);
		for (unsigned i = 0; i <= DEPTH; i++)
			assert_int_equal(row_takes(taken_by(p, chain[i]->node0, level)->all, a), level >= i + 1);
		assert_int_equal(row_takes(taken_by(p, back->node0, level)->all, a), level >= 1);
	}
	assert_false(may_take(chain[DEPTH], a));
}

/* A circle that one guess closes is none to who may not guess. */
static void guesses_make_no_recursion(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b");
	struct inst *one = add_inst(), *two = add_inst();

	(void)state;
	takes(one, a, false, 0), takes(two, b, false, 0);
	calls(one, 1, 0)->ntargets = 2;
	calls(two, 0, 0);
	acqsets();
	assert_false(row_takes(taken_by(p, one->node0, 0)->all, b));
	assert_true(row_takes(taken_by(p, two->node0, 0)->all, a));
	assert_true(may_take(one, b));
}

/* --- edges of these sets --- */

static void entered_at(struct inst *i, uint16_t dist)
{
	i->pred = sd_arena_alloc(p->arena, sizeof(*i->pred));
	i->pred[0] = (struct pred){ .state = TASK_ON, .dist = dist };
	i->npred = 1;
}

/* @who calls @callee with @cls held. */
static struct rec_call *calls_under(struct inst *who, uint32_t callee, uint32_t cls)
{
	struct rec_call *c = calls(who, callee, 0);

	c->held0 = holds(who, cls, false);
	c->nheld = 1;
	return c;
}

static struct edge edge_of(const struct depgraph *g, uint32_t from, uint32_t to)
{
	for (uint32_t i = g->first[from]; i < g->first[from + 1]; i++)
		if (g->to[i] == to)
			return edge_at(g, i);
	fail_msg("no dependency of class %u on class %u", from, to);
	return (struct edge){ 0 };
}

/* The nearest of those that need the fewest guesses, and of each kind its own; whatever the number of threads. */
static void an_edge_has_its_best_source(void **state)
{
	uint32_t a = add_class("a"), b = add_class("b"), c = add_class("c");
	struct inst *leaf = add_inst(), *far = add_inst(), *near = add_inst(), *guess = add_inst(), *reader = add_inst(), *all[] = { leaf, far, near, guess, reader };

	(void)state;
	for (uint16_t i = 0; i < G_N_ELEMENTS(all); i++)
		entered_at(all[i], i == 1 ? 9 : 2);
	takes(leaf, b, false, 0);
	calls_under(far, 0, a), calls_under(near, 0, a);
	calls_under(guess, 0, a)->ntargets = 2, calls_under(guess, 0, c)->ntargets = 2;
	calls_under(reader, 0, c);
	g_array_index(reader->heldv, struct held, 0).mode = M_r;
	acqsets();
	for (unsigned jobs = 1; jobs <= 4; jobs += 3) {
		struct depgraph *g;
		struct edge ab, cb;

		p->jobs = jobs;
		g = build_deps(p);
		ab = edge_of(g, final_of(p, a), final_of(p, b)), cb = edge_of(g, final_of(p, c), final_of(p, b));
		assert_int_equal(g->n, 2);
		assert_int_equal(ab.kinds, SD_DEP_EN);
		assert_int_equal(ab.inner, SD_DEP_EN);
		assert_int_equal(ab.tier, 0);
		assert_int_equal(edge_source(g, &ab, 3).source->inst, 2);
		assert_int_equal(cb.kinds, SD_DEP_EN | SD_DEP_SN);
		assert_int_equal(cb.tier, 0);
		assert_int_equal(edge_source(g, &cb, 3).source->inst, 3);
		assert_int_equal(edge_source(g, &cb, 3).level, 1);
		assert_int_equal(edge_source(g, &cb, 2).source->inst, 4);
		assert_int_equal(edge_source(g, &cb, 2).level, 0);
		drop_kind(g, cb.no, 2);
		assert_int_equal(edge_at(g, cb.no).kinds, SD_DEP_EN);
		free_deps(g);
	}
}

#define R(f) cmocka_unit_test_setup_teardown(f, rows_up, rows_down)
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		R(the_empty_set_is_zero), R(equal_sets_are_equal_ids), R(taking_empties), R(unions_are_remembered),
		R(members_are_found_over_borders), R(many_sets_are_kept), R(agrees_with_plain_bitsets), R(all_members_are_met_in_order),
		T(released_sets_are_sets), T(a_call_may_take_what_is_below), T(nothing_released_says_it_all),
		T(released_locks_unite), T(a_callee_releases_the_nearest), T(the_innermost_lock_is_the_callers_or_not),
		T(enabling_depends_on_the_entry), T(taking_depends_on_the_entry), T(readers_recurse_in_interrupts),
		T(recursion_shares_one_set), T(what_is_made_of_the_same_is_one_group), T(too_many_guesses_are_none), T(guesses_make_no_recursion),
		T(an_edge_has_its_best_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
