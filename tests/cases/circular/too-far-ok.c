/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second lock is taken thirty calls down: rank low. */
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
STEP(20, 19)
STEP(21, 20)
STEP(22, 21)
STEP(23, 22)
STEP(24, 23)
STEP(25, 24)
STEP(26, 25)
STEP(27, 26)
STEP(28, 27)
STEP(29, 28)

SYSCALL_DEFINE1(one, int, n)
{
	spin_lock(&a);
	f29(n);
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
