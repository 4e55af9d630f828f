/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * include/linux/netdevice.h, netdev_priv(): two drivers' private bytes hold records with members of one name. A helper that is given
 * their address takes its own driver's lock, and not one of the bytes' name.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct device { int flags; unsigned char priv[64]; };
struct one { int x; spinlock_t lock; };
struct two { long y; spinlock_t lock; };
static struct device a, b;

static inline void *device_priv(struct device *d) { return (void *)d->priv; }

static void take_one(struct one *o)
{
	spin_lock(&o->lock);
	spin_unlock(&o->lock);
}

static void take_two(struct two *t)
{
	spin_lock(&t->lock);
	spin_unlock(&t->lock);
}

static irqreturn_t handler(int irq, void *data)
{
	struct device *d = data;

	take_one(device_priv(d));
	return IRQ_HANDLED;
}

static void reset(struct device *d)
{
	take_two(device_priv(d));
}

SYSCALL_DEFINE0(call)
{
	reset(&b);
	return 0;
}

static int __init setup(void)
{
	struct one *o = device_priv(&a);
	struct two *t = device_priv(&b);

	spin_lock_init(&o->lock);
	spin_lock_init(&t->lock);
	return request_irq(1, handler, 0, "case", &a);
}
module_init(setup);
