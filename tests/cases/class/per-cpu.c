/* SPDX-License-Identifier: GPL-2.0-or-later */
/* per_cpu_ptr() and this_cpu_ptr() of one variable: one class. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_PER_CPU(spinlock_t, lock) = __SPIN_LOCK_UNLOCKED(lock);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(this_cpu_ptr(&lock));
	spin_unlock(this_cpu_ptr(&lock));
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock(per_cpu_ptr(&lock, 1));
	spin_unlock(per_cpu_ptr(&lock, 1));
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
