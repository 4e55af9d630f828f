/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode.c - reads what encode.c wrote, now or when the version was SD_IR_OLDEST, and trusts none of it.
 */
#include <glib.h>
#include <string.h>
#include "ir.h"

struct dec {
	const uint8_t *p, *end;
	struct sd_arena *arena;
	struct sd_strtab *syms;
	sd_sym *str;
	uint64_t nstr, version;
	const char *why;        /* first fault; afterwards every number reads as 0 */
};

static uint64_t fault(struct dec *d, const char *why)
{
	if (!d->why)
		d->why = why;
	d->p = d->end;
	return 0;
}

static uint64_t num(struct dec *d)
{
	uint64_t v = 0;

	for (int shift = 0; shift < 64; shift += 7) {
		uint8_t b;

		if (d->p >= d->end)
			return fault(d, "function record ends too early");
		b = *d->p++;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	return fault(d, "function record holds an overlong number");
}

static int64_t snum(struct dec *d)
{
	uint64_t v = num(d);

	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static uint8_t below(struct dec *d, uint64_t limit, const char *why)
{
	uint64_t v = num(d);

	return (uint8_t)(v < limit ? v : fault(d, why));
}

static uint32_t index32(struct dec *d, uint64_t limit, const char *why)
{
	uint64_t v = num(d);

	return (uint32_t)(v < limit ? v : fault(d, why));
}

static sd_sym sym(struct dec *d)
{
	uint64_t i = num(d);

	if (i > d->nstr)
		return (sd_sym)fault(d, "function record names a string it does not hold");
	return i ? d->str[i - 1] : 0;
}

/* An array's length: each element takes a byte at least, so a wrong one cannot ask for much. */
static uint32_t count(struct dec *d)
{
	uint64_t n = num(d);

	return (uint32_t)(n <= (uint64_t)(d->end - d->p) ? n : fault(d, "function record is shorter than it says"));
}

static void *array(struct dec *d, uint32_t n, size_t size)
{
	return sd_arena_alloc(d->arena, (d->why ? 1 : (size_t)n + 1) * size);
}

/* @len bytes that end in no NUL, and @end: the table has its own copy. */
static sd_sym intern_bytes(struct sd_strtab *syms, const uint8_t *bytes, size_t len, const char *end)
{
	size_t more = strlen(end) + 1;
	char few[256], *s = len + more <= sizeof(few) ? few : g_malloc(len + more);
	sd_sym id;

	memcpy(s, bytes, len);
	memcpy(s + len, end, more);
	id = sd_intern(syms, s);
	if (s != few)
		g_free(s);
	return id;
}

static void get_strings(struct dec *d)
{
	uint32_t n = count(d);

	d->str = g_new(sd_sym, n + 1);
	for (uint32_t i = 0; i < n && !d->why; i++) {
		uint64_t len = num(d);
		bool ends = d->version > SD_IR_OLDEST && (len & 1) && i;

		len >>= d->version > SD_IR_OLDEST;
		if (len > (uint64_t)(d->end - d->p)) {
			fault(d, "function record holds a string longer than itself");
			return;
		}
		d->str[i] = intern_bytes(d->syms, d->p, len, ends ? sd_sym_str(d->syms, d->str[0]) : "");
		d->p += len;
	}
	d->nstr = n;
}

static void get_head(struct dec *d, struct sd_fn *fn)
{
	sd_sym first = sym(d), second = sym(d);

	fn->name = d->version > SD_IR_OLDEST ? second : first;
	fn->file = d->version > SD_IR_OLDEST ? first : second;
	fn->line = (int32_t)snum(d);
	fn->end_line = (int32_t)snum(d);
	fn->flags = (uint32_t)num(d);
	fn->ret_type = sym(d);
	fn->ret_tkind = below(d, SD_T_RECORD + 1, "function record has an unknown type kind");
	fn->nparams = count(d);
	fn->nvals = count(d);
	fn->nops = count(d);
	fn->nevents = count(d);
	fn->nblocks = count(d);
	fn->nsuccs = count(d);
	fn->nphis = count(d);
	fn->ngvars = count(d);
	fn->nstores = d->version > SD_IR_OLDEST ? count(d) : 0;
	fn->nall = d->version > SD_IR_OLDEST ? count(d) : fn->nvals;
	if (fn->nall < fn->nvals)
		fault(d, "function record has fewer values than it uses");
}

static bool range_ok(uint32_t first, uint32_t n, uint32_t size)
{
	return n <= size && first <= size - n;
}

static void check_operands(struct dec *d, const struct sd_fn *fn, uint32_t i)
{
	const struct sd_val *v = &fn->vals[i];
	bool ok = true;

	switch (v->kind) {
	case SD_V_FIELD: case SD_V_UP: case SD_V_LOAD: case SD_V_CALL:
		ok = v->a < i;
		break;
	case SD_V_INDEX: case SD_V_OP:
		ok = v->a < i && v->b < i;
		break;
	case SD_V_PHI:
		ok = range_ok(v->a, v->b, fn->nops) && v->num >= 0 && v->num < fn->nblocks;
		break;
	default:
		break;
	}
	if (ok && (v->kind == SD_V_CALL || v->kind == SD_V_OUT))
		ok = v->num >= 0 && v->num < fn->nevents;
	if (!ok)
		fault(d, "function record has a value with a wrong operand");
}

static void get_vals(struct dec *d, struct sd_fn *fn)
{
	fn->vals = array(d, fn->nall, sizeof(*fn->vals));
	for (uint32_t i = 0; i < fn->nall && !d->why; i++) {
		struct sd_val *v = &fn->vals[i];

		v->kind = below(d, SD_V_KINDS, "function record has an unknown value kind");
		v->op = below(d, SD_OPS, "function record has an unknown operator");
		v->tkind = below(d, SD_T_RECORD + 1, "function record has an unknown type kind");
		v->sym = sym(d);
		v->rec = sym(d);
		v->type = sym(d);
		v->a = (uint32_t)num(d);
		v->b = (uint32_t)num(d);
		v->num = snum(d);
		check_operands(d, fn, i);
	}
	if (!d->why && (!fn->nvals || fn->vals[0].kind != SD_V_NONE))
		fault(d, "function record lacks value 0");
}

static void get_ops(struct dec *d, struct sd_fn *fn)
{
	fn->ops = array(d, fn->nops, sizeof(*fn->ops));
	for (uint32_t i = 0; i < fn->nops && !d->why; i++) {
		fn->ops[i].pred = index32(d, (uint64_t)fn->nblocks + !fn->nblocks, "function record has an operand of no block");
		fn->ops[i].val = index32(d, fn->nall, "function record has an operand of no value");
	}
}

static void get_events(struct dec *d, struct sd_fn *fn)
{
	fn->events = array(d, fn->nevents, sizeof(*fn->events));
	for (uint32_t i = 0; i < fn->nevents && !d->why; i++) {
		struct sd_event *e = &fn->events[i];

		e->kind = below(d, SD_E_STORE + 1, "function record has an unknown event kind");
		e->flags = below(d, 256, "function record has unknown event flags");
		e->line = (int32_t)snum(d);
		e->callee = sym(d);
		e->target = index32(d, fn->nvals, "function record has an event on no value");
		e->value = index32(d, fn->nvals, "function record has an event on no value");
		e->arg0 = (uint32_t)num(d);
		e->nargs = (uint32_t)num(d);
		if (!range_ok(e->arg0, e->nargs, fn->nops))
			fault(d, "function record has a call with wrong arguments");
	}
}

static void get_blocks(struct dec *d, struct sd_fn *fn)
{
	fn->blocks = array(d, fn->nblocks, sizeof(*fn->blocks));
	for (uint32_t i = 0; i < fn->nblocks && !d->why; i++) {
		struct sd_block *b = &fn->blocks[i];

		b->ev0 = (uint32_t)num(d);
		b->nev = (uint32_t)num(d);
		b->succ0 = (uint32_t)num(d);
		b->nsucc = (uint32_t)num(d);
		b->phi0 = (uint32_t)num(d);
		b->nphi = (uint32_t)num(d);
		b->term = below(d, SD_TERM_STOP + 1, "function record has an unknown terminator");
		b->line = (int32_t)snum(d);
		b->cond = index32(d, fn->nvals, "function record has a condition on no value");
		if (!range_ok(b->ev0, b->nev, fn->nevents) || !range_ok(b->succ0, b->nsucc, fn->nsuccs) ||
		    !range_ok(b->phi0, b->nphi, fn->nphis))
			fault(d, "function record has a block with a wrong range");
		if ((b->term == SD_TERM_BRANCH && b->nsucc != 2) || (b->term == SD_TERM_GOTO && b->nsucc != 1) ||
		    (b->term == SD_TERM_SWITCH && !b->nsucc))
			fault(d, "function record has a block with too few successors");
	}
	fn->succs = array(d, fn->nsuccs, sizeof(*fn->succs));
	for (uint32_t i = 0; i < fn->nsuccs && !d->why; i++) {
		fn->succs[i].block = index32(d, fn->nblocks, "function record has an edge to no block");
		fn->succs[i].lo = snum(d);
		fn->succs[i].hi = snum(d);
	}
	fn->phis = array(d, fn->nphis, sizeof(*fn->phis));
	for (uint32_t i = 0; i < fn->nphis && !d->why; i++) {
		fn->phis[i] = index32(d, fn->nvals, "function record has a phi of no value");
		if (!d->why && fn->vals[fn->phis[i]].kind != SD_V_PHI)
			fault(d, "function record lists a value as phi that is none");
	}
}

static void get_params(struct dec *d, struct sd_fn *fn)
{
	fn->params = array(d, fn->nparams, sizeof(*fn->params));
	for (uint32_t i = 0; i < fn->nparams && !d->why; i++) {
		fn->params[i].name = sym(d);
		fn->params[i].type = sym(d);
		fn->params[i].tkind = below(d, SD_T_RECORD + 1, "function record has an unknown type kind");
	}
}

static void get_gvars(struct dec *d, struct sd_fn *fn)
{
	fn->gvars = array(d, fn->ngvars, sizeof(*fn->gvars));
	for (uint32_t i = 0; i < fn->ngvars && !d->why; i++) {
		struct sd_ir_gvar *g = &fn->gvars[i];

		g->name = sym(d);
		g->type = sym(d);
		g->line = (int32_t)snum(d);
		g->is_array = below(d, 2, "function record has a wrong flag");
		g->is_static = below(d, 2, "function record has a wrong flag");
	}
}

static void get_stores(struct dec *d, struct sd_fn *fn)
{
	fn->stores = array(d, fn->nstores, sizeof(*fn->stores));
	for (uint32_t i = 0; i < fn->nstores && !d->why; i++) {
		fn->stores[i].target = index32(d, fn->nall, "function record has a store to no value");
		fn->stores[i].value = index32(d, fn->nall, "function record has a store of no value");
	}
}

void sd_fn_decode_names(const uint8_t *data, size_t len, struct sd_strtab *syms, struct sd_fn_names *out)
{
	struct dec d = { .p = data, .end = data + len, .syms = syms };
	struct dec head;
	sd_sym first, second;

	d.version = num(&d);
	if (d.version < SD_IR_OLDEST || d.version > SD_IR_VERSION)
		fault(&d, "function record is of another version");
	get_strings(&d);
	head = d;
	first = sym(&head), second = sym(&head);
	*out = (struct sd_fn_names){ d.str, d.nstr, d.version, (size_t)(d.p - data), d.version > SD_IR_OLDEST ? second : first, d.why };
}

struct sd_fn *sd_fn_decode_rest(struct sd_fn_names *n, const uint8_t *rest, size_t len, struct sd_arena *arena,
				struct sd_strtab *syms, const char **why)
{
	struct dec d = { .p = rest, .end = rest + len, .arena = arena, .syms = syms, .str = n->str, .nstr = n->nstr, .version = n->version,
			 .why = n->why };
	struct sd_fn *fn = sd_arena_alloc(arena, sizeof(*fn));

	get_head(&d, fn);
	get_params(&d, fn);
	get_vals(&d, fn);
	get_ops(&d, fn);
	get_events(&d, fn);
	get_blocks(&d, fn);
	get_gvars(&d, fn);
	get_stores(&d, fn);
	if (!d.why && d.p != d.end)
		d.why = "function record is longer than it says";
	fn->syms = syms;
	g_clear_pointer(&n->str, g_free);
	if (why)
		*why = d.why;
	return d.why ? NULL : fn;
}

struct sd_fn *sd_fn_decode(const uint8_t *data, size_t len, struct sd_arena *arena,
			   struct sd_strtab *syms, const char **why)
{
	struct sd_fn_names n;

	sd_fn_decode_names(data, len, syms, &n);
	return sd_fn_decode_rest(&n, data + n.used, len - n.used, arena, syms, why);
}
