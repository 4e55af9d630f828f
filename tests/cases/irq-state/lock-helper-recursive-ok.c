/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel/irq/internals.h, irq_get_desc_buslock(): the helper locks with interrupts off, and on its way a chip's bus lock
 * comes back to it by enable().  What enable() does was looked at while the helper was not done: it is again.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct desc { unsigned int above; raw_spinlock_t lock; void (*bus_lock)(struct desc *d); };

static DEFINE_RAW_SPINLOCK(mask_lock);
static struct desc line;

struct desc *to_desc(unsigned int irq);

static struct desc *get(unsigned int irq, unsigned long *flags)
{
	struct desc *d = to_desc(irq);

	if (d) {
		d->bus_lock(d);
		raw_spin_lock_irqsave(&d->lock, *flags);
	}
	return d;
}

static void enable(unsigned int irq)
{
	unsigned long flags;
	struct desc *d = get(irq, &flags);

	if (!d)
		return;
	raw_spin_lock(&mask_lock);
	raw_spin_unlock(&mask_lock);
	raw_spin_unlock_irqrestore(&d->lock, flags);
}

static void slow_bus(struct desc *d)
{
	enable(d->above);
}

SYSCALL_DEFINE1(disable, unsigned int, irq)
{
	unsigned long flags;
	struct desc *d = get(irq, &flags);

	if (d)
		raw_spin_unlock_irqrestore(&d->lock, flags);
	return 0;
}

SYSCALL_DEFINE1(enable, unsigned int, irq)
{
	enable(irq);
	return 0;
}

static irqreturn_t handler(int irq, void *data)
{
	raw_spin_lock(&mask_lock);
	raw_spin_unlock(&mask_lock);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	line.bus_lock = slow_bus;
	return request_irq(1, handler, 0, "case", &line);
}
module_init(setup);
