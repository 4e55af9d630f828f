/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - which command. */
#include <locale.h>
#include <stdbool.h>
#include <string.h>
#include "cmd.h"
#include "db.h"
#include "extract.h"

static const struct sd_cmd commands[] = {
	{ "scan", "[--kernel SRC [--objtree OBJ]] [-p DIR|FILE] [-o FILE.db] [-j N] [PATH...]",
	  "read translation units into a database", cmd_scan },
	{ "check", "[FILE.db] [--format text|json|sarif|html|dot] [-o OUT] [--min-rank RANK] [--baseline FILE]",
	  "analyse, report findings", cmd_check },
	{ "match", "REPORT [FILE.db]", "is the chain of a lockdep report in the code?", cmd_match },
	{ "graph", "[FILE.db] [--finding ID | --from CLASS [--to CLASS] | --path PATH] [-T dot|svg|png] [-o OUT]",
	  "draw lock classes and their order", cmd_graph },
	{ "locks", "[FILE.db] [--class NAME]", "every class; every place that takes one", cmd_locks },
	{ "diff", "OLD.db NEW.db", "findings and dependencies that appeared or went", cmd_diff },
	{ "sql", "[FILE.db] 'SELECT ...'", "read-only query over the views of db/README.md", cmd_sql },
	{ "merge", "OUT.db SHARD.db...", "fold the databases of scan --shard into one", cmd_merge },
	{ "check-rules", "[FILE.rules...]", "validate rules files", cmd_check_rules },
};

static void print_help(FILE *out)
{
	fputs("Usage: statdep COMMAND [OPTION...] [ARGUMENT...]\n"
	      "lockdep without running the kernel: static lock order and irq state of Linux source.\n\n", out);
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].what);
	fputs("\nSynopsis:\n", out);
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		fprintf(out, "  statdep %s %s\n", commands[i].name, commands[i].args);
	fputs("\nFILE.db is " SD_DEFAULT_DB " when not given.  statdep COMMAND --help lists a command's options.\n"
	      "Exit codes: 0 nothing found, 1 findings, 2 wrong use or input, 3 incomplete.\n", out);
}

static void print_version(void)
{
	struct sd_arena *a = sd_arena_new();

	printf("statdep %s\nlibclang: %s\nSQLite: %s\n", SD_VERSION, sd_extract_version(a), sd_db_version());
	sd_arena_free(a);
}

static int option_or_nothing(const char *arg)
{
	if (arg && (!strcmp(arg, "--help") || !strcmp(arg, "-h") || !strcmp(arg, "help"))) {
		print_help(stdout);
		return SD_EXIT_GOOD;
	}
	if (arg && (!strcmp(arg, "--version") || !strcmp(arg, "-V"))) {
		print_version();
		return SD_EXIT_GOOD;
	}
	if (!arg)
		sd_warn("no command given; statdep --help lists them");
	else
		sd_warn("unknown %s '%s'; statdep --help lists the commands", *arg == '-' ? "option" : "command", arg);
	return SD_EXIT_WRONG;
}

/* What was printed must have arrived: a full disk is no success. */
static int finish(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (code != SD_EXIT_WRONG)      /* else that, or worse, has been said */
		sd_warn("standard output cannot be written");
	return SD_EXIT_WRONG;
}

/* GOption knows "-j 2" but not "-j2": splits the latter.  Our short options with a value are few. */
static char **split_short(int *argc, char **argv, struct sd_arena *a)
{
	char **out = sd_arena_alloc(a, 2 * ((size_t)*argc + 1) * sizeof(*out));
	bool options = true;
	int n = 0;

	for (int i = 0; i < *argc; i++) {
		options = options && strcmp(argv[i], "--") != 0;
		if (options && i > 0 && argv[i][0] == '-' && argv[i][1] && strchr("jopT", argv[i][1]) && argv[i][2]) {
			out[n++] = sd_arena_strndup(a, argv[i], 2);
			out[n++] = argv[i] + 2;
		} else {
			out[n++] = argv[i];
		}
	}
	*argc = n;
	return out;
}

static int run(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return option_or_nothing(argc > 1 ? argv[1] : NULL);
}

int main(int argc, char **argv)
{
	struct sd_arena *a = sd_arena_new();
	int code;

	setlocale(LC_CTYPE, "C.UTF-8");         /* messages and numbers stay as they are everywhere */
	argv = split_short(&argc, argv, a);
	code = finish(run(argc, argv));
	sd_arena_free(a);
	return code;
}

/* ---------------------------------------------------------------- shared by the commands */

int sd_cmd_fail(char *err)
{
	if (err)
		sd_warn("%s", err);
	g_free(err);
	return SD_EXIT_WRONG;
}

static const struct sd_cmd *find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	g_assert_not_reached();
}

int sd_cmd_parse(const char *name, int *argc, char ***argv, const GOptionEntry *entries, const GOptionEntry *more,
		 int min, int max)
{
	const struct sd_cmd *cmd = find(name);
	GOptionContext *c = g_option_context_new(cmd->args);
	char *prg = g_strconcat("statdep ", name, NULL);
	GError *e = NULL;
	int rc = 0;

	g_set_prgname(prg);
	g_option_context_set_summary(c, cmd->what);
	g_option_context_add_main_entries(c, entries, NULL);
	if (more)
		g_option_context_add_main_entries(c, more, NULL);
	if (!g_option_context_parse(c, argc, argv, &e)) {
		sd_warn("%s: %s", name, e->message);
		g_error_free(e);
		rc = SD_EXIT_WRONG;
	} else {
		if (*argc > 1 && strcmp((*argv)[1], "--") == 0) {       /* GOption leaves it in some cases */
			memmove(*argv + 1, *argv + 2, (size_t)(*argc - 1) * sizeof(**argv));
			(*argc)--;
		}
		if (*argc - 1 < min || (max >= 0 && *argc - 1 > max)) {
			sd_warn("%s: %s; usage: statdep %s %s", name,
				*argc - 1 < min ? "an argument is missing" : "too many arguments", name, cmd->args);
			rc = SD_EXIT_WRONG;
		}
	}
	g_option_context_free(c);
	g_free(prg);
	return rc;
}
