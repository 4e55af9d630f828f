/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache.c - keeps the directory beside the database within bounds.
 *
 * A name up to its first dot is one thing (KEY.pch, KEY.h ...).  Its newest file's date tells when it was last used.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>
#include <glib/gstdio.h>
#include "scan_int.h"

#define MAX_THINGS 64
#define MAX_BYTES (768LL << 20)         /* a precompiled header of the kernel has 25 to 40 MiB */

struct thing { char *stem; int64_t date, size; GPtrArray *paths; };

void sd_cache_used(const char *path)
{
	utime(path, NULL);
}

/* Whole seconds would not tell two that were made one after the other. */
static int64_t date_of(const struct stat *st)
{
	return st->st_mtim.tv_sec * 1000000LL + st->st_mtim.tv_nsec / 1000;
}

int64_t sd_cache_date(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? date_of(&st) : 0;
}

static void free_thing(gpointer p)
{
	struct thing *t = p;

	g_free(t->stem);
	g_ptr_array_free(t->paths, TRUE);
	g_free(t);
}

static void add_file(GHashTable *things, const char *dir, const char *name)
{
	char *stem = g_strndup(name, strcspn(name, ".")), *path = g_build_filename(dir, name, NULL);
	struct thing *t = g_hash_table_lookup(things, stem);
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
		g_free(path);
		g_free(stem);
		return;
	}
	if (!t) {
		t = g_new0(struct thing, 1);
		t->stem = stem;
		t->paths = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(things, t->stem, t);
	} else {
		g_free(stem);
	}
	g_ptr_array_add(t->paths, path);
	t->date = MAX(t->date, date_of(&st));
	t->size += st.st_size;
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
	const struct thing *x = *(struct thing *const *)a, *y = *(struct thing *const *)b;

	if (x->date != y->date)
		return x->date > y->date ? -1 : 1;
	return strcmp(x->stem, y->stem);
}

static void remove_thing(const struct thing *t)
{
	for (guint i = 0; i < t->paths->len; i++)
		g_unlink(g_ptr_array_index(t->paths, i));
}

/* A scan that was killed has left it. */
static bool is_orphan(const struct thing *t)
{
	return g_str_has_prefix(t->stem, SD_CACHE_OF_PROCESS) && kill((pid_t)atoi(t->stem + strlen(SD_CACHE_OF_PROCESS)), 0) != 0 &&
	       errno == ESRCH;
}

static void remove_old(GHashTable *things, int64_t since)
{
	GPtrArray *sorted = g_ptr_array_new();
	GHashTableIter it;
	int64_t bytes = 0;
	gpointer t;

	g_hash_table_iter_init(&it, things);
	while (g_hash_table_iter_next(&it, NULL, &t))
		g_ptr_array_add(sorted, t);
	g_ptr_array_sort(sorted, newest_first);
	for (guint i = 0; i < sorted->len; i++) {
		struct thing *x = g_ptr_array_index(sorted, i);

		bytes += x->size;
		if (is_orphan(x) || (x->date < since && (i >= MAX_THINGS || bytes > MAX_BYTES)))
			remove_thing(x);
	}
	g_ptr_array_free(sorted, TRUE);
}

void sd_cache_tidy(const char *dir, int64_t since)
{
	GHashTable *things = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_thing);
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d)))
		add_file(things, dir, name);
	if (d)
		g_dir_close(d);
	remove_old(things, since);
	g_hash_table_destroy(things);
}
