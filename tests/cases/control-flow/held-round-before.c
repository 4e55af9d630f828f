/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net/ipv6/anycast.c: what a round of a loop has taken the next gives back, by what it left in memory: of no high rank. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
struct iter { int held; };
static struct iter iter;
int use(int);

static void walk(struct iter *it)
{
	while (use(1)) {
		if (it->held)
			spin_unlock(&a);
		spin_lock(&b);
		spin_unlock(&b);
		it->held = use(2);
		if (it->held)
			spin_lock(&a);
	}
}

SYSCALL_DEFINE0(one)
{
	walk(&iter);
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
