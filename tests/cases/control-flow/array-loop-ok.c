/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One loop takes the locks of all elements, another gives them back: then none is held. */
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct ring { spinlock_t lock; spinlock_t tx_lock[4]; };
extern struct ring *ring_of(int n);

static void lock_tx(struct ring *r)
{
	for (int i = 0; i < 4; i++)
		spin_lock_nested(&r->tx_lock[i], i);
}

static void unlock_tx(struct ring *r)
{
	for (int i = 4; i > 0; i--)
		spin_unlock(&r->tx_lock[i - 1]);
}

SYSCALL_DEFINE1(stop, int, n)
{
	struct ring *r = ring_of(n);

	spin_lock_irq(&r->lock);
	lock_tx(r);
	n++;
	unlock_tx(r);
	spin_unlock_irq(&r->lock);
	might_sleep();
	return n;
}
