/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The twin: the second lock is taken with interrupts off everywhere. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

struct listener { int on; rwlock_t lock; };

static DEFINE_SPINLOCK(timer_lock);
extern struct listener *listener;

static void notify(struct listener *l)
{
	if (!l->on)
		return;
	read_lock(&l->lock);
	read_unlock(&l->lock);
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&timer_lock);
	spin_unlock(&timer_lock);
	return IRQ_HANDLED;
}

static void stop(void)
{
	unsigned long flags;

	spin_lock_irqsave(&timer_lock, flags);
	notify(listener);
	spin_unlock_irqrestore(&timer_lock, flags);
}

static int __init setup(void)
{
	rwlock_init(&listener->lock);
	write_lock_irq(&listener->lock);
	listener->on = 1;
	write_unlock_irq(&listener->lock);
	stop();
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
