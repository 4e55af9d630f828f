/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The member is set in a static initialiser. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

struct ops {
	void (*fn)(void);
	void (*other)(void);
};

static void take_b(void)
{
	spin_lock(&b);
	spin_unlock(&b);
}

static const struct ops ops = { .fn = take_b };
static const struct ops *cur = &ops;

SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	cur->fn();
	spin_unlock(&a);
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
