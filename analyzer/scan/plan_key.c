/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_key.c - what decides the output of Kbuild's dry run, as one number.
 *
 * That is: the call of make, the environment (make takes every variable of it), the tools, the
 * configuration, every Makefile, Kbuild and Kconfig file and shell script of the tree, and the names of
 * its sources (Makefiles have wildcards, and Kbuild asks whether NAME.c or NAME.S exists).  Contents, no dates:
 * a checkout back and forth comes back to the same number.
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>
#include "scan_int.h"

struct key {
	const struct sd_plan *plan;
	struct sd_filehash *hash;
	uint64_t sum;                   /* of hashes: the order of a directory's entries plays no part */
};

static void add_text(struct key *k, const char *text, uint64_t salt)
{
	k->sum += XXH3_64bits_withSeed(text, strlen(text), salt);
}

static void add_file(struct key *k, const char *path, const char *name)
{
	add_text(k, name, sd_filehash_get(k->hash, path));
}

/* ---------------------------------------------------------------- the tree */

static bool has_any(const char *name, bool (*match)(const char *, const char *), const char *const *list)
{
	for (; *list; list++)
		if (match(name, *list))
			return true;
	return false;
}

static bool starts(const char *s, const char *with) { return g_str_has_prefix(s, with); }
static bool ends(const char *s, const char *with) { return g_str_has_suffix(s, with); }

/* Make reads it, or runs it to ask something. */
static bool is_recipe(const char *name)
{
	static const char *const start[] = { "Makefile", "Kbuild", "Kconfig", "Platform", NULL };
	static const char *const end[] = { ".mk", ".mak", ".include", ".sh", ".pl", NULL };

	return has_any(name, starts, start) || has_any(name, ends, end);
}

/* modpost's sources come and go with each build. */
static bool is_source(const char *name)
{
	static const char *const end[] = { ".c", ".S", NULL };

	return has_any(name, ends, end) && !g_str_has_suffix(name, ".mod.c");
}

static void add_dir(struct key *k, const char *dir);

static void add_entry(struct key *k, const char *dir, const struct dirent *e)
{
	char *path = g_build_filename(dir, e->d_name, NULL);
	unsigned char type = e->d_type;
	struct stat st;

	if (type == DT_UNKNOWN && lstat(path, &st) == 0)
		type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_LNK;
	if (type == DT_DIR) {
		if (strcmp(path, k->plan->objroot) != 0)
			add_dir(k, path);
	} else if (is_recipe(e->d_name)) {
		add_file(k, path, path + strlen(k->plan->srcroot));
	} else if (is_source(e->d_name)) {
		add_text(k, path + strlen(k->plan->srcroot), 1);
	}
	g_free(path);
}

static void add_dir(struct key *k, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			add_entry(k, dir, e);
	if (d)
		closedir(d);
}

/* ---------------------------------------------------------------- the rest */

/* What differs from shell to shell and job to job, and no Makefile asks for. */
static bool is_noise(const char *name)
{
	static const char *const list[] = {
		"_", "PWD", "OLDPWD", "SHLVL", "TERM", "COLUMNS", "LINES", "WINDOWID", "TMPDIR", "HOSTNAME", "LS_COLORS", NULL,
	};
	static const char *const start[] = { "SSH_", "XDG_", "DBUS_", "SLURM_", "PARALLEL_", "LC_", "MAKE", "MFLAGS", NULL };

	for (const char *const *l = list; *l; l++)
		if (strcmp(name, *l) == 0)
			return true;
	return has_any(name, starts, start);
}

static void add_environment(struct key *k)
{
	char **names = g_listenv();

	for (char **n = names; *n; n++) {
		char *text = g_strdup_printf("%s=%s", *n, g_getenv(*n));

		if (!is_noise(*n))
			add_text(k, text, 2);
		g_free(text);
	}
	g_strfreev(names);
}

/* A new compiler has other options.  Its version is in .config; this is for one that just came. */
static void add_tools(struct key *k)
{
	static const char *const names[] = { "make", "clang", "gcc", "ld.lld", "ld", "pahole" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		char *path = g_find_program_in_path(names[i]), *text;
		struct stat st;

		if (path && stat(path, &st) == 0) {
			text = g_strdup_printf("%s %lld %lld", path, (long long)st.st_size, (long long)st.st_mtime);
			add_text(k, text, 3);
			g_free(text);
		}
		g_free(path);
	}
}

/* Not the Makefile in it: make is called in the source tree and does not read that, but writes it. */
static void add_object_tree(struct key *k)
{
	static const char *const names[] = { ".config", "include/config/auto.conf", "include/config/auto.conf.cmd" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		char *path = g_build_filename(k->plan->objroot, names[i], NULL);

		add_file(k, path, names[i]);
		g_free(path);
	}
}

uint64_t sd_plan_key(const struct sd_plan *p, char *const *make)
{
	struct key k = { .plan = p, .hash = sd_filehash_new() };
	char *call = g_strjoinv("\n", (char **)make);

	add_text(&k, sd_extract_version(p->arena), 4);
	add_text(&k, call, 5);
	g_free(call);
	add_environment(&k);
	add_tools(&k);
	add_object_tree(&k);
	add_dir(&k, p->srcroot);
	sd_filehash_free(k.hash);
	return k.sum;
}
