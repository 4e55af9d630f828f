/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vars.c - what a variable, or a place in memory, holds at a point.
 *
 * Braun et al., "Simple and Efficient Construction of Static Single Assignment Form" (CC
 * 2013), with the CFG known beforehand: blocks come in reverse postorder, so only edges that
 * close a loop are open, and only for what the loop assigns.
 */
#include "ssa.h"

static gpointer env_key(struct ssa *s, uint32_t block, uint32_t var)
{
	return GSIZE_TO_POINTER((gsize)block * s->nvars + var + 1);
}

void sd_var_write(struct ssa *s, uint32_t block, uint32_t var, sd_vid v)
{
	g_hash_table_insert(s->env, env_key(s, block, var), GUINT_TO_POINTER(v + 1));
}

/* At the function's entry: a parameter, an uninitialised local, memory nobody has stored to. */
static sd_vid at_entry(struct ssa *s, uint32_t var)
{
	struct low_var *v;

	if (var >= s->l->vars->len)
		return 0;
	v = &g_array_index(s->l->vars, struct low_var, var);
	return sd_val_add(s, (struct sd_val){
		.kind = v->param >= 0 ? SD_V_PARAM : SD_V_LOCAL, .num = v->param >= 0 ? v->param : (int64_t)var,
		.sym = v->name, .tkind = v->ti->tkind, .type = v->ti->type });
}

static struct phi *new_phi(struct ssa *s, uint32_t block, uint32_t var, bool open)
{
	struct phi p = { .block = block, .var = var, .open = open, .ops = g_array_new(FALSE, FALSE, sizeof(struct sd_ir_op)) };
	struct sd_val v = { .kind = SD_V_PHI, .num = block, .a = s->phis->len };

	if (var < s->l->vars->len) {
		const struct ti *ti = g_array_index(s->l->vars, struct low_var, var).ti;

		v.tkind = ti->tkind;
		v.type = ti->type;
	}
	p.val = sd_val_new(s, v);
	g_array_append_val(s->phis, p);
	sd_var_write(s, block, var, p.val);
	return &g_array_index(s->phis, struct phi, s->phis->len - 1);
}

static bool assigned_in_loop(struct sblk *b, uint32_t var)
{
	return b->late || (b->defs && b->defs[var / 64] >> (var % 64) & 1);
}

/* The value all forward predecessors agree on, or a phi. */
static sd_vid join(struct ssa *s, uint32_t block, uint32_t var)
{
	struct sblk *b = &s->blk[block];
	sd_vid first = 0, *v = g_new(sd_vid, b->npred);
	bool same = true, any = false;
	struct phi *p;

	for (uint32_t i = 0; i < b->npred; i++) {
		if (!b->pred[i].exec || b->pred[i].pred >= block)
			continue;
		v[i] = sd_var_read(s, b->pred[i].pred, var);
		if (!any)
			first = v[i];
		same = same && v[i] == first;
		any = true;
	}
	if (!any)
		first = at_entry(s, var);
	if (!same) {
		p = new_phi(s, block, var, false);
		for (uint32_t i = 0; i < b->npred; i++) {
			struct sd_ir_op op = { b->pred[i].pred, b->pred[i].exec && b->pred[i].pred < block ? v[i] : 0 };

			if (b->pred[i].exec && b->pred[i].pred < block)
				g_array_append_val(p->ops, op);
		}
		first = p->val;
	}
	g_free(v);
	return first;
}

static bool single_pred(struct sblk *b, uint32_t block, uint32_t *pred)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->npred; i++) {
		if (!b->pred[i].exec || b->pred[i].pred >= block)
			continue;
		*pred = b->pred[i].pred;
		n++;
	}
	return n == 1;
}

/* Ends: each step goes to a smaller block number. */
sd_vid sd_var_read(struct ssa *s, uint32_t block, uint32_t var)
{
	uint32_t at = block, pred;
	sd_vid v;

	for (;;) {
		gpointer known = g_hash_table_lookup(s->env, env_key(s, at, var));

		if (known) {
			v = GPOINTER_TO_UINT(known) - 1;
			break;
		}
		if (assigned_in_loop(&s->blk[at], var)) {
			v = new_phi(s, at, var, true)->val;
			break;
		}
		if (!single_pred(&s->blk[at], at, &pred)) {
			v = join(s, at, var);
			sd_var_write(s, at, var, v);
			break;
		}
		at = pred;
	}
	if (at != block)
		sd_var_write(s, block, var, v);
	return v;
}

/* Operands of the phis at loop heads; may make new phis, which come at the end of the list. */
void sd_phis_close(struct ssa *s)
{
	for (guint i = 0; i < s->phis->len; i++) {
		struct phi p = g_array_index(s->phis, struct phi, i);
		struct sblk *b = &s->blk[p.block];

		if (!p.open)
			continue;
		for (uint32_t j = 0; j < b->npred; j++) {
			struct sd_ir_op op = { b->pred[j].pred, 0 };

			if (!b->pred[j].exec)
				continue;
			op.val = sd_var_read(s, op.pred, p.var);
			g_array_append_val(p.ops, op);
		}
	}
}

/* The local whose contents @addr is part of, when it is one. */
static bool local_root(struct ssa *s, sd_vid addr, uint32_t *var)
{
	for (;;) {
		const struct sd_val *v = sd_v(s, addr);

		if (v->kind == SD_V_ADDRLOCAL) {
			*var = (uint32_t)v->num;
			return true;
		}
		if (v->kind != SD_V_FIELD && v->kind != SD_V_INDEX)
			return false;
		addr = v->a;
	}
}

static uint32_t key_of(struct ssa *s, sd_vid addr)
{
	const struct sd_val *v = sd_v(s, addr);

	switch (v->kind) {
	case SD_V_FIELD:
		return sd_memkey(s, MK_FIELD, v->rec, v->sym, false);
	case SD_V_GLOBAL:
		return sd_memkey(s, MK_GLOBAL, 0, v->sym, false);
	case SD_V_ADDRLOCAL:
		return sd_memkey(s, MK_WHOLE, 0, (sd_sym)v->num, false);
	default:
		return sd_memkey(s, MK_OTHER, 0, 0, false);
	}
}

/* Is what @token's store put there what a load finds now? */
static bool forwarded(struct ssa *s, sd_vid token, sd_vid addr, sd_vid *val)
{
	const struct sd_val *t = sd_v(s, token);
	const struct token *k;
	const struct sd_val *v;

	if (t->kind != VK_TOKEN || t->num < 0)
		return false;
	k = &g_array_index(s->tokens, struct token, t->num);
	if (k->addr != addr || !k->addr)
		return false;
	*val = k->val;
	v = sd_v(s, k->val);
	if (v->tkind == SD_T_RECORD)    /* a member may have changed */
		return k->nstores == s->nstores && k->block == s->cur;
	if (k->ncalls == s->ncalls && k->block == s->cur)
		return true;
	if (v->kind == SD_V_CALL || v->kind == SD_V_OUT || v->kind == SD_V_PARAM)
		return true;            /* a saved flags word, say; a constant may be overwritten by others */
	return v->kind != SD_V_CONST && v->kind != SD_V_NONE && v->tkind != SD_T_INT && v->tkind != SD_T_OTHER;
}

sd_vid sd_mem_load(struct ssa *s, sd_vid addr, uint8_t tkind, sd_sym type)
{
	struct sd_val v = { .kind = SD_V_LOAD, .a = addr, .tkind = tkind, .type = type };
	uint32_t key = key_of(s, addr), var;
	sd_vid inside = 0, token = 0, val;

	if (!addr)
		return 0;
	if (sd_v(s, addr)->kind == SD_V_ADDRLOCAL &&
	    !g_array_index(s->l->vars, struct low_var, sd_v(s, addr)->num).is_memory)
		return sd_val_cast(s, sd_var_read(s, s->cur, (uint32_t)sd_v(s, addr)->num), tkind, type);
	if (key != UINT32_MAX)
		token = sd_var_read(s, s->cur, key);
	if (local_root(s, addr, &var)) {
		key = sd_memkey(s, MK_INSIDE, 0, var, false);
		inside = key == UINT32_MAX ? 0 : sd_var_read(s, s->cur, key);
	}
	if (!inside && forwarded(s, token, addr, &val))
		return tkind == SD_T_PTR ? sd_val_cast(s, val, tkind, type) : val;
	if (token && inside)
		token = sd_val_add(s, (struct sd_val){ .kind = VK_TOKEN, .a = token, .b = inside, .num = -1 });
	v.num = token ? token : inside;
	return sd_val_add(s, v);
}

sd_vid sd_mem_token(struct ssa *s, sd_vid addr, sd_vid val)
{
	struct token t = { addr, val, s->cur, s->ncalls, s->nstores };

	g_array_append_val(s->tokens, t);
	return sd_val_new(s, (struct sd_val){ .kind = VK_TOKEN, .num = s->tokens->len - 1 });
}

void sd_mem_touch(struct ssa *s, uint32_t key)
{
	if (key != UINT32_MAX)
		sd_var_write(s, s->cur, key, sd_mem_token(s, 0, 0));
}

void sd_mem_store(struct ssa *s, sd_vid addr, sd_vid val)
{
	uint32_t key = key_of(s, addr);

	s->nstores++;
	if (key != UINT32_MAX)
		sd_var_write(s, s->cur, key, sd_mem_token(s, addr, val));
}
