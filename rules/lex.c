/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lex.c - a rules file as lines of tokens: blanks separate, "..." keeps them, # begins a comment. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "rules_int.h"

struct rule_reader {
	char *text, *next, *end;
	const char *path;
	struct rule_errors *errors;
	GPtrArray *tokens;
	int line;
};

void rule_error(struct rule_errors *e, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	e->count++;
	if (!e->out)
		return;
	if (line)
		fprintf(e->out, "%s:%d: ", file, line);
	else
		fprintf(e->out, "%s: ", file);
	va_start(ap, fmt);
	vfprintf(e->out, fmt, ap);
	va_end(ap);
	fputc('\n', e->out);
}

struct rule_reader *rule_reader_open(const char *path, struct rule_errors *e)
{
	GError *why = NULL;
	char *text;
	gsize len;

	if (!g_file_get_contents(path, &text, &len, &why)) {
		rule_error(e, path, 0, "cannot be read: %s", g_strerror(errno));
		g_error_free(why);
		return NULL;
	}
	struct rule_reader *rd = g_new0(struct rule_reader, 1);
	rd->text = rd->next = text;
	rd->end = text + len;
	rd->path = path;
	rd->errors = e;
	rd->tokens = g_ptr_array_new();
	return rd;
}

void rule_reader_close(struct rule_reader *rd)
{
	g_ptr_array_free(rd->tokens, TRUE);
	g_free(rd->text);
	g_free(rd);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

/* One token, in place: quotes are dropped, so it never grows.  NULL when a quote is not closed. */
static char *cut_token(char **at)
{
	char *from = *at, *to = *at, *start = *at;
	bool quoted = false;

	for (; *from && (quoted || !blank(*from)); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*at = *from ? from + 1 : from;
	*to = '\0';
	return quoted ? NULL : start;
}

static bool cut_line(struct rule_reader *rd, char *s, struct rule_line *out)
{
	g_ptr_array_set_size(rd->tokens, 0);
	out->line = rd->line;
	out->tokens = rd->tokens;
	out->comment = NULL;
	for (;;) {
		while (blank(*s))
			s++;
		if (!*s)
			break;
		if (*s == '#') {
			out->comment = g_strstrip(s + 1);
			break;
		}
		char *t = cut_token(&s);
		if (!t) {
			rule_error(rd->errors, rd->path, rd->line, "a quote is not closed; \"...\" ends on its line");
			return false;
		}
		g_ptr_array_add(rd->tokens, t);
	}
	return rd->tokens->len > 0;
}

bool rule_reader_next(struct rule_reader *rd, struct rule_line *out)
{
	while (rd->next < rd->end) {
		char *s = rd->next, *nl = memchr(s, '\n', (size_t)(rd->end - s));
		size_t len = (size_t)((nl ? nl : rd->end) - s);

		rd->next = nl ? nl + 1 : rd->end;
		rd->line++;
		if (memchr(s, '\0', len)) {
			rule_error(rd->errors, rd->path, rd->line, "a NUL byte; rules files are text");
			continue;
		}
		s[len] = '\0';  /* g_file_get_contents() leaves room for one after the end */
		if (cut_line(rd, s, out))
			return true;
	}
	return false;
}
