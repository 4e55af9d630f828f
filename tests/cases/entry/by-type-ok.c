/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function of that type that is called by others has their context, and none of its own. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(a);

void expire(struct timer_list *t);
void expire(struct timer_list *t)
{
	spin_lock(&a);
	spin_unlock(&a);
}

SYSCALL_DEFINE0(plain)
{
	expire(NULL);
	return 0;
}
