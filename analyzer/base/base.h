/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base.h - memory, names and the end of the program: no word of locking inside.
 *
 * Containers and hash tables are GLib's (GArray, GPtrArray, GHashTable, GString); what is
 * here is only what GLib lacks: an arena dropped whole and dense ids for strings.
 */
#ifndef SD_BASE_H
#define SD_BASE_H

#include <stddef.h>
#include <stdint.h>

#define SD_EXPORT_PRINTF(a, b) __attribute__((format(printf, a, b)))

/* Prints "statdep: " and the message on stderr, then exits with 2.  Out of memory, broken invariants. */
void sd_die(const char *fmt, ...) SD_EXPORT_PRINTF(1, 2) __attribute__((noreturn));
/* The same line without the exit. */
void sd_warn(const char *fmt, ...) SD_EXPORT_PRINTF(1, 2);

/* A bump allocator.  Everything lives until sd_arena_free(); nothing is freed singly. */
struct sd_arena;
struct sd_arena *sd_arena_new(void);
void sd_arena_free(struct sd_arena *a);                 /* NULL does nothing */
void sd_arena_join(struct sd_arena *to, struct sd_arena *from);         /* what @from has is @to's now, and @from is gone */
void *sd_arena_alloc(struct sd_arena *a, size_t size);  /* zeroed, aligned for any type; never NULL */
char *sd_arena_strdup(struct sd_arena *a, const char *s);
char *sd_arena_strndup(struct sd_arena *a, const char *s, size_t n);
char *sd_arena_printf(struct sd_arena *a, const char *fmt, ...) SD_EXPORT_PRINTF(2, 3);

/* Strings <-> dense ids from 0.  Id 0 is always "".  Ids depend on the order of interning only. */
typedef uint32_t sd_sym;
struct sd_strtab;
struct sd_strtab *sd_strtab_new(void);
void sd_strtab_free(struct sd_strtab *t);
sd_sym sd_intern(struct sd_strtab *t, const char *s);           /* NULL is "" */
sd_sym sd_intern_find(const struct sd_strtab *t, const char *s); /* 0 when @s was never interned */
const char *sd_sym_str(const struct sd_strtab *t, sd_sym id);   /* lives as long as @t */
size_t sd_strtab_count(const struct sd_strtab *t);

#endif
