/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.c - a worker's answer as bytes.  Both ends are one program on one machine: plain
 * integers; strings with their length and a NUL, so that the reader need not copy them.
 */
#include <string.h>
#include "scan_int.h"

static void put(GByteArray *out, const void *data, size_t len)
{
	g_byte_array_append(out, data, (guint)len);
}

static void put_u64(GByteArray *out, uint64_t v)
{
	put(out, &v, sizeof(v));
}

static void put_bytes(GByteArray *out, const void *data, size_t len)
{
	put_u64(out, len);
	put(out, data, len);
	put(out, "", 1);
}

static void put_string(GByteArray *out, const char *s)
{
	put_u64(out, s != NULL);
	if (s)
		put_bytes(out, s, strlen(s));
}

void sd_answer_encode(const struct sd_answer *a, GByteArray *out)
{
	put_string(out, a->reason);
	put_string(out, a->first_error);
	put_u64(out, a->nerrors);
	put_u64(out, a->pch);
	put(out, &a->seconds, sizeof(a->seconds));
	put_u64(out, a->nfns);
	for (size_t i = 0; i < a->nfns; i++) {
		put_string(out, a->fns[i].name);
		put_string(out, a->fns[i].file);
		put_u64(out, (uint32_t)a->fns[i].line);
		put_u64(out, a->fns[i].hash);
		put_bytes(out, a->fns[i].ir, a->fns[i].irlen);
	}
	put_u64(out, a->ndeps);
	for (size_t i = 0; i < a->ndeps; i++)
		put_string(out, a->deps[i]);
}

struct in { const uint8_t *p, *end; bool bad; };

static const void *get(struct in *in, size_t len)
{
	const void *p = in->p;

	if (in->bad || len > (size_t)(in->end - in->p)) {
		in->bad = true;
		return NULL;
	}
	in->p += len;
	return p;
}

static uint64_t get_u64(struct in *in)
{
	const void *p = get(in, sizeof(uint64_t));
	uint64_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

static const void *get_bytes(struct in *in, size_t *len)
{
	const void *p;

	*len = get_u64(in);
	if (*len > (size_t)(in->end - in->p)) {
		in->bad = true;
		return NULL;
	}
	p = get(in, *len + 1);
	return p;
}

static const char *get_string(struct in *in)
{
	size_t len;

	return get_u64(in) ? get_bytes(in, &len) : NULL;
}

/* How many elements of at least @size bytes follow; a wrong count must not eat the memory. */
static size_t get_count(struct in *in, size_t size)
{
	uint64_t n = get_u64(in);

	if (n > (size_t)(in->end - in->p) / size) {
		in->bad = true;
		return 0;
	}
	return n;
}

static void get_fn(struct in *in, struct sd_db_fn *f)
{
	f->name = get_string(in);
	f->file = get_string(in);
	f->line = (int)(uint32_t)get_u64(in);
	f->hash = get_u64(in);
	f->ir = get_bytes(in, &f->irlen);
	in->bad = in->bad || !f->name || !f->file;
}

bool sd_answer_decode(const uint8_t *data, size_t len, struct sd_arena *arena, struct sd_answer *a)
{
	struct in in = { data, data + len, false };
	const void *seconds;

	memset(a, 0, sizeof(*a));
	a->reason = get_string(&in);
	a->first_error = get_string(&in);
	a->nerrors = (unsigned)get_u64(&in);
	a->pch = (enum sd_pch_use)get_u64(&in);
	seconds = get(&in, sizeof(a->seconds));
	if (seconds)
		memcpy(&a->seconds, seconds, sizeof(a->seconds));
	a->nfns = get_count(&in, 40);
	a->fns = sd_arena_alloc(arena, (a->nfns + 1) * sizeof(*a->fns));
	for (size_t i = 0; i < a->nfns; i++)
		get_fn(&in, &a->fns[i]);
	a->ndeps = get_count(&in, 9);
	a->deps = sd_arena_alloc(arena, (a->ndeps + 1) * sizeof(*a->deps));
	for (size_t i = 0; i < a->ndeps; i++) {
		a->deps[i] = get_string(&in);
		in.bad = in.bad || !a->deps[i];
	}
	return !in.bad && in.p == in.end;
}
