/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/time/posix-cpu-timers.c: timers of one kind get a key of their own, in another file than those of the others. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include "two-keys.h"

static irqreturn_t handler(int irq, void *data)
{
	struct itimer *t = data;

	spin_lock(&t->lock);
	spin_unlock(&t->lock);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	static struct itimer t;

	spin_lock_init(&t.lock);
	return request_irq(1, handler, 0, "case", &t);
}
module_init(setup);
