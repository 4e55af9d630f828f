/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ssa.c - the walk: each block's instructions in order, blocks in reverse postorder.
 */
#include "ssa.h"

static sd_vid val_of(struct ssa *s, uint32_t inst)
{
	return s->of[inst];
}

static bool scalar_local(struct ssa *s, sd_vid addr, uint32_t *var)
{
	const struct sd_val *v = sd_v(s, addr);

	if (v->kind != SD_V_ADDRLOCAL)
		return false;
	*var = (uint32_t)v->num;
	return !g_array_index(s->l->vars, struct low_var, *var).is_memory;
}

static void store(struct ssa *s, struct low_inst *in)
{
	sd_vid addr = val_of(s, in->a), val = val_of(s, in->b);
	uint32_t var;

	if (scalar_local(s, addr, &var)) {
		sd_var_write(s, s->cur, var, val);
		return;
	}
	sd_store_event(s, addr, val, in->line, in->tkind);
	sd_mem_store(s, addr, val);
}

static struct low_arg *arg(struct ssa *s, struct low_inst *in, uint32_t i)
{
	return &g_array_index(s->l->args, struct low_arg, in->num + i);
}

/* The callee may read through &local: say what it finds there. */
static void spill(struct ssa *s, struct low_inst *in)
{
	uint32_t var;

	for (uint32_t i = 0; i < in->b; i++) {
		sd_vid a = val_of(s, arg(s, in, i)->inst), v;

		if (!scalar_local(s, a, &var))
			continue;
		v = sd_var_read(s, s->cur, var);
		if (sd_v(s, v)->kind != SD_V_LOCAL && sd_v(s, v)->kind != SD_V_NONE)
			sd_store_event(s, a, v, in->line, sd_v(s, v)->tkind);
	}
}

/*
 * What a callee may have changed of this function's own state: a local passed by address holds what event
 * @ev stored; a builtin is no event, its own value @builtin (else 0) then tells the new value from others.
 */
static void clobber(struct ssa *s, struct low_inst *in, uint32_t ev, sd_vid builtin)
{
	uint32_t var;

	for (guint i = 0; i < s->escaped->len; i++) {
		struct low_var *v;
		sd_vid addr;

		var = g_array_index(s->escaped, uint32_t, i);
		v = &g_array_index(s->l->vars, struct low_var, var);
		addr = sd_val_add(s, (struct sd_val){
			.kind = SD_V_ADDRLOCAL, .num = var, .sym = v->name, .tkind = SD_T_PTR });
		sd_var_write(s, s->cur, var, sd_val_add(s, (struct sd_val){
			.kind = SD_V_LOAD, .a = addr, .num = sd_mem_token(s, 0, 0), .tkind = v->ti->tkind, .type = v->ti->type }));
	}
	for (uint32_t i = 0; i < in->b; i++) {
		struct low_arg *a = arg(s, in, i);
		sd_vid v = val_of(s, a->inst);
		const struct sd_val *av = sd_v(s, v);

		if (a->is_const)
			continue;
		if (scalar_local(s, v, &var)) {
			const struct ti *ti = g_array_index(s->l->vars, struct low_var, var).ti;

			sd_var_write(s, s->cur, var, sd_val_add(s, builtin ?
				(struct sd_val){ .kind = SD_V_OP, .op = SD_OP_OTHER, .a = builtin, .num = i, .tkind = ti->tkind, .type = ti->type } :
				(struct sd_val){ .kind = SD_V_OUT, .num = ev, .b = i, .tkind = ti->tkind, .type = ti->type }));
		} else if (av->kind == SD_V_ADDRLOCAL) {
			sd_mem_touch(s, sd_memkey(s, MK_INSIDE, 0, (sd_sym)av->num, false));
		} else if (av->kind == SD_V_FIELD && !av->type) {
			sd_mem_touch(s, sd_memkey(s, MK_FIELD, av->rec, av->sym, false));
		}
	}
}

static sd_vid call(struct ssa *s, struct low_inst *in)
{
	struct sd_event e = { .kind = SD_E_CALL, .flags = in->flags, .line = in->line, .callee = in->sym };
	struct sd_val r = { .kind = SD_V_CALL, .tkind = in->tkind, .type = in->type };

	spill(s, in);
	if (in->sym) {
		r.a = sd_val_add(s, (struct sd_val){ .kind = SD_V_FUNC, .sym = in->sym, .tkind = SD_T_FNPTR });
	} else {
		r.a = val_of(s, in->a);
		if (sd_v(s, r.a)->kind == SD_V_FUNC)
			e.callee = sd_v(s, r.a)->sym;
		else
			e.target = r.a;
	}
	e.arg0 = s->ops->len;
	e.nargs = in->b;
	for (uint32_t i = 0; i < in->b; i++) {
		struct sd_ir_op op = { 0, val_of(s, arg(s, in, i)->inst) };

		g_array_append_val(s->ops, op);
	}
	r.num = s->events->len;
	g_array_append_val(s->events, e);
	s->ncalls++;
	clobber(s, in, (uint32_t)r.num, 0);
	return sd_val_add(s, r);
}

/*
 * An asm's output: of an address among its inputs it is taken to be that address plus
 * something, which is what the per-cpu and RELOC_HIDE macros do; else unknown.
 */
static sd_vid asm_output(struct ssa *s, struct low_inst *in, uint32_t i)
{
	sd_vid addr = 0, other = 0;

	for (uint32_t k = 0; k < in->b; k++) {
		sd_vid v = val_of(s, arg(s, in, k)->inst);

		if (sd_val_is_address(s, v)) {
			if (addr)
				other = addr;
			addr = v;
		} else if (v) {
			other = v;
		}
	}
	if (in->b == 1 && val_of(s, arg(s, in, 0)->inst) && (addr || sd_v(s, val_of(s, arg(s, in, 0)->inst))->kind == SD_V_LOAD))
		return val_of(s, arg(s, in, 0)->inst);
	if (addr && (in->tkind == SD_T_PTR || (in->tkind == SD_T_INT && in->sop == 64)))
		return sd_val_index(s, addr, other, sd_v(s, addr)->type);
	return sd_val_add(s, (struct sd_val){ .kind = SD_V_OP, .op = SD_OP_OTHER, .num = i, .tkind = in->tkind, .type = in->type });
}

/* A builtin of the compiler: equal arguments, equal result. */
static sd_vid opaque(struct ssa *s, struct low_inst *in)
{
	struct sd_val v = { .kind = SD_V_OP, .op = SD_OP_OTHER, .sym = in->sym, .tkind = in->tkind, .type = in->type };
	sd_vid r;

	if (in->b > 0)
		v.a = val_of(s, arg(s, in, 0)->inst);
	if (in->b > 1)
		v.b = val_of(s, arg(s, in, 1)->inst);
	r = sd_val_add(s, v);
	clobber(s, in, 0, r);
	return r;
}

static sd_vid leaf(struct ssa *s, struct low_inst *in, uint8_t kind)
{
	return sd_val_add(s, (struct sd_val){
		.kind = kind, .num = in->num, .sym = in->sym, .tkind = in->tkind, .type = in->type });
}

static sd_vid eval(struct ssa *s, struct low_inst *in, uint32_t i)
{
	switch (in->op) {
	case LO_CONST:
		return sd_val_const(s, in->num);
	case LO_STR:
		return leaf(s, in, SD_V_STR);
	case LO_GLOBAL:
		return leaf(s, in, SD_V_GLOBAL);
	case LO_FUNC:
		return leaf(s, in, SD_V_FUNC);
	case LO_ADDR:
		return leaf(s, in, SD_V_ADDRLOCAL);
	case LO_READ:
		return sd_var_read(s, s->cur, (uint32_t)in->num);
	case LO_WRITE:
		sd_var_write(s, s->cur, (uint32_t)in->num, val_of(s, in->a));
		return 0;
	case LO_FIELD:
		return sd_val_field(s, val_of(s, in->a), in->rec, in->sym, in->type, in->flags);
	case LO_INDEX:
		return sd_val_index(s, val_of(s, in->a), val_of(s, in->b), in->type);
	case LO_UP:
		return sd_val_up(s, val_of(s, in->a), in->rec, in->sym, in->type);
	case LO_LOAD:
		return sd_mem_load(s, val_of(s, in->a), in->tkind, in->type);
	case LO_STORE:
		store(s, in);
		return 0;
	case LO_CALL:
		return call(s, in);
	case LO_OP:
		return sd_val_op(s, in->sop, val_of(s, in->a), val_of(s, in->b), in->num, in->tkind, in->type);
	case LO_CAST:
		return sd_val_cast(s, val_of(s, in->a), in->tkind, in->type);
	case LO_OPAQUE:
		return opaque(s, in);
	case LO_ASM:
		return asm_output(s, in, i);
	default:
		return 0;
	}
}

static void add_edge(struct ssa *s, struct sblk *b, uint32_t i, int64_t lo, int64_t hi)
{
	struct sd_succ out = { b->succ[i], lo, hi };
	struct sblk *to = &s->blk[b->succ[i]];

	g_array_append_val(b->out, out);
	to->exec = true;
	for (uint32_t k = 0; k < to->npred; k++)
		if (to->pred[k].pred == s->cur)
			to->pred[k].exec = true;
}

/* x, !x, x != 0 and x == 0 all branch on x: equal conditions look equal. */
static sd_vid plain_condition(struct ssa *s, sd_vid v, bool *swap)
{
	const struct sd_val *c = sd_v(s, v);

	while (c->kind == SD_V_OP) {
		bool zero = c->op != SD_OP_NOT && sd_v(s, c->b)->kind == SD_V_CONST && !sd_v(s, c->b)->num;

		if (c->op == SD_OP_NOT || (c->op == SD_OP_EQ && zero))
			*swap = !*swap;
		else if (c->op != SD_OP_NE || !zero)
			break;
		v = c->a;
		c = sd_v(s, v);
	}
	return v;
}

static void end_branch(struct ssa *s, struct sblk *b)
{
	const struct sd_val *c;
	bool swap = false;

	b->cond = plain_condition(s, b->cond, &swap);
	c = sd_v(s, b->cond);
	if (c->kind == SD_V_CONST || b->succ[0] == b->succ[1]) {
		b->term = SD_TERM_GOTO;
		b->cond = 0;
		add_edge(s, b, c->kind == SD_V_CONST && !c->num != swap, 0, 0);
		return;
	}
	add_edge(s, b, swap, 0, 0);
	add_edge(s, b, !swap, 0, 0);
}

static void end_switch(struct ssa *s, struct sblk *b, GArray *cases)
{
	const struct sd_val *c = sd_v(s, b->cond);
	uint32_t last = b->nsucc - 1, i;

	for (i = 0; i < last; i++) {
		struct low_succ *k = &g_array_index(cases, struct low_succ, i);

		if (c->kind == SD_V_CONST && (c->num < k->lo || c->num > k->hi))
			continue;
		if (c->kind == SD_V_CONST)
			break;
		add_edge(s, b, i, k->lo, k->hi);
	}
	if (c->kind == SD_V_CONST) {
		b->term = SD_TERM_GOTO;
		b->cond = 0;
	}
	add_edge(s, b, i, 0, 0);
}

static void terminate(struct ssa *s, struct sblk *b)
{
	struct low_block *last = sd_low_blk(s->l, b->low[b->nlow - 1]);

	b->term = last->term;
	b->line = last->line;
	b->cond = last->cond ? val_of(s, last->cond) : 0;
	if (!last->done) {              /* the end of the body */
		b->term = SD_TERM_RETURN;
		b->cond = 0;
	} else if (b->term == SD_TERM_BRANCH) {
		end_branch(s, b);
	} else if (b->term == SD_TERM_SWITCH) {
		end_switch(s, b, last->succ);
	} else {
		if (b->term == SD_TERM_MULTI && !b->nsucc)
			b->term = SD_TERM_STOP;
		for (uint32_t i = 0; i < b->nsucc; i++)
			add_edge(s, b, i, 0, 0);
	}
}

static void walk_block(struct ssa *s, uint32_t n)
{
	struct sblk *b = &s->blk[n];

	s->cur = n;
	b->walked = true;
	b->out = g_array_new(FALSE, FALSE, sizeof(struct sd_succ));
	b->ev0 = s->events->len;
	for (uint32_t k = 0; k < b->nlow; k++)
		for (uint32_t i = sd_low_blk(s->l, b->low[k])->first; i; i = sd_low_get(s->l, i)->next)
			s->of[i] = eval(s, sd_low_get(s->l, i), i);
	b->nev = s->events->len - b->ev0;
	terminate(s, b);
}

/* Ends: every round but the last walks a block for the first time. */
static void walk(struct ssa *s)
{
	bool changed = true;

	for (int round = 0; changed; round++) {
		changed = false;
		for (uint32_t i = 0; i < s->nblk; i++) {
			if (!s->blk[i].exec || s->blk[i].walked)
				continue;
			s->blk[i].late = round > 0;
			walk_block(s, i);
			changed = true;
		}
	}
}

static void ssa_free(struct ssa *s)
{
	for (uint32_t i = 0; i < s->nblk; i++)
		if (s->blk[i].out)
			g_array_free(s->blk[i].out, TRUE);
	for (guint i = 0; i < s->phis->len; i++)
		g_array_free(g_array_index(s->phis, struct phi, i).ops, TRUE);
	if (s->stored)
		g_hash_table_destroy(s->stored);
	if (s->initial)
		g_hash_table_destroy(s->initial);
	if (s->keys)
		g_hash_table_destroy(s->keys);
	if (s->cons)
		g_hash_table_destroy(s->cons);
	g_hash_table_destroy(s->env);
	g_ptr_array_free(s->nodes, TRUE);
	g_array_free(s->phis, TRUE);
	g_array_free(s->tokens, TRUE);
	g_array_free(s->events, TRUE);
	g_array_free(s->stores, TRUE);
	g_array_free(s->ops, TRUE);
	g_array_free(s->escaped, TRUE);
	sd_arena_free(s->arena);
}

struct sd_fn *sd_ssa(struct low *l, struct sd_arena *arena)
{
	struct ssa s = { .l = l, .arena = sd_arena_new() };
	struct sd_fn *fn;

	s.nodes = g_ptr_array_new();
	s.env = g_hash_table_new(NULL, NULL);
	s.phis = g_array_new(FALSE, FALSE, sizeof(struct phi));
	s.tokens = g_array_new(FALSE, FALSE, sizeof(struct token));
	s.events = g_array_new(FALSE, FALSE, sizeof(struct sd_event));
	s.ops = g_array_new(FALSE, FALSE, sizeof(struct sd_ir_op));
	s.stores = g_array_new(FALSE, FALSE, sizeof(struct sd_store));
	s.escaped = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	s.of = sd_arena_alloc(s.arena, l->insts->len * sizeof(sd_vid));
	sd_val_new(&s, (struct sd_val){ .kind = SD_V_NONE });
	sd_graph_build_blocks(&s);
	s.blk[0].exec = true;
	walk(&s);
	sd_phis_close(&s);
	fn = sd_emit(&s, arena);
	ssa_free(&s);
	return fn;
}
