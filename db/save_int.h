/* SPDX-License-Identifier: GPL-2.0-or-later */
/* save_int.h - what save.c and save_path.c share.  Private to db/. */
#ifndef SD_SAVE_INT_H
#define SD_SAVE_INT_H

#include "db_int.h"

struct sd_paths;

struct sd_saving {
	struct sd_db *db;
	const struct sd_results *r;
	char **err;
	bool failed;
	GHashTable *str;                /* text -> id, from 1 */
	struct sd_paths *paths;
};

/* Binds as sd_db_run(), and remembers a failure: callers check once, at the end. */
#define put(s, ...) \
	((s)->failed = (s)->failed || sd_db_run((s)->db, (s)->err, __VA_ARGS__) != 0)

/* The row of res_str with this text, made when there is none; 0 for NULL. */
int64_t sd_save_str(struct sd_saving *s, const char *text);

/* ---- save_path.c: places and call paths ---- */
struct sd_paths *sd_paths_new(void);
void sd_paths_free(struct sd_paths *p);
/* The row of res_site. */
int64_t sd_save_site(struct sd_saving *s, const struct sd_step *step);
/* The row of res_witness; 0 for NULL. */
int64_t sd_save_witness(struct sd_saving *s, const struct sd_witness *w);

#endif
