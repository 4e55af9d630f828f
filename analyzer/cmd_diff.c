/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_diff.c - statdep diff: exit 1 when NEW.db has a finding that OLD.db has not */
#include "cmd.h"
#include "report.h"

struct diff { struct sd_results *old, *new; };

static int write_diff(void *arg, FILE *f, char **err)
{
	struct diff *d = arg;

	(void)err;
	return sd_diff_write(d->old, d->new, f) > 0 ? SD_EXIT_FOUND : SD_EXIT_GOOD;
}

int cmd_diff(int argc, char **argv)
{
	struct sd_analysis a = { 0 };
	char *out = NULL;
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, "write the differences there", "OUT" },
		G_OPTION_ENTRY_NULL
	};
	GOptionEntry *more = sd_analysis_entries(&a);
	struct diff d = { 0 };
	int code = sd_cmd_parse("diff", &argc, &argv, entries, more, 2, 2);

	if (code == 0)
		code = sd_results_get(argv[1], &a, &d.old);
	if (code == 0)
		code = sd_results_get(argv[2], &a, &d.new);
	if (code == 0)
		code = sd_output_write(out, write_diff, &d);
	if (d.old)
		sd_arena_free(d.old->arena);
	if (d.new)
		sd_arena_free(d.new->arena);
	g_free(more);
	g_free(out);
	sd_analysis_clear(&a);
	return code;
}
