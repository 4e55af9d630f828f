/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another counter says nothing of the context. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct task_struct { int softirq_context, other; };
struct task_struct *get_current(void);

static DEFINE_SPINLOCK(a);

SYSCALL_DEFINE0(play)
{
	get_current()->other++;
	spin_lock(&a);
	spin_unlock(&a);
	get_current()->other--;
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}
