/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seven locks, each taken on a condition, are more states than a block keeps: what is met when facts are forgotten is not sure. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(b);
static DEFINE_SPINLOCK(l0);
static DEFINE_SPINLOCK(l1);
static DEFINE_SPINLOCK(l2);
static DEFINE_SPINLOCK(l3);
static DEFINE_SPINLOCK(l4);
static DEFINE_SPINLOCK(l5);
static DEFINE_SPINLOCK(l6);
int use(int);

#define TAKE(i) int f##i = use(i); if (f##i) spin_lock(&l##i)
#define GIVE(i) if (f##i) spin_unlock(&l##i)

SYSCALL_DEFINE0(one)
{
	TAKE(0); TAKE(1); TAKE(2); TAKE(3); TAKE(4); TAKE(5); TAKE(6);
	GIVE(6); GIVE(5); GIVE(4); GIVE(3); GIVE(2); GIVE(1); GIVE(0);
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&b);
	spin_lock(&l0);
	spin_unlock(&l0);
	spin_unlock(&b);
	return 0;
}
