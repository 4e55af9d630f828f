/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jsonutil.h - the few jansson helpers that json.c and sarif.c share. */
#ifndef SD_REPORT_JSONUTIL_H
#define SD_REPORT_JSONUTIL_H

#include <jansson.h>
#include <stdio.h>

/* A JSON string of @s made valid UTF-8; NULL is "". */
json_t *sd_json_str(const char *s);
/* Writes @root with keys in the order they were set, a newline at the end; drops the reference. */
int sd_json_dump(json_t *root, FILE *out);

#endif
