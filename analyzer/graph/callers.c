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

struct callers find_callers(struct prog *p)
{
	uint32_t n = p->fns->len;
	struct callers c = { g_new0(uint32_t, n + 3), NULL };

	for (uint32_t i = 0; i < n; i++)
		each_callee(p, i, count_caller, &c);
	for (uint32_t i = 0; i < n + 1; i++)
		c.first[i + 1] += c.first[i];
	c.who = g_new(uint32_t, c.first[n + 1] + 1);
	for (uint32_t i = 0; i < n; i++)
		each_callee(p, i, put_caller, &c);
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

void look_upwards(struct prog *p, const struct callers *c, bool (*look)(struct prog *p, uint32_t fi, void *arg), void *arg)
{
	bool *due = g_malloc(p->fns->len + 1), again = true;

	memset(due, true, p->fns->len + 1);
	while (again) {
		again = false;
		for (uint32_t i = p->fns->len; i-- > 0; ) {
			bool changed = due[i] && look(p, i, arg);

			due[i] = changed;       /* what it tells itself, too */
			again |= changed;
			for (uint32_t k = c->first[i]; changed && k < c->first[i + 1]; k++)
				due[c->who[k]] = true;
		}
	}
	g_free(due);
}

void free_callers(struct callers *c)
{
	g_free(c->first);
	g_free(c->who);
}
