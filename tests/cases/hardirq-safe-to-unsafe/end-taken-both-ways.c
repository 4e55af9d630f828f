/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * b is taken in hardirq and with hardirqs on, which is a finding by itself: that a -> b joins a safe and an unsafe lock
 * says nothing more, and mending b mends it.  lockdep reports the first it meets, once.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static irqreturn_t handler(int irq, void *data)
{
	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, handler, 0, "case", NULL);
}
module_init(setup);
