/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_scan.c - statdep scan */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"
#include "scan.h"

struct options {
	char *kernel, *objtree, *compdb, *db, *config, *llvm, *shard;
	int jobs, timeout;
	gboolean no_view, no_pch, verbose;
};

static int parse(struct options *s, int *argc, char ***argv)
{
	const GOptionEntry entries[] = {
		{ "kernel", 0, 0, G_OPTION_ARG_FILENAME, &s->kernel, "kernel source tree; with -p: what file names are relative to", "SRC" },
		{ "objtree", 0, 0, G_OPTION_ARG_FILENAME, &s->objtree, "its object tree (default FILE.db.obj, configured when empty)", "OBJ" },
		{ "config", 0, 0, G_OPTION_ARG_FILENAME, &s->config, "configuration of a new object tree: a make target or a file (default defconfig)", "CONFIG" },
		{ "llvm", 0, 0, G_OPTION_ARG_STRING, &s->llvm, "suffix of the LLVM tools, like -19", "SUFFIX" },
		{ "compdb", 'p', 0, G_OPTION_ARG_FILENAME, &s->compdb, "compilation database, or its directory", "PATH" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &s->db, "database (default " SD_DEFAULT_DB ")", "FILE.db" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &s->jobs, "worker processes (default: processors)", "N" },
		{ "shard", 0, 0, G_OPTION_ARG_STRING, &s->shard, "only the K-th of N parts; see merge", "K/N" },
		{ "tu-timeout", 0, 0, G_OPTION_ARG_INT, &s->timeout, "seconds that one TU may take (default 300)", "S" },
		{ "no-lockdep-view", 0, 0, G_OPTION_ARG_NONE, &s->no_view, "read code as configured, even without PROVE_LOCKING", NULL },
		{ "no-pch", 0, 0, G_OPTION_ARG_NONE, &s->no_pch, "parse without precompiled headers", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &s->verbose, "name what is parsed; show what libclang prints", NULL },
		G_OPTION_ENTRY_NULL
	};

	return sd_cmd_parse("scan", argc, argv, entries, NULL, 0, -1);
}

/* "K/N" */
static bool parse_shard(const char *text, struct sd_scan_opts *o)
{
	char *end;
	unsigned long k = strtoul(text, &end, 10), n;

	if (*end != '/' || !g_ascii_isdigit(*text) || !g_ascii_isdigit(end[1]))
		return false;
	n = strtoul(end + 1, &end, 10);
	o->shard = (unsigned)k;
	o->nshards = (unsigned)n;
	return *end == '\0' && k >= 1 && k <= n && n <= 10000;
}

/* Neither --kernel nor -p: what the current directory is. */
static bool choose_source(const struct options *s, struct sd_scan_opts *o)
{
	if (!o->kernel && !o->compdb) {
		if (g_file_test("scripts/Makefile.build", G_FILE_TEST_EXISTS))
			o->kernel = ".";
		else if (g_file_test("compile_commands.json", G_FILE_TEST_EXISTS))
			o->compdb = ".";
	}
	return s->kernel || o->kernel || o->compdb;
}

static int check_numbers(const struct options *s)
{
	if (s->jobs < 0 || s->jobs > 4096)
		return sd_cmd_fail(g_strdup_printf("scan: -j %d: 1 or more workers", s->jobs));
	if (s->timeout <= 0)
		return sd_cmd_fail(g_strdup_printf("scan: --tu-timeout %d: 1 or more seconds", s->timeout));
	return 0;
}

static int run(const struct options *s, char **paths, int npaths)
{
	struct sd_scan_opts o = {
		.kernel = s->kernel, .objtree = s->objtree, .compdb = s->compdb, .config = s->config, .llvm = s->llvm,
		.db_path = s->db ? s->db : SD_DEFAULT_DB, .paths = (const char *const *)paths, .npaths = (size_t)npaths,
		.jobs = s->jobs ? (unsigned)s->jobs : g_get_num_processors(), .tu_timeout = (unsigned)s->timeout,
		.no_lockdep_view = s->no_view, .no_pch = s->no_pch, .verbose = s->verbose,
	};
	char *err = NULL;
	int code = check_numbers(s);

	if (code)
		return code;
	if (s->shard && !parse_shard(s->shard, &o))
		return sd_cmd_fail(g_strdup_printf("scan: --shard %s: K/N with 1 <= K <= N", s->shard));
	if (!choose_source(s, &o))
		return sd_cmd_fail(g_strdup("scan: nothing to read: give --kernel SRC or -p compile_commands.json"));
	code = sd_scan(&o, &err);
	return err ? sd_cmd_fail(err) : code;
}

int cmd_scan(int argc, char **argv)
{
	struct options s = { .timeout = 300 };
	int code = parse(&s, &argc, &argv);

	if (code == 0)
		code = run(&s, argv + 1, argc - 1);
	g_free(s.kernel);
	g_free(s.objtree);
	g_free(s.compdb);
	g_free(s.db);
	g_free(s.config);
	g_free(s.llvm);
	g_free(s.shard);
	return code;
}
