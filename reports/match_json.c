/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match_json.c - the answer for programs: the same claims, without the excuses' prose. */
#include "jsonutil.h"
#include "match.h"
#include "view.h"

static const char *verdict_word(enum mverdict v)
{
	return v == M_IN_CODE ? "in-code" : v == M_NOT_ALL ? "not-all" : "out-of-scope";
}

static json_t *steps_json(const struct sd_witness *w)
{
	json_t *a = json_array();

	for (size_t i = 0; w && i < w->nsteps; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "function", sd_json_str(w->steps[i].function));
		json_object_set_new(o, "file", sd_json_str(w->steps[i].file));
		json_object_set_new(o, "line", json_integer(w->steps[i].line));
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *lock_json(const struct mindex *ix, const struct mlock *l)
{
	const struct sd_class *c = match_class(ix, l);
	char *how = match_how(ix, l), bits[5];
	json_t *o = json_object();

	json_object_set_new(o, "name", sd_json_str(l->lk->printed));
	json_object_set_new(o, "usage", sd_json_str(l->lk->usage));
	json_object_set_new(o, "class", c ? sd_json_str(c->name) : json_null());
	if (c) {
		sd_usage_bits(c->usage, bits);
		json_object_set_new(o, "code_usage", sd_json_str(bits));
	}
	json_object_set_new(o, "how", sd_json_str(how));
	g_free(how);
	return o;
}

static json_t *usages_json(const struct mindex *ix, const struct mreport *m)
{
	json_t *a = json_array();

	for (size_t i = 0; i < m->nusages; i++) {
		const struct musage *u = &m->usages[i];
		const struct sd_class *c = match_class(ix, &m->locks[u->lock]);
		json_t *o = json_object();

		json_object_set_new(o, "lock", sd_json_str(m->sp->locks[u->lock].printed));
		json_object_set_new(o, "bit", sd_json_str(sd_usage_name[u->bit]));
		json_object_set_new(o, "decisive", json_boolean(u->decisive));
		json_object_set_new(o, "found", json_boolean(u->found));
		if (u->found)
			json_object_set_new(o, "witness", steps_json(c->wit[u->bit]));
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *deps_json(const struct mreport *m)
{
	json_t *a = json_array();

	for (size_t i = 0; i < m->ndeps; i++) {
		const struct mdep *d = &m->deps[i];
		char *kinds = d->dep ? sd_dep_kinds(d->dep->kinds) : g_strdup("");
		json_t *o = json_object();

		json_object_set_new(o, "from", sd_json_str(m->sp->locks[d->from].printed));
		json_object_set_new(o, "to", sd_json_str(m->sp->locks[d->to].printed));
		json_object_set_new(o, "found", json_boolean(d->found));
		json_object_set_new(o, "kinds", sd_json_str(kinds));
		if (d->dep)
			json_object_set_new(o, "witness", steps_json(d->dep->wit[d->kind]));
		else if (d->again && d->again->nwit)
			json_object_set_new(o, "witness", steps_json(d->again->wit[0]));
		json_array_append_new(a, o);
		g_free(kinds);
	}
	return a;
}

static json_t *report_json(const struct mindex *ix, const struct mreport *m)
{
	json_t *o = json_object(), *locks = json_array(), *missing = json_array();

	for (size_t i = 0; i < m->norder; i++)
		json_array_append_new(locks, lock_json(ix, &m->locks[m->order[i]]));
	for (guint i = 0; i < m->missing->len; i++)
		json_array_append_new(missing, sd_json_str(m->missing->pdata[i]));
	json_object_set_new(o, "kind", sd_json_str(sd_splat_kind_name[m->sp->kind]));
	json_object_set_new(o, "irq", sd_json_str(m->sp->irq));
	json_object_set_new(o, "headline", sd_json_str(m->sp->headline));
	json_object_set_new(o, "line", json_integer(m->sp->line));
	json_object_set_new(o, "times", json_integer((json_int_t)m->sp->nrepeats + 1));
	json_object_set_new(o, "complete", json_boolean(m->sp->complete));
	json_object_set_new(o, "locks", locks);
	json_object_set_new(o, "usages", usages_json(ix, m));
	json_object_set_new(o, "dependencies", deps_json(m));
	json_object_set_new(o, "strong", json_boolean(!m->weak));
	json_object_set_new(o, "verdict", sd_json_str(verdict_word(m->verdict)));
	json_object_set_new(o, "missing", missing);
	return o;
}

void match_json(const struct mindex *ix, const struct mreport *m, size_t n, bool all, FILE *out)
{
	json_t *root = json_object(), *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, report_json(ix, &m[i]));
	json_object_set_new(root, "reports", a);
	json_object_set_new(root, "read_lock", sd_json_str(ix->r->read_lock));
	json_object_set_new(root, "verdict", sd_json_str(all ? "in-code" : "not-all"));
	sd_json_dump(root, out);
}
