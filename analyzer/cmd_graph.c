/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_graph.c - statdep graph */
#include <string.h>
#include "cmd.h"
#include "report.h"

struct options {
	struct sd_analysis a;
	char *from, *to, *path, *format, *out;
	int finding;
};

struct graph { struct sd_results *r; struct sd_graph_opts go; };

static int parse(struct options *s, int *argc, char ***argv)
{
	const GOptionEntry entries[] = {
		{ "finding", 0, 0, G_OPTION_ARG_INT, &s->finding, "the classes of a finding", "ID" },
		{ "from", 0, 0, G_OPTION_ARG_STRING, &s->from, "what is taken under this class (any of its names)", "CLASS" },
		{ "to", 0, 0, G_OPTION_ARG_STRING, &s->to, "only chains that end there", "CLASS" },
		{ "path", 0, 0, G_OPTION_ARG_STRING, &s->path, "the classes of a file or directory", "PATH" },
		{ "type", 'T', 0, G_OPTION_ARG_STRING, &s->format, "dot (default), svg or png", "TYPE" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &s->out, "write the drawing there", "OUT" },
		G_OPTION_ENTRY_NULL
	};
	GOptionEntry *more = sd_analysis_entries(&s->a);
	int code = sd_cmd_parse("graph", argc, argv, entries, more, 0, 1);

	g_free(more);
	return code;
}

static int check_options(const struct options *s)
{
	const char *T = s->format ? s->format : "dot";

	if (strcmp(T, "dot") && strcmp(T, "svg") && strcmp(T, "png"))
		return sd_cmd_fail(g_strdup_printf("graph: -T %s: dot, svg or png", T));
	if (s->finding < 0)
		return sd_cmd_fail(g_strdup_printf("graph: --finding %d: findings count from 1", s->finding));
	if ((s->finding != 0) + (s->from || s->to) + (s->path != NULL) > 1)
		return sd_cmd_fail(g_strdup("graph: one of --finding, --from/--to and --path"));
	return 0;
}

static int draw(void *arg, FILE *f, char **err)
{
	struct graph *g = arg;

	return sd_draw(g->r, &g->go, f, err) ? SD_EXIT_WRONG : SD_EXIT_GOOD;
}

static int run(const struct options *s, const char *db)
{
	struct graph g = { .go = { (unsigned)s->finding, s->from, s->to, s->path, s->format ? s->format : "dot" } };
	int code = check_options(s);

	if (code == 0)
		code = sd_results_get(db, &s->a, &g.r);
	if (code == 0)
		code = sd_output_write(s->out, draw, &g);
	if (g.r)
		sd_arena_free(g.r->arena);
	return code;
}

int cmd_graph(int argc, char **argv)
{
	struct options s = { 0 };
	int code = parse(&s, &argc, &argv);

	if (code == 0)
		code = run(&s, argc > 1 ? argv[1] : SD_DEFAULT_DB);
	sd_analysis_clear(&s.a);
	g_free(s.from);
	g_free(s.to);
	g_free(s.path);
	g_free(s.format);
	g_free(s.out);
	return code;
}
