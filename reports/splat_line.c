/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * splat_line.c - one line of a log.
 *
 * A line is what printk made of it plus whatever carried it: priority and time stamps, the
 * caller of CONFIG_PRINTK_CALLER, syslog's host name, a CI system's clock, a mail's "> ".
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "splat_line.h"

void *line_grow(struct sd_arena *a, void *array, size_t n, size_t size)
{
	void *bigger;

	if (n & (n - 1))        /* full only at powers of two: 1, 2, 4, ... */
		return array;
	bigger = sd_arena_alloc(a, (n ? 2 * n : 1) * size);
	if (n)
		memcpy(bigger, array, n * size);
	return bigger;
}

/* --- decoration: each skip_*() returns what follows its piece, or NULL when it is not there --- */

static const char *skip_priority(const char *s)         /* <4> */
{
	size_t n;

	if (*s != '<')
		return NULL;
	n = strspn(s + 1, "0123456789");
	return n && n <= 4 && s[1 + n] == '>' ? s + n + 2 : NULL;
}

/* [   12.345678], and with a clock of dmesg -T: [Mon Jan  1 00:00:00 2021] */
static const char *skip_time(const char *s)
{
	const char *e, *p = s + 1;
	bool dot = false, colon = false;

	if (*s != '[' || !(e = strchr(s, ']')) || e - s > 40)
		return NULL;
	for (; p < e; p++) {
		if (!isalnum((unsigned char)*p) && !strchr(" .:-", *p))
			return NULL;
		dot |= *p == '.' && isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[-1]);
		colon |= *p == ':' && isdigit((unsigned char)p[1]);
	}
	return dot || colon ? e + 1 : NULL;
}

static const char *skip_caller(const char *s, char caller[16])  /* [  T123] [    C0] */
{
	const char *p = s + 1;
	size_t n;

	if (*s != '[')
		return NULL;
	p += strspn(p, " ");
	if (*p != 'T' && *p != 'C')
		return NULL;
	n = strspn(p + 1, "0123456789");
	if (!n || n > 12 || p[n + 1] != ']')
		return NULL;
	memcpy(caller, p, n + 1);
	caller[n + 1] = '\0';
	return p + n + 2;
}

static const char *skip_quote(const char *s)            /* a mail's quote; "->" is none */
{
	return *s == '>' ? s + 1 : NULL;
}

/* "2021-06-01T10:00:00.123456Z " and "Jun  1 10:00:00 host kernel: " */
static const char *skip_syslog(const char *s)
{
	const char *k = strstr(s, " kernel: ");
	size_t n;

	if (k && k - s < 90 && memchr(s, ':', (size_t)(k - s)))
		return k + strlen(" kernel:");
	n = strspn(s, "0123456789-:.TZ+");
	if (n >= 19 && s[4] == '-' && s[10] == 'T' && (s[n] == ' ' || s[n] == '\t'))
		return s + n + 1;
	return NULL;
}

void line_undecorate(const char *s, struct line *out)
{
	const char *next, *start = s;

	out->caller[0] = '\0';
	for (;;) {
		const char *p = s + strspn(s, " \t");

		next = skip_priority(p);
		if (!next)
			next = skip_caller(p, out->caller);
		if (!next)
			next = skip_time(p);
		if (!next)
			next = skip_quote(p);
		if (!next)
			next = skip_syslog(p);
		if (!next)
			break;
		s = next;
	}
	out->text = s + strspn(s, " \t");
	out->indented = out->text - s > (s == start ? 0 : 1);   /* one blank belongs to the decoration */
}

/* --- stack frames --- */

static bool is_name(int c)
{
	return isalnum(c) || c == '_' || c == '.' || c == '$';
}

static const char *skip_addresses(const char *s)        /* [<ffffffff81234567>] [c0000000] */
{
	for (;;) {
		const char *p = s + strspn(s, " (");
		size_t n;

		if (*p != '[')
			return p;
		p += p[1] == '<' ? 2 : 1;
		n = strspn(p, "0123456789abcdefABCDEF");
		if (n < 8 || (p[n] != '>' && p[n] != ']'))
			return s + strspn(s, " (");
		s = p + n + (p[n] == '>') + 1;
	}
}

/* "fs/fcntl.c:152": the file and line at @s, *end after it. */
static bool file_line(struct sd_arena *a, const char *s, struct sd_frame *f, const char **end)
{
	const char *e = s + strcspn(s, " \t)"), *colon = memchr(s, ':', (size_t)(e - s));

	if (!colon || colon == s || !isdigit((unsigned char)colon[1]) ||
	    (!memchr(s, '.', (size_t)(colon - s)) && !memchr(s, '/', (size_t)(colon - s))))
		return false;
	if (!f->file[0]) {
		f->file = sd_arena_strndup(a, s, (size_t)(colon - s));
		f->line = (int)strtoul(colon + 1, NULL, 10);
		if (f->line < 0)
			f->line = 0;
	}
	*end = e;
	return true;
}

static bool bracket(struct sd_arena *a, const char *s, struct sd_frame *f, const char **end)
{
	const char *e = strchr(s, ']');

	if (*s != '[' || !e || e - s > 120)
		return false;
	if (!strncmp(s, "[inline]", 8))
		f->inlined = true;
	else
		f->module = sd_arena_strndup(a, s + 1, strcspn(s + 1, " ]"));
	*end = e + 1;
	return true;
}

/* decode_stacktrace.sh: "func (file:line) module" */
static bool module_word(struct sd_arena *a, const char *s, struct sd_frame *f)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	if (!n || s[n] || !f->file[0])
		return false;
	f->module = sd_arena_strndup(a, s, n);
	return true;
}

/* What may follow the name: module, file:line, "[inline]", "(P)", "(file:line ...)", "from caller". */
static bool frame_tail(struct sd_arena *a, const char *s, struct sd_frame *f, bool *evidence)
{
	for (;;) {
		s += strspn(s, " \t)");
		if (!*s)
			return true;
		if (*s == '(' && isupper((unsigned char)s[1])) {
			s += strcspn(s, ")");
		} else if (!strncmp(s, "from ", 5)) {
			*evidence = true;
			return true;
		} else if (!strncmp(s, "(discriminator", 14)) {
			s += strcspn(s, ")");
		} else if (*s == '(') {
			s++;
		} else if (bracket(a, s, f, &s)) {
			*evidence |= f->inlined;
		} else if (file_line(a, s, f, &s)) {
			*evidence = true;
		} else {
			return *evidence && module_word(a, s, f);
		}
	}
}

static const char *skip_offset(const char *s)           /* +0x1f/0x2d0 */
{
	if (strncmp(s, "+0x", 3))
		return NULL;
	s += 3 + strspn(s + 3, "0123456789abcdef");
	if (!strncmp(s, "/0x", 3))
		s += 3 + strspn(s + 3, "0123456789abcdef");
	return s;
}

bool line_frame(struct sd_arena *a, const char *s, bool bare, struct sd_frame *out)
{
	struct sd_frame f = { .file = "", .module = "" };
	const char *name, *e, *after;
	bool evidence = false;

	s += strspn(s, " \t");
	if (!strncmp(s, "RIP: ", 5) && strchr(s + 5, ':'))
		s = strchr(s + 5, ':') + 1;
	s = skip_addresses(s);
	if (s[0] == '?' && s[1] == ' ') {
		f.unreliable = true;
		s = skip_addresses(s + 2);
	}
	if (isdigit((unsigned char)*s))
		return false;
	for (name = e = s; is_name((unsigned char)*e); e++)
		;
	if (e == name || e - name > 512)
		return false;
	after = skip_offset(e);
	evidence = after != NULL;
	if (!after)
		after = e;
	if (*after && !strchr(" \t)", *after))
		return false;
	if (!frame_tail(a, after, &f, &evidence) || (!evidence && !bare))
		return false;
	f.printed = sd_arena_strndup(a, name, (size_t)(e - name));
	f.function = sd_arena_strndup(a, name, 1 + strcspn(name + 1, ". +\t)") < (size_t)(e - name) ?
				      1 + strcspn(name + 1, ". +\t)") : (size_t)(e - name));
	*out = f;
	return true;
}

/* --- locks --- */

void line_lock_name(struct sd_arena *a, const char *printed, struct sd_splat_lock *out)
{
	size_t n = strlen(printed), k;

	out->printed = sd_arena_strdup(a, printed);
	for (k = n; k > 0 && isdigit((unsigned char)printed[k - 1]); k--)
		;
	if (k > 1 && k < n && n - k < 9 && printed[k - 1] == '/') {
		out->subclass = atoi(printed + k);
		n = k - 1;
	}
	for (k = n; k > 0 && isdigit((unsigned char)printed[k - 1]); k--)
		;
	if (k > 1 && k < n && n - k < 9 && printed[k - 1] == '#') {
		out->version = atoi(printed + k);
		n = k - 1;
	}
	out->name = sd_arena_strndup(a, printed, n);
}

/* The ")" that is followed by "{" usage characters "}": the first such, as names may hold "){" */
static const char *name_end(const char *s, size_t *nusage)
{
	for (s = strstr(s, "){"); s; s = strstr(s + 1, "){")) {
		*nusage = strspn(s + 2, "-.+?");
		if (*nusage >= 2 && *nusage <= 8 && s[2 + *nusage] == '}')
			return s;
	}
	return NULL;
}

static const char *wait_types(const char *s, struct sd_splat_lock *out)         /* -{2:2}, once -{2} */
{
	size_t n, m;

	if (s[0] != '-' || s[1] != '{')
		return s;
	n = strspn(s + 2, "0123456789");
	if (!n || n > 4)
		return s;
	out->wait_outer = out->wait_inner = atoi(s + 2);
	if (s[2 + n] == ':') {
		m = strspn(s + 3 + n, "0123456789");
		out->wait_inner = m && m < 5 ? atoi(s + 3 + n) : out->wait_outer;
		n += 1 + m;
	}
	return s[2 + n] == '}' ? s + 3 + n : s;
}

/* The "(" that opens the name: at once, or after an address (which may be "(____ptrval____)"). */
static const char *name_start(const char *s)
{
	size_t n;

	s += strspn(s, " \t");
	if (!strncmp(s, "(____ptrval____) (", 18))
		return s + 17;
	if (*s == '(')
		return s;
	if (!strncmp(s, "0x", 2))
		s += 2;
	n = strspn(s, "0123456789abcdefABCDEF");
	if (n >= 8 && n <= 16 && s[n] == ' ' && s[n + 1] == '(')
		return s + n + 1;
	return NULL;
}

bool line_lock(struct sd_arena *a, const char *s, struct sd_splat_lock *out, const char **rest)
{
	size_t nusage = 0;
	const char *open = name_start(s), *close = open ? name_end(open, &nusage) : NULL;

	if (!close || close == open + 1)
		return false;
	memset(out, 0, sizeof(*out));
	out->wait_outer = out->wait_inner = -1;
	out->key = "";
	memcpy(out->usage, close + 2, nusage);
	line_lock_name(a, sd_arena_strndup(a, open + 1, (size_t)(close - open - 1)), out);
	*rest = wait_types(close + 3 + nusage, out);
	return true;
}
