/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As wide-table.c, with interrupts off where the table is used. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(s);
static DEFINE_SPINLOCK(other);

struct request { int (*doit)(int); };

static int take(int n)
{
	spin_lock(&s);
	spin_unlock(&s);
	return n;
}

static int take_other(int n)
{
	spin_lock(&other);
	spin_unlock(&other);
	return n;
}

#define NOTHING(name) static int name(int n) { return n; }
NOTHING(a) NOTHING(b) NOTHING(c) NOTHING(d) NOTHING(e) NOTHING(f) NOTHING(g) NOTHING(h) NOTHING(i)
NOTHING(j) NOTHING(k) NOTHING(l) NOTHING(m) NOTHING(n) NOTHING(o) NOTHING(p) NOTHING(q) NOTHING(r)

static const struct request table[] = {
	{ a }, { b }, { c }, { d }, { e }, { f }, { g }, { h }, { i }, { j }, { k }, { l }, { m }, { n }, { o }, { p }, { q }, { r },
	{ take },
};

static const struct request unused[] = { { take_other }, { a } };

static irqreturn_t on_irq(int irq, void *data)
{
	spin_lock(&s);
	spin_unlock(&s);
	spin_lock(&other);
	spin_unlock(&other);
	return IRQ_HANDLED;
}

extern const struct request *kept;

SYSCALL_DEFINE1(run, int, number)
{
	const struct request *found = &table[number];

	local_irq_disable();
	number = found->doit(number);
	local_irq_enable();
	return number;
}

static int __init setup(void)
{
	kept = unused;
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
