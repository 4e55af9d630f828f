/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only the member that was set is meant: .other has another function. */
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

static void nothing(void)
{
	barrier();
}

static struct ops ops = { .fn = take_b, .other = nothing };

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
