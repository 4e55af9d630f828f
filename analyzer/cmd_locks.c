/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_locks.c - statdep locks */
#include "cmd.h"
#include "report.h"

struct locks { struct sd_results *r; const char *class_name; };

static int write_locks(void *arg, FILE *f, char **err)
{
	struct locks *l = arg;

	return sd_locks_write(l->r, l->class_name, f, err) ? SD_EXIT_WRONG : SD_EXIT_GOOD;
}

int cmd_locks(int argc, char **argv)
{
	struct sd_analysis a = { 0 };
	char *name = NULL, *out = NULL;
	const GOptionEntry entries[] = {
		{ "class", 0, 0, G_OPTION_ARG_STRING, &name, "every place that takes this class (any of its names)", "NAME" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, "write the list there", "OUT" },
		G_OPTION_ENTRY_NULL
	};
	GOptionEntry *more = sd_analysis_entries(&a);
	struct locks l = { 0 };
	int code = sd_cmd_parse("locks", &argc, &argv, entries, more, 0, 1);

	l.class_name = name;
	if (code == 0)
		code = sd_results_get(argc > 1 ? argv[1] : SD_DEFAULT_DB, &a, &l.r);
	if (code == 0)
		code = sd_output_write(out, write_locks, &l);
	if (l.r)
		sd_arena_free(l.r->arena);
	g_free(more);
	g_free(name);
	g_free(out);
	sd_analysis_clear(&a);
	return code;
}
