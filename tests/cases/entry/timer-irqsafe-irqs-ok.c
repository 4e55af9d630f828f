/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TIMER_IRQSAFE: irqs are off in the handler, so its locks do not become hardirq-unsafe there. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void expire(struct timer_list *t)
{
	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&a);
}
static struct timer_list timer;

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	timer_setup(&timer, expire, TIMER_IRQSAFE);
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
