/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_par.c - a loop on several threads does each index once, whatever their number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "par.h"

#define N 10007u
#define JOBS 5u

struct seen { uint8_t times[N]; size_t by[JOBS]; };

static void see(void *arg, unsigned worker, size_t from, size_t to)
{
	struct seen *s = arg;

	s->by[worker] += to - from;
	for (size_t i = from; i < to; i++)
		s->times[i]++;
}

static void check(unsigned jobs, size_t n, size_t step)
{
	struct seen s = { .by = { 0 } };
	size_t all = 0;

	par_for(jobs, n, step, see, &s);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(s.times[i], i < n);
	for (unsigned w = 0; w < JOBS; w++)
		all += s.by[w];
	assert_int_equal(all, n);
}

static void each_index_once(void **state)
{
	(void)state;
	for (unsigned jobs = 0; jobs <= JOBS; jobs++) {
		check(jobs, 0, 1);
		check(jobs, 1, 0);
		check(jobs, N, 1);
		check(jobs, N, 64);
		check(jobs, N, N + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_index_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
