/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * objtree.c - the object tree of a kernel: found, or configured and prepared.
 *
 * Only a tree of our own making (it has MARKER) is ever configured again; one that the user
 * made is taken as it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "scan_int.h"

#define MARKER ".statdep-config"        /* holds what --config made this tree */

static bool has(const char *dir, const char *name)
{
	char *path = g_build_filename(dir, name, NULL);
	bool yes = g_file_test(path, G_FILE_TEST_EXISTS);

	g_free(path);
	return yes;
}

static bool file_says(const char *dir, const char *name, const char *words)
{
	char *path = g_build_filename(dir, name, NULL), *text = NULL;
	bool yes = g_file_get_contents(path, &text, NULL, NULL) && strstr(text, words);

	g_free(text);
	g_free(path);
	return yes;
}

static bool is_prepared(const char *dir)
{
	return has(dir, ".config") && has(dir, "include/generated/autoconf.h") &&
	       has(dir, "include/generated/asm-offsets.h");
}

/* ---------------------------------------------------------------- how to call make */

/* "-19": the tools' suffix that goes with the libclang we use; "" when only plain names exist. */
static char *default_suffix(struct sd_plan *p)
{
	const char *digits = sd_extract_version(p->arena);
	char *suffix, *program, *found;

	digits += strcspn(digits, "0123456789");
	suffix = g_strdup_printf("-%.*s", (int)strspn(digits, "0123456789"), digits);
	program = g_strconcat("clang", suffix, NULL);
	found = g_find_program_in_path(program);
	if (!found)
		*suffix = '\0';
	g_free(found);
	g_free(program);
	return suffix;
}

static void add(GPtrArray *argv, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(GPtrArray *argv, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	g_ptr_array_add(argv, g_strdup_vprintf(fmt, ap));
	va_end(ap);
}

/* LLVM=-19 is understood since v5.18 (Documentation/kbuild/llvm.rst); before, every tool is named. */
static void add_llvm(GPtrArray *argv, const struct sd_plan *p, const char *suffix)
{
	static const char *const tool[][2] = {
		{ "CC", "clang" }, { "LD", "ld.lld" }, { "AR", "llvm-ar" }, { "NM", "llvm-nm" },
		{ "OBJCOPY", "llvm-objcopy" }, { "OBJDUMP", "llvm-objdump" }, { "READELF", "llvm-readelf" },
		{ "STRIP", "llvm-strip" }, { "HOSTCC", "clang" }, { "HOSTCXX", "clang++" },
		{ "HOSTAR", "llvm-ar" }, { "HOSTLD", "ld.lld" },
	};

	if (!*suffix || file_says(p->srcroot, "Makefile", "LLVM_SUFFIX")) {
		add(argv, "LLVM=%s", *suffix ? suffix : "1");
		return;
	}
	add(argv, "LLVM=1");
	for (size_t i = 0; i < G_N_ELEMENTS(tool); i++)
		add(argv, "%s=%s%s", tool[i][0], tool[i][1], suffix);
}

static void set_make(struct sd_plan *p, const struct sd_scan_opts *o)
{
	GPtrArray *argv = g_ptr_array_new();
	char *suffix = o->llvm ? g_strdup(o->llvm) : default_suffix(p);

	add(argv, "make");
	add(argv, "-C");
	add(argv, "%s", p->srcroot);
	/* a tree configured with GCC stays so: another compiler would make Kbuild configure it again */
	if (o->llvm || !file_says(p->objroot, ".config", "\nCONFIG_CC_IS_GCC=y"))
		add_llvm(argv, p, suffix);
	if (strcmp(p->objroot, p->srcroot) != 0)
		add(argv, "O=%s", p->objroot);
	g_ptr_array_add(argv, NULL);
	p->make = (char **)g_ptr_array_free(argv, FALSE);
	g_free(suffix);
}

/* ---------------------------------------------------------------- configuring */

static int make_targets(struct sd_plan *p, const char *const *targets, const struct sd_scan_opts *o, char **err)
{
	GPtrArray *argv = g_ptr_array_new();
	char *what = g_strjoinv(" ", (char **)targets), *line;
	char jobs[16];
	int rc;

	for (char **a = p->make; *a; a++)
		g_ptr_array_add(argv, *a);
	g_snprintf(jobs, sizeof(jobs), "-j%u", o->jobs);
	g_ptr_array_add(argv, (char *)"-s");
	g_ptr_array_add(argv, jobs);
	for (const char *const *t = targets; *t; t++)
		g_ptr_array_add(argv, (char *)*t);
	g_ptr_array_add(argv, NULL);
	line = g_strdup_printf("make %s (in %s)", what, p->srcroot);
	rc = sd_run_quiet((char **)argv->pdata, line, err);
	g_free(line);
	g_free(what);
	g_ptr_array_free(argv, TRUE);
	return rc;
}

/* Options that need tools we do not ask for, or make code that nobody but the sanitizers reads. */
static int trim_all_config(struct sd_plan *p, char **err)
{
	static const char *const off[] = {
		"GCC_PLUGINS", "WERROR", "DEBUG_INFO_BTF", "KASAN", "KCSAN", "UBSAN", "GCOV_KERNEL", "KCOV", "MODULE_SIG",
	};
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	int rc;

	add(argv, "%s/scripts/config", p->srcroot);
	add(argv, "--file");
	add(argv, "%s/.config", p->objroot);
	for (size_t i = 0; i < G_N_ELEMENTS(off); i++) {
		add(argv, "-d");
		add(argv, "%s", off[i]);
	}
	g_ptr_array_add(argv, NULL);
	rc = sd_run_quiet((char **)argv->pdata, "scripts/config", err);
	g_ptr_array_free(argv, TRUE);
	return rc;
}

static int copy_config(struct sd_plan *p, const char *from, char **err)
{
	char *to = g_build_filename(p->objroot, ".config", NULL), *text;
	GError *e = NULL;
	gsize len;
	int rc = 0;

	if (!g_file_get_contents(from, &text, &len, &e)) {
		rc = -1;
	} else {
		rc = g_file_set_contents(to, text, (gssize)len, &e) ? 0 : -1;
		g_free(text);
	}
	if (e)
		*err = g_strdup(e->message);
	g_clear_error(&e);
	g_free(to);
	return rc;
}

static int configure(struct sd_plan *p, const struct sd_scan_opts *o, const char *config, char **err)
{
	const char *const by_name[] = { config, NULL }, *const old[] = { "olddefconfig", NULL };
	const char *const prepare[] = { "prepare", "modules_prepare", NULL };

	sd_warn("configuring %s (%s): once for this tree", p->objroot, config);
	if (g_file_test(config, G_FILE_TEST_IS_REGULAR)) {
		if (copy_config(p, config, err) || make_targets(p, old, o, err))
			return -1;
	} else {
		if (make_targets(p, by_name, o, err))
			return -1;
		if ((g_str_has_prefix(config, "allmod") || g_str_has_prefix(config, "allyes")) &&
		    (trim_all_config(p, err) || make_targets(p, old, o, err)))
			return -1;
	}
	return make_targets(p, prepare, o, err);
}

/* What MARKER says; NULL when the tree is not ours.  For a file: its name and content decide. */
static char *read_marker(const struct sd_plan *p)
{
	char *path = g_build_filename(p->objroot, MARKER, NULL), *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	g_free(path);
	return text;
}

static char *marker_for(const char *config)
{
	char *text = NULL, *sum, *marker;

	if (!g_file_test(config, G_FILE_TEST_IS_REGULAR) || !g_file_get_contents(config, &text, NULL, NULL))
		return g_strdup(config);
	sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	marker = g_strdup_printf("%s %s", config, sum);
	g_free(sum);
	g_free(text);
	return marker;
}

static int configure_marked(struct sd_plan *p, const struct sd_scan_opts *o, char **err)
{
	const char *config = o->config ? o->config : "defconfig";
	char *path = g_build_filename(p->objroot, MARKER, NULL), *marker = marker_for(config);
	int rc;

	g_unlink(path);         /* an attempt that fails leaves a tree that is not prepared */
	rc = configure(p, o, config, err);
	if (rc == 0)
		g_file_set_contents(path, marker, -1, NULL);
	g_free(marker);
	g_free(path);
	return rc;
}

/* Sets p->config and decides whether make has to run. */
static bool is_good(struct sd_plan *p, const struct sd_scan_opts *o)
{
	char *made = read_marker(p), *wanted = o->config ? marker_for(o->config) : NULL;
	bool good = is_prepared(p->objroot);

	if (good && made && wanted && strcmp(made, wanted) != 0)
		good = false;
	if (good && !made && wanted)
		sd_warn("%s is configured already: --config %s not used", p->objroot, o->config);
	p->config = sd_arena_strdup(p->arena, made ? made : wanted ? wanted : good ? "" : "defconfig");
	g_free(made);
	g_free(wanted);
	return good;
}

static char *choose_objtree(const struct sd_plan *p, const struct sd_scan_opts *o)
{
	if (o->objtree)
		return g_strdup(o->objtree);
	if (is_prepared(p->srcroot))
		return g_strdup(p->srcroot);
	return g_strconcat(o->db_path, ".obj", NULL);
}

/* Several scans may share the tree (shards on one machine): only one runs make in it.  What cannot be locked is not. */
int sd_objtree_lock(const struct sd_plan *p)
{
	int fd = open(p->objroot, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		flock(fd, LOCK_EX);
	return fd;
}

void sd_objtree_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* make would say the same in many lines. */
static bool is_open(const char *dir, bool to_write, char **err)
{
	if (access(dir, R_OK | X_OK) == 0 && (!to_write || access(dir, W_OK) == 0))
		return true;
	*err = g_strdup_printf("%s: cannot be %s: %s", dir, to_write ? "configured" : "read", g_strerror(errno));
	return false;
}

int sd_objtree_prepare(struct sd_plan *p, const struct sd_scan_opts *o, char **err)
{
	char *dir = choose_objtree(p, o), *real = NULL;
	int rc = -1, lock;

	if (g_mkdir_with_parents(dir, 0777) == 0)
		real = realpath(dir, NULL);
	if (real && is_open(real, false, err)) {
		p->objroot = sd_arena_strdup(p->arena, real);
		lock = sd_objtree_lock(p);
		set_make(p, o);
		rc = is_good(p, o) ? 0 : is_open(real, true, err) ? configure_marked(p, o, err) : -1;
		if (rc == 0) {          /* now that .config tells the compiler */
			g_strfreev(p->make);
			set_make(p, o);
		}
		sd_objtree_unlock(lock);
	} else if (!real) {
		*err = g_strdup_printf("%s: cannot be made: %s", dir, g_strerror(errno));
	}
	free(real);
	g_free(dir);
	return rc;
}
