/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The branch tells the context: !in_task(). */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void take(void)
{
	if (!in_task()) {
		spin_lock(&a);
		spin_unlock(&a);
	} else {
		spin_lock(&a);
		spin_unlock(&a);
	}
}

static irqreturn_t on_irq(int irq, void *d)
{
	take();
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	take();
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
