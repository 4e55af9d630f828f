/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A helper's spin_unlock_irq() turns irqs on: what its caller has given back is not touched. */
#include <linux/interrupt.h>
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void done(void)
{
	spin_unlock_irq(&a);
}

static irqreturn_t handler(int irq, void *data)
{
	spin_lock(&b);
	spin_unlock(&b);
	return IRQ_HANDLED;
}

static int __init start(void)
{
	return request_irq(3, handler, 0, "x", NULL);
}
module_init(start);

SYSCALL_DEFINE0(both)
{
	spin_lock_irq(&a);
	spin_lock(&b);
	spin_unlock(&b);
	done();
	return 0;
}
