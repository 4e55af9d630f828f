/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A task that plays interrupt, and takes the lock with interrupts off elsewhere. */
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
	spin_lock_irq(&a);
	spin_unlock_irq(&a);
	return 0;
}
