/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compdb_plan.c - compile commands out of a Clang compilation database. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include "compdb.h"
#include "scan_int.h"

/* libclang says only "cannot load": where the mistake is, jansson knows. */
static int check_entries(const char *path, json_t *root, char **err)
{
	size_t i;
	json_t *e;

	if (!json_is_array(root)) {
		*err = g_strdup_printf("%s: not a compilation database (an array is expected)", path);
		return -1;
	}
	json_array_foreach(root, i, e) {
		if (json_is_string(json_object_get(e, "file")) && json_is_string(json_object_get(e, "directory")) &&
		    (json_is_string(json_object_get(e, "command")) || json_is_array(json_object_get(e, "arguments"))))
			continue;
		*err = g_strdup_printf("%s: entry %zu: needs \"file\", \"directory\" and \"command\" or \"arguments\"",
				       path, i + 1);
		return -1;
	}
	return 0;
}

static int check_json(const char *path, char **err)
{
	json_error_t where;
	json_t *root = json_load_file(path, 0, &where);
	int rc;

	if (!root) {
		*err = where.line > 0 ? g_strdup_printf("%s:%d: %s", path, where.line, where.text)
				      : g_strdup_printf("%s: cannot be read: %s", path, where.text);
		return -1;
	}
	rc = check_entries(path, root, err);
	json_decref(root);
	return rc;
}

/* libclang wants a directory that holds a file of the one name it knows. */
static int read_entries(const char *path, struct sd_arena *a, struct sd_compdb_entry **e, size_t *n)
{
	char *dir = g_dir_make_tmp("statdep-XXXXXX", NULL), *link;
	int rc = -1;

	if (!dir)
		return -1;
	link = g_build_filename(dir, "compile_commands.json", NULL);
	if (symlink(path, link) == 0)
		rc = sd_compdb_read(dir, a, e, n);
	g_unlink(link);
	g_rmdir(dir);
	g_free(link);
	g_free(dir);
	return rc;
}

/* ---------------------------------------------------------------- roots */

static bool is_kernel_tree(const char *dir)
{
	static const char *const parts[] = { "Makefile", "Kbuild", "include/linux" };
	bool yes = true;

	for (size_t i = 0; yes && i < G_N_ELEMENTS(parts); i++) {
		char *path = g_build_filename(dir, parts[i], NULL);

		yes = g_file_test(path, G_FILE_TEST_EXISTS);
		g_free(path);
	}
	return yes;
}

/* The kernel tree around @dir; NULL none. */
static char *kernel_around(const char *dir)
{
	char *at = g_strdup(dir), *up;

	while (!is_kernel_tree(at)) {
		up = g_path_get_dirname(at);
		g_free(at);
		at = up;
		if (strcmp(at, "/") == 0 || strcmp(at, ".") == 0) {
			g_free(at);
			return NULL;
		}
	}
	return at;
}

static bool is_in(const char *file, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(file, dir, n) == 0 && (file[n] == '/' || strcmp(dir, "/") == 0);
}

/* The deepest directory above every main file of the kernel's kind (.c). */
static char *common_dir(const struct sd_compdb_entry *e, size_t n)
{
	char *dir = NULL, *file, *up;

	for (size_t i = 0; i < n; i++) {
		file = g_canonicalize_filename(e[i].file, e[i].directory);
		if (!dir)
			dir = g_path_get_dirname(file);
		while (!is_in(file, dir)) {
			up = g_path_get_dirname(dir);
			g_free(dir);
			dir = up;
		}
		g_free(file);
	}
	return dir;
}

/* --kernel; else the kernel tree around the sources; else the database's directory if all is below; else what is common. */
static char *choose_root(const struct sd_scan_opts *o, const char *json_dir, const struct sd_compdb_entry *e, size_t n)
{
	char *common, *kernel;

	if (o->kernel)
		return realpath(o->kernel, NULL);
	common = common_dir(e, n);
	if (!common)
		return g_strdup(json_dir);
	kernel = kernel_around(common);
	if (kernel || !(is_in(common, json_dir) || strcmp(common, json_dir) == 0)) {
		if (!kernel)
			return common;
		g_free(common);
		return kernel;
	}
	g_free(common);
	return g_strdup(json_dir);
}

/* The object tree: --objtree, else the directory of the first command that has generated headers. */
static char *choose_objroot(const struct sd_scan_opts *o, const struct sd_compdb_entry *e, size_t n)
{
	if (o->objtree)
		return realpath(o->objtree, NULL);
	for (size_t i = 0; i < n; i++) {
		char *path = g_build_filename(e[i].directory, "include/generated/autoconf.h", NULL);
		bool yes = g_file_test(path, G_FILE_TEST_EXISTS);

		g_free(path);
		if (yes)
			return realpath(e[i].directory, NULL);
	}
	return NULL;
}

static int set_roots(struct sd_plan *p, const struct sd_scan_opts *o, const char *path,
		     const struct sd_compdb_entry *e, size_t n, char **err)
{
	char *dir = g_path_get_dirname(path), *root = choose_root(o, dir, e, n), *obj = choose_objroot(o, e, n);

	g_free(dir);
	if (!root || (o->objtree && !obj)) {
		*err = g_strdup_printf("%s: no such directory", root ? o->objtree : o->kernel);
	} else {
		p->srcroot = sd_arena_strdup(p->arena, root);
		p->objroot = obj ? sd_arena_strdup(p->arena, obj) : NULL;
	}
	free(root);
	free(obj);
	return *err ? -1 : 0;
}

/* ---------------------------------------------------------------- plan */

static char *find_database(const char *arg, char **err)
{
	char *inside = g_build_filename(arg, "compile_commands.json", NULL);
	char *path = realpath(g_file_test(arg, G_FILE_TEST_IS_DIR) ? inside : arg, NULL);

	if (!path)
		*err = g_strdup_printf("-p %s: no compilation database there (compile_commands.json)", arg);
	g_free(inside);
	return path;
}

static void warn_absent(const struct sd_plan *p)
{
	for (guint i = 0; i < p->paths->len; i++) {
		char *path = g_ptr_array_index(p->paths, i);
		bool found = false;

		for (guint k = 0; !found && k < p->cmds->len; k++) {
			const struct sd_command *c = g_ptr_array_index(p->cmds, k);

			found = is_in(c->rel, path) || strcmp(c->rel, path) == 0;
		}
		if (found)
			continue;
		if (g_str_has_suffix(path, ".c"))
			g_ptr_array_add(p->notbuilt, path);
		sd_warn("the compilation database has nothing %s %s", g_str_has_suffix(path, ".c") ? "for" : "below", path);
	}
}

int sd_compdb_plan(struct sd_plan *p, const struct sd_scan_opts *o, char **err)
{
	char *path = find_database(o->compdb, err);
	struct sd_compdb_entry *e;
	int rc = -1;
	size_t n;

	if (!path)
		return -1;
	if (check_json(path, err) == 0) {
		if (read_entries(path, p->arena, &e, &n))
			*err = g_strdup_printf("%s: libclang cannot load it", path);
		else if (set_roots(p, o, path, e, n, err) == 0)
			rc = sd_plan_paths(p, o, err);
	}
	free(path);
	if (rc)
		return -1;
	for (size_t i = 0; i < n; i++)
		sd_plan_add(p, e[i].directory, e[i].args, e[i].nargs);
	warn_absent(p);
	return 0;
}
