/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same where every way enables them: what is taken afterwards is taken with hardirqs on. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(q);
static DEFINE_SPINLOCK(s);
static int busy;

static void wait_a_bit(void)
{
	spin_lock_irq(&q);
	spin_unlock_irq(&q);
}

static irqreturn_t handler(int irq, void *data)
{
	spin_lock(&s);
	spin_unlock(&s);
	return IRQ_HANDLED;
}

static void off(void)
{
	wait_a_bit();
	spin_lock(&s);
	spin_unlock(&s);
}

SYSCALL_DEFINE0(one)
{
	unsigned long flags;

	local_irq_save(flags);
	off();
	local_irq_restore(flags);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, handler, 0, "case", NULL);
}
module_init(setup);
