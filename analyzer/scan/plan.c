/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - the list of translation units: names, filtering, the lockdep view, hashes. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include "scan_int.h"

void sd_plan_init(struct sd_plan *p)
{
	memset(p, 0, sizeof(*p));
	p->arena = sd_arena_new();
	p->cmds = g_ptr_array_new();
	p->by_rel = g_hash_table_new(g_str_hash, g_str_equal);
	p->paths = g_ptr_array_new();
	p->notbuilt = g_ptr_array_new();
}

void sd_plan_free(struct sd_plan *p)
{
	g_ptr_array_free(p->cmds, TRUE);
	g_ptr_array_free(p->paths, TRUE);
	g_ptr_array_free(p->notbuilt, TRUE);
	g_hash_table_destroy(p->by_rel);
	g_strfreev(p->make);
	sd_arena_free(p->arena);
}

/* ---------------------------------------------------------------- names */

/* What follows "@root/" in @path; NULL when it is not below. */
static const char *below(const char *path, const char *root)
{
	size_t n = root ? strlen(root) : 0;

	return n && strncmp(path, root, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

/* The name of an absolute path; NULL when it is below neither root. */
static const char *name_in_tree(const struct sd_plan *p, struct sd_arena *a, const char *abs)
{
	bool inner = p->objroot && below(p->objroot, p->srcroot);       /* an object tree inside the source tree */
	const char *in_src = below(abs, p->srcroot), *in_obj = below(abs, p->objroot);

	if (in_src && !(inner && in_obj))
		return sd_arena_strdup(a, in_src);
	return in_obj ? sd_arena_printf(a, "obj:%s", in_obj) : NULL;
}

const char *sd_plan_rel(const struct sd_plan *p, struct sd_arena *a, const char *directory, const char *path)
{
	char *abs = g_canonicalize_filename(path, directory), *real;
	const char *rel = name_in_tree(p, a, abs);

	if (!rel) {             /* through a symbolic link, perhaps */
		real = realpath(abs, NULL);
		rel = real ? name_in_tree(p, a, real) : NULL;
		free(real);
	}
	if (!rel)
		rel = sd_arena_strdup(a, abs);
	g_free(abs);
	return rel;
}

char *sd_plan_abs(const struct sd_plan *p, const char *rel)
{
	if (g_str_has_prefix(rel, "obj:"))
		return g_build_filename(p->objroot ? p->objroot : p->srcroot, rel + 4, NULL);
	if (g_path_is_absolute(rel))
		return g_strdup(rel);
	return g_build_filename(p->srcroot, rel, NULL);
}

bool sd_plan_wants(const struct sd_plan *p, const char *rel)
{
	const char *plain = g_str_has_prefix(rel, "obj:") ? rel + 4 : rel;      /* generated source of a directory */

	for (guint i = 0; i < p->paths->len; i++) {
		const char *path = g_ptr_array_index(p->paths, i);

		if (strcmp(plain, path) == 0 || below(plain, path))
			return true;
	}
	return p->paths->len == 0;
}

/* ---------------------------------------------------------------- commands */

/* Options of GCC that libclang's driver takes for an error. */
static bool is_foreign_option(const char *arg)
{
	static const char *const prefix[] = {
		"-fplugin", "-fconserve-stack", "-mindirect-branch=", "-mindirect-branch-register", "-mrecord-mcount",
		"-fno-allow-store-data-races", "-mpreferred-stack-boundary=", "-fno-var-tracking", "-fvar-tracking",
		"-mno-fp-ret-in-387", "-fno-ipa-", "-falign-jumps", "-mskip-rax-setup", "-maccumulate-outgoing-args",
		"--param=", "-fsanitize-coverage", "-fmin-function-alignment", "-fno-code-hoisting", "-fno-tree-",
		"-fzero-init-padding-bits", "-fno-inline-functions-called-once", "-mharden-sls", "-fcallgraph-info",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(prefix); i++)
		if (g_str_has_prefix(arg, prefix[i]))
			return true;
	return false;
}

/* Options that write files: no business of a parse. */
static bool is_output_option(const char *arg)
{
	return strcmp(arg, "-c") == 0 || strcmp(arg, "--") == 0 || strcmp(arg, "-MD") == 0 ||
	       strcmp(arg, "-MMD") == 0 || strcmp(arg, "-MP") == 0 || g_str_has_prefix(arg, "-Wp,-M") ||
	       strcmp(arg, "-save-temps") == 0 || g_str_has_prefix(arg, "-save-temps=");
}

static bool takes_output_value(const char *arg)
{
	return strcmp(arg, "-o") == 0 || strcmp(arg, "-MF") == 0 || strcmp(arg, "-MT") == 0 || strcmp(arg, "-MQ") == 0;
}

/* Options whose value is the next argument: that value is not the main file. */
static bool takes_value(const char *arg)
{
	static const char *const options[] = {
		"-include", "-I", "-D", "-U", "-isystem", "-iquote", "-idirafter", "-x", "-Xclang", "-target",
		"-imacros", "-mllvm", "-arch", "-isysroot", "-include-pch", "--param",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
		if (strcmp(arg, options[i]) == 0)
			return true;
	return false;
}

/* Code generation that no declaration depends on: it would only keep equal TUs apart. */
static bool is_codegen_option(const char *arg)
{
	return strcmp(arg, "-pg") == 0 || strcmp(arg, "-mfentry") == 0 || g_str_has_suffix(arg, "function-sections") ||
	       g_str_has_suffix(arg, "data-sections") || (arg[0] == '-' && arg[1] == 'W' && !g_str_has_prefix(arg, "-Wp,"));
}

/*
 * Kbuild tells each file its own name and its module's (scripts/Makefile.lib).  They go into
 * strings and names of things that only linkers see: the same for all, so that commands are equal.
 */
static bool is_own_name(const char *arg)
{
	return g_str_has_prefix(arg, "-DKBUILD_MODNAME=") || g_str_has_prefix(arg, "-DKBUILD_BASENAME=") ||
	       g_str_has_prefix(arg, "-DKBUILD_MODFILE=") || g_str_has_prefix(arg, "-D__KBUILD_MODNAME=");
}

/* The namespace of a directory's exported symbols (linux/export.h): a string beside their names, for the linker. */
static bool is_namespace(const char *arg)
{
	return g_str_has_prefix(arg, "-DDEFAULT_SYMBOL_NAMESPACE=");
}

/* What a parse has no need of. */
static bool is_dropped(const char *arg)
{
	return is_output_option(arg) || is_foreign_option(arg) || is_codegen_option(arg) || is_namespace(arg);
}

static void add_fixed_names(GPtrArray *keep)
{
	static const char *const names[] = {
		"-DKBUILD_MODFILE=\"kbuild_modfile\"", "-DKBUILD_BASENAME=\"kbuild_basename\"",
		"-DKBUILD_MODNAME=\"kbuild_modname\"", "-D__KBUILD_MODNAME=kmod_kbuild",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_ptr_array_add(keep, (gpointer)names[i]);
}

/* The main file of @argv, its other arguments in @keep, -o's value in *object. */
static const char *split_argv(const char *const *argv, size_t n, GPtrArray *keep, const char **object)
{
	const char *file = NULL;
	bool named = false;

	for (size_t i = 1; i < n; i++) {
		const char *arg = argv[i];

		if (takes_output_value(arg) && i + 1 < n) {
			i++;
			if (strcmp(arg, "-o") == 0)
				*object = argv[i];
		} else if (takes_value(arg) && i + 1 < n) {
			bool skip = strcmp(arg, "--param") == 0;

			i++;
			if (!skip) {
				g_ptr_array_add(keep, (gpointer)arg);
				g_ptr_array_add(keep, (gpointer)argv[i]);
			}
		} else if (arg[0] != '-' && g_str_has_suffix(arg, ".c")) {
			file = arg;
		} else if (is_own_name(arg)) {
			named = true;
		} else if (arg[0] == '-' && !is_dropped(arg)) {
			g_ptr_array_add(keep, (gpointer)arg);
		}
	}
	if (named)
		add_fixed_names(keep);
	return file;
}

static const char **copy_args(struct sd_arena *a, const GPtrArray *args)
{
	const char **copy = sd_arena_alloc(a, (args->len + 1) * sizeof(*copy));

	for (guint i = 0; i < args->len; i++)
		copy[i] = sd_arena_strdup(a, g_ptr_array_index(args, i));
	return copy;
}

void sd_plan_add_command(struct sd_plan *p, struct sd_command *c)
{
	g_hash_table_insert(p->by_rel, (gpointer)c->rel, c);
	g_ptr_array_add(p->cmds, c);
}

void sd_plan_clear(struct sd_plan *p)
{
	g_hash_table_remove_all(p->by_rel);
	g_ptr_array_set_size(p->cmds, 0);
}

void sd_plan_add(struct sd_plan *p, const char *directory, const char *const *argv, size_t n)
{
	GPtrArray *keep = g_ptr_array_new();
	const char *object = NULL, *file = split_argv(argv, n, keep, &object), *rel;
	struct sd_command *c;

	if (file && !g_str_has_suffix(file, ".mod.c")) {
		rel = sd_plan_rel(p, p->arena, directory, file);
		/* the same file compiled twice (a vdso's 32-bit form): the first stands for both */
		if (sd_plan_wants(p, rel) && !g_hash_table_contains(p->by_rel, rel)) {
			c = sd_arena_alloc(p->arena, sizeof(*c));
			c->rel = rel;
			c->directory = sd_arena_strdup(p->arena, directory);
			c->object = object ? sd_arena_strdup(p->arena, object) : NULL;
			c->args = copy_args(p->arena, keep);
			c->nargs = keep->len;
			char *abs = g_canonicalize_filename(file, directory);

			c->file = sd_arena_strdup(p->arena, abs);
			g_free(abs);
			sd_plan_add_command(p, c);
		}
	}
	g_ptr_array_free(keep, TRUE);
}

/* ---------------------------------------------------------------- PATH arguments */

/* @path in the tree, or in the current directory when that is in the tree; NULL: neither. */
static char *find_path(const struct sd_plan *p, const char *path)
{
	char *in_tree = g_build_filename(p->srcroot, path, NULL), *real = NULL;

	if (!g_path_is_absolute(path) && g_file_test(in_tree, G_FILE_TEST_EXISTS))
		real = realpath(in_tree, NULL);
	if (!real)
		real = realpath(path, NULL);
	g_free(in_tree);
	return real;
}

static int add_path(struct sd_plan *p, const char *path, char **err)
{
	char *real = find_path(p, path);
	const char *rel = real ? below(real, p->srcroot) : NULL;
	bool root = real && strcmp(real, p->srcroot) == 0;

	if (!real)
		*err = g_strdup_printf("%s: no such file or directory in %s", path, p->srcroot);
	else if (!rel && !root)
		*err = g_strdup_printf("%s: not below %s", path, p->srcroot);
	else if (rel && !g_file_test(real, G_FILE_TEST_IS_DIR) && !g_str_has_suffix(rel, ".c"))
		*err = g_strdup_printf("%s: neither a directory nor a .c file", path);
	else if (rel)
		g_ptr_array_add(p->paths, sd_arena_strdup(p->arena, rel));
	free(real);
	if (*err)
		return -1;
	return root ? 1 : 0;
}

int sd_plan_paths(struct sd_plan *p, const struct sd_scan_opts *o, char **err)
{
	bool all = false;

	for (size_t i = 0; i < o->npaths; i++) {
		int rc = add_path(p, o->paths[i], err);

		if (rc < 0)
			return -1;
		all = all || rc > 0;
	}
	if (all)
		g_ptr_array_set_size(p->paths, 0);      /* the whole tree is among them */
	return 0;
}

/* ---------------------------------------------------------------- the lockdep view */

/*
 * What lib/Kconfig.debug's PROVE_LOCKING would define: with it the preprocessor shows names,
 * keys and subclasses of locks.  Static assertions go because sizes of structs change with it.
 */
static const char *const view_args[] = {
	"-DCONFIG_LOCKDEP=1", "-DCONFIG_PROVE_LOCKING=1", "-DCONFIG_DEBUG_LOCK_ALLOC=1",
	"-DCONFIG_DEBUG_SPINLOCK=1", "-DCONFIG_DEBUG_MUTEXES=1", "-DCONFIG_DEBUG_RWSEMS=1",
	"-DCONFIG_DEBUG_RT_MUTEXES=1", "-DCONFIG_TRACE_IRQFLAGS=1", "-DCONFIG_PREEMPT_COUNT=1",
	"-D_Static_assert(...)=",
};

/* Does the tree's configuration (NULL: no kernel tree) lack PROVE_LOCKING? */
static bool lacks_prove_locking(const char *autoconf)
{
	char *text;
	bool lacks;

	if (!autoconf || !g_file_get_contents(autoconf, &text, NULL, NULL))
		return false;
	lacks = !strstr(text, "#define CONFIG_PROVE_LOCKING 1");
	g_free(text);
	return lacks;
}

static char *autoconf_in(const char *directory, const char *include)
{
	char *dir = g_canonicalize_filename(include, directory);
	char *path = g_build_filename(dir, "generated/autoconf.h", NULL);

	g_free(dir);
	if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return path;
	g_free(path);
	return NULL;
}

/* The autoconf.h that @c would include; NULL none. */
static char *find_autoconf(const struct sd_command *c)
{
	char *path = autoconf_in(c->directory, "include");

	for (size_t i = 0; !path && i < c->nargs; i++)
		if (g_str_has_prefix(c->args[i], "-I"))
			path = autoconf_in(c->directory, c->args[i][2] || i + 1 == c->nargs ? c->args[i] + 2 : c->args[i + 1]);
	return path;
}

/* @known: directory -> whether the view is to be added there. */
static bool needs_view(const struct sd_command *c, GHashTable *known)
{
	gpointer answer;
	char *autoconf;

	if (g_hash_table_lookup_extended(known, c->directory, NULL, &answer))
		return answer != NULL;
	autoconf = find_autoconf(c);
	answer = GINT_TO_POINTER(lacks_prove_locking(autoconf));
	g_hash_table_insert(known, (gpointer)c->directory, answer);
	g_free(autoconf);
	return answer != NULL;
}

static void add_view(struct sd_plan *p, struct sd_command *c)
{
	const size_t n = G_N_ELEMENTS(view_args);
	const char **args = sd_arena_alloc(p->arena, (c->nargs + n) * sizeof(*args));

	memcpy(args, c->args, c->nargs * sizeof(*args));
	memcpy(args + c->nargs, view_args, sizeof(view_args));
	c->args = args;
	c->nargs += n;
	c->nview = n;
}

/* ---------------------------------------------------------------- finishing */

/* The two roots by name, so that a tree that moved (or another machine's) is not parsed again. */
static void append_portable(GString *s, const char *arg, const char *root, const char *name)
{
	const char *at;

	while (root && (at = strstr(arg, root)) != NULL) {
		g_string_append_len(s, arg, at - arg);
		g_string_append(s, name);
		arg = at + strlen(root);
	}
	g_string_append(s, arg);
}

static uint64_t hash_command(const struct sd_plan *p, const struct sd_command *c, const char *version)
{
	GString *s = g_string_new(version), *one = g_string_new("");
	uint64_t hash;

	for (size_t i = 0; i <= c->nargs; i++) {
		g_string_truncate(one, 0);
		append_portable(one, i < c->nargs ? c->args[i] : c->directory, p->objroot, "<obj>");
		g_string_append_c(s, '\0');
		append_portable(s, one->str, p->srcroot, "<src>");
	}
	hash = XXH3_64bits(s->str, s->len);
	g_string_free(s, TRUE);
	g_string_free(one, TRUE);
	return hash;
}

static gint by_rel(gconstpointer a, gconstpointer b)
{
	return strcmp((*(struct sd_command *const *)a)->rel, (*(struct sd_command *const *)b)->rel);
}

static void keep_shard(struct sd_plan *p, const struct sd_scan_opts *o)
{
	guint n = 0;

	for (guint i = 0; i < p->cmds->len; i++)
		if (i % o->nshards == o->shard - 1)
			g_ptr_array_index(p->cmds, n++) = g_ptr_array_index(p->cmds, i);
	g_ptr_array_set_size(p->cmds, (gint)n);
}

void sd_plan_finish(struct sd_plan *p, const struct sd_scan_opts *o)
{
	const char *version = sd_arena_printf(p->arena, "ir %d.%d %s", SD_IR_VERSION, SD_FACTS_VERSION, sd_extract_version(p->arena));
	GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);

	g_ptr_array_sort(p->cmds, by_rel);
	if (o->nshards > 1)
		keep_shard(p, o);
	for (guint i = 0; i < p->cmds->len; i++) {
		struct sd_command *c = g_ptr_array_index(p->cmds, i);

		if (!o->no_lockdep_view && needs_view(c, known))
			add_view(p, c);
		c->hash = hash_command(p, c, version);
	}
	g_hash_table_destroy(known);
}
