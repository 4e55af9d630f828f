/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Documentation/locking/locktypes.rst, "Lock type nesting rules": on PREEMPT_RT a spinlock_t sleeps.
 * check: --raw-nesting
 */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

void irq_enter(void);
void irq_exit(void);

static DEFINE_RAW_SPINLOCK(raw);
static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE0(nest)
{
	raw_spin_lock(&raw);
	spin_lock(&a);
	spin_unlock(&a);
	raw_spin_unlock(&raw);
	return 0;
}

SYSCALL_DEFINE0(play)
{
	local_irq_disable();
	irq_enter();
	spin_lock(&b);
	spin_unlock(&b);
	irq_exit();
	local_irq_enable();
	return 0;
}
