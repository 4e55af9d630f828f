/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classref.h - which class a user means by a word: its id in v_class, its name or lockdep's. */
#ifndef SD_REPORT_CLASSREF_H
#define SD_REPORT_CLASSREF_H

#include "result.h"

/*
 * 0 and *id; -1 with one line in *err (g_free it): no such class, with the nearest names, or
 * several classes of that lockdep name, with each of them.  A class name wins over a lockdep name.
 */
int sd_class_ref(const struct sd_results *r, const char *word, uint32_t *id, char **err);

/* The class's id in v_class: its name, with "#n" where several share one.  g_free() it. */
char *sd_class_key(const struct sd_results *r, uint32_t id);

#endif
