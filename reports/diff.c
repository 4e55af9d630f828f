/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff.c - what a patch adds: findings by fingerprint, dependencies by class names and kind.
 *
 * Both keys know no line numbers, so code that only moved is no difference.
 */
#include <string.h>
#include "view.h"

/* Lines printed for one side, sorted; the key is what decides whether the other side has it. */
static GHashTable *fingerprints(const struct sd_results *r)
{
	GHashTable *set = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < r->nfinding; i++)
		g_hash_table_add(set, (char *)r->findings[i].fingerprint);
	return set;
}

static unsigned count_missing(const struct sd_results *r, GHashTable *other)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->nfinding; i++)
		n += !g_hash_table_contains(other, r->findings[i].fingerprint);
	return n;
}

static void print_findings(const struct sd_results *r, GHashTable *other, char sign, FILE *out)
{
	for (size_t i = 0; i < r->nfinding; i++) {
		const struct sd_finding *f = &r->findings[i];

		if (!g_hash_table_contains(other, f->fingerprint))
			fprintf(out, "%c %s %-6s %s\n", sign, f->fingerprint, sd_rank_name[f->rank], f->title);
	}
}

static char *dep_key(const struct sd_results *r, const struct sd_dep *d, unsigned bit)
{
	return g_strdup_printf("%s\n%s\n%s", r->classes[d->from].name, r->classes[d->to].name,
			       sd_dep_kind_name(bit));
}

static GHashTable *dep_keys(const struct sd_results *r)
{
	GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < r->ndep; i++)
		for (unsigned bit = 0; bit < 4; bit++)
			if (r->deps[i].kinds & (1u << bit))
				g_hash_table_add(set, dep_key(r, &r->deps[i], bit));
	return set;
}

static void print_dep(const struct sd_results *r, const struct sd_dep *d, unsigned bit, char sign, FILE *out)
{
	const struct sd_class *from = &r->classes[d->from], *to = &r->classes[d->to];
	const struct sd_witness *w = d->wit[bit];

	fprintf(out, "%c %s -(%s)-> %s", sign, from->name, sd_dep_kind_name(bit), to->name);
	if (*from->lockdep_name || *to->lockdep_name)
		fprintf(out, "  (%s -> %s)", sd_class_label(from), sd_class_label(to));
	if (w && w->nsteps)
		fprintf(out, "  %s  %s:%d", w->steps[0].function, w->steps[0].file, w->steps[0].line);
	fputc('\n', out);
}

/* Prints (out not NULL) or only counts the dependencies of @r that are not in @other. */
static unsigned missing_deps(const struct sd_results *r, GHashTable *other, char sign, FILE *out)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->ndep; i++) {
		for (unsigned bit = 0; bit < 4; bit++) {
			char *key;

			if (!(r->deps[i].kinds & (1u << bit)))
				continue;
			key = dep_key(r, &r->deps[i], bit);
			if (!g_hash_table_contains(other, key)) {
				n++;
				if (out)
					print_dep(r, &r->deps[i], bit, sign, out);
			}
			g_free(key);
		}
	}
	return n;
}

static void print_coverage(const char *which, const struct sd_results *r, FILE *out)
{
	char a[16], b[16];

	fprintf(out, "%s: analysed %s of %s TUs\n", which, sd_thousands(r->cov.tus - r->cov.tus_failed, a),
		sd_thousands(r->cov.tus, b));
}

int sd_diff_write(const struct sd_results *old, const struct sd_results *new, FILE *out)
{
	GHashTable *old_fp = fingerprints(old), *new_fp = fingerprints(new);
	GHashTable *old_deps = dep_keys(old), *new_deps = dep_keys(new);
	unsigned added = count_missing(new, old_fp);
	char a[16], b[16];

	fprintf(out, "findings: %s new, ", sd_thousands(added, a));
	fprintf(out, "%s gone\n", sd_thousands(count_missing(old, new_fp), b));
	print_findings(new, old_fp, '+', out);
	print_findings(old, new_fp, '-', out);
	fprintf(out, "dependencies: %s new, ", sd_thousands(missing_deps(new, old_deps, 0, NULL), a));
	fprintf(out, "%s gone\n", sd_thousands(missing_deps(old, new_deps, 0, NULL), b));
	missing_deps(new, old_deps, '+', out);
	missing_deps(old, new_deps, '-', out);
	/* what is gone may only have failed to compile */
	print_coverage("old", old, out);
	print_coverage("new", new, out);
	fflush(out);
	g_hash_table_destroy(old_fp);
	g_hash_table_destroy(new_fp);
	g_hash_table_destroy(old_deps);
	g_hash_table_destroy(new_deps);
	return (int)added;
}
