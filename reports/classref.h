/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classref.h - which class a user means by a word: an id, a class name or a lockdep name. */
#ifndef SD_REPORT_CLASSREF_H
#define SD_REPORT_CLASSREF_H

#include "result.h"

/*
 * 0 and *id; -1 with one line in *err (g_free it): no such class, with the nearest names, or
 * several classes of that lockdep name, with each of them.  A class name wins over a lockdep name.
 */
int sd_class_ref(const struct sd_results *r, const char *word, uint32_t *id, char **err);

#endif
