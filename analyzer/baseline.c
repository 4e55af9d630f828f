/* SPDX-License-Identifier: GPL-2.0-or-later */
/* baseline.c - fingerprints: one a line, or in a JSON report of ours. */
#include <string.h>
#include <jansson.h>
#include "cmd.h"

static bool is_fingerprint(const char *s)
{
	return strlen(s) == 16 && strspn(s, "0123456789abcdef") == 16;
}

static int read_json(const char *path, const char *text, GHashTable *set, char **err)
{
	json_error_t where;
	json_t *root = json_loads(text, 0, &where), *findings, *f;
	const char *print;
	int rc = -1;
	size_t i;

	findings = json_object_get(root, "findings");
	if (!root)
		*err = g_strdup_printf("%s:%d: %s", path, where.line, where.text);
	else if (!json_is_array(findings))
		*err = g_strdup_printf("%s: no report of statdep check --format json (it has no \"findings\")", path);
	else
		rc = 0;
	json_array_foreach(findings, i, f) {
		print = json_string_value(json_object_get(f, "fingerprint"));
		if (print)
			g_hash_table_add(set, g_strdup(print));
	}
	json_decref(root);
	return rc;
}

/* '#' starts a comment */
static int read_lines(const char *path, const char *text, GHashTable *set, char **err)
{
	char **lines = g_strsplit(text, "\n", -1);
	int rc = 0;

	for (int i = 0; lines[i] && rc == 0; i++) {
		char *line = lines[i];

		line[strcspn(line, "#")] = '\0';
		g_strstrip(line);
		if (is_fingerprint(line))
			g_hash_table_add(set, g_strdup(line));
		else if (*line) {
			*err = g_strdup_printf("%s:%d: no fingerprint (16 hexadecimal digits)", path, i + 1);
			rc = -1;
		}
	}
	g_strfreev(lines);
	return rc;
}

GHashTable *sd_baseline_read(const char *path, char **err)
{
	GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GError *e = NULL;
	char *text;
	int rc;

	if (!g_file_get_contents(path, &text, NULL, &e)) {
		*err = g_strdup(e->message);
		g_error_free(e);
		rc = -1;
	} else {
		rc = text[strspn(text, " \t\r\n")] == '{' ? read_json(path, text, set, err) : read_lines(path, text, set, err);
		g_free(text);
	}
	if (rc == 0)
		return set;
	g_hash_table_destroy(set);
	return NULL;
}
