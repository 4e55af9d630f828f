/* SPDX-License-Identifier: GPL-2.0-or-later */
/* It sleeps only while there is something to wait for, which the object says: the finding may be none (lib/percpu-refcount.c). */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct ref { void (*confirm)(struct ref *r); int n; };

static DEFINE_SPINLOCK(a);
extern struct ref *ref_of(int n);
void schedule(void);

static void kill(struct ref *r)
{
	while (r->confirm)
		schedule();
	r->n = 0;
}

SYSCALL_DEFINE1(use, int, n)
{
	struct ref *r = ref_of(n);

	spin_lock(&a);
	kill(r);
	spin_unlock(&a);
	return 0;
}
