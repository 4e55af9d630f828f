/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Softirq context that only a counter says: include/linux/irqflags.h, lockdep_softirq_enter(). */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct task_struct { int softirq_context; };
struct task_struct *get_current(void);

static DEFINE_SPINLOCK(a);

SYSCALL_DEFINE0(play)
{
	get_current()->softirq_context++;
	spin_lock(&a);
	spin_unlock(&a);
	get_current()->softirq_context--;
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}
