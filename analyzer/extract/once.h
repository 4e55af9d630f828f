/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * once.h - private to extract/: functions of a precompiled header, extracted once per process.
 *
 * What comes from a precompiled header is the same in every TU that uses it, and so is the IR
 * of its functions and what they reach.  A location in it has the same number in every TU: the
 * header is loaded first, from the top of clang's locations downwards.
 *
 * Invariant: the cache is closed; whatever a cached function reaches is cached too.
 */
#ifndef SD_EXTRACT_ONCE_H
#define SD_EXTRACT_ONCE_H

#include "tu.h"

struct sd_once_tu;              /* one TU's part: what it took, what it will give */

struct sd_once_tu *sd_once_begin(struct sd_extract_cache *cache, const char *pch);      /* NULL cache or pch: NULL */
/* Is the function that @decl names cached?  Then it is taken, with all that it reaches. */
bool sd_once_take(struct sd_once_tu *o, CXCursor decl);
/* From here to _keep(), _reach() tells what the function with this definition reaches.  false: not cacheable. */
bool sd_once_open(struct sd_once_tu *o, CXCursor def);
void sd_once_reach(struct sd_once_tu *o, CXCursor decl, CXCursor def, bool is_function);
void sd_once_keep(struct sd_once_tu *o, const struct sd_extract_fn *f);
/* A variable without initialiser, as @g names it; @file is sd_sym_str() of its name's. */
struct sd_once_var { unsigned at; char *name, *type; int line; bool is_array, is_static; };
void sd_once_var(struct sd_once_tu *o, CXCursor def, const struct sd_once_var *v);
/* Everything that was taken, each once. */
void sd_once_taken(struct sd_once_tu *o, void (*fn)(void *, const struct sd_extract_fn *),
		   void (*var)(void *, const struct sd_once_var *), void *arg);
/* Contents of headers, by path; NULL without a cache. */
GHashTable *sd_once_texts(struct sd_extract_cache *cache);
/* Puts what this TU had into the cache when @good. */
void sd_once_end(struct sd_once_tu *o, bool good);

#endif
