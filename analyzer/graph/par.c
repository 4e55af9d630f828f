/* SPDX-License-Identifier: GPL-2.0-or-later */
/* par.c - see par.h */
#include <glib.h>
#include <stdatomic.h>
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

static void *run_aside(void *arg)
{
	const struct par_aside *a = arg;

	a->run(a->arg);
	return NULL;
}

void par_begin(unsigned jobs, struct par_aside *a, void (*run_it)(void *arg), void *arg)
{
	*a = (struct par_aside){ .run = run_it, .arg = arg };
	a->apart = jobs > 1 && pthread_create(&a->thread, NULL, run_aside, a) == 0;
	if (!a->apart)
		run_it(arg);
}

void par_wait(struct par_aside *a)
{
	if (a->apart)
		pthread_join(a->thread, NULL);
	a->apart = false;
}

void par_both(unsigned jobs, void (*a)(void *arg), void (*b)(void *arg), void *arg)
{
	struct par_aside second = { .run = b, .arg = arg };

	second.apart = jobs > 1 && pthread_create(&second.thread, NULL, run_aside, &second) == 0;
	a(arg);
	if (second.apart)
		par_wait(&second);
	else
		b(arg);
}
