/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other way round is right, and so is a lock in an interrupt that is a thread on PREEMPT_RT.
 * check: --raw-nesting
 */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct task_struct { int hardirq_threaded; };
struct task_struct *get_current(void);
void irq_enter(void);
void irq_exit(void);

static DEFINE_RAW_SPINLOCK(raw);
static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE0(nest)
{
	spin_lock(&a);
	raw_spin_lock(&raw);
	raw_spin_unlock(&raw);
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(play)
{
	local_irq_disable();
	irq_enter();
	get_current()->hardirq_threaded = 1;
	spin_lock(&b);
	spin_unlock(&b);
	irq_exit();
	local_irq_enable();
	return 0;
}
