/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * under.c - locks that are held around entries by who calls them: a driver's methods by its subsystem.
 *
 * In a whole kernel the callers bring them.  Of a few files the callers are not there, and rules say what they hold
 * (`under`): a lock of the callback's own arguments, a variable, one of some object of a record, or, of a callback that belongs
 * to an object, what a call that hands the object over says (a work item's queue).
 */
#include <string.h>
#include "run.h"

/* One that is not static, else the only static one; else whatever has that name is not among what was scanned. */
static sd_sym find_variable(struct prog *p, const char *name)
{
	sd_sym plain = sd_intern(p->syms, name), found = 0;
	GHashTableIter it;
	gpointer key;

	if (g_hash_table_contains(p->gvars, GUINT_TO_POINTER(plain)))
		return plain;
	g_hash_table_iter_init(&it, p->gvars);
	while (g_hash_table_iter_next(&it, &key, NULL)) {
		sd_sym s = GPOINTER_TO_UINT(key);

		if (plain_name(p, s) != plain)
			continue;
		if (found)
			return plain;
		found = s;
	}
	return found ? found : plain;
}

sd_sym rule_variable(struct prog *p, const char *name)
{
	gpointer s = g_hash_table_lookup(p->rule_vars, name);

	if (!s) {
		s = GUINT_TO_POINTER(find_variable(p, name));
		g_hash_table_insert(p->rule_vars, (gpointer)name, s);
	}
	return GPOINTER_TO_UINT(s);
}

/*
 * The record's own code initialises its lock, whatever the record lies in, and is not among what was scanned: without an init site
 * a driver's path to it would be another class.
 */
void note_outer(struct prog *p, const struct inst *in, uint32_t raw)
{
	const struct raw_class *c = raw_at(p, raw);
	const struct chain_step *last;
	tid obj;

	if (c->global || !c->chain->len || c->outer)
		return;
	last = &g_array_index(c->chain, struct chain_step, c->chain->len - 1);
	obj = mk_field(p, mk_any(p, last->rec), last->rec, last->member, field_type(p, last->rec, last->member));
	raw_at(p, raw_class_of(p, in, obj, *str(p, c->lock_type) ? str(p, c->lock_type) : NULL, 0))->outer = true;
}

static uint8_t mode_said(const struct sd_rule *rule)
{
	return rule->mode_task == SD_MODE_W ? M_W : rule->mode_task == SD_MODE_r ? M_r : M_R;
}

void note_under(struct run *r, const struct sd_rule *rule, tid obj, tid lock)
{
	struct prog *p = run_prog(r);
	char *name;
	sd_sym s;
	GArray *a;
	struct under u = { .mode = mode_said(rule) };

	if (rule->object_member && obj) {
		sd_sym rec = term(p, obj)->type, member = sd_intern(p->syms, rule->object_member);

		obj = mk_field(p, obj, rec, member, field_type(p, rec, member));
	}
	name = obj && lock ? object_name(p, run_inst(r), obj) : NULL;
	if (!name)
		return;
	s = sd_intern(p->syms, name);
	g_free(name);
	u.cls = raw_class_of(p, run_inst(r), lock, rule->lock_type ? rule->lock_type : "map", 0);
	raw_at(p, u.cls)->used = true;
	a = g_hash_table_lookup(p->object_under, GUINT_TO_POINTER(s));
	if (!a) {
		a = g_array_new(FALSE, FALSE, sizeof(struct under));
		g_hash_table_insert(p->object_under, GUINT_TO_POINTER(s), a);
	}
	for (guint i = 0; i < a->len; i++)
		if (g_array_index(a, struct under, i).cls == u.cls)
			return;
	g_array_append_val(a, u);
}

bool has_under(struct prog *p, sd_sym rec, sd_sym member)
{
	struct sd_rule *const *r = rules_of_member(p, rec, member);

	for (; r && *r; r++)
		if ((*r)->word == SD_R_UNDER)
			return true;
	return false;
}

static const struct sd_rule *self_row(struct prog *p, sd_sym rec, sd_sym member)
{
	struct sd_rule *const *r = rules_of_member(p, rec, member);

	for (; r && *r; r++)
		if ((*r)->word == SD_R_UNDER && (*r)->lock.self)
			return *r;
	return NULL;
}

/* The lock of @lock's path, at most once for each function. */
static void note(struct prog *p, const struct inst *in, struct noted_under u, tid lock)
{
	uint64_t *key = g_new(uint64_t, 1);

	u.cls = raw_class_of(p, in, lock, u.rule->lock_type ? u.rule->lock_type : "map", 0);
	*key = (uint64_t)u.fn << 32 | u.cls;
	if (!raw_at(p, u.cls)->unknown && g_hash_table_add(p->noted_seen, key))
		g_array_append_val(p->noted_under, u);
}

void note_self(struct prog *p, const struct inst *in, uint32_t fn, const struct sd_val *member, tid obj)
{
	struct noted_under u = { .fn = fn, .rule = self_row(p, member->rec, member->sym), .rec = member->rec, .sym = member->sym };

	if (u.rule)
		note(p, in, u, obj);
}

void note_registered(struct run *r, const struct state *s, const struct sd_rule *rule, sd_vid target, tid lock)
{
	struct prog *p = run_prog(r);
	GArray *targets = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	struct noted_under u = { .rule = rule };
	sd_sym slot = 0;

	collect_targets(r, s, target, UINT32_MAX, targets, &slot, 0);
	for (guint i = 0; i < targets->len; i++) {
		u.fn = g_array_index(targets, uint32_t, i);
		note(p, run_inst(r), u, lock);
	}
	g_array_free(targets, TRUE);
}

/* An inline function may have registered it through another one, so any registration by a call is meant. */
static bool meant(const struct noted_under *n, const struct entry *e)
{
	return n->fn == e->fn && n->rec == e->rec && n->sym == e->sym && (n->sym || (e->rule && e->rule->call.kind == SD_O_ARG));
}

static void by_notes(struct prog *p, const struct entry *e)
{
	for (guint i = 0; i < p->noted_under->len; i++) {
		const struct noted_under *n = &g_array_index(p->noted_under, struct noted_under, i);
		struct under u = { .cls = n->cls, .mode = mode_said(n->rule) };

		if (meant(n, e))
			g_array_append_val(p->under, u);
	}
}

/* What is waited for stays: of the others (there are thousands of attributes) nothing follows. */
static void drop_unwaited(struct prog *p)
{
	guint n = 0;

	for (guint i = 0; i < p->noted_under->len; i++)
		if (raw_at(p, g_array_index(p->noted_under, struct noted_under, i).cls)->used)
			g_array_index(p->noted_under, struct noted_under, n++) = g_array_index(p->noted_under, struct noted_under, i);
	g_array_set_size(p->noted_under, n);
}

/* A place that several files keep theirs in (a device's interrupt number) says less: of each of its objects it may be another's. */
static void mark_shared(struct prog *p)
{
	const struct noted_under *n = (const void *)p->noted_under->data;

	for (guint i = 0; i < p->noted_under->len; i++)
		for (guint k = 0; k < i && !n[i].sym; k++)
			if (n[k].cls == n[i].cls && !n[k].sym && func_at(p, n[k].fn)->ir->file != func_at(p, n[i].fn)->ir->file)
				raw_at(p, n[i].cls)->many_keys = true;
}

/* The lock that a row names by the callback's own arguments; 0 where they are not what it takes them for. */
static tid lock_of_callback(struct prog *p, uint32_t fn, const struct sd_rule_path *path)
{
	const struct sd_fn *ir = func_at(p, fn)->ir;
	sd_sym rec = 0;
	tid t;

	if (path->self)
		return 0;
	if (path->global) {
		t = mk_sym(p, T_GLOBAL, rule_variable(p, path->global), 0);
	} else if (path->record) {
		rec = sd_intern(p->syms, path->record);
		t = mk_any(p, rec);
	} else {
		if (path->root.kind != SD_O_ARG || path->root.arg >= ir->nparams || ir->params[path->root.arg].tkind != SD_T_PTR)
			return 0;
		rec = ir->params[path->root.arg].type;
		t = mk_param(p, path->root.arg, rec);
	}
	for (size_t i = 0; i < path->nmember && t; i++) {
		sd_sym member = sd_intern(p->syms, path->member[i]), type = rec ? field_type(p, rec, member) : 0;

		t = rec ? mk_field(p, t, rec, member, type) : 0;
		rec = type;
	}
	return t;
}

static void add_under(struct prog *p, const struct entry *e, const struct sd_rule *rule)
{
	const struct inst *root = inst_at(p, get_root(p, e->fn));
	struct under u = { .obj = lock_of_callback(p, e->fn, &rule->lock), .mode = mode_said(rule) };

	if (!u.obj)
		return;
	u.cls = raw_class_of(p, root, u.obj, rule->lock_type, 0);
	raw_at(p, u.cls)->used = true;
	note_outer(p, root, u.cls);
	if (rule->lock.record)
		u.obj = 0;
	g_array_append_val(p->under, u);
}

/* What the rows of the member say. */
static void by_rules(struct prog *p, const struct entry *e)
{
	struct sd_rule *const *r = e->sym ? rules_of_member(p, e->rec, e->sym) : NULL;

	for (; r && *r; r++)
		if ((*r)->word == SD_R_UNDER)
			add_under(p, e, *r);
}

static gint by_class(gconstpointer x, gconstpointer y, gpointer arg)
{
	struct prog *p = arg;
	const struct under *a = x, *b = y;

	return strcmp(str(p, raw_at(p, a->cls)->name), str(p, raw_at(p, b->cls)->name));
}

void find_under(struct prog *p)
{
	drop_unwaited(p);
	mark_shared(p);
	for (guint i = 0; i < p->entries->len; i++) {
		struct entry *e = &g_array_index(p->entries, struct entry, i);
		GArray *of_object = e->object ? g_hash_table_lookup(p->object_under, GUINT_TO_POINTER(e->object)) : NULL;

		if (func_at(p, e->fn)->is_api)
			continue;
		e->under0 = p->under->len;
		by_rules(p, e);
		by_notes(p, e);
		if (of_object) {
			g_array_sort_with_data(of_object, by_class, p);
			g_array_append_vals(p->under, of_object->data, of_object->len);
		}
		e->nunder = p->under->len - e->under0;
	}
}
