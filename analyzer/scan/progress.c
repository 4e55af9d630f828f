/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress.c - how far a scan is: one line kept fresh on a terminal, a line now and then in a log. */
#include <stdio.h>
#include <unistd.h>
#include "scan_int.h"

#define TTY_US 200000
#define LOG_US 10000000

struct sd_progress {
	size_t total, first;    /* first: how many were done at the start; they tell nothing about the rate */
	bool tty;
	bool shown;             /* a line is on the terminal */
	gint64 start, last;     /* microseconds */
};

struct sd_progress *sd_progress_new(size_t total, size_t done)
{
	struct sd_progress *p = g_new0(struct sd_progress, 1);

	p->total = total;
	p->first = done;
	p->tty = isatty(STDERR_FILENO);
	p->start = p->last = g_get_monotonic_time();
	return p;
}

static void print(const struct sd_progress *p, gint64 now, size_t done, size_t failed)
{
	double seconds = (double)(now - p->start) / 1e6, rate = (double)(done - p->first) / seconds;
	long eta = rate > 0 ? (long)((double)(p->total - done) / rate + 0.5) : 0;

	fprintf(stderr, "%sscan: %zu/%zu TUs, %.1f/s, %ld:%02ld left, %zu failed%s", p->tty ? "\r\033[K" : "",
		done, p->total, rate, eta / 60, eta % 60, failed, p->tty ? "" : "\n");
	fflush(stderr);
}

void sd_progress_update(struct sd_progress *p, size_t done, size_t failed)
{
	gint64 now = g_get_monotonic_time();

	if (now - p->last < (p->tty ? TTY_US : LOG_US))
		return;
	p->last = now;
	p->shown = true;
	print(p, now, done, failed);
}

void sd_progress_free(struct sd_progress *p)
{
	if (p->tty && p->shown) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
	g_free(p);
}
