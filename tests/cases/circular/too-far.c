/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Twenty calls down: far, but worth a look. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void f0(int n)
{
	spin_lock(&b);
	spin_unlock(&b);
}

#define STEP(n, below) static void f##n(int x) { f##below(x); }
STEP(1, 0)
STEP(2, 1)
STEP(3, 2)
STEP(4, 3)
STEP(5, 4)
STEP(6, 5)
STEP(7, 6)
STEP(8, 7)
STEP(9, 8)
STEP(10, 9)
STEP(11, 10)
STEP(12, 11)
STEP(13, 12)
STEP(14, 13)
STEP(15, 14)
STEP(16, 15)
STEP(17, 16)
STEP(18, 17)
STEP(19, 18)

SYSCALL_DEFINE1(one, int, n)
{
	spin_lock(&a);
	f19(n);
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE1(two, int, n)
{
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	return 0;
}
