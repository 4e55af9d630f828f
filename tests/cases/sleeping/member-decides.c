/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the callee sleeps a member says, which nobody here shows: the finding may be none. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct ring { unsigned int gfp; int n; };

static DEFINE_SPINLOCK(a);
extern struct ring *ring_of(int n);
extern int get_more(int n);

static int get(int n, unsigned int gfp)
{
	if (gfp & 4)
		might_sleep();
	return get_more(n);
}

static int fill(struct ring *r)
{
	return get(r->n, r->gfp);
}

SYSCALL_DEFINE1(use, int, n)
{
	struct ring *r = ring_of(n);

	spin_lock(&a);
	n = fill(r);
	spin_unlock(&a);
	return n;
}
