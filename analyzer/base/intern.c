/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intern.c - strings <-> dense ids. */
#include <assert.h>
#include <glib.h>
#include "base.h"

struct sd_strtab {
	struct sd_arena *arena;         /* the characters */
	GPtrArray *by_id;
	GHashTable *by_text;            /* text -> id */
};

struct sd_strtab *sd_strtab_new(void)
{
	struct sd_strtab *t = g_new0(struct sd_strtab, 1);

	t->arena = sd_arena_new();
	t->by_id = g_ptr_array_new();
	t->by_text = g_hash_table_new(g_str_hash, g_str_equal);
	sd_intern(t, "");
	return t;
}

void sd_strtab_free(struct sd_strtab *t)
{
	if (!t)
		return;
	g_hash_table_destroy(t->by_text);
	g_ptr_array_free(t->by_id, TRUE);
	sd_arena_free(t->arena);
	g_free(t);
}

sd_sym sd_intern(struct sd_strtab *t, const char *s)
{
	gpointer id;
	char *copy;

	if (!s)
		s = "";
	if (g_hash_table_lookup_extended(t->by_text, s, NULL, &id))
		return GPOINTER_TO_UINT(id);
	copy = sd_arena_strdup(t->arena, s);
	g_hash_table_insert(t->by_text, copy, GUINT_TO_POINTER(t->by_id->len));
	g_ptr_array_add(t->by_id, copy);
	return t->by_id->len - 1;
}

sd_sym sd_intern_find(const struct sd_strtab *t, const char *s)
{
	return s ? GPOINTER_TO_UINT(g_hash_table_lookup(t->by_text, s)) : 0;
}

const char *sd_sym_str(const struct sd_strtab *t, sd_sym id)
{
	assert(id < t->by_id->len);
	return g_ptr_array_index(t->by_id, id);
}

size_t sd_strtab_count(const struct sd_strtab *t)
{
	return t->by_id->len;
}
