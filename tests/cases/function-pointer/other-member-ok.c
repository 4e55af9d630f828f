/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call goes through another member than the one that takes b. */
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
	ops.other();
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	ops.fn();
	return 0;
}
