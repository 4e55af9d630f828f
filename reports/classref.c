/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "classref.h"
#include "view.h"

#define CANDIDATES 8

static size_t collect(const struct sd_results *r, const char *word, bool lockdep, GArray *ids)
{
	g_array_set_size(ids, 0);
	for (uint32_t i = 0; i < r->nclass; i++) {
		const struct sd_class *c = &r->classes[i];

		if (!strcmp(lockdep ? c->lockdep_name : c->name, word))
			g_array_append_val(ids, i);
	}
	return ids->len;
}

/* Levenshtein distance; both strings are short names. */
static unsigned edit_distance(const char *a, const char *b)
{
	size_t n = strlen(b);
	unsigned *row = g_new(unsigned, n + 1), d;

	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i]; i++) {
		unsigned diag = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < n; j++) {
			unsigned subst = diag + (a[i] != b[j]);

			diag = row[j + 1];
			row[j + 1] = MIN(subst, MIN(row[j], diag) + 1);
		}
	}
	d = row[n];
	g_free(row);
	return d;
}

struct near { uint32_t id; unsigned distance; };

/* A name that contains the word is nearer than any that does not. */
static unsigned distance_to(const struct sd_class *c, const char *word)
{
	unsigned d;

	if (strstr(c->name, word) || strstr(c->lockdep_name, word))
		return 0;
	d = edit_distance(word, c->name);
	return *c->lockdep_name ? MIN(d, edit_distance(word, c->lockdep_name)) : d;
}

static int by_distance(const void *x, const void *y)
{
	const struct near *a = x, *b = y;

	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static void append_class(GString *s, const struct sd_results *r, uint32_t id, bool first)
{
	const struct sd_class *c = &r->classes[id];
	char *key = sd_class_key(r, id);

	g_string_append_printf(s, "%s%s", first ? "" : ", ", key);
	if (*c->lockdep_name && strcmp(c->name, c->lockdep_name))
		g_string_append_printf(s, " (%s)", c->lockdep_name);
	g_free(key);
}

static char *unknown(const struct sd_results *r, const char *word)
{
	GString *s = g_string_new(NULL);
	struct near *all = g_new(struct near, r->nclass + 1);
	unsigned limit = MAX(2u, (unsigned)strlen(word) / 2);
	size_t n;

	for (uint32_t i = 0; i < r->nclass; i++)
		all[i] = (struct near){ i, distance_to(&r->classes[i], word) };
	qsort(all, r->nclass, sizeof(*all), by_distance);
	g_string_printf(s, "no lock class '%s'", word);
	for (n = 0; n < MIN(r->nclass, (size_t)CANDIDATES) && all[n].distance <= limit; n++) {
		if (!n)
			g_string_append(s, "; nearest: ");
		append_class(s, r, all[n].id, !n);
	}
	if (!n)
		g_string_append(s, "; `statdep locks` lists them");
	g_free(all);
	return g_string_free(s, FALSE);
}

static char *ambiguous(const struct sd_results *r, const char *word, const GArray *ids)
{
	GString *s = g_string_new(NULL);

	g_string_printf(s, "'%s' is the name of %u lock classes; say which: ", word, ids->len);
	for (guint i = 0; i < ids->len && i < CANDIDATES; i++) {
		char *key = sd_class_key(r, g_array_index(ids, uint32_t, i));

		g_string_append_printf(s, "%s%s", i ? ", " : "", key);
		g_free(key);
	}
	if (ids->len > CANDIDATES)
		g_string_append_printf(s, ", and %u more", ids->len - CANDIDATES);
	return g_string_free(s, FALSE);
}

/* "name#2": the second class of that name. */
static bool is_key(const struct sd_results *r, const char *word, GArray *ids, uint32_t *id)
{
	const char *hash = strrchr(word, '#');
	guint64 n;
	char *name;

	if (!hash || !g_ascii_string_to_unsigned(hash + 1, 10, 1, UINT32_MAX, &n, NULL))
		return false;
	name = g_strndup(word, (gsize)(hash - word));
	collect(r, name, false, ids);
	g_free(name);
	if (n > ids->len)
		return false;
	*id = g_array_index(ids, uint32_t, n - 1);
	return true;
}

/* Classes are sorted by name: those that share one stand together. */
char *sd_class_key(const struct sd_results *r, uint32_t id)
{
	const char *name = r->classes[id].name;
	uint32_t first = id;

	while (first && !strcmp(r->classes[first - 1].name, name))
		first--;
	if (first == id && (id + 1 == r->nclass || strcmp(r->classes[id + 1].name, name)))
		return g_strdup(name);
	return g_strdup_printf("%s#%u", name, id - first + 1);
}

int sd_class_ref(const struct sd_results *r, const char *word, uint32_t *id, char **err)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	int rc = -1;

	if (collect(r, word, false, ids) == 1 || (!ids->len && collect(r, word, true, ids) == 1)) {
		*id = g_array_index(ids, uint32_t, 0);
		rc = 0;
	} else if (ids->len) {
		*err = ambiguous(r, word, ids);
	} else if (is_key(r, word, ids, id)) {
		rc = 0;
	} else {
		*err = unknown(r, word);
	}
	g_array_free(ids, TRUE);
	return rc;
}
