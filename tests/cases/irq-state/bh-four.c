/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Four locks deep, too: only the last spin_unlock_bh() enables bottom halves. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
static DEFINE_SPINLOCK(c);
static DEFINE_SPINLOCK(d);
static DEFINE_SPINLOCK(e);

static void on_timer(struct timer_list *t)
{
	spin_lock(&c);
	spin_unlock(&c);
}
static DEFINE_TIMER(timer, on_timer);

SYSCALL_DEFINE0(nest)
{
	spin_lock_bh(&a);
	spin_lock_bh(&b);
	spin_lock_bh(&d);
	spin_lock_bh(&e);
	spin_unlock_bh(&e);
	spin_unlock_bh(&d);
	spin_unlock_bh(&b);
	spin_unlock_bh(&a);
	spin_lock(&c);
	spin_unlock(&c);
	return 0;
}

static int __init setup(void)
{
	mod_timer(&timer, 1);
	return 0;
}
module_init(setup);
