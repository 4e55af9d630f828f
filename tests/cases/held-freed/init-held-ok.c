/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Initialised before it is taken. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct thing { spinlock_t lock; int n; };

static void reset(struct thing *t)
{
	spin_lock_init(&t->lock);
	spin_lock(&t->lock);
	t->n = 0;
	spin_unlock(&t->lock);
}

static struct thing one;

SYSCALL_DEFINE0(anew)
{
	reset(&one);
	return 0;
}
