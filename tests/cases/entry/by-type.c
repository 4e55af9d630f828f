/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who sets this timer up is not among the files: its type says that it is a timer's function.  Assumed, so never high. */
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
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}
