/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The twin: both sides of the test of the member sleep, and a failure is nobody's choice. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct ring { unsigned int gfp; int n; };

static DEFINE_SPINLOCK(a);
extern struct ring *ring_of(int n);
extern int get_more(int n);

static int get(int n, unsigned int gfp)
{
	if (gfp & 4) {
		might_sleep();
		return get_more(n);
	}
	n = get_more(n);
	if (n < 0)
		return n;
	might_sleep();
	return 0;
}

static int fill(struct ring *r)
{
	return get(r->n, r->gfp);
}

SYSCALL_DEFINE1(use, int, n)
{
	struct ring *r = ring_of(n);

	spin_lock(&a);
	if (r->n)               /* the holder's own test: it knows what it holds */
		n = fill(r);
	spin_unlock(&a);
	return n;
}
