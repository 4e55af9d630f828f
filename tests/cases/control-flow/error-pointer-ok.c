/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PTR_ERR() of what IS_ERR() is true for is never 0: take_a() returns 0 with the lock only. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

struct thing { int n; };
struct thing *find(void);

static inline bool IS_ERR(const void *p)
{
	return (unsigned long)p >= (unsigned long)-4095;
}

static inline long PTR_ERR(const void *p)
{
	return (long)p;
}

static int take_a(void)
{
	struct thing *t;
	int ret;

	spin_lock_irq(&a);
	t = find();
	if (IS_ERR(t)) {
		ret = PTR_ERR(t);
		goto fail;
	}
	return 0;
fail:
	spin_unlock_irq(&a);
	return ret;
}

SYSCALL_DEFINE0(one)
{
	if (take_a())
		return 1;
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock_irq(&a);
	return 0;
}
