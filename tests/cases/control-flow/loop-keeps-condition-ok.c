/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was computed before the loop is the same in every round; a pointer into an array is no NULL when the array is none. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(slow);
int try_it(int n);

struct cluster { spinlock_t lock; };
struct swap { struct cluster *clusters; };
static struct swap swap;

static void send(int n)
{
	int can_wait = !in_interrupt() && !irqs_disabled();

retry:
	if (try_it(n)) {
		if (can_wait) {
			spin_lock(&slow);
			spin_unlock(&slow);
		}
		goto retry;
	}
}

static struct cluster *lock_cluster(struct swap *s, int i)
{
	struct cluster *c = s->clusters;

	if (c) {
		c += i / 16;
		spin_lock(&c->lock);
	}
	return c;
}

static void unlock_cluster(struct cluster *c)
{
	if (c)
		spin_unlock(&c->lock);
}

static irqreturn_t handler(int irq, void *data)
{
	send(1);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(one)
{
	struct cluster *c = lock_cluster(&swap, 3);

	unlock_cluster(c);
	send(2);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, handler, 0, "case", NULL);
}
module_init(setup);
