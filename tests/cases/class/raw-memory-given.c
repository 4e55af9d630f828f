/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The twin: the handler, and a task with irqs on, give one driver's bytes to one helper: one lock, taken both ways.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct device { int flags; unsigned char priv[64]; };
struct one { int x; spinlock_t lock; };
static struct device a, b;

static inline void *device_priv(struct device *d) { return (void *)d->priv; }

static void take_one(struct one *o)
{
	spin_lock(&o->lock);
	spin_unlock(&o->lock);
}


static irqreturn_t handler(int irq, void *data)
{
	struct device *d = data;

	take_one(device_priv(d));
	return IRQ_HANDLED;
}

static void reset(struct device *d)
{
	take_one(device_priv(d));
}

SYSCALL_DEFINE0(call)
{
	reset(&b);
	return 0;
}

static int __init setup(void)
{
	struct one *o = device_priv(&a);

	spin_lock_init(&o->lock);
	return request_irq(1, handler, 0, "case", &a);
}
module_init(setup);
