/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kbuild.c - compile commands out of a kernel tree, without building it.
 *
 * `make -n` prints the recipe of everything that is not up to date.  For what is (the user
 * built this tree), Kbuild itself has kept the command: .NAME.o.cmd beside the object.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "scan_int.h"

static void add_argv(void *arg, char **argv, size_t n)
{
	struct sd_plan *p = arg;

	sd_plan_add(p, p->objroot, (const char *const *)argv, n);
}

/* ---------------------------------------------------------------- dry run */

static void dry_line(void *arg, char *line)
{
	if (strstr(line, " -c ") && strstr(line, ".c"))
		sd_shell_compiles(line, add_argv, arg);
}

/* PATH -> target: "dir" is "dir/" (its whole subtree), "file.c" is "file.o". */
static char *target_of(const struct sd_plan *p, const char *path)
{
	char *abs = g_build_filename(p->srcroot, path, NULL), *target;

	if (g_file_test(abs, G_FILE_TEST_IS_DIR))
		target = g_strconcat(path, "/", NULL);
	else
		target = g_strdup_printf("%.*s.o", (int)strlen(path) - 2, path);
	g_free(abs);
	return target;
}

static GPtrArray *dry_argv(const struct sd_plan *p)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	for (char **a = p->make; *a; a++)
		g_ptr_array_add(argv, g_strdup(*a));
	g_ptr_array_add(argv, g_strdup("-n"));
	g_ptr_array_add(argv, g_strdup("-k"));
	for (guint i = 0; i < p->paths->len; i++)
		g_ptr_array_add(argv, target_of(p, g_ptr_array_index(p->paths, i)));
	if (p->paths->len == 0) {
		g_ptr_array_add(argv, g_strdup("vmlinux"));
		g_ptr_array_add(argv, g_strdup("modules"));
	}
	g_ptr_array_add(argv, NULL);
	return argv;
}

/* ---------------------------------------------------------------- .cmd files */

/* "cmd_X := ..." or "savedcmd_X := ..." as make reads it: $$ is $, $(pound) is #. */
static char *saved_command(const char *path)
{
	char *text, *end, *at, *value = NULL;
	GString *s;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	end = strchr(text, '\n');
	if (end)
		*end = '\0';
	at = strstr(text, " := ");
	if (at && (g_str_has_prefix(text, "cmd_") || g_str_has_prefix(text, "savedcmd_"))) {
		s = g_string_new(at + 4);
		g_string_replace(s, "$(pound)", "#", 0);
		g_string_replace(s, "$$", "$", 0);
		value = g_string_free(s, FALSE);
	}
	g_free(text);
	return value;
}

/* ".NAME.o.cmd" of an object that is still there */
static bool is_object_cmd(const char *dir, const char *name)
{
	size_t n = strlen(name);
	char *object;
	bool yes;

	if (name[0] != '.' || n < 8 || strcmp(name + n - 6, ".o.cmd") != 0)
		return false;
	object = g_strdup_printf("%s/%.*s", dir, (int)n - 5, name + 1);
	yes = g_file_test(object, G_FILE_TEST_EXISTS);
	g_free(object);
	return yes;
}

static void read_cmd_file(struct sd_plan *p, const char *dir, const char *name)
{
	char *path = g_build_filename(dir, name, NULL), *command = saved_command(path);

	if (command)
		sd_shell_compiles(command, add_argv, p);
	g_free(command);
	g_free(path);
}

static void walk_dir(struct sd_plan *p, const char *dir);

static void walk_entry(struct sd_plan *p, const char *dir, const char *name)
{
	char *path = g_build_filename(dir, name, NULL);

	if (is_object_cmd(dir, name))
		read_cmd_file(p, dir, name);
	else if (name[0] != '.' && !g_file_test(path, G_FILE_TEST_IS_SYMLINK) && g_file_test(path, G_FILE_TEST_IS_DIR))
		walk_dir(p, path);
	g_free(path);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void walk_dir(struct sd_plan *p, const char *dir)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d)))
		g_ptr_array_add(names, g_strdup(name));
	if (d)
		g_dir_close(d);
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++)
		walk_entry(p, dir, g_ptr_array_index(names, i));
	g_ptr_array_free(names, TRUE);
}

static void read_built_objects(struct sd_plan *p)
{
	for (guint i = 0; i < p->paths->len; i++) {
		const char *path = g_ptr_array_index(p->paths, i);
		char *dir = g_build_filename(p->objroot, path, NULL), *parent = g_path_get_dirname(dir);
		char *base = g_path_get_basename(dir), *name;

		if (g_file_test(dir, G_FILE_TEST_IS_DIR)) {
			walk_dir(p, dir);
		} else if (g_str_has_suffix(base, ".c")) {
			name = g_strdup_printf(".%.*s.o.cmd", (int)strlen(base) - 2, base);
			if (is_object_cmd(parent, name))
				read_cmd_file(p, parent, name);
			g_free(name);
		}
		g_free(base);
		g_free(parent);
		g_free(dir);
	}
	if (p->paths->len == 0)
		walk_dir(p, p->objroot);
}

/* ---------------------------------------------------------------- what is missing */

static bool any_below(const struct sd_plan *p, const char *path)
{
	size_t n = strlen(path);

	for (guint i = 0; i < p->cmds->len; i++) {
		const struct sd_command *c = g_ptr_array_index(p->cmds, i);
		const char *rel = g_str_has_prefix(c->rel, "obj:") ? c->rel + 4 : c->rel;

		if (strncmp(rel, path, n) == 0 && (rel[n] == '/' || rel[n] == '\0'))
			return true;
	}
	return false;
}

static void warn_not_built(struct sd_plan *p)
{
	for (guint i = 0; i < p->paths->len; i++) {
		char *path = g_ptr_array_index(p->paths, i);

		if (any_below(p, path))
			continue;
		if (g_str_has_suffix(path, ".c")) {
			sd_warn("%s is not built by this configuration", path);
			g_ptr_array_add(p->notbuilt, path);
		} else {
			sd_warn("nothing below %s is built by this configuration", path);
		}
	}
}

static int check_tree(struct sd_plan *p, const struct sd_scan_opts *o, char **err)
{
	char *real = realpath(o->kernel, NULL);
	char *kbuild = real ? g_build_filename(real, "scripts/Makefile.build", NULL) : NULL;

	if (!real || !g_file_test(real, G_FILE_TEST_IS_DIR))
		*err = g_strdup_printf("--kernel %s: no such directory", o->kernel);
	else if (!g_file_test(kbuild, G_FILE_TEST_EXISTS))
		*err = g_strdup_printf("--kernel %s: not a kernel source tree (no scripts/Makefile.build)", o->kernel);
	else
		p->srcroot = sd_arena_strdup(p->arena, real);
	g_free(kbuild);
	free(real);
	return *err ? -1 : 0;
}

/* ---------------------------------------------------------------- kept from the last time */

static char *cache_path(const struct sd_scan_opts *o, uint64_t key)
{
	return g_strdup_printf("%s" SD_CACHE_SUFFIX "/%016" G_GINT64_MODIFIER "x.plan", o->db_path, key);
}

/*
 * What was printed then would be printed now, but for what has been built since, and that is the same
 * command.  What was built then and is gone now would be printed: not known.
 */
static bool load_dry_run(struct sd_plan *p, const char *path)
{
	GPtrArray *built = g_ptr_array_new();
	bool good = sd_plan_load(p, path, built);

	if (good)
		read_built_objects(p);
	for (guint i = 0; good && i < built->len; i++)
		good = g_hash_table_contains(p->by_rel, g_ptr_array_index(built, i));
	if (!good)
		sd_plan_clear(p);
	g_ptr_array_free(built, TRUE);
	return good;
}

/* make's exit status, or -1.  The result is kept, unless something of the tree changed meanwhile. */
static int dry_run(struct sd_plan *p, const struct sd_scan_opts *o, char **words)
{
	GPtrArray *argv = dry_argv(p);
	uint64_t key = sd_plan_key(p, (char **)argv->pdata);
	char *path = cache_path(o, key), *dir = g_path_get_dirname(path);
	guint printed;
	int rc = 0, lock;

	if (!load_dry_run(p, path)) {
		lock = sd_objtree_lock(p);
		rc = sd_run_lines((char **)argv->pdata, dry_line, p, words);
		printed = p->cmds->len;
		if (rc >= 0)
			read_built_objects(p);
		if (rc >= 0 && !sd_interrupted() && p->cmds->len && sd_plan_key(p, (char **)argv->pdata) == key &&
		    g_mkdir_with_parents(dir, 0777) == 0)
			sd_plan_store(p, printed, path);
		sd_objtree_unlock(lock);
	}
	g_free(dir);
	g_free(path);
	g_ptr_array_free(argv, TRUE);
	return rc;
}

int sd_kbuild_plan(struct sd_plan *p, const struct sd_scan_opts *o, char **err)
{
	char *words = NULL;
	int rc;

	if (check_tree(p, o, err) || sd_plan_paths(p, o, err) || sd_objtree_prepare(p, o, err))
		return -1;
	rc = dry_run(p, o, &words);
	/* make's own error at the final link is to be expected; having found nothing at all is not */
	if (rc < 0 || (p->cmds->len == 0 && p->paths->len == 0))
		*err = g_strdup_printf("make -n printed no compile command:%s", words ? words : " nothing is built");
	g_free(words);
	if (*err)
		return -1;
	warn_not_built(p);
	return 0;
}
