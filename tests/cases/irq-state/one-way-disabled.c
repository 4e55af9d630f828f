/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * begin() leaves hardirqs off, but for a flip that is asynchronous, which the driver does not let come as far as fifo(): the
 * result does not say so.  That the lock is taken with hardirqs on rests on the odd way, so it is medium.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

struct flip { int async, fifo; };

static DEFINE_SPINLOCK(s);
static DEFINE_SPINLOCK(event);

static void begin(struct flip *f)
{
	if (f->async) {
		spin_lock_irq(&event);
		spin_unlock_irq(&event);
		return;
	}
	local_irq_disable();
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

	begin(f);
	fifo(f);
	local_irq_enable();
	return request_irq(1, on_irq, 0, "t", 0);
}
module_init(setup);
