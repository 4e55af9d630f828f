/* SPDX-License-Identifier: GPL-2.0-or-later */
/* par.c - see par.h */
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include "par.h"

struct loop { par_work work; void *arg; size_t n, step; atomic_size_t next; };
struct worker { struct loop *loop; unsigned no; pthread_t thread; };

static void *run(void *arg)
{
	const struct worker *w = arg;
	struct loop *l = w->loop;

	for (;;) {
		size_t from = atomic_fetch_add_explicit(&l->next, l->step, memory_order_relaxed);

		if (from >= l->n)
			return NULL;
		l->work(l->arg, w->no, from, MIN(from + l->step, l->n));
	}
}

void par_for(unsigned jobs, size_t n, size_t step, par_work work, void *arg)
{
	struct loop loop = { .work = work, .arg = arg, .n = n, .step = MAX(step, 1) };
	size_t steps = (n + loop.step - 1) / loop.step;
	unsigned count = (unsigned)MAX(MIN((size_t)jobs, steps), 1), started = 1;
	struct worker *w = g_new0(struct worker, count);

	for (unsigned i = 0; i < count; i++)
		w[i] = (struct worker){ .loop = &loop, .no = i };
	while (started < count && pthread_create(&w[started].thread, NULL, run, &w[started]) == 0)
		started++;
	run(&w[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(w[i].thread, NULL);
	g_free(w);
}

struct second { void (*run)(void *arg); void *arg; };

static void *run_second(void *arg)
{
	const struct second *s = arg;

	s->run(s->arg);
	return NULL;
}

void par_both(unsigned jobs, void (*a)(void *arg), void (*b)(void *arg), void *arg)
{
	struct second s = { b, arg };
	pthread_t thread;
	bool apart = jobs > 1 && pthread_create(&thread, NULL, run_second, &s) == 0;

	a(arg);
	if (apart)
		pthread_join(thread, NULL);
	else
		b(arg);
}
