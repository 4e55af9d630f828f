/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * encode.c - the stored form of a function.
 *
 * Numbers are LEB128 varints, signed ones zigzag first.  Layout: version, strings (count, then
 * length and bytes each; number 0 is "" and not stored), the scalar members in ir.h's order,
 * then each array in ir.h's order, member by member.  The first string is the function's file; of those that end in it the
 * end is left out (length: twice that of the rest, and one more where that is so).  decode.c mirrors this file.
 */
#include <glib.h>
#include <string.h>
#include "ir.h"

struct enc {
	GByteArray *out;        /* the body */
	GByteArray *strings;
	GHashTable *ids;        /* sd_sym -> number in this function */
	const struct sd_strtab *syms;
	const char *file;       /* NULL until it is stored */
	uint32_t nstrings;
};

static void put(GByteArray *out, uint64_t v)
{
	uint8_t buf[10];
	guint n = 0;

	do {
		buf[n] = v & 0x7f;
		v >>= 7;
		if (v)
			buf[n] |= 0x80;
		n++;
	} while (v);
	g_byte_array_append(out, buf, n);
}

static void num(struct enc *e, uint64_t v)
{
	put(e->out, v);
}

static void snum(struct enc *e, int64_t v)
{
	num(e, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

static void put_string(struct enc *e, const char *text)
{
	size_t n = strlen(text);
	bool ends = e->file && *e->file && g_str_has_suffix(text, e->file);

	if (ends)
		n -= strlen(e->file);
	put(e->strings, 2 * n + ends);
	g_byte_array_append(e->strings, (const guint8 *)text, (guint)n);
}

static void sym(struct enc *e, sd_sym s)
{
	gpointer known = s ? g_hash_table_lookup(e->ids, GUINT_TO_POINTER(s)) : NULL;

	if (s && !known) {
		known = GUINT_TO_POINTER(++e->nstrings);
		g_hash_table_insert(e->ids, GUINT_TO_POINTER(s), known);
		put_string(e, sd_sym_str(e->syms, s));
	}
	num(e, GPOINTER_TO_UINT(known));
}

static void put_head(struct enc *e, const struct sd_fn *fn)
{
	sym(e, fn->file);
	e->file = sd_sym_str(e->syms, fn->file);
	sym(e, fn->name);
	snum(e, fn->line);
	snum(e, fn->end_line);
	num(e, fn->flags);
	sym(e, fn->ret_type);
	num(e, fn->ret_tkind);
	num(e, fn->nparams);
	num(e, fn->nvals);
	num(e, fn->nops);
	num(e, fn->nevents);
	num(e, fn->nblocks);
	num(e, fn->nsuccs);
	num(e, fn->nphis);
	num(e, fn->ngvars);
	num(e, fn->nstores);
	num(e, fn->nall);
}

static void put_vals(struct enc *e, const struct sd_fn *fn)
{
	for (uint32_t i = 0; i < fn->nall; i++) {
		const struct sd_val *v = &fn->vals[i];

		num(e, v->kind);
		num(e, v->op);
		num(e, v->tkind);
		sym(e, v->sym);
		sym(e, v->rec);
		sym(e, v->type);
		num(e, v->a);
		num(e, v->b);
		snum(e, v->num);
	}
}

static void put_events(struct enc *e, const struct sd_fn *fn)
{
	for (uint32_t i = 0; i < fn->nevents; i++) {
		const struct sd_event *ev = &fn->events[i];

		num(e, ev->kind);
		num(e, ev->flags);
		snum(e, ev->line);
		sym(e, ev->callee);
		num(e, ev->target);
		num(e, ev->value);
		num(e, ev->arg0);
		num(e, ev->nargs);
	}
}

static void put_blocks(struct enc *e, const struct sd_fn *fn)
{
	for (uint32_t i = 0; i < fn->nblocks; i++) {
		const struct sd_block *b = &fn->blocks[i];

		num(e, b->ev0);
		num(e, b->nev);
		num(e, b->succ0);
		num(e, b->nsucc);
		num(e, b->phi0);
		num(e, b->nphi);
		num(e, b->term);
		snum(e, b->line);
		num(e, b->cond);
	}
	for (uint32_t i = 0; i < fn->nsuccs; i++) {
		num(e, fn->succs[i].block);
		snum(e, fn->succs[i].lo);
		snum(e, fn->succs[i].hi);
	}
	for (uint32_t i = 0; i < fn->nphis; i++)
		num(e, fn->phis[i]);
}

static void put_body(struct enc *e, const struct sd_fn *fn)
{
	put_head(e, fn);
	for (uint32_t i = 0; i < fn->nparams; i++) {
		sym(e, fn->params[i].name);
		sym(e, fn->params[i].type);
		num(e, fn->params[i].tkind);
	}
	put_vals(e, fn);
	for (uint32_t i = 0; i < fn->nops; i++) {
		num(e, fn->ops[i].pred);
		num(e, fn->ops[i].val);
	}
	put_events(e, fn);
	put_blocks(e, fn);
	for (uint32_t i = 0; i < fn->ngvars; i++) {
		const struct sd_ir_gvar *g = &fn->gvars[i];

		sym(e, g->name);
		sym(e, g->type);
		snum(e, g->line);
		num(e, g->is_array);
		num(e, g->is_static);
	}
	for (uint32_t i = 0; i < fn->nstores; i++) {
		num(e, fn->stores[i].target);
		num(e, fn->stores[i].value);
	}
}

uint8_t *sd_fn_encode(const struct sd_fn *fn, size_t *len)
{
	struct enc e = { g_byte_array_new(), g_byte_array_new(), g_hash_table_new(NULL, NULL), fn->syms, NULL, 0 };
	GByteArray *all = g_byte_array_new();

	put_body(&e, fn);
	put(all, SD_IR_VERSION);
	put(all, e.nstrings);
	g_byte_array_append(all, e.strings->data, e.strings->len);
	g_byte_array_append(all, e.out->data, e.out->len);
	g_byte_array_free(e.strings, TRUE);
	g_byte_array_free(e.out, TRUE);
	g_hash_table_destroy(e.ids);
	*len = all->len;
	return g_byte_array_free(all, FALSE);
}
