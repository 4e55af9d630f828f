/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timer's handler takes another lock of the same device. */
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

struct dev {
	struct timer_list timer;
	spinlock_t lock;
	spinlock_t other;
};
static struct dev *dev;

static void expire(struct timer_list *t)
{
	struct dev *d = from_timer(d, t, timer);

	spin_lock(&d->other);
	spin_unlock(&d->other);
}

SYSCALL_DEFINE0(plain)
{
	spin_lock(&dev->lock);
	spin_unlock(&dev->lock);
	return 0;
}

static int __init setup(void)
{
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	spin_lock_init(&dev->lock);
	spin_lock_init(&dev->other);
	timer_setup(&dev->timer, expire, 0);
	return 0;
}
module_init(setup);
