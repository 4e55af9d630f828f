/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.c - a list of chunks, the newest first; only the newest has room.
 *
 * A request larger than a quarter of a chunk gets a chunk of its own behind the newest, so
 * that it does not throw away the room left there.
 */
#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base.h"

#define FIRST_CHUNK 4096u
#define LAST_CHUNK (1u << 20)

struct chunk {
	struct chunk *next;
	size_t used, size;
	alignas(max_align_t) unsigned char data[];
};

struct sd_arena {
	struct chunk *top;
	size_t next_size;       /* doubles up to LAST_CHUNK */
};

static struct chunk *chunk_new(size_t size)
{
	struct chunk *c;

	if (size > SIZE_MAX - sizeof(*c))
		sd_die("out of memory");
	c = calloc(1, sizeof(*c) + size);
	if (!c)
		sd_die("out of memory");
	c->size = size;
	return c;
}

struct sd_arena *sd_arena_new(void)
{
	struct sd_arena *a = calloc(1, sizeof(*a));

	if (!a)
		sd_die("out of memory");
	a->next_size = FIRST_CHUNK;
	a->top = chunk_new(a->next_size);
	return a;
}

void sd_arena_free(struct sd_arena *a)
{
	struct chunk *c, *next;

	if (!a)
		return;
	for (c = a->top; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

void sd_arena_join(struct sd_arena *to, struct sd_arena *from)
{
	struct chunk *last = from->top;

	while (last->next)
		last = last->next;
	last->next = to->top->next;
	to->top->next = from->top;
	free(from);
}

static void *alloc_own_chunk(struct sd_arena *a, size_t size)
{
	struct chunk *c = chunk_new(size);

	c->used = size;
	c->next = a->top->next;
	a->top->next = c;
	return c->data;
}

static void *bump(struct chunk *c, size_t size)
{
	void *p = c->data + c->used;

	c->used += size;
	return p;
}

void *sd_arena_alloc(struct sd_arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct chunk *c;

	if (size > SIZE_MAX - align)
		sd_die("out of memory");
	size = (size + align - 1) & ~(align - 1);
	if (a->top->size - a->top->used >= size)
		return bump(a->top, size);
	if (size > a->next_size / 4)
		return alloc_own_chunk(a, size);
	if (a->next_size < LAST_CHUNK)
		a->next_size *= 2;
	c = chunk_new(a->next_size);
	c->next = a->top;
	a->top = c;
	return bump(c, size);
}

char *sd_arena_strndup(struct sd_arena *a, const char *s, size_t n)
{
	char *p = sd_arena_alloc(a, n + 1);

	memcpy(p, s, n);
	return p;
}

char *sd_arena_strdup(struct sd_arena *a, const char *s)
{
	return sd_arena_strndup(a, s, strlen(s));
}

char *sd_arena_printf(struct sd_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		sd_die("out of memory");
	p = sd_arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
