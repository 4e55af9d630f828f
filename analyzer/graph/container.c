/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * container.c - parameters that the function itself takes the container of.
 *
 * container_of(port, struct my_port, port) says what `port` is a member of, and `my_port->port.lock` then is
 * `port->lock` again: the same object, but the longer path is the better class.  A parameter of which two different
 * containers are taken has none.
 *
 * Requires: load.  Sets: func.container.
 */
#include <string.h>
#include "model.h"

/* Is @v the container of parameter *@k, by container_of() here or in a helper that returns it? */
static const struct sd_val *container_value(struct prog *p, const struct func *f, sd_vid v, uint32_t *k)
{
	const struct sd_val *x = &f->ir->vals[v];

	if (x->kind != SD_V_UP || f->ir->vals[x->a].kind != SD_V_PARAM || strchr(str(p, x->sym), '.'))
		return NULL;
	*k = (uint32_t)f->ir->vals[x->a].num;
	return x;
}

static void add_container(struct prog *p, struct func *f, uint32_t k, sd_sym rec, sd_sym member)
{
	if (k >= f->ir->nparams)
		return;
	if (!f->container)
		f->container = sd_arena_alloc(p->arena, f->ir->nparams * sizeof(*f->container));
	if (f->container[k].rec && (f->container[k].rec != rec || f->container[k].member != member))
		member = 0;             /* two: neither */
	f->container[k] = (struct chain_step){ rec, member };
}

/* to_my_port(port): an inline function that returns container_of() of its parameter. */
static void by_helper(struct prog *p, struct func *f, const struct sd_event *e)
{
	uint32_t t = func_find(p, e->callee), k, arg;
	const struct func *g = t ? func_at(p, t - 1) : NULL;
	const struct sd_val *up;

	for (uint32_t b = 0; g && b < g->ir->nblocks; b++) {
		if (g->ir->blocks[b].term != SD_TERM_RETURN || !(up = container_value(p, g, g->ir->blocks[b].cond, &k)) || k >= e->nargs)
			continue;
		arg = f->ir->ops[e->arg0 + k].val;
		if (f->ir->vals[arg].kind == SD_V_PARAM)
			add_container(p, f, (uint32_t)f->ir->vals[arg].num, up->rec, up->sym);
	}
}

void find_containers(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);
		const struct sd_val *up;
		uint32_t k;

		for (sd_vid v = 1; v < f->ir->nvals; v++)
			if ((up = container_value(p, f, v, &k)))
				add_container(p, f, k, up->rec, up->sym);
		for (uint32_t e = 0; e < f->ir->nevents; e++)
			if (f->ir->events[e].kind == SD_E_CALL && f->ir->events[e].callee)
				by_helper(p, f, &f->ir->events[e]);
	}
}

tid container_of_param(struct prog *p, const struct func *f, const struct term *t)
{
	const struct chain_step *c = f->container && t->kind == T_PARAM && (uint64_t)t->num < f->ir->nparams ? &f->container[t->num] : NULL;

	return c && c->member ? mk_field(p, mk_any(p, c->rec), c->rec, c->member, t->type) : 0;
}
