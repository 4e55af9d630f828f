/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handler finds its device by container_of(): the same class as &d->lock elsewhere. */
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

struct dev {
	struct timer_list timer;
	spinlock_t lock;
};
static struct dev *dev;

static void expire(struct timer_list *t)
{
	struct dev *d = from_timer(d, t, timer);

	spin_lock(&d->lock);
	spin_unlock(&d->lock);
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
	timer_setup(&dev->timer, expire, 0);
	return 0;
}
module_init(setup);
