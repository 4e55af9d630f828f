/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "held lock freed": lockdep.c, debug_check_no_locks_freed(), which the initialisers call. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct thing { spinlock_t lock; int n; };

static void reset(struct thing *t)
{
	spin_lock(&t->lock);
	t->n = 0;
	spin_lock_init(&t->lock);
	spin_unlock(&t->lock);
}

static struct thing one;

SYSCALL_DEFINE0(anew)
{
	reset(&one);
	return 0;
}
