/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether BHs were off was asked before they were disabled: the answer that is handed on tells what is to be undone, here the
 * wrong way round, so they are on again under the outer lock.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

struct ring { spinlock_t lock; int n; };

static DEFINE_SPINLOCK(outer);
static struct timer_list timer;
static struct ring ring;

static bool ring_lock(struct ring *r)
{
	bool off = in_softirq();

	if (off)
		spin_lock(&r->lock);
	else
		spin_lock_bh(&r->lock);
	return off;
}

static void ring_unlock(struct ring *r, bool off)
{
	if (off)
		spin_unlock(&r->lock);
	else
		spin_unlock_bh(&r->lock);
}

static void put(struct ring *r)
{
	bool off = ring_lock(r);

	r->n++;
	ring_unlock(r, !off);
}

static void on_timer(struct timer_list *t)
{
	spin_lock(&outer);
	spin_unlock(&outer);
}

SYSCALL_DEFINE0(one)
{
	spin_lock_bh(&outer);
	put(&ring);
	spin_unlock(&outer);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&ring.lock);
	timer_setup(&timer, on_timer, 0);
	return 0;
}
module_init(setup);
