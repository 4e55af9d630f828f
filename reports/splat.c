/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * splat.c - lockdep's reports out of a log.
 *
 * A headline opens a report; another one, or the start of something else's report, closes it.
 * splat_body.c reads the lines between, splat_chain.c makes the dependency chain of the parts.
 */
#include <ctype.h>
#include <string.h>
#include "splat_parse.h"

const char *const sd_splat_kind_name[SD_S_COUNT] = {
	"irq-inversion", "irq-order", "inconsistent-state", "circular", "recursive", "wait-context",
	"bad-unlock", "held-at-user", "held-at-exit", "bad-contention", "nested", "freed", "rcu",
};

/* --- headlines --- */

static const struct { const char *text; enum sd_splat_kind kind; } headlines[] = {
	{ "possible irq lock inversion dependency detected", SD_S_IRQ_INVERSION },
	{ "-unsafe lock order detected", SD_S_IRQ_ORDER },
	{ "inconsistent lock state", SD_S_INCONSISTENT },
	{ "possible circular locking dependency detected", SD_S_CIRCULAR },
	{ "possible recursive locking detected", SD_S_RECURSIVE },
	{ "Invalid wait context", SD_S_WAIT_CONTEXT },
	{ "bad unlock balance detected!", SD_S_BAD_UNLOCK },
	{ "lock held when returning to user space!", SD_S_HELD_USER },
	{ " still has locks held!", SD_S_HELD_EXIT },
	{ "bad contention detected!", SD_S_BAD_CONTENTION },
	{ "Nested lock was not taken", SD_S_NESTED },
	{ "held lock freed!", SD_S_FREED },
	{ "suspicious RCU usage", SD_S_RCU },
};

/* "WARNING: HEADLINE", "[ BUG: HEADLINE ]", "[ INFO: HEADLINE ]": the headline, NULL when it is none. */
static const char *headline_text(struct sd_arena *a, const char *s, enum sd_splat_kind *kind)
{
	size_t n, k;

	if (!strncmp(s, "[ ", 2))
		s += 2;
	if (!strncmp(s, "WARNING: ", 9))
		s += 9;
	else if (!strncmp(s, "BUG: ", 5) || !strncmp(s, "INFO: ", 6))
		s += s[0] == 'B' ? 5 : 6;
	else
		return NULL;
	n = strlen(s);
	while (n && strchr(" ]", s[n - 1]))
		n--;
	s = sd_arena_strndup(a, s, n);
	for (size_t i = 0; i < sizeof(headlines) / sizeof(*headlines); i++) {
		k = strlen(headlines[i].text);
		if (n >= k && !strcmp(s + n - k, headlines[i].text)) {
			*kind = headlines[i].kind;
			return s;
		}
	}
	return NULL;
}

static void open_report(struct parser *p, const char *headline, enum sd_splat_kind kind)
{
	struct sd_splat *sp = sd_arena_alloc(p->a, sizeof(*sp));

	sp->kind = kind;
	sp->headline = headline;
	sp->irq = kind == SD_S_IRQ_ORDER ? splat_irq_word(headline) : "";
	sp->task = sp->prev_bit = sp->new_bit = "";
	sp->line = p->lineno;
	sp->context_wait = -1;
	sp->trigger = sp->holding = SD_NO_LOCK;
	memset(&p->r, 0, sizeof(p->r));
	p->r.sp = sp;
	p->r.other = p->r.safe = p->r.unsafe = p->r.class = SD_NO_LOCK;
	memcpy(p->r.caller, p->line.caller, sizeof(p->r.caller));
	*APPEND(p->a, p->found, p->nfound) = sp;
}

static void close_report(struct parser *p)
{
	if (p->r.sp)
		splat_finish(p);
	p->r.sp = NULL;
}

/* --- the log --- */

static void log_line(struct parser *p, const char *s)
{
	enum sd_splat_kind kind;
	const char *h;

	/* Outside of reports only headlines matter: do not look closer at every line of a long log. */
	if (!p->r.sp && !strstr(s, "WARNING: ") && !strstr(s, "BUG: ") && !strstr(s, "INFO: "))
		return;
	line_undecorate(s, &p->line);
	h = headline_text(p->a, p->line.text, &kind);
	if (h) {
		close_report(p);
		open_report(p, h, kind);
	} else if (p->r.sp && !splat_line(p)) {
		close_report(p);
	}
}

struct sd_splats sd_splat_parse(struct sd_arena *a, const char *text, size_t len)
{
	struct parser p = { .a = a };
	const char *end = text + len, *eol;
	char *line = NULL;
	size_t n, room = 0;

	for (; text < end; text = eol + 1) {
		eol = memchr(text, '\n', (size_t)(end - text));
		if (!eol)
			eol = end;
		p.lineno++;
		n = (size_t)(eol - text);
		if (n + 1 > room)
			line = sd_arena_alloc(a, room = 2 * (n + 1));
		memcpy(line, text, n);
		for (size_t i = 0; i < n; i++)  /* NUL and control characters: consoles of dying machines */
			if (!line[i] || (iscntrl((unsigned char)line[i]) && line[i] != '\t'))
				line[i] = ' ';
		while (n && line[n - 1] == ' ')
			n--;
		line[n] = '\0';
		log_line(&p, line);
	}
	close_report(&p);
	return splat_group(&p);
}
