/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * callers.c - who may call a function: whom to look at again when more is known of it.
 *
 * Requires: slots.
 */
#include <string.h>
#include "model.h"

/* Calls @see for each function that a call in @fi may reach. */
static void each_callee(struct prog *p, uint32_t fi, void (*see)(struct callers *c, uint32_t callee, uint32_t caller), struct callers *c)
{
	const struct func *f = func_at(p, fi);

	for (uint32_t i = 0; i < f->ir->nevents; i++) {
		const struct sd_event *e = &f->ir->events[i];
		const GArray *set = e->kind == SD_E_CALL && !e->callee ? slot_targets(p, slot_of_value(p, f, fi, e->target)) : NULL;
		uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;

		if (fn)
			see(c, fn - 1, fi);
		for (guint k = 0; set && k < set->len; k++)
			see(c, g_array_index(set, uint32_t, k), fi);
	}
}

static void count_caller(struct callers *c, uint32_t callee, uint32_t caller)
{
	(void)caller;
	c->first[callee + 2]++;
}

static void put_caller(struct callers *c, uint32_t callee, uint32_t caller)
{
	c->who[c->first[callee + 1]++] = caller;
}

/* Appends @fi behind all that it is called by, unless they are there: the way up so far is the stack. */
static void put_behind_callers(struct callers *c, uint32_t fi, uint32_t *next, uint32_t *stack, uint32_t *nput)
{
	uint32_t depth = 0;

	stack[depth++] = fi;
	next[fi] = c->first[fi];
	while (depth) {
		uint32_t i = stack[depth - 1];

		if (next[i] == c->first[i + 1]) {
			c->upward[(*nput)++] = i;
			depth--;
			continue;
		}
		i = c->who[next[i]++];
		if (next[i] == UINT32_MAX) {
			next[i] = c->first[i];
			stack[depth++] = i;
		}
	}
}

static void put_in_order(struct callers *c, uint32_t n)
{
	uint32_t *next = g_new(uint32_t, n + 1), *stack = g_new(uint32_t, n + 1), nput = 0;

	memset(next, 0xff, (n + 1) * sizeof(*next));
	c->upward = g_new(uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		if (next[i] == UINT32_MAX)
			put_behind_callers(c, i, next, stack, &nput);
	for (uint32_t i = 0; i < n / 2; i++) {
		uint32_t last = c->upward[n - 1 - i];

		c->upward[n - 1 - i] = c->upward[i];
		c->upward[i] = last;
	}
	g_free(next);
	g_free(stack);
}

struct callers find_callers(struct prog *p)
{
	uint32_t n = p->fns->len;
	struct callers c = { .first = g_new0(uint32_t, n + 3) };

	for (uint32_t i = 0; i < n; i++)
		each_callee(p, i, count_caller, &c);
	for (uint32_t i = 0; i < n + 1; i++)
		c.first[i + 1] += c.first[i];
	c.who = g_new(uint32_t, c.first[n + 1] + 1);
	for (uint32_t i = 0; i < n; i++)
		each_callee(p, i, put_caller, &c);
	put_in_order(&c, n);
	return c;
}

static void settle_event(struct prog *p, const struct func *f, uint32_t fi, const struct sd_event *e)
{
	const struct sd_val *to = &f->ir->vals[e->target];

	if (e->kind == SD_E_STORE && to->kind == SD_V_FIELD)
		rules_of_member(p, to->rec, to->sym);
	else if (e->kind == SD_E_CALL && e->callee)
		rules_of(p, plain_name(p, e->callee));
	else if (e->kind == SD_E_CALL)
		slot_of_value(p, f, fi, e->target);
}

void settle_names(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len; i++)
		for (uint32_t k = 0; k < func_at(p, i)->ir->nevents; k++)
			settle_event(p, func_at(p, i), i, &func_at(p, i)->ir->events[k]);
}

/* @order: NULL is from the last to the first. */
static void look_in_order(struct prog *p, const struct callers *c, const uint32_t *order, bool (*look)(struct prog *p, uint32_t fi, void *arg), void *arg)
{
	uint32_t n = p->fns->len;
	bool *due = g_malloc(n + 1), again = true;

	memset(due, true, n + 1);
	while (again) {
		again = false;
		for (uint32_t k = 0; k < n; k++) {
			uint32_t i = order ? order[k] : n - 1 - k;
			bool changed = due[i] && look(p, i, arg);

			due[i] = changed;       /* what it tells itself, too */
			again |= changed;
			for (uint32_t u = c->first[i]; changed && u < c->first[i + 1]; u++)
				due[c->who[u]] = true;
		}
	}
	g_free(due);
}

void look_upwards(struct prog *p, const struct callers *c, bool (*look)(struct prog *p, uint32_t fi, void *arg), void *arg)
{
	look_in_order(p, c, c->upward, look, arg);
}

void look_upwards_by_number(struct prog *p, const struct callers *c, bool (*look)(struct prog *p, uint32_t fi, void *arg), void *arg)
{
	look_in_order(p, c, NULL, look, arg);
}

void free_callers(struct callers *c)
{
	g_free(c->first);
	g_free(c->who);
	g_free(c->upward);
}
