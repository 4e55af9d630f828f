/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_match.c - statdep match */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"
#include "report.h"

struct match { struct sd_results *r; char *text; size_t len; bool json; };

static char *read_stdin(size_t *len, char **err)
{
	GString *s = g_string_new("");
	char buf[65536];
	size_t n;

	while ((n = fread(buf, 1, sizeof(buf), stdin)) > 0)
		g_string_append_len(s, buf, (gssize)n);
	if (ferror(stdin)) {
		*err = g_strdup_printf("standard input cannot be read: %s", g_strerror(errno));
		g_string_free(s, TRUE);
		return NULL;
	}
	*len = s->len;
	return g_string_free(s, FALSE);
}

static char *read_report(const char *path, size_t *len, char **err)
{
	GError *e = NULL;
	char *text;
	gsize n;

	if (strcmp(path, "-") == 0)
		return read_stdin(len, err);
	if (!g_file_get_contents(path, &text, &n, &e)) {
		*err = g_strdup(e->message);
		g_error_free(e);
		return NULL;
	}
	*len = n;
	return text;
}

static int write_match(void *arg, FILE *f, char **err)
{
	struct match *m = arg;

	return sd_match_write(m->r, m->text, m->len, m->json, f, err);
}

static int run(const struct sd_analysis *a, const char *report, const char *db, const char *format, const char *out)
{
	struct match m = { 0 };
	char *err = NULL;
	int code;

	if (format && strcmp(format, "text") && strcmp(format, "json"))
		return sd_cmd_fail(g_strdup_printf("match: --format %s: text or json", format));
	m.json = format && strcmp(format, "json") == 0;
	m.text = read_report(report, &m.len, &err);
	if (!m.text)
		return sd_cmd_fail(err);
	code = sd_results_get(db, a, &m.r);
	if (code == 0)
		code = sd_output_write(out, write_match, &m);
	if (m.r)
		sd_arena_free(m.r->arena);
	g_free(m.text);
	return code;
}

int cmd_match(int argc, char **argv)
{
	struct sd_analysis a = { 0 };
	char *format = NULL, *out = NULL;
	const GOptionEntry entries[] = {
		{ "format", 0, 0, G_OPTION_ARG_STRING, &format, "text (default) or json", "FORMAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, "write the answer there", "OUT" },
		G_OPTION_ENTRY_NULL
	};
	GOptionEntry *more = sd_analysis_entries(&a);
	int code = sd_cmd_parse("match", &argc, &argv, entries, more, 1, 2);

	if (code == 0)
		code = run(&a, argv[1], argc > 2 ? argv[2] : SD_DEFAULT_DB, format, out);
	g_free(more);
	g_free(format);
	g_free(out);
	sd_analysis_clear(&a);
	return code;
}
