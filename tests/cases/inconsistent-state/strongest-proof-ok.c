/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The twin: both ways take the lock with interrupts off.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(s);

struct ops { int (*run)(int); };

static int take(int n)
{
	unsigned long flags;

	spin_lock_irqsave(&s, flags);
	spin_unlock_irqrestore(&s, flags);
	return n;
}

static int one(int n) { return n + 1; }
static int two(int n) { return n + 2; }
static int three(int n) { return n + 3; }
static int four(int n) { return n + 4; }

static struct ops all[] = { { take }, { one }, { two }, { three }, { four } };

static int last(int n) { return take(n); }
static int inner(int n) { return last(n); }
static int middle(int n) { return inner(n); }

extern struct ops *some;

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&s);
	spin_unlock(&s);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	some = all;
	some->run(1);
	middle(2);
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
