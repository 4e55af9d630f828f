/* SPDX-License-Identifier: GPL-2.0-or-later */
/* splat_line.h - one line of a log: its decoration, stack frames and lock names. Private to splat*.c. */
#ifndef SD_SPLAT_LINE_H
#define SD_SPLAT_LINE_H

#include "splat.h"

struct line {
	const char *text;       /* without decoration and leading blanks, NUL-terminated */
	bool indented;          /* there were leading blanks */
	char caller[16];        /* "T123" or "C0" of CONFIG_PRINTK_CALLER, "" when there is none */
};

/* Splits off "<4>", "[   12.345678]", "[  T123]", "kernel: ", "> " and so on.  @s stays as it is. */
void line_undecorate(const char *s, struct line *out);

/* A stack frame at @s.  A bare function name is one only when @bare allows it. */
bool line_frame(struct sd_arena *a, const char *s, bool bare, struct sd_frame *out);

/*
 * "(NAME){....}-{2:2}", after an address or not.  *rest then is what follows.
 * Names may hold blanks, parentheses and braces.
 */
bool line_lock(struct sd_arena *a, const char *s, struct sd_splat_lock *out, const char **rest);

/* "NAME#3/1" -> name, version, subclass. */
void line_lock_name(struct sd_arena *a, const char *printed, struct sd_splat_lock *out);

/* Appends to an array that lives in @a: ARRAY and its count; evaluates to the new, zeroed last element. */
void *line_grow(struct sd_arena *a, void *array, size_t n, size_t size);
#define APPEND(a, array, n) ((array) = line_grow((a), (array), (n), sizeof(*(array))), &(array)[(n)++])

#endif
