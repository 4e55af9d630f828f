/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.c - the words, keys and values of rules files, and the nearest to a misspelt one. */
#include <string.h>
#include "rules_int.h"

#define K(id) (1u << KEY_##id)
#define W(id) (1u << SD_R_##id)

static const struct word_info words[] = {
#define WORD(id, text, names, need) [SD_R_##id] = { text, names, need },
#include "words.def"
#undef WORD
};
_Static_assert(G_N_ELEMENTS(words) == SD_R_WORDS, "words.def and enum sd_rule_word differ");

enum key_form { VALUE, BARE };
static const struct key_info keys[] = {
#define KEY(id, text, takers, form) [KEY_##id] = { text, takers, (form) == BARE },
#include "keys.def"
#undef KEY
};
_Static_assert(KEYS <= 32, "a row's keys are a mask of 32 bits");

static const struct { enum value_group group; const char *text; int value; } values[] = {
#define VALUE(group, text, value) { G_##group, text, value },
#include "values.def"
#undef VALUE
};

const struct word_info *word_info(enum sd_rule_word w)
{
	return &words[w];
}

const struct key_info *key_info(enum rule_key k)
{
	return &keys[k];
}

int find_word(const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (!strcmp(words[i].text, text))
			return (int)i;
	return -1;
}

int find_key(const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		if (!strcmp(keys[i].text, text))
			return (int)i;
	return -1;
}

int find_value(enum value_group g, const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		if (values[i].group == g && !strcmp(values[i].text, text))
			return values[i].value;
	return -1;
}

const char *value_text(enum value_group g, const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		if (values[i].group == g && !strcmp(values[i].text, text))
			return values[i].text;
	return NULL;
}

/* Levenshtein's distance, a swap of neighbours counting one; case counts nothing. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), best;
	size_t *d = g_new0(size_t, (na + 1) * (nb + 1));
#define D(i, j) d[(i) * (nb + 1) + (j)]
	for (size_t i = 0; i <= na; i++) {
		for (size_t j = 0; j <= nb; j++) {
			if (!i || !j) {
				D(i, j) = i + j;
				continue;
			}
			bool same = g_ascii_tolower(a[i - 1]) == g_ascii_tolower(b[j - 1]);
			D(i, j) = MIN(D(i - 1, j - 1) + !same, MIN(D(i - 1, j), D(i, j - 1)) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				D(i, j) = MIN(D(i, j), D(i - 2, j - 2) + 1);
		}
	}
	best = D(na, nb);
#undef D
	g_free(d);
	return best;
}

/* A third of the letters may be wrong, one in short words: beyond that a guess is no help. */
static char *suggest(const char *text, GPtrArray *known)
{
	const char *near = NULL;
	size_t least = MAX(strlen(text) / 3, 1) + 1;
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < known->len && strlen(text) < 64; i++) {
		size_t d = edit_distance(text, known->pdata[i]);
		if (d < least) {
			least = d;
			near = known->pdata[i];
		}
	}
	if (near)
		g_string_printf(s, "did you mean '%s'?", near);
	for (guint i = 0; i < known->len && !near; i++)
		g_string_append_printf(s, "%s%s", i ? ", " : known->len > 1 ? "one of " : "only ",
				       (const char *)known->pdata[i]);
	g_ptr_array_free(known, TRUE);
	return g_string_free(s, FALSE);
}

char *suggest_word(const char *text)
{
	GPtrArray *known = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		g_ptr_array_add(known, (void *)words[i].text);
	g_ptr_array_add(known, (void *)"override");
	return suggest(text, known);
}

char *suggest_key(const char *text, enum sd_rule_word w)
{
	GPtrArray *known = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		if (keys[i].words & (1u << w))
			g_ptr_array_add(known, (void *)keys[i].text);
	return suggest(text, known);
}

char *suggest_value(enum value_group g, const char *text)
{
	GPtrArray *known = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		if (values[i].group == g)
			g_ptr_array_add(known, (void *)values[i].text);
	return suggest(text, known);
}
