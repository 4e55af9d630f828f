/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alive.c - references that cannot be the last.
 *
 * `put_task(p); p->n++;`: who goes on using an object has a reference of its own beside the one that was dropped
 * (Documentation/core-api/kref.rst, rules 1 and 2), so that one was not the last, however deep below the call it was dropped.
 * A caller that asks for the call's result may have been told that it was; of that nothing is said.
 *
 * Such an argument makes another instance of the callee: the condition T_ALIVE of the parameter (inst.cond).
 *
 * Requires: relevant (REL_LAST).  Sets: func.alive, when a function is prepared.
 */
#include <string.h>
#include "run.h"

#define ARGS 8                  /* of a call, from the first */

int dropped_arg(const struct sd_fn *ir, const struct sd_event *e)
{
	for (uint32_t k = 0; k < e->nargs; k++)
		if (ir->vals[ir->ops[e->arg0 + k].val].tkind == SD_T_PTR)
			return (int)k;
	return -1;
}

/* The object that an address lies in; through a pointer, too, when what it points to is read anyway (@read). */
static sd_vid object_of(const struct func *f, sd_vid v, bool read)
{
	for (unsigned n = 0; n < 16; n++) {
		const struct sd_val *x = &f->ir->vals[v];

		if (x->kind == SD_V_FIELD || x->kind == SD_V_INDEX || x->kind == SD_V_UP)
			v = x->a;
		else if (x->kind == SD_V_LOAD && !local_stored(f, x->a, &v)) {
			if (!read)
				break;
			v = x->a;
		} else if (x->kind != SD_V_LOAD)
			break;
	}
	return f->canon[v];
}

static bool uses(const struct func *f, const struct sd_event *e, sd_vid object)
{
	if (e->kind == SD_E_STORE || !e->callee)
		return f->ir->vals[e->target].kind != SD_V_PARAM && object_of(f, e->target, true) == object;
	for (uint32_t k = 0; k < e->nargs; k++)
		if (object_of(f, f->ir->ops[e->arg0 + k].val, false) == object)
			return true;
	return false;
}

static bool used_in(const struct func *f, uint32_t from, uint32_t to, sd_vid object)
{
	for (uint32_t i = from; i < to; i++)
		if (uses(f, &f->ir->events[i], object))
			return true;
	return false;
}

/* Whatever way is taken from the end of block @b on, the object is used.  A loop is left some time, or nothing is missed. */
static bool used_after(const struct func *f, uint32_t b, sd_vid object, uint8_t *seen)
{
	const struct sd_block *bl = &f->ir->blocks[b];

	if (bl->term == SD_TERM_STOP)
		return true;
	for (uint32_t k = 0; k < bl->nsucc; k++) {
		uint32_t to = f->ir->succs[bl->succ0 + k].block;
		const struct sd_block *next = &f->ir->blocks[to];

		if (seen[to])
			continue;
		seen[to] = 1;
		if (!used_in(f, next->ev0, next->ev0 + next->nev, object) && !used_after(f, to, object, seen))
			return false;
	}
	return bl->nsucc != 0;
}

static bool may_drop(struct prog *p, const struct func *f, uint32_t fi, const struct sd_event *e, uint32_t k)
{
	const struct sd_val *x = &f->ir->vals[e->target];
	uint32_t fn = e->callee ? func_find(p, e->callee) : 0;
	const GArray *set = fn || e->callee || x->kind == SD_V_NONE ? NULL : slot_targets(p, slot_of_value(p, f, fi, e->target));

	if (fn)
		return k < func_at(p, fn - 1)->ir->nparams && (func_at(p, fn - 1)->rel[k] & REL_LAST);
	for (guint i = 0; set && i < set->len; i++) {
		const struct func *g = func_at(p, g_array_index(set, uint32_t, i));

		if (k < g->ir->nparams && (g->rel[k] & REL_LAST))
			return true;
	}
	return false;
}

static uint8_t alive_after(struct prog *p, const struct func *f, uint32_t fi, uint32_t b, uint32_t ev, uint8_t *seen)
{
	const struct sd_event *e = &f->ir->events[ev];
	const struct sd_block *bl = &f->ir->blocks[b];
	uint8_t args = 0;

	for (uint32_t k = 0; e->kind == SD_E_CALL && k < e->nargs && k < ARGS; k++) {
		sd_vid object;

		if (!may_drop(p, f, fi, e, k))
			continue;
		object = object_of(f, f->ir->ops[e->arg0 + k].val, false);
		if (f->ir->vals[object].kind == SD_V_ADDRLOCAL || f->ir->vals[object].kind == SD_V_GLOBAL)
			continue;       /* it stays anyway, and its last reference may go */
		memset(seen, 0, f->ir->nblocks);
		if (used_in(f, ev + 1, bl->ev0 + bl->nev, object) || used_after(f, b, object, seen))
			args |= (uint8_t)(1u << k);
	}
	return args;
}

/* Events whose result is something that is looked at. */
static void mark_asked(const struct sd_fn *ir, bool *asked)
{
	for (uint32_t v = 1; v < ir->nvals; v++)
		if (ir->vals[v].kind == SD_V_CALL)
			asked[ir->vals[v].num] = true;
}

void find_alive(struct prog *p, uint32_t fi, struct sd_arena *walk)
{
	struct func *f = func_at(p, fi);
	const struct sd_fn *ir = f->ir;
	bool *asked = g_new0(bool, ir->nevents + 1u);
	uint8_t *seen = g_malloc0(ir->nblocks + 1u);

	mark_asked(ir, asked);
	for (uint32_t b = 0; b < ir->nblocks; b++)
		for (uint32_t i = ir->blocks[b].ev0; i < ir->blocks[b].ev0 + ir->blocks[b].nev; i++) {
			uint8_t args = asked[i] ? 0 : alive_after(p, f, fi, b, i, seen);

			if (args && !f->alive)
				f->alive = sd_arena_alloc(walk, ir->nevents);
			if (args)
				f->alive[i] = args;
		}
	g_free(asked);
	g_free(seen);
}

/* Has the instance been told that the object which value @v lies in stays? */
static bool told_alive(struct run *r, sd_vid v)
{
	const struct sd_val *x = &r->f->ir->vals[object_of(r->f, v, false)];
	tid t = x->kind == SD_V_PARAM && r->in->ncond ? mk_alive(r->p, mk_param(r->p, (unsigned)x->num, r->f->ir->params[x->num].type)) : 0;

	for (uint32_t i = 0; t && i < r->in->ncond; i++)
		if (r->in->cond[i].t == t)
			return true;
	return false;
}

bool is_alive(struct run *r, const struct sd_event *e)
{
	int k = dropped_arg(r->f->ir, e);

	return k >= 0 && told_alive(r, r->f->ir->ops[e->arg0 + (uint32_t)k].val);
}

void tell_alive(struct run *r, uint32_t ev, const struct func *g, struct cond *out, unsigned *n)
{
	const struct sd_event *e = &r->f->ir->events[ev];

	for (uint32_t k = 0; k < e->nargs && k < ARGS && k < g->ir->nparams && *n < MAX_TOLD; k++) {
		if (!(g->rel[k] & REL_LAST))
			continue;
		if ((r->f->alive && (r->f->alive[ev] >> k & 1)) || told_alive(r, r->f->ir->ops[e->arg0 + k].val))
			out[(*n)++] = (struct cond){ mk_alive(r->p, mk_param(r->p, k, g->ir->params[k].type)), S_POS, false };
	}
}
