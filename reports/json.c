/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.c - the whole of a finding as JSON.  Keys: reports/README.md; they only ever get more.
 */
#include "jsonutil.h"
#include "view.h"

#define JSON_FORMAT 1           /* raised when a key changes its meaning or goes */

static json_t *json_step(const struct sd_step *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "function", sd_json_str(s->function));
	json_object_set_new(o, "file", sd_json_str(s->file));
	json_object_set_new(o, "line", json_integer(s->line));
	json_object_set_new(o, "via", sd_json_str(s->via));
	return o;
}

static json_t *json_witness(const struct sd_witness *w)
{
	json_t *o, *steps;

	if (!w)
		return json_null();
	o = json_object();
	steps = json_array();
	json_object_set_new(o, "role", sd_json_str(w->role));
	json_object_set_new(o, "entry", sd_json_str(w->entry));
	json_object_set_new(o, "proved", json_boolean(w->proved));
	json_object_set_new(o, "indirect", json_integer(w->indirect));
	json_object_set_new(o, "targets", json_integer(w->targets));
	for (size_t i = 0; i < w->nsteps; i++)
		json_array_append_new(steps, json_step(&w->steps[i]));
	json_object_set_new(o, "steps", steps);
	return o;
}

static json_t *json_site(const struct sd_acquire *a)
{
	json_t *o = json_object();

	json_object_set_new(o, "function", sd_json_str(a->function));
	json_object_set_new(o, "file", sd_json_str(a->file));
	json_object_set_new(o, "line", json_integer(a->line));
	json_object_set_new(o, "mode", json_stringn(&a->mode, 1));
	json_object_set_new(o, "context", sd_json_str(a->context));
	json_object_set_new(o, "hardirqs", sd_json_str(a->hardirqs));
	json_object_set_new(o, "softirqs", sd_json_str(a->softirqs));
	json_object_set_new(o, "trylock", json_boolean(a->trylock));
	return o;
}

static json_t *json_usages(uint8_t usage)
{
	json_t *list = json_array();

	for (unsigned bit = 0; bit < SD_U_COUNT; bit++)
		if (usage & (1u << bit))
			json_array_append_new(list, json_string(sd_usage_name[bit]));
	return list;
}

static json_t *json_class(const struct sd_results *r, uint32_t id, bool all_sites)
{
	const struct sd_class *c = &r->classes[id];
	json_t *o = json_object(), *sites = json_array();
	size_t n;
	const struct sd_acquire *a = sd_class_sites(r, id, &n);

	json_object_set_new(o, "name", sd_json_str(c->name));
	json_object_set_new(o, "lockdep_name", sd_json_str(c->lockdep_name));
	json_object_set_new(o, "lock_type", sd_json_str(c->lock_type));
	json_object_set_new(o, "bits", sd_json_str(c->bits));
	json_object_set_new(o, "usage", json_usages(c->usage));
	json_object_set_new(o, "file", sd_json_str(c->file));
	json_object_set_new(o, "line", json_integer(c->line));
	json_object_set_new(o, "by_type_only", json_boolean(c->by_type_only));
	json_object_set_new(o, "is_map", json_boolean(c->is_map));
	json_object_set_new(o, "nsites", json_integer((json_int_t)n));
	for (size_t i = 0; all_sites && i < n; i++)
		json_array_append_new(sites, json_site(&a[i]));
	json_object_set_new(o, "sites", sites);
	return o;
}

static json_t *json_dep(const struct sd_results *r, const struct sd_finding *f, size_t i)
{
	const struct sd_dep *d = &r->deps[f->deps[i]];
	unsigned bit = f->kind_bit[i] & 3;
	bool known = d->held[bit].function && *d->held[bit].function;
	json_t *o = json_object();

	json_object_set_new(o, "from", sd_json_str(r->classes[d->from].name));
	json_object_set_new(o, "to", sd_json_str(r->classes[d->to].name));
	json_object_set_new(o, "kind", json_string(sd_dep_kind_name(bit)));
	json_object_set_new(o, "held", known ? json_step(&d->held[bit]) : json_null());
	json_object_set_new(o, "witness", json_witness(sd_dep_witness(r, f, i)));
	return o;
}

static void set_irq_bits(json_t *o, const struct sd_finding *f)
{
	bool irq = f->kind == SD_K_IRQ_INVERSION || f->kind == SD_K_INCONSISTENT;

	json_object_set_new(o, "safe_usage", irq ? json_string(sd_usage_name[f->safe_bit]) : json_null());
	json_object_set_new(o, "unsafe_usage", irq ? json_string(sd_usage_name[f->unsafe_bit]) : json_null());
}

static void set_chain(json_t *o, const struct sd_results *r, const struct sd_finding *f, bool all_sites)
{
	json_t *classes = json_array(), *deps = json_array(), *wits = json_array();
	GPtrArray *all = sd_finding_witnesses(r, f);

	for (size_t i = 0; i < f->nchain; i++)
		json_array_append_new(classes, json_class(r, f->chain[i], all_sites));
	for (size_t i = 0; i < sd_finding_ndeps(f); i++)
		json_array_append_new(deps, json_dep(r, f, i));
	for (guint i = 0; i < all->len; i++)
		json_array_append_new(wits, json_witness(all->pdata[i]));
	json_object_set_new(o, "classes", classes);
	json_object_set_new(o, "dependencies", deps);
	json_object_set_new(o, "witnesses", wits);
	g_ptr_array_free(all, TRUE);
}

static json_t *json_finding(const struct sd_results *r, const struct sd_finding *f, bool all_sites)
{
	json_t *o = json_object();
	char *headline = sd_headline(f);

	json_object_set_new(o, "id", json_integer(f->id));
	json_object_set_new(o, "kind", json_string(sd_finding_kind_name[f->kind]));
	json_object_set_new(o, "irq", sd_json_str(f->irq));
	json_object_set_new(o, "rank", json_string(sd_rank_name[f->rank]));
	json_object_set_new(o, "rank_reason", sd_json_str(f->rank_reason));
	json_object_set_new(o, "headline", sd_json_str(headline));
	json_object_set_new(o, "title", sd_json_str(f->title));
	json_object_set_new(o, "fingerprint", sd_json_str(f->fingerprint));
	set_irq_bits(o, f);
	set_chain(o, r, f, all_sites);
	g_free(headline);
	return o;
}

static json_t *json_summary(const struct sd_results *r, const struct sd_report_opts *o)
{
	struct sd_counts c;
	json_t *s = json_object(), *ranks = json_object(), *kinds = json_object();

	sd_count(r, o, &c);
	json_object_set_new(s, "findings", json_integer((json_int_t)r->nfinding));
	json_object_set_new(s, "shown", json_integer(c.shown));
	json_object_set_new(s, "min_rank", json_string(sd_rank_name[o->min_rank]));
	json_object_set_new(s, "below_rank", json_integer(c.below));
	json_object_set_new(s, "in_baseline", json_integer(c.skipped));
	for (unsigned i = 0; i < 3; i++)
		json_object_set_new(ranks, sd_rank_name[i], json_integer(c.rank[i]));
	for (unsigned i = 0; i < SD_K_COUNT; i++)
		json_object_set_new(kinds, sd_finding_kind_name[i], json_integer(c.kind[i]));
	json_object_set_new(s, "by_rank", ranks);
	json_object_set_new(s, "by_kind", kinds);
	return s;
}

static json_t *json_coverage(const struct sd_results *r)
{
	const struct sd_coverage *c = &r->cov;

	return json_pack("{sI sI sI sI sI sI sI sI sI sI sI sI sI}", "tus", (json_int_t)c->tus,
			 "tus_failed", (json_int_t)c->tus_failed, "functions", (json_int_t)c->functions,
			 "instances", (json_int_t)c->instances, "classes", (json_int_t)r->nclass,
			 "dependencies", (json_int_t)r->ndep, "acquires", (json_int_t)c->acquires,
			 "acquires_unknown", (json_int_t)c->acquires_unknown,
			 "indirect", (json_int_t)c->indirect,
			 "indirect_resolved", (json_int_t)c->indirect_resolved,
			 "indirect_locked", (json_int_t)c->indirect_locked,
			 "indirect_locked_resolved", (json_int_t)c->indirect_locked_resolved,
			 "truncated", (json_int_t)c->truncated);
}

static json_t *json_gaps(const struct sd_results *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->ngap; i++) {
		const struct sd_gap *g = &r->gaps[i];
		json_t *o = json_object();

		json_object_set_new(o, "what", sd_json_str(g->what));
		json_object_set_new(o, "function", sd_json_str(g->function));
		json_object_set_new(o, "file", sd_json_str(g->file));
		json_object_set_new(o, "line", json_integer(g->line));
		json_object_set_new(o, "text", sd_json_str(g->text));
		json_array_append_new(list, o);
	}
	return list;
}

static int json_write(const struct sd_results *r, const struct sd_report_opts *o, FILE *out)
{
	json_t *root = json_object(), *findings = json_array();

	json_object_set_new(root, "format", json_integer(JSON_FORMAT));
	json_object_set_new(root, "tool", json_string("statdep"));
	json_object_set_new(root, "version", json_string(SD_VERSION));
	json_object_set_new(root, "read_lock", sd_json_str(r->read_lock));
	json_object_set_new(root, "summary", json_summary(r, o));
	json_object_set_new(root, "coverage", json_coverage(r));
	for (size_t i = 0; i < r->nfinding; i++)
		if (sd_shown(o, &r->findings[i]))
			json_array_append_new(findings, json_finding(r, &r->findings[i], o->all_sites));
	json_object_set_new(root, "findings", findings);
	json_object_set_new(root, "gaps", json_gaps(r));
	return sd_json_dump(root, out);
}

const struct sd_report sd_report_json = { "json", json_write };
