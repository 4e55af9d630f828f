/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jsonutil.h"
#include "view.h"

json_t *sd_json_str(const char *s)
{
	char *valid = sd_utf8(s);
	json_t *j = json_string(valid);

	g_free(valid);
	return j;
}

int sd_json_dump(json_t *root, FILE *out)
{
	int rc = json_dumpf(root, out, JSON_INDENT(1) | JSON_PRESERVE_ORDER);

	json_decref(root);
	fputc('\n', out);
	return sd_flush(out) || rc ? -1 : 0;
}
