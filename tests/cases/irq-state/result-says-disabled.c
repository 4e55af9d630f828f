/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The twin: the result says which way it was, so who goes on with hardirqs on knows it: as sure as any other.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

struct flip { int async, fifo; };

static DEFINE_SPINLOCK(s);
static DEFINE_SPINLOCK(event);

static int begin(struct flip *f)
{
	if (f->async) {
		spin_lock_irq(&event);
		spin_unlock_irq(&event);
		return 1;
	}
	local_irq_disable();
	return 0;
}

static void fifo(struct flip *f)
{
	spin_lock(&s);
	spin_unlock(&s);
}

static irqreturn_t on_irq(int irq, void *data)
{
	spin_lock(&s);
	spin_unlock(&s);
	return IRQ_HANDLED;
}

extern struct flip *next_flip(void);

static int __init setup(void)
{
	struct flip *f = next_flip();

	if (begin(f)) {
		fifo(f);
		return 0;
	}
	fifo(f);
	local_irq_enable();
	return request_irq(1, on_irq, 0, "t", 0);
}
module_init(setup);
