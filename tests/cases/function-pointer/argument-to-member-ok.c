/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An argument stored into a member. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

struct ops {
	void (*fn)(void);
	void (*other)(void);
};
static struct ops ops;

static void set_fn(struct ops *o, void (*fn)(void))
{
	o->fn = fn;
}

static void take_b(void)
{
	spin_lock(&b);
	spin_unlock(&b);
}


SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	spin_unlock(&a);
	ops.fn();
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	return 0;
}

static int __init setup(void)
{
	set_fn(&ops, take_b);
	return 0;
}
module_init(setup);
