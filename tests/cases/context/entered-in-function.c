/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A task that plays interrupt: irq_enter() to irq_exit() is hardirq context (kernel/softirq.c), in helpers, too. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

void irq_enter(void);
void __preempt_count_sub(int val);

static DEFINE_SPINLOCK(a);

static void leave(void)
{
	__preempt_count_sub(0x10000);	/* HARDIRQ_OFFSET */
	local_irq_enable();
}

SYSCALL_DEFINE0(play)
{
	local_irq_disable();
	irq_enter();
	spin_lock(&a);
	spin_unlock(&a);
	leave();
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}
