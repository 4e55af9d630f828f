/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The quiet twin: the member is that of the holder's own record, which says that it does not. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct ring { unsigned int gfp; int n; };

static DEFINE_SPINLOCK(a);
extern int get_more(int n);

static int fill(struct ring *r)
{
	if (r->gfp)
		might_sleep();
	return get_more(r->n);
}

SYSCALL_DEFINE1(use, int, n)
{
	struct ring r = { .n = n };

	r.gfp = 0;
	spin_lock(&a);
	n = fill(&r);
	spin_unlock(&a);
	return n;
}
