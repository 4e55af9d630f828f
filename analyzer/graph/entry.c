/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.c - functions that the kernel calls in a known context.
 *
 * A rules row says which argument of which function, or which member of which record, is
 * called how.  Registration is seen while instances are interpreted, so a wrapper that passes its own
 * parameter on registers what each of its callers passes.
 */
#include <string.h>
#include "run.h"

static void add_entry(struct prog *p, const struct entry *e)
{
	char *key = g_strdup_printf("%u/%d/%d/%d/%u/%u/%u", e->fn, e->ctx, e->irqs, e->bhs, e->object, e->rec, e->sym);
	gpointer found;
	struct entry *old;
	int c;

	if (!g_hash_table_lookup_extended(p->entry_ids, key, NULL, &found)) {
		g_array_append_val(p->entries, *e);
		g_hash_table_insert(p->entry_ids, key, GUINT_TO_POINTER(p->entries->len - 1));
		return;
	}
	g_free(key);
	old = &g_array_index(p->entries, struct entry, GPOINTER_TO_UINT(found));
	c = strcmp(str(p, e->file), str(p, old->file));
	if (e->among != old->among ? e->among < old->among : c < 0 || (!c && e->line < old->line))
		*old = *e;              /* the surest place registers it, of those the first in the source */
}

/* A row that names the function says more than one for whatever is stored in a member. */
static bool named_in_rules(struct prog *p, uint32_t fn)
{
	struct sd_rule *const *r = rules_of(p, func_at(p, fn)->plain);

	for (; r && *r; r++)
		if ((*r)->word == SD_R_ENTRY && (*r)->call.kind == SD_O_NONE && !(*r)->member)
			return true;
	return false;
}

void register_entry(struct run *r, const struct state *s, uint32_t ev, const struct sd_rule *rule, sd_vid target, tid obj, const struct sd_val *member)
{
	struct prog *p = run_prog(r);
	struct func *f = run_func(r);
	GArray *targets = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	char *object = obj ? object_name(p, run_inst(r), obj) : NULL;
	sd_sym slot = 0;
	struct entry e = { .by = run_inst_id(r),
		.ctx = rule->context, .irqs = rule->irqs, .bhs = rule->bhs, .rule = rule, .file = f->ir->file,
		.line = f->ir->events[ev].line, .object = object ? sd_intern(p->syms, object) : 0,
		.registrar = f->ir->flags & SD_F_GLOBALS ? 0 : f->plain,
	};

	if (member && has_under(p, member->rec, member->sym))
		e.rec = member->rec, e.sym = member->sym;
	if (obj && object && rule->has_object) {
		e.map = raw_class_of(p, run_inst(r), obj, "map", 0) + 1;
		raw_at(p, e.map - 1)->used = true;
	}
	collect_targets(r, s, target, UINT32_MAX, targets, &slot, 0);
	e.among = slot ? targets->len : 0;
	for (guint i = 0; i < targets->len; i++) {
		e.fn = g_array_index(targets, uint32_t, i);
		if (rule->member && named_in_rules(p, e.fn))
			continue;
		add_entry(p, &e);
		if (e.sym && obj)
			note_self(p, run_inst(r), e.fn, member, obj);
	}
	g_array_free(targets, TRUE);
	g_free(object);
}

void note_object(struct run *r, const struct sd_rule *rule, tid obj)
{
	struct prog *p = run_prog(r);
	char *name = object_name(p, run_inst(r), obj);

	if (name)
		g_hash_table_insert(p->soft_objects, GUINT_TO_POINTER(sd_intern(p->syms, name)), (gpointer)rule);
	g_free(name);
}

static const struct sd_rule *self_rule(struct prog *p, const struct func *f)
{
	struct sd_rule *const *r = rules_of(p, f->plain);

	for (; r && *r; r++)
		if ((*r)->word == SD_R_ENTRY && (*r)->call.kind == SD_O_NONE && !(*r)->member)
			return *r;
	if (f->ir->flags & (SD_F_INIT | SD_F_EXIT)) {
		r = sd_rules_for(p->in->rules, f->ir->flags & SD_F_INIT ? "@init" : "@exit");
		for (; r && *r; r++)
			if ((*r)->word == SD_R_ENTRY)
				return *r;
	}
	return NULL;
}

/* `self lock=&map`: raw class + 1 of the variable, the one of the function's own file first; 0 when no scanned TU has it. */
static uint32_t map_of_rule(struct prog *p, uint32_t fn, const struct sd_rule *rule)
{
	char *own = g_strdup_printf("%s@%s", rule->lock.global, str(p, func_at(p, fn)->ir->file));
	sd_sym found = 0;
	GHashTableIter it;
	gpointer key;
	uint32_t raw;

	g_hash_table_iter_init(&it, p->gvars);
	while (g_hash_table_iter_next(&it, &key, NULL)) {
		sd_sym s = GPOINTER_TO_UINT(key);
		bool better = !found || !strcmp(str(p, s), own) || strcmp(str(p, s), str(p, found)) < 0;

		if (!strcmp(str(p, plain_name(p, s)), rule->lock.global) && better && (!found || strcmp(str(p, found), own)))
			found = s;
	}
	g_free(own);
	if (!found)
		return 0;
	raw = raw_class_of(p, inst_at(p, get_root(p, fn)), mk_sym(p, T_GLOBAL, found, 0), "map", 0);
	raw_at(p, raw)->used = true;
	return raw + 1;
}

void self_entries(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);
		const struct sd_rule *rule = f->is_api ? NULL : self_rule(p, f);
		struct entry e = { .fn = i, .rule = rule, .file = f->ir->file, .line = f->ir->line };

		/* an initcall's address is kept in a table; other __init functions are called early in boot, irqs may be off */
		if (!rule || ((f->ir->flags & SD_F_INIT) && (f->has_caller || !f->address_taken) && rule->name[0] == '@'))
			continue;
		e.ctx = rule->context, e.irqs = rule->irqs, e.bhs = rule->bhs;
		if (rule->has_lock)
			e.map = map_of_rule(p, i, rule);
		add_entry(p, &e);
	}
}

static gint by_function(gconstpointer a, gconstpointer b, gpointer arg)
{
	const struct entry *x = a, *y = b;
	struct prog *p = arg;
	int c = strcmp(x->rule->file, y->rule->file);

	if (!c)                 /* as the rules list them: of equal witnesses the first is shown */
		c = x->rule->line - y->rule->line;
	if (!c)
		c = strcmp(str(p, func_at(p, x->fn)->ir->name), str(p, func_at(p, y->fn)->ir->name));
	if (!c)
		c = (int)x->ctx - (int)y->ctx;
	if (!c)
		c = (int)x->irqs - (int)y->irqs;
	if (!c)
		c = strcmp(str(p, x->file), str(p, y->file));
	return c ? c : x->line - y->line;
}

static void add_type(struct prog *p, GString *s, uint8_t kind, sd_sym type)
{
	switch (kind) {
	case SD_T_PTR: g_string_append_printf(s, "%s*", str(p, type)); break;
	case SD_T_RECORD: g_string_append(s, str(p, type)); break;
	case SD_T_INT: g_string_append(s, "int"); break;
	default: g_string_append(s, "void");
	}
}

/* The row for functions of this one's type, if there is one. */
static const struct sd_rule *prototype_rule(struct prog *p, const struct func *f)
{
	GString *s = g_string_new(NULL);
	struct sd_rule *const *r;

	add_type(p, s, f->ir->ret_tkind, f->ir->ret_type);
	for (uint32_t k = 0; k < f->ir->nparams; k++) {
		g_string_append_c(s, k ? ',' : '(');
		add_type(p, s, f->ir->params[k].tkind, f->ir->params[k].type);
	}
	g_string_append_c(s, ')');
	r = sd_rules_for(p->in->rules, s->str);
	g_string_free(s, TRUE);
	return r ? *r : NULL;
}

/* The record whose member the callback's first argument is, as container_of() there has it: what waits for it finds it by that member. */
static void object_by_container(struct prog *p, struct entry *e)
{
	const struct func *f = func_at(p, e->fn);
	const struct inst *root = inst_at(p, get_root(p, e->fn));
	char *object;
	tid t;

	if (!f->container || !f->ir->nparams || !f->container[0].rec)
		return;
	t = mk_param(p, 0, f->ir->params[0].type);
	object = object_name(p, root, t);
	if (!object)
		return;
	e->object = sd_intern(p->syms, object);
	e->map = raw_class_of(p, root, t, "map", 0) + 1;
	raw_at(p, e->map - 1)->used = true;
	g_free(object);
}

/*
 * Functions that nothing calls and nothing registers, of a type that callbacks of one kind have: what registers them is
 * not among the files scanned, or does so in a way that is not seen.  An assumption, and marked as one.
 */
static void assume_entries(struct prog *p)
{
	bool *known = g_new0(bool, p->fns->len + 1);

	for (guint i = 0; i < p->entries->len; i++)
		known[g_array_index(p->entries, struct entry, i).fn] = true;
	for (uint32_t i = 0; i < p->insts->len; i++) {
		const GArray *calls = inst_at(p, i)->calls;

		for (guint k = 0; calls && k < calls->len; k++)
			known[inst_at(p, g_array_index(calls, struct rec_call, k).callee)->fn] = true;
	}
	for (uint32_t i = 0; i < p->fns->len; i++) {
		const struct func *f = func_at(p, i);
		const struct sd_rule *rule = known[i] || f->is_api || (f->ir->flags & SD_F_GLOBALS) ? NULL : prototype_rule(p, f);
		struct entry e = { .fn = i, .rule = rule, .file = f->ir->file, .line = f->ir->line, .assumed = true };

		if (!rule)
			continue;
		e.ctx = rule->context, e.irqs = rule->irqs, e.bhs = rule->bhs;
		object_by_container(p, &e);
		add_entry(p, &e);
		inst_at(p, get_root(p, i))->root = true;
		interpret(p, get_root(p, i));
	}
	g_free(known);
}

struct site { sd_sym file; int line; uint32_t inst; };

/* Where each instance is called first in the source. */
static struct site *first_callers(struct prog *p)
{
	struct site *s = g_new0(struct site, p->insts->len + 1);

	for (uint32_t i = 0; i < p->insts->len; i++) {
		const struct inst *in = inst_at(p, i);
		const struct sd_fn *ir = func_at(p, in->fn)->ir;

		for (guint k = 0; k < in->calls->len; k++) {
			const struct rec_call *c = &g_array_index(in->calls, struct rec_call, k);
			struct site *to = &s[c->callee], from = { ir->file, ir->events[c->ev].line, i };
			int d = to->file ? strcmp(str(p, from.file), str(p, to->file)) : -1;

			if (d < 0 || (!d && from.line < to->line))
				*to = from;
		}
	}
	return s;
}

/* Who calls an inline of a header is who registers: its line says more than the header's. */
static void place_registrations(struct prog *p)
{
	struct site *callers = first_callers(p);

	for (guint i = 0; i < p->entries->len; i++) {
		struct entry *e = &g_array_index(p->entries, struct entry, i);

		for (unsigned n = 0; e->registrar && n < 8; n++) {
			const struct inst *in = inst_at(p, e->by);
			const struct site *s = &callers[e->by];

			if (!(func_at(p, in->fn)->ir->flags & SD_F_HEADER) || !s->file)
				break;
			e->file = s->file;
			e->line = s->line;
			e->by = s->inst;
			e->registrar = func_at(p, inst_at(p, s->inst)->fn)->plain;
		}
	}
	g_free(callers);
}

/* --only: is the function one that the analysis starts at? */
bool starts_at(const struct prog *p, uint32_t fn)
{
	return !p->in->only || g_strv_contains(p->in->only, str(p, func_at(p, fn)->plain));
}

/* Functions given by name are roots, though others call them. */
static void enter_only(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len && p->in->only; i++)
		if (starts_at(p, i) && !func_at(p, i)->is_api) {
			uint32_t root = get_root(p, i);

			inst_at(p, root)->root = true;
			interpret(p, root);
		}
}

/* Registering functions may themselves only be reached from entries: until no new entry appears. */
void finish_entries(struct prog *p)
{
	enter_only(p);
	for (guint i = 0; i < p->entries->len; i++) {
		uint32_t fn = g_array_index(p->entries, struct entry, i).fn, root;

		if (func_at(p, fn)->is_api)
			continue;       /* a rule says all about it: it has no instance */
		root = get_root(p, fn);
		inst_at(p, root)->root = true;
		interpret(p, root);
	}
	assume_entries(p);
	for (guint i = 0; i < p->entries->len; i++) {
		struct entry *e = &g_array_index(p->entries, struct entry, i);
		const struct sd_rule *rule = g_hash_table_lookup(p->soft_objects, GUINT_TO_POINTER(e->object));

		if (e->object && rule) {
			e->ctx = rule->context;
			e->irqs = rule->irqs;
			e->bhs = rule->bhs;
		}
	}
	for (guint i = p->entries->len; i-- > 0; )
		if (!starts_at(p, g_array_index(p->entries, struct entry, i).fn))
			g_array_remove_index(p->entries, i);
	place_registrations(p);
	g_array_sort_with_data(p->entries, by_function, p);
	find_under(p);
}
