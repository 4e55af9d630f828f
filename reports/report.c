/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "view.h"

const struct sd_report *const sd_reports[] = {
	&sd_report_text, &sd_report_json, &sd_report_sarif, &sd_report_html, &sd_report_dot, NULL
};

const struct sd_report *sd_report_find(const char *name)
{
	for (size_t i = 0; sd_reports[i]; i++)
		if (!strcmp(sd_reports[i]->name, name))
			return sd_reports[i];
	return NULL;
}
