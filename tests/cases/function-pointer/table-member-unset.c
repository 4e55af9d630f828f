/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function fills .undo of such tables later: it may be set in any. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

struct ops {
	void (*act)(void);
	void (*undo)(void);
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

static struct ops plain = { .act = nothing };
static const struct ops undoing = { .act = nothing, .undo = take_b };

static void run(const struct ops *ops)
{
	ops->act();
	if (ops->undo)
		ops->undo();
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	run(&plain);
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE1(set, struct ops __user *, u)
{
	plain.undo = take_b;
	return 0;
}

SYSCALL_DEFINE0(two)
{
	run(&undoing);
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	return 0;
}
