/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel thread: process context. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(a);

static int loop(void *d)
{
	while (!kthread_should_stop()) {
		spin_lock_irq(&a);
		spin_unlock_irq(&a);
	}
	return 0;
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	kthread_run(loop, NULL, "t");
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
